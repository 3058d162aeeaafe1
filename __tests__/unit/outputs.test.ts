import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { initialOutputs, outputNames, publish } from '../../src/outputs.ts'
import { action } from '../repo/repository.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

watchOutput()

/** The file of outputs as the runner reads it: `name<<delimiter`, the value, the delimiter. */
function readOutputs(path: string): Record<string, string> {
  const outputs: Record<string, string> = {}
  const lines = readFileSync(path, 'utf8').replaceAll('\r\n', '\n').split('\n')
  for (let at = 0; at < lines.length; ) {
    const [, name = '', delimiter] = /^([^<]+)<<(.+)$/.exec(lines[at] ?? '') ?? []
    if (delimiter === undefined) break
    const end = lines.indexOf(delimiter, at + 1)
    outputs[name] = lines.slice(at + 1, end).join('\n')
    at = end + 1
  }
  return outputs
}

function outputFile(): string {
  const path = join(writeFiles(tempFolder(), { outputs: '' }), 'outputs')
  process.env.GITHUB_OUTPUT = path
  return path
}

test('every output has a value from the start, as if the run died at once', () => {
  const path = outputFile()
  publish(initialOutputs)
  expect(readOutputs(path)).toEqual({
    ...Object.fromEntries(Object.keys(action.outputs).map((name) => [name, ''])),
    status: 'failed',
    failed_phase: 'inputs',
  })
})

test('a later value wins, whatever is in it', () => {
  const path = outputFile()
  const manifest = '{\n  "model_filepath": "a<<b",\n  "x": "status<<EOF"\n}\n'
  publish(initialOutputs)
  publish({ ...initialOutputs, status: 'pushed', failed_phase: '', manifest })
  expect(readOutputs(path)).toMatchObject({ status: 'pushed', failed_phase: '', manifest })
  expect(Object.keys(readOutputs(path)).sort()).toEqual([...outputNames].sort())
})
