import { readFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { DeployError } from '../../errors.ts'
import { debug, info, mask } from '../../log.ts'
import { explainPipFailure } from '../../pip-failure.ts'
import { runChild, WholeLines } from '../child.ts'

export interface PipCall {
  /** Interpreter of the environment to install into. */
  python: string
  cwd: string
  env: Record<string, string>
  /** Prints pip's output while it runs. Default: only kept. */
  live?: boolean
}

export interface PipOutcome {
  code: number
  output: string
}

/** pip as a module, with nothing to read: a package's build script that asks a question must fail, not wait. */
const PIP =
  'import os, runpy; os.dup2(os.open(os.devnull, os.O_RDONLY), 0); runpy.run_module("pip", run_name="__main__", alter_sys=True)'

const LONGEST_OUTPUT_KEPT = 4 * 1024 * 1024

/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter =
  /^\s*(Collecting |Requirement already |Using cached |Looking in |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/

/** Runs `pip install` in an environment. Never throws for what pip says. */
export async function pipInstall(args: readonly string[], call: PipCall): Promise<PipOutcome> {
  return pip(['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...args], call)
}

export async function pip(args: readonly string[], call: PipCall): Promise<PipOutcome> {
  let output = ''
  const lines = new WholeLines((text) => {
    output = (output + text).slice(-LONGEST_OUTPUT_KEPT)
    if (call.live !== true) return
    for (const line of text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/)) (chatter.test(line) ? debug : info)(line)
  })
  const write = (chunk: Buffer) => lines.write(chunk)
  // Isolated mode: a file of the workspace named like a module of pip must not take its place.
  const code = await runChild(call.python, ['-I', '-c', PIP, '--disable-pip-version-check', ...args], {
    cwd: call.cwd,
    env: call.env,
    onStdout: write,
    onStderr: write,
  })
  lines.end()
  return { code, output }
}

/** Hides the passwords of package indexes, which may stand in a requirements file or in pip's variables. */
export function maskIndexPasswords(requirements: string, environment: NodeJS.ProcessEnv): void {
  const variables = Object.entries(environment).filter(([name]) => /^PIP_|_PROXY$/i.test(name))
  const texts = [requirements, ...variables.map(([, value]) => value ?? '')]
  for (const match of texts.join('\n').matchAll(/:\/\/([^\s/:@]*)(?::([^\s/@]+))?@/g)) {
    // A token may stand in either place, its counterpart being a word like `x` or `__token__`.
    for (const part of [match[1], match[2]]) maskIndexSecret(part ?? '')
  }
}

function maskIndexSecret(text: string): void {
  // A reference to a variable is not the secret itself, and stars for a short word would only spoil the log.
  if (text.startsWith('${') || text.length < 6) return
  mask(text)
  if (/%[0-9a-f]{2}/i.test(text)) mask(decode(text))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A failed installation of the user's packages, as the error that the run ends with. */
export function installationError(outcome: PipOutcome, file: string | undefined, workspace: string): DeployError {
  const shown = file === undefined ? undefined : relative(workspace, file).split(sep).join('/')
  const failure = explainPipFailure(outcome.output, file === undefined ? '' : readFileSync(file, 'latin1'))
  const what = shown === undefined ? 'ipykernel' : `the packages of ${shown}`
  const line = failure.line === undefined ? '' : ` (line ${failure.line})`
  return new DeployError(`pip could not install ${what}: ${failure.reason}${line}. pip's own words are in the log.`, {
    annotation: {
      title: 'Packages could not be installed',
      ...(shown === undefined ? {} : { file: shown }),
      ...(failure.line === undefined ? {} : { startLine: failure.line }),
    },
  })
}
