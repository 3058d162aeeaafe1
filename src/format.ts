/** @param milliseconds a duration; printed as `840 ms`, `12.3 s` or `3 min 05 s` */
export function formatDuration(milliseconds: number): string {
  // The bounds are those of the rounded numbers: never `1000 ms` or `60.0 s`.
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** @param bytes a size; printed in decimal units, as storage is sold: `732 B`, `1.5 kB`, `2.1 GB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
