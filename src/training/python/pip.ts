import { type InstallerCall, type InstallerOutcome, runInstaller } from './run-installer.ts'

/** pip as a module. It prints what pip only logs, and then takes for "no such package": an index that refuses or cannot answer. */
const PIP = `
import logging, runpy, sys

class Unfetched(logging.Handler):
    def emit(self, record):
        if str(record.msg).startswith("Could not fetch URL"):
            print(record.getMessage(), file=sys.stderr, flush=True)

logging.getLogger("pip._internal.index").setLevel(logging.DEBUG)
logging.getLogger("pip._internal.index").addHandler(Unfetched())
runpy.run_module("pip", run_name="__main__", alter_sys=True)
`

/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter =
  /^\s*(Collecting |Requirement already |Using cached |Looking in |Could not fetch URL |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/

/** Arguments for a requirements file of ours, to be followed by its path: it is complete, so there is nothing to resolve. */
export const COMPLETE = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r']

/** Runs `pip install` in an environment. Never throws for what pip says. */
export async function pipInstall(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  return pip(['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...args], call)
}

export async function pip(args: readonly string[], call: InstallerCall): Promise<InstallerOutcome> {
  const plain = ['--disable-pip-version-check', '--no-color']
  // Isolated mode: a file of the workspace named like a module of pip must not take its place.
  return runInstaller(call.python, ['-I', '-c', PIP, ...plain, ...args], call, chatter)
}
