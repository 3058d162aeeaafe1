import { relative, sep } from 'node:path'
import { formatDuration } from '../format.ts'
import { group, info } from '../log.ts'
import { checkNotebook } from './check-notebook.ts'
import { prepareEnvironments } from './environments.ts'
import { executeNotebook } from './execute.ts'
import { findPython } from './find-python.ts'
import { checkParameters } from './parameters.ts'

export interface TrainingRequest {
  /** GITHUB_WORKSPACE: working directory of pip and of the kernel. */
  workspace: string
  /** Absolute path of an existing file. */
  notebook: string
  /** Absolute path of an existing file; undefined: the notebook needs no packages. */
  requirements?: string | undefined
  /** The input `python`: a command or a path. */
  python?: string | undefined
  parameters: Record<string, unknown>
  notebookTimeoutMs?: number | undefined
  cellTimeoutMs?: number | undefined
  /** Names of environment variables that the notebook may see. */
  passThrough: readonly string[]
  /** Absolute path where the executed notebook is kept, also after a failure. */
  executedNotebook: string
  /** Existing fresh folder of this run; the caller removes it. */
  temp: string
  /** The action's own environment. */
  environment: NodeJS.ProcessEnv
}

export interface TrainingResult {
  /** Just before the first cell: what the notebook wrote is not older. */
  startedAt: Date
  /** Code cells that were executed. */
  cells: number
  /** Of the notebook, without the preparation of Python. */
  durationMs: number
  /** Such as `3.11.7`. */
  python: string
}

/**
 * Runs the training notebook in a Python environment made for it. Nothing of an environment or kernel that the machine
 * has is used, except the interpreter.
 *
 * @throws DeployError when the notebook or its packages fail; the executed notebook is kept as far as it got
 */
export async function train(request: TrainingRequest): Promise<TrainingResult> {
  const name = relative(request.workspace, request.notebook).split(sep).join('/')
  checkNotebook(request.notebook, name)
  checkParameters(request.parameters)

  const { python, environments } = await group('Prepare Python', async () => {
    const python = await findPython({ ...request, input: request.python })
    info(`Python ${python.version} (${python.executable})`)
    return { python, environments: await prepareEnvironments({ ...request, python }) }
  })

  const startedAt = new Date()
  const { cells } = await group(`Run ${name}`, () => executeNotebook({ ...request, ...environments }))
  const durationMs = Date.now() - startedAt.getTime()
  info(`${name}: ${cells} cells executed in ${formatDuration(durationMs)}`)
  return { startedAt, cells, durationMs, python: python.version }
}
