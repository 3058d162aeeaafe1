import { describe, expect, test } from '@jest/globals'
import { watchOutput } from '../support/runner.ts'
import { onAlgorithmia, problems, read } from '../support/step-inputs.ts'

// The lines of model_path, as far as they can be understood before anything is trained.

watchOutput()

const files = { 'models/a.pkl': 'a', 'odd: name.pkl': 'b', 'w[1].pkl': 'c' }

async function linesOf(model_path: string): Promise<unknown[]> {
  const { models } = await read({ ...onAlgorithmia, model_path }, { files })
  return models.lines.map(({ name, isOptional, isPattern, path }) => [
    path.relative,
    ...(name === undefined ? [] : [name]),
    ...(isOptional ? ['optional'] : []),
    ...(isPattern ? ['pattern'] : []),
  ])
}

describe('a line', () => {
  test.each<[string, unknown[]]>([
    ['models/a.pkl', [['models/a.pkl']]],
    ['classifier: models/a.pkl', [['models/a.pkl', 'classifier']]],
    ['my  classifier 2 :   models/a.pkl', [['models/a.pkl', 'my  classifier 2']]],
    ['optional: models/a.pkl', [['models/a.pkl', 'optional']]],
    ['Optional: models/a.pkl', [['models/a.pkl', 'optional']]],
    ['optional: labels: data/labels.json', [['data/labels.json', 'labels', 'optional']]],
    ['größe: models/a.pkl', [['models/a.pkl', 'größe']]],
    // A colon without a space after it belongs to a file, as does what really is there.
    ['c:models/a.pkl', [['c:models/a.pkl']]],
    ['odd: name.pkl', [['odd: name.pkl']]],
    ['models/*.pkl', [['models/*.pkl', 'pattern']]],
    ['models/*/', [['models/*/', 'pattern']]],
    ['models/{a,b}.pkl', [['models/{a,b}.pkl', 'pattern']]],
    ['all: **/*.onnx', [['**/*.onnx', 'all', 'pattern']]],
    ['model (1).pkl', [['model (1).pkl']]],
    ['models/', [['models']]],
    ['\n  a.pkl  \r\n\n# what it says\n  optional: b: c.json\n', [['a.pkl'], ['c.json', 'b', 'optional']]],
  ])('%j', async (text, expected) => {
    expect(await linesOf(text)).toEqual(expected)
  })

  test('that begins with ! excludes', async () => {
    const { models } = await read(
      { ...onAlgorithmia, model_path: 'models/*\n!models/*.tmp\n! models/./x.pkl' },
      { files },
    )
    expect(models.lines).toHaveLength(1)
    expect(models.excluded).toEqual(['models/*.tmp', 'models/x.pkl'])
  })
})

test('what is wrong is told of each line', async () => {
  const model_path = ['a: ../x.pkl', 'fine: models/a.pkl', '"b": models/a.pkl', 'fine: c.pkl', '!../*', 'd#.pkl'].join(
    '\n',
  )
  expect(await problems({ ...onAlgorithmia, model_path }, { files })).toEqual([
    'model_path line 1 is "../x.pkl", which leads out of the workspace; name a path inside the repository.',
    'model_path line 3 names its entry "\\"b\\""; write letters, digits, "_", "-", "." and spaces, such as `classifier: models/a.pkl`.',
    'model_path line 5 is "../*", which leads out of the workspace; name a path inside the repository.',
    'model_path line 6 is "d#.pkl": Algorithmia clients cannot read names with #, ?, %, \\ or control characters; rename the file.',
    'model_path has the entry "fine" twice (model_path line 2 and model_path line 4); entries need names of their own.',
  ])
})

const severalFlat =
  'manifest_format is flat, which describes one model that is always loaded, but model_path has several lines or an ' +
  'optional one; use `both`, or `auto`.'
test.each([
  ['# later\n', 'model_path is not set; add it to the `with:` of this step.'],
  ['!models/*.tmp', 'model_path only excludes; add a line for the model.'],
  [
    'models/a.pkl\n!models/*',
    'model_path excludes something, but has no pattern to exclude it from; a path is always taken.',
  ],
  ['b: optional: models/a.pkl', 'model_path is "b: optional: models/a.pkl"; write `optional: b: models/a.pkl`.'],
  ['a: models/a.pkl\nb: models/b.pkl', severalFlat, 'flat'],
  ['optional: models/a.pkl', severalFlat, 'flat'],
  ['models/a.pkl', 'manifest_format is "ADK"; write one of: auto, flat, adk, both.', 'ADK'],
])('%j: %s', async (model_path, problem, manifest_format = 'auto') => {
  expect(await problems({ ...onAlgorithmia, model_path, manifest_format }, { files })).toEqual([problem])
})
