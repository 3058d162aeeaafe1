import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkModels } from '../../src/model/check-models.ts'
import { watchOutput } from '../support/runner.ts'
import { onAlgorithmia, read } from '../support/step-inputs.ts'
import { writeFiles } from '../support/temp-folder.ts'

// What the lines of model_path mean in a workspace.

watchOutput()

const files = {
  'model.pkl': 'm',
  'models/a.pkl': 'a',
  'models/b.pkl': 'b',
  'models/.hidden.pkl': 'h',
  'models/deep/c.pkl': 'c',
  'models/v1.2/weights.bin': 'w',
  'models/w[1].pkl': 'literal',
  'other/a.pkl': 'another a',
  'data/labels.json': '[]',
}

async function check(model_path: string, prepare?: (workspace: string) => void, trainedSince?: Date) {
  const { models, workspace } = await read({ ...onAlgorithmia, model_path }, { files, ...(prepare && { prepare }) })
  return checkModels(models, { workspace, trainedSince })
}

const namesAndPaths = async (model_path: string) =>
  (await check(model_path)).map(({ name, shown, isOptional }) => `${isOptional ? 'optional ' : ''}${name}: ${shown}`)

describe('lines mean', () => {
  test.each<[string, string[]]>([
    ['model.pkl', ['model: model.pkl']],
    ['clf: model.pkl\noptional: data/labels.json', ['clf: model.pkl', 'optional labels: data/labels.json']],
    // In the order of the lines, and by name within one.
    ['model.pkl\nmodels/*.pkl', ['model: model.pkl', 'a: models/a.pkl', 'b: models/b.pkl', 'w[1]: models/w[1].pkl']],
    ['models/**/*.pkl\n!models/w*', ['a: models/a.pkl', 'b: models/b.pkl', 'c: models/deep/c.pkl']],
    ['models/*\n!models/w*\n!models/b.pkl', ['a: models/a.pkl']],
    ['models/*/', ['deep: models/deep', 'v1.2: models/v1.2']],
    ['models/v1.2', ['v1.2: models/v1.2']],
    ['models/v1.2/', ['v1.2: models/v1.2']],
    ['models/w[1].pkl', ['w[1]: models/w[1].pkl']],
    ['models/{a,b}.pkl', ['a: models/a.pkl', 'b: models/b.pkl']],
    ['only: models/a*', ['only: models/a.pkl']],
    // A pattern may mean what it means in two ways, but once.
    ['models/{a,a,*}.pkl\n!models/w*', ['a: models/a.pkl', 'b: models/b.pkl']],
  ])('%j', async (model_path, expected) => {
    expect(await namesAndPaths(model_path)).toEqual(expected)
  })
})

describe('an error names the line', () => {
  test.each<[string, string]>([
    ['models/*.onnx', 'model_path: "models/*.onnx" matches no file of the workspace, or only excluded ones'],
    [
      'model.pkl\nmodels/*.onnx',
      'model_path line 2: "models/*.onnx" matches no file of the workspace, or only excluded ones',
    ],
    [
      'models/v*',
      'model_path: "models/v*" matches no file, only folders; write `models/v*/` to deploy each as an archive',
    ],
    [
      'all: models/*.pkl',
      'model_path: "models/*.pkl" matches 3 files (models/a.pkl, models/b.pkl, models/w[1].pkl), which cannot all be called "all"; ' +
        'leave the name out, and each is called after its file',
    ],
    [
      'models/a.pkl\nx: models/a.pkl',
      'model_path line 2: "models/a.pkl" means models/a.pkl, and so does model_path line 1; remove one, or exclude it from a pattern with `!models/a.pkl`',
    ],
    [
      'models/a.pkl\nother/a.pkl',
      'models/a.pkl and other/a.pkl would both be called "a" in the manifest; give one another name in model_path, such as `a-2: other/a.pkl`',
    ],
  ])('%j: %s', async (model_path, message) => {
    await expect(check(model_path)).rejects.toThrow(message)
  })

  test('all of them at once', async () => {
    const model_path = ['missing.pkl', 'empty', 'nothing/*', 'e.pkl', 'out.pkl', 'odd*.pkl', 'fine: model.pkl'].join(
      '\n',
    )
    const prepare = (workspace: string) => {
      writeFiles(workspace, { '../outside.pkl': 'secret', 'e.pkl': '', 'odd#.pkl': 'odd' })
      mkdirSync(join(workspace, 'empty', 'sub'), { recursive: true })
    }
    const late = async () => {
      const { models, workspace } = await read({ ...onAlgorithmia, model_path }, { files, prepare })
      // As a training may do.
      symlinkSync('../outside.pkl', join(workspace, 'out.pkl'))
      return checkModels(models, { workspace, trainedSince: undefined })
    }
    await expect(late()).rejects.toThrow(
      new RegExp(
        [
          '^6 problems with model_path:',
          '- model_path line 3: "nothing/\\*" matches no file .*',
          '- model_path line 1: Model file not found at missing.pkl; check the path; nothing was trained .*',
          '- model_path line 2: The model empty is an empty folder.*',
          '- model_path line 4: The model e.pkl is empty \\(0 bytes\\)',
          '- model_path line 5: model_path out.pkl leads out of the workspace, to .*',
          '- model_path line 6: Algorithmia clients cannot read names with .* rename "odd#.pkl"$',
        ].join('\n'),
      ),
    )
  })
})

