/** Waits for all even when one fails, and then fails: nothing may still be at work when the caller removes the folder. */
export async function allEnded<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  await Promise.allSettled(work)
  return (await Promise.all(work)) as unknown as T
}
