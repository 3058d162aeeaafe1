import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { isReadableName } from '../object-name.ts'

/**
 * Readers of single values of the workflow. Each returns the value or throws an Error whose message completes the
 * sentence "`<input>` ..."; none echoes a secret.
 */

/** Accounts and organisations: they become part of paths and URLs. */
export function account(text: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text)) {
    throw new Error(`is ${quote(text)}, which is not an account name (letters, digits, "-", "_" and "." only)`)
  }
  return text
}

/** The owner of a repository, as one part of its address. */
export function repositoryOwner(text: string): string {
  if (!/[/~]/.test(text)) return account(text)
  throw new Error(
    `is ${quote(text)}, which is not one account; for a group within a group, or a personal project, set algorithm_repository to the full address`,
  )
}

/** A user name as HTTP sends it; not echoed, since it may be a secret in the wrong place. */
export function gitLogin(text: string): string {
  if (!/[:\u0000-\u001f\u007f]/.test(text)) return text
  throw new Error('holds a colon, a line break or another control character, which no user name has')
}

/** Algorithm names: a letter, then letters, digits and `_` (platform reference §3.1). */
export function algorithmName(text: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(text)) {
    throw new Error(
      `is ${quote(text)}, which is not an algorithm name (a letter first, then letters, digits and "_"; no owner, no spaces)`,
    )
  }
  return text
}

export function email(text: string): string {
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(text)) throw new Error(`is ${quote(text)}, which is not an e-mail address`)
  return text
}

/** A secret as pasted: the value is never part of the message. */
export function secret(text: string): string {
  if (/[\r\n]/.test(text)) {
    throw new Error('holds a line break; store the secret again as a single line')
  }
  return text
}

export function boolean(text: string): boolean {
  if (/^(true|True|TRUE)$/.test(text)) return true
  if (/^(false|False|FALSE)$/.test(text)) return false
  throw new Error(`is ${quote(text)}; write true or false`)
}

/** @returns milliseconds */
export function minutes(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (value <= 0 || value > 60 * 24 * 20) {
    throw new Error(
      `is ${quote(text)}; write a number of minutes greater than 0 and at most 28800 (20 days), such as 30 or 0.5`,
    )
  }
  return value * 60_000
}

/** @returns bytes */
export function megabytes(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0
  if (value <= 0) throw new Error(`is ${quote(text)}; write a number of megabytes greater than 0, such as 50`)
  return value * 1_000_000
}

export function oneOf<T extends string>(text: string, values: readonly T[]): T {
  const value = values.find((candidate) => candidate === text)
  if (value === undefined) throw new Error(`is ${quote(text)}; write one of: ${values.join(', ')}`)
  return value
}

/** A command or a path. */
export function pythonCommand(text: string): string {
  const version = /^(?:python\s+)?(\d+(?:\.\d+)*)$/i.exec(text)?.[1]
  if (version === undefined) return text
  throw new Error(
    `is ${quote(text)}, which is a version; name a command or path such as python${version}, or set \`python-version\` of actions/setup-python`,
  )
}

/** Names separated by commas, spaces or line breaks. */
export function variableNames(text: string): string[] {
  const names = text.split(/[\s,]+/).filter((name) => name !== '')
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (wrong !== undefined) {
    throw new Error(`holds ${quote(wrong)}, which is not the name of an environment variable; write names, not values`)
  }
  return names
}

/** A branch name by the rules of `git check-ref-format --branch`, and none that was meant as a whole reference. */
export function branch(text: string): string {
  const [, name] = /^refs\/(?:heads\/)?(.+)/.exec(text) ?? []
  if (name !== undefined)
    throw new Error(`is ${quote(text)}; write the name of the branch alone, such as ${quote(name)}`)
  const wrong =
    /^[-/]|[\u0000- ~^:?*[\\\u007f]|\.\.|@\{|\/\/|\/\.|^\.|\/$|\.$|^(@|HEAD)$/.test(text) ||
    text.split('/').some((part) => part.endsWith('.lock'))
  if (wrong) throw new Error(`is ${quote(text)}, which is not a branch name`)
  return text
}

/** An http(s) address without credentials, query or trailing slash. */
export function httpUrl(text: string): string {
  // First of all, and not echoed: what stands before an @ may be a secret, however the rest is written.
  if (text.includes('@')) {
    throw new Error('holds an "@", so perhaps a user name or password; leave them out, credentials are separate inputs')
  }
  if (!/^https?:\/\//i.test(text)) throw new Error(`is ${quote(text)}; write the full address, such as https://${text}`)
  // Not echoed either: a query may hold a token.
  if (/[?#]/.test(text)) throw new Error('has a query or fragment; leave out everything from "?" or "#" on')
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || url.hostname === '') throw new Error(`is ${quote(text)}, which is not a web address`)
  return (url.origin + url.pathname).replace(/\/+$/, '')
}

/** A host name with an optional port, or an http(s) origin. @returns an origin, https unless http was written */
export function hostOrigin(text: string): string {
  const url = httpUrl(/^https?:\/\//i.test(text) ? text : `https://${text}`)
  if (new URL(url).origin !== url) {
    throw new Error(`is ${quote(text)}; write only the host, such as github.com or git.algorithmia.com`)
  }
  return url
}

/** A file or folder of the user's repository. */
export interface WorkspacePath {
  /** As written in the workflow, with forward slashes: for messages and annotations. */
  relative: string
  absolute: string
}

/**
 * Resolves a path against the workspace and keeps it inside, symbolic links followed, and out of `.git`.
 * What does not exist yet is judged by its nearest existing folder.
 */
export function workspacePath(text: string, workspace: string): WorkspacePath {
  if (/[\r\n]/.test(text)) throw new Error('holds more than one line; name one file')
  if (text.includes('\0')) throw new Error('holds a NUL character')
  const root = realpathSync(workspace)
  const absolute = resolve(workspace, text)
  const inside = relative(root, followLinks(absolute))
  if (inside === '..' || inside.startsWith(`..${sep}`) || resolve(root, inside) !== join(root, inside)) {
    throw new Error(`is ${quote(text)}, which leads out of the workspace; name a path inside the repository`)
  }
  if (inside.split(sep).some((part) => part.toLowerCase() === '.git')) {
    throw new Error(`is ${quote(text)}, which lies inside a .git folder`)
  }
  return { relative: relative(resolve(workspace), absolute).split(sep).join('/') || '.', absolute }
}

/** Where a path really leads, also when it or the end of a link does not exist yet. */
function followLinks(path: string, links = 0): string {
  if (existsSync(path)) return realpathSync(path)
  const parent = dirname(path)
  if (parent === path) return path
  const place = join(followLinks(parent, links), basename(path))
  // A link to what does not exist yet: writing to it would write there.
  if (!lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place
  if (links === 40) throw new Error('leads through a circle of symbolic links')
  return followLinks(resolve(dirname(place), readlinkSync(place)), links + 1)
}

/**
 * The model's file name goes into the data URI. Clients of the platform do not escape `#`, `?` and `%`, so such an
 * object could be stored but not read again (platform reference §2.2).
 */
export function modelPath(text: string, workspace: string): WorkspacePath {
  const path = workspacePath(text, workspace)
  if (!isReadableName(basename(path.absolute))) {
    throw new Error(
      `is ${quote(text)}: Algorithmia clients cannot read names with #, ?, %, \\ or control characters; rename the file`,
    )
  }
  return path
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 117)}...` : text)
}