describe('after a training', () => {
  const since = new Date()
  const age = (workspace: string, path: string) => utimesSync(join(workspace, path), new Date(0), new Date(0))

  test('the first model must be its work', async () => {
    const later = new Date(Date.now() + 60_000)
    await expect(check('models/a.pkl\nmodel.pkl', undefined, later)).rejects.toThrow(
      'model_path line 1: The training ran, but did not write models/a.pkl: it is from',
    )
    await expect(check('models/deep', undefined, later)).rejects.toThrow('did not write models/deep')
  })

  test('others may be older, which is told', async () => {
    const models = await check('model.pkl\nlabels: data/labels.json', undefined, since)
    expect(models.map(({ isOlder }) => isOlder)).toEqual([false, false])
    const later = new Date(Date.now() + 60_000)
    const prepare = (workspace: string) => {
      age(workspace, 'data/labels.json')
      utimesSync(join(workspace, 'model.pkl'), later, later)
    }
    const mixed = await check('model.pkl\nlabels: data/labels.json', prepare, later)
    expect(mixed.map(({ isOlder }) => isOlder)).toEqual([false, true])
  })
})

test('the whole workspace is no model', async () => {
  await expect(check('.')).rejects.toThrow('model_path . is the whole workspace; name a folder in it')
})

test.each<[string, string, RegExp]>([
  ['.gi[t]/config', 'unused', /model_path \.git\/config lies inside a \.git folder, where secrets may be/],
  ['models/*.bin', '../.git/config', /model_path models\/link\.bin lies inside a \.git folder/],
  ['models/*.bin', 'a#1.pkl', /cannot read names with #.*; rename "models\/link\.bin", a link to "a#1\.pkl"/],
])('a pattern is no way around what a path may not be: %s, with a link to %s', async (model_path, target, reason) => {
  const prepare = (workspace: string) => {
    for (const [path, text] of [
      ['.git/config', 'token'],
      ['models/a#1.pkl', 'm'],
    ] as const) {
      mkdirSync(dirname(join(workspace, path)), { recursive: true })
      writeFileSync(join(workspace, path), text)
    }
    symlinkSync(target, join(workspace, 'models/link.bin'))
  }
  await expect(check(model_path, prepare)).rejects.toThrow(reason)
})

test('the name of an entry may be longer than that of a file', async () => {
  const name = 'n'.repeat(300)
  expect(await namesAndPaths(`${name}: model.pkl`)).toEqual([`${name}: model.pkl`])
})

test('a link that a pattern means and that leads nowhere is not passed over', async () => {
  const prepare = (workspace: string) => symlinkSync('gone.pkl', join(workspace, 'models/z.pkl'))
  await expect(check('models/*.pkl', prepare)).rejects.toThrow('Model file not found at models/z.pkl')
})
