/** Values by the name of what varies. */
export type Factors = Record<string, readonly string[]>
export type Row<F extends Factors> = { [Name in keyof F]: F[Name][number] }

/**
 * Rows in which each combination of values of any `strength` factors occurs that is allowed at all: pairs find nearly
 * what the full product would, at a hundredth of the runs. Always the same rows for the same factors.
 *
 * @param allowed whether values go together; it may be asked about a part of a row
 */
export function coveringRows<F extends Factors>(
  factors: F,
  strength: number,
  allowed: (part: Partial<Row<F>>) => boolean,
): Row<F>[] {
  const names = Object.keys(factors)
  const waiting = new Map<string, Record<string, string>>()
  for (const chosen of subsets(names, strength)) {
    for (const part of products(factors, chosen)) {
      if (completed(part, factors, allowed)) waiting.set(keyOf(part, chosen), part)
    }
  }
  const rows: Row<F>[] = []
  for (let [first] = waiting.values(); first !== undefined; [first] = waiting.values()) {
    let row = first
    for (const name of names.filter((candidate) => !(candidate in (first as object)))) {
      let best: { row: Record<string, string>; gain: number } | undefined
      for (const value of factors[name] ?? []) {
        const longer = { ...row, [name]: value }
        const gain = newIn(longer, name, strength).filter((key) => waiting.has(key)).length
        if (gain <= (best?.gain ?? -1)) continue
        if (completed(longer, factors, allowed)) best = { row: longer, gain }
      }
      if (best === undefined) throw new Error(`${name} has no value that goes with ${JSON.stringify(row)}`)
      row = best.row
    }
    for (const chosen of subsets(names, strength)) waiting.delete(keyOf(row, chosen))
    rows.push(row as Row<F>)
  }
  return rows
}

/** Whether there is a whole row with these values. */
function completed<F extends Factors>(
  part: Record<string, string>,
  factors: F,
  allowed: (part: Partial<Row<F>>) => boolean,
): boolean {
  if (!allowed(part as Partial<Row<F>>)) return false
  const name = Object.keys(factors).find((candidate) => !(candidate in part))
  if (name === undefined) return true
  return (factors[name] ?? []).some((value) => completed({ ...part, [name]: value }, factors, allowed))
}

function newIn(row: Record<string, string>, name: string, strength: number): string[] {
  const others = Object.keys(row).filter((other) => other !== name)
  return subsets(others, strength - 1).map((chosen) => keyOf(row, [...chosen, name]))
}

function keyOf(row: Record<string, string>, names: readonly string[]): string {
  return [...names]
    .sort()
    .map((name) => `${name}=${row[name]}`)
    .join(' ')
}

function subsets(names: readonly string[], size: number): string[][] {
  if (size === 0) return [[]]
  return names.flatMap((name, index) => subsets(names.slice(index + 1), size - 1).map((rest) => [name, ...rest]))
}

function products(factors: Factors, names: readonly string[]): Record<string, string>[] {
  return names.reduce<Record<string, string>[]>(
    (rows, name) => rows.flatMap((row) => (factors[name] ?? []).map((value) => ({ ...row, [name]: value }))),
    [{}],
  )
}
