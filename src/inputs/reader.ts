import { existsSync } from 'node:fs'
import { getInput } from '@actions/core'
import { DeployError } from '../errors.ts'
import { mask } from '../log.ts'
import type { InputName } from './names.ts'
import { quote, secret } from './values.ts'

export const whySecretsAreEmpty =
  'Secrets are not passed to workflows that a fork or Dependabot started, where `dry_run: true` shows a plan without ' +
  'them; otherwise check the name of the secret under Settings > Secrets and variables > Actions, and that the ' +
  'workflow passes it with ${{ secrets.NAME }}'

/** Collects the problems of all inputs, so that a user mends the workflow once. */
export class InputReader {
  readonly #problems: { name: string; text: string }[] = []

  /** The value without surrounding white space; empty when it is not set. */
  text(name: InputName): string {
    return getInput(name)
  }

  report(name: string, text: string): void {
    this.#problems.push({ name, text: `${name} ${text}${text.endsWith('?') ? '' : '.'}` })
  }

  /** @param similar what may be meant */
  reportMissing(name: InputName, path: string, similar?: string): void {
    const hint = similar === undefined ? '' : `; is ${quote(similar)} meant?`
    this.report(name, `is ${quote(path)}, which does not exist in the workspace${hint}`)
  }

  failed(name: string): boolean {
    return this.#problems.some((problem) => problem.name === name)
  }

  /** Told ahead of the others, which it may explain; `allowed` where the work can do without. */
  reportEmptySecret(name: InputName, text: string, allowed: boolean): void {
    if (!allowed) this.report(name, `${text}. ${whySecretsAreEmpty}`)
  }

  required<T>(name: InputName, parse: (text: string) => T, enabled = true): T | undefined {
    if (this.text(name) === '') {
      this.report(name, 'is not set; add it to the `with:` of this step')
      return undefined
    }
    return this.optional(name, parse, enabled)
  }

  optional<T>(name: InputName, parse: (text: string) => T, enabled = true): T | undefined {
    const text = this.text(name)
    return text === '' ? undefined : this.derived(() => parse(text), enabled, name)
  }

  /** A value computed from others: a problem with it is a problem of `name`. */
  derived<T>(compute: () => T, enabled: unknown, name: string): T | undefined {
    if (!enabled) return undefined
    try {
      return compute()
    } catch (error) {
      this.report(name, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  secret(name: InputName, login?: string): string {
    const text = this.text(name)
    mask(text, login)
    mask(text, 'x-access-token')
    return this.optional(name, secret) ?? ''
  }

  folder(variable: string, environment: NodeJS.ProcessEnv, remedy: string): string | undefined {
    const folder = environment[variable]
    if (folder && existsSync(folder)) return folder
    this.report(variable, `${folder ? 'does not exist' : 'is not set'}; ${remedy}`)
    return undefined
  }

  async parameters(name: InputName): Promise<Record<string, unknown>> {
    const text = this.text(name)
    if (text === '') return {}
    const { parseParameters } = await import('./parameters.ts')
    return this.derived(() => parseParameters(text, name), true, name) ?? {}
  }

  /** The words of a command line, separated as in a shell: quotes keep spaces, a line break separates. */
  async words(name: InputName): Promise<string[]> {
    const text = this.text(name)
    if (text === '') return []
    const { split } = await import('shlex')
    try {
      return split(text)
    } catch {
      // The library says only where it was when the text ended.
      this.report(name, 'ends within a quote, or with a backslash; close the quote, or write "don\'t" for don\'t')
      return []
    }
  }

  throwProblems(): void {
    if (this.#problems.length === 0) return
    // A missing secret first: it explains others.
    const missing = ({ text }: { text: string }) => text.includes(whySecretsAreEmpty)
    const sorted = [...this.#problems.filter(missing), ...this.#problems.filter((problem) => !missing(problem))]
    const lines = sorted.map((problem) => problem.text)
    throw new DeployError(
      lines.length === 1 ? `${lines[0]}` : `${lines.length} inputs need attention:\n- ${lines.join('\n- ')}`,
    )
  }
}
