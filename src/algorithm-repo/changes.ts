/** A file of the algorithm's repository that a commit changes. */
export interface FileChange {
  /** With forward slashes. */
  path: string
  kind: 'added' | 'changed' | 'deleted'
}

/** What the code folder has and the commit has not. */
export interface SkippedPath {
  /** With forward slashes; a folder that is skipped as a whole ends with one. */
  path: string
  why: 'copy_exclude names it' | 'it is never code' | 'a .gitignore excludes it'
}
