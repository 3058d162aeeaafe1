import { existsSync } from 'node:fs'
import { JSONObjectReader } from '@actions/workflow-parser/templates/json-object-reader'
import { TemplateSchema } from '@actions/workflow-parser/templates/schema/template-schema'
import { TemplateContext, TemplateValidationErrors } from '@actions/workflow-parser/templates/template-context'
import { readTemplate } from '@actions/workflow-parser/templates/template-reader'
import { NoOperationTraceWriter } from '@actions/workflow-parser/templates/trace-writer'
import { YamlObjectReader } from '@actions/workflow-parser/workflows/yaml-object-reader'
import { describe, expect, test } from '@jest/globals'
import { action, read } from './repository.ts'

// The package's own parseAction() imports this file without an import attribute, which Node refuses.
const schema = TemplateSchema.load(
  new JSONObjectReader(undefined, read('node_modules/@actions/workflow-parser/dist/action-v1.0.min.json')),
)

/** What GitHub's own parser, with its schema of action.yml, finds wrong. */
function problemsOf(content: string): string[] {
  const context = new TemplateContext(new TemplateValidationErrors(), schema, new NoOperationTraceWriter())
  const file = context.getFileId('action.yml')
  const reader = new YamlObjectReader(file, content)
  if (reader.errors.length > 0) return reader.errors.map((error) => error.message)
  readTemplate(context, 'action-root-strict', reader, file)
  return context.errors.getErrors().map((error) => error.message)
}

describe('action.yml', () => {
  test('is valid for the schema of GitHub', () => {
    expect(problemsOf(read('action.yml'))).toEqual([])
  })

  test.each([
    ['a misspelt key', (text: string) => text.replace('\nruns:', '\nrun:')],
    ['an icon that does not exist', (text: string) => text.replace('icon: upload-cloud', 'icon: upload-wine')],
    ['an output with a key of its own', (text: string) => text.replace(/(\n {2}status:\n)/, '$1    colour: red\n')],
    ['invalid YAML', (text: string) => text.replace('\ninputs:', '\ninputs: }')],
  ])('the schema finds %s', (_, damage) => {
    const damaged = damage(read('action.yml'))
    expect(damaged).not.toBe(read('action.yml'))
    expect(problemsOf(damaged)).not.toEqual([])
  })

  test('every input and output is described, and says nothing else than what GitHub reads', () => {
    for (const [name, { description, ...rest }] of Object.entries({ ...action.inputs, ...action.outputs })) {
      expect([name, description]).toEqual([name, expect.stringMatching(/\S.*\.$/s)])
      expect([name, Object.keys(rest).filter((key) => !['required', 'default'].includes(key))]).toEqual([name, []])
    }
  })

  test('names are in snake_case', () => {
    const names = [...Object.keys(action.inputs), ...Object.keys(action.outputs)]
    expect(names.filter((name) => !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name))).toEqual([])
  })

  test('defaults are text: the runner hands over nothing else', () => {
    const defaults = Object.values(action.inputs).flatMap((input) => ('default' in input ? [input.default] : []))
    expect(defaults.filter((value) => typeof value !== 'string')).toEqual([])
  })

  test('runs on Node 24, from a file that is there', () => {
    expect(action.runs.using).toBe('node24')
    expect(existsSync(action.runs.main)).toBe(true)
  })

  // The contract with workflows written for the original Docker action: they change only their `uses:` line.
  test.each([
    ['algorithmia_api_key', true, undefined],
    ['algorithmia_username', true, undefined],
    ['algorithmia_email', false, 'githubactions@placeholder.email'],
    ['algorithmia_algoname', true, undefined],
    ['algorithmia_password', false, undefined],
    ['github_username', false, undefined],
    ['github_pat', false, undefined],
    ['algorithmia_uploadpath', true, 'data://$ALGORITHMIA_USERNAME/$ALGORITHMIA_ALGONAME'],
    ['model_path', true, 'model.pkl'],
    ['notebook_path', false, 'model_training.ipynb'],
    ['git_host', false, 'github.com'],
    ['algorithmia_api', false, 'https://api.algorithmia.com'],
  ])('%s is as in the original action', (name, required, value) => {
    const input = action.inputs[name]
    expect([input?.required ?? false, input?.default]).toEqual([required, value])
  })

  test('asks old workflows for nothing new', () => {
    const required = Object.entries(action.inputs).filter(([, input]) => input.required && input.default === undefined)
    expect(required.map(([name]) => name)).toEqual([
      'algorithmia_api_key',
      'algorithmia_username',
      'algorithmia_algoname',
    ])
  })
})
