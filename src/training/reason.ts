const LONGEST_REASON = 500

/** A Python exception in one line, as Python shows it. */
export function reasonOf(ename: string, evalue: string): string {
  const first = evalue
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '')
  const text = first === undefined ? ename : `${ename}: ${first}`
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text
}
