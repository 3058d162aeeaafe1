const LONGEST_REASON = 500

/** A Python exception in one line, as Python shows it. */
export function reasonOf(ename: string, evalue: string): string {
  const first = evalue
    .split('\n')
    .map((line) => line.trim())
    .find((line) => line !== '')
  // A cell is a file with a number for a name; the line is told elsewhere.
  const told = first?.replace(/ \((?:\S*ipykernel_\d+[\\/])?\d+\.py, line \d+\)$/, '')
  const text = told === undefined ? ename : `${ename}: ${told}`
  return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text
}
