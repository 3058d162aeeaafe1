/**
 * The library `debug`, which simple-git uses, reads this variable when it is loaded. With `*` in it simple-git prints
 * the whole environment of each git, and the secret is there: so the variable is away while simple-git is loaded.
 */
const wanted = process.env.DEBUG
delete process.env.DEBUG

/** Puts the variable back for whatever else of the job reads it. */
export function restoreDebugVariable(): void {
  if (wanted !== undefined) process.env.DEBUG = wanted
}
