import { readFile } from 'node:fs/promises'
import { info } from '../../log.ts'
import { variable } from '../process-environment.ts'
import { type InstallerCall, type InstallerOutcome, runInstaller } from './run-installer.ts'

/** pip as a module, with nothing to read: a package's build script that asks a question must fail, not wait. */
const PIP =
  'import os, runpy; os.dup2(os.open(os.devnull, os.O_RDONLY), 0); runpy.run_module("pip", run_name="__main__", alter_sys=True)'

/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter =
  /^\s*(Collecting |Requirement already |Using cached |Looking in |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/

/** Arguments for a requirements file of ours, to be followed by its path: it is complete, so there is nothing to resolve. */
export const COMPLETE = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r']

/** Runs `pip install` in an environment. Never throws for what pip says. */
export async function pipInstall(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  // A log that the user asks for stays theirs.
  const log = variable(call.env, 'PIP_LOG') === undefined ? call.log : undefined
  const logged = log === undefined ? [] : ['--log', log]
  const command = ['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...logged, ...args]
  const outcome = await pip(command, call)
  if (outcome.code === 0 || log === undefined) return outcome
  const unfetched = await readUnfetched(log)
  if (call.live === true) for (const line of unfetched) info(line)
  return { ...outcome, output: [...unfetched, outcome.output].join('\n') }
}

/** What pip says of indexes that did not answer as they should. It only logs that, and goes on. */
async function readUnfetched(log: string): Promise<string[]> {
  const text = await readFile(log, 'utf8').catch(() => '')
  return [...new Set(Array.from(text.matchAll(/^\S+ +(Could not fetch URL .+)$/gm), ([, line = '']) => line))]
}

export async function pip(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  const plain = ['--disable-pip-version-check', '--no-color']
  // Isolated mode: a file of the workspace named like a module of pip must not take its place.
  return runInstaller(call.python, ['-I', '-c', PIP, ...plain, ...args], call, chatter)
}
