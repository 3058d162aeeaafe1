import type { Deployment } from '../deployment.ts'
import { formatDuration } from '../format.ts'
import { shorten } from '../log.ts'
import { cell, code, codeBlock, folded, table } from './markdown.ts'

type TrainingReport = NonNullable<Deployment['training']>

const slowest = 5
const longestLine = 80
const longestWarning = 500

/**
 * Where a failed program, or the installation of its packages, stopped, for the top of the page: next to nothing when it
 * did not say.
 */
export function traceback({ training }: Deployment): string[] {
  if (training === undefined || training.traceback.trim() === '') return []
  // It is known once the packages are there.
  const end = training.installer === '' ? 'The preparation of Python ended with' : 'The training ended with'
  return [end, '', ...codeBlock(training.traceback.trimEnd()), '']
}

/** How the model was trained, as far as it got, and where the evidence is. */
export function trainingSection({ training, outputs }: Deployment): string[] {
  if (training === undefined) return []
  const rows = [[training.kind === 'notebook' ? 'Notebook' : 'Script', program(training)]]
  if (training.given !== '')
    rows.push([training.kind === 'notebook' ? 'Parameters' : 'Arguments', code(training.given)])
  if (training.python !== '') rows.push(['Python', python(training)])
  if (outputs.executed_notebook !== '') rows.push(['Executed notebook', code(outputs.executed_notebook)])
  if (outputs.training_log !== '') rows.push(['Log', code(outputs.training_log)])
  if (training.images.length > 0) rows.push(['Plots', training.images.map(code).join('<br>')])
  return ['**Training**', '', ...table('| | |', '|---|---|', rows), ...warnings(training), ...slowestCells(training)]
}

function warnings({ warnings }: TrainingReport): string[] {
  if (warnings.length === 0) return []
  return [...warnings.map((warning) => `- ${cell(shorten(warning, longestWarning))}`), '']
}

function program({ kind, program, durationMs, cells, totalCells }: TrainingReport): string {
  const parts = [code(program)]
  // Cell 0 is not one of the notebook's.
  const executed = cells.filter(({ cell }) => cell > 0).length
  if (kind === 'notebook' && totalCells > 0) {
    const all = `${totalCells} ${totalCells === 1 ? 'cell' : 'cells'}`
    parts.push(executed < totalCells ? `${executed} of ${all}` : all)
  }
  if (durationMs > 0) parts.push(formatDuration(durationMs))
  return parts.join(', ')
}

function python({ python, installer, packages }: TrainingReport): string {
  const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ')
  const installed = installer === '' ? '' : ` with ${installer}`
  return cell(`${python}${installed}${names === '' ? '' : `: ${names}`}`)
}

function slowestCells({ cells }: TrainingReport): string[] {
  if (cells.length < 2) return []
  const rows = [...cells]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, slowest)
    .map(({ cell: number, firstLine, seconds }) => [
      number === 0 ? 'parameters' : String(number),
      code(shorten(firstLine, longestLine)),
      formatDuration(seconds * 1000),
    ])
  return folded('Slowest cells', table('| Cell | | Time |', '|--:|---|--:|', rows))
}
