/** Aborts when a counter stands still. axios' own timeout is a deadline for the whole upload, which has no right length. */
export function watchProgress(count: () => number, limitMs: () => number) {
  const controller = new AbortController()
  let last = count()
  let since = performance.now()
  const timer = setInterval(
    () => {
      const now = count()
      if (now !== last) {
        last = now
        since = performance.now()
      } else if (performance.now() - since >= limitMs()) {
        controller.abort()
      }
    },
    Math.min(1000, limitMs() / 4),
  )
  return { signal: controller.signal, stop: () => clearInterval(timer) }
}
