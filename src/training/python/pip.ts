import { type InstallerCall, type InstallerOutcome, runInstaller } from './installer-process.ts'

/** pip as a module, with nothing to read: a package's build script that asks a question must fail, not wait. */
const PIP =
  'import os, runpy; os.dup2(os.open(os.devnull, os.O_RDONLY), 0); runpy.run_module("pip", run_name="__main__", alter_sys=True)'

/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter =
  /^\s*(Collecting |Requirement already |Using cached |Looking in |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/

/** Runs `pip install` in an environment. Never throws for what pip says. */
export async function pipInstall(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  return pip(['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...args], call)
}

export async function pip(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  const plain = ['--disable-pip-version-check', '--no-color']
  // Isolated mode: a file of the workspace named like a module of pip must not take its place.
  return runInstaller(call.python, ['-I', '-c', PIP, ...plain, ...args], call, chatter)
}
