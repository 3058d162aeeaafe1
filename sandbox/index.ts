import { help, readArguments } from './command-line/arguments.ts'
import { banner } from './command-line/banner.ts'
import { messageOf, StartError } from './errors.ts'
import { type Sandbox, startSandbox } from './server.ts'

async function createMissing(sandbox: Sandbox, algorithms: { owner: string; name: string }[]): Promise<void> {
  for (const { owner, name } of algorithms) {
    if (sandbox.hasAlgorithm(owner, name)) continue
    try {
      await sandbox.createAlgorithm(owner, name)
    } catch (error) {
      await sandbox.close()
      throw new StartError(`--algorithm ${owner}/${name}: ${messageOf(error)}`, { cause: error })
    }
  }
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return
  }
  const sandbox = await startSandbox({ ...options, ...(!options.quiet && { log: (line) => console.log(line) }) })
  await createMissing(sandbox, options.algorithms)
  let isStopping = false
  const stop = () => {
    if (!isStopping) console.log('Stopping: calls and builds under way are ended.')
    isStopping = true
    sandbox.close().catch((error: unknown) => {
      console.error(`The sandbox did not stop cleanly: ${String(error)}`)
      process.exitCode = 1
    })
  }
  // npm passes a Ctrl-C on to us that the terminal has sent us already, so a second one must not cut the first short.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  console.log(banner(sandbox, options.stateDir === undefined, options.host))
}

try {
  await main()
} catch (error) {
  if (!(error instanceof StartError)) throw error
  console.error(`${error.message}\nTry: npm run sandbox -- --help`)
  process.exitCode = 2
}
