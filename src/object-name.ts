/**
 * Whether a stored object of this name can be read again: clients of the platform do not escape `#`, `?` and `%` (platform
 * reference §2.2).
 */
export function isReadableName(name: string): boolean {
  return !/[#?%\\\u0000-\u001f\u007f]/.test(name)
}
