import { mkdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { checkModel } from '../../src/model/check.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const printed = watchOutput()

const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 12345\n'

function workspace(): string {
  const root = writeFiles(tempFolder(), {
    'ws/model.pkl': 'model',
    'ws/deep/model.pkl': 'deep model',
    'ws/empty.pkl': '',
    'ws/pointer.pkl': pointer,
    'ws/short.pkl': 'version',
    'ws/almost.pkl': pointer.replace('lfs', 'LFS'),
    'ws/text-of-a-pointer.pkl': pointer + 'x'.repeat(1024),
    'out/model.pkl': 'secret',
    'ws-neighbour/model.pkl': 'secret',
  })
  mkdirSync(join(root, 'ws/folder'))
  symlinkSync(join(root, 'ws/deep'), join(root, 'ws/link-in'), 'junction')
  symlinkSync(join(root, 'out'), join(root, 'ws/link-out'), 'junction')
  symlinkSync(join(root, 'ws-neighbour'), join(root, 'ws/link-neighbour'), 'junction')
  symlinkSync(join(root, 'nowhere'), join(root, 'ws/dangling'), 'junction')
  return join(root, 'ws')
}

const check = (root: string, relative: string, trainedSince?: Date, trainedBy?: 'notebook' | 'script') =>
  checkModel({ absolute: join(root, relative), relative, workspace: root, trainedSince, trainedBy })

test.each([
  ['model.pkl', 'model.pkl', 5],
  ['link-in/model.pkl', 'deep/model.pkl', 10],
  ['short.pkl', 'short.pkl', 7],
  ['almost.pkl', 'almost.pkl', pointer.length],
  ['text-of-a-pointer.pkl', 'text-of-a-pointer.pkl', pointer.length + 1024],
])('%s is a model', async (name, real, size) => {
  const root = workspace()
  await expect(check(root, name)).resolves.toMatchObject({ path: join(root, real), size, listing: undefined })
  expect(printed.text()).toMatch(new RegExp(`^${name}: [\\d.]+ k?B, written \\d{4}-`))
})

test('what the training wrote elsewhere, or with another ending, is named', async () => {
  const root = workspace()
  const missing = (relative: string, since: Date) =>
    checkModel({
      absolute: join(root, relative),
      relative,
      workspace: root,
      trainedSince: since,
      trainedIn: [join(root, 'deep'), join(root, 'none')],
    })
  const before = new Date(Date.now() - 10_000)
  rmSync(join(root, 'model.pkl'))
  const elsewhere =
    /^Model file not found at model\.pkl; the training ran, and wrote deep\/model\.pkl: if that is the model, set/
  await expect(missing('model.pkl', before)).rejects.toThrow(elsewhere)
  await expect(missing('deep/model.joblib', before)).rejects.toThrow(/and wrote deep\/model\.pkl: if/)
  // What was there before is not its doing.
  await expect(missing('model.pkl', new Date(Date.now() + 10_000))).rejects.toThrow(/but did not save a model there/)
})

test.each([
  ['missing.pkl', 'Model file not found at missing.pkl; check the path; nothing was trained in this step'],
  ['missing/model.pkl', 'Model file not found at missing/model.pkl'],
  ['optional:model.pkl', 'If optional is a name, write a space after it: `optional: model.pkl`'],
  ['dangling', 'Model file not found at dangling'],
  ['model.pkl/x', 'Model file not found at model.pkl/x'],
  ['folder', 'The model folder is an empty folder'],
  ['.', 'model_path . is the whole workspace; name a folder in it'],
  ['empty.pkl', 'The model empty.pkl is empty (0 bytes)'],
  ['pointer.pkl', 'pointer.pkl is a Git LFS pointer, not the model: set `lfs: true`'],
  ['link-out/model.pkl', 'model_path link-out/model.pkl leads out of the workspace'],
  ['link-neighbour/model.pkl', 'model_path link-neighbour/model.pkl leads out of the workspace'],
  ['link-out', 'model_path link-out leads out of the workspace'],
])('%s is none: %s', async (name, reason) => {
  const result = check(workspace(), name)
  await expect(result).rejects.toThrow(reason)
  await expect(result).rejects.toBeInstanceOf(DeployError)
})

describe('after training', () => {
  /** A model written just now, and a training that began so many seconds before or after. */
  const trained = (secondsAfterIt: number) => {
    const root = workspace()
    return { root, began: new Date(Date.now() + secondsAfterIt * 1000) }
  }

  test.each([-3600, -1, 0, 1])('a model written before a training %d s later is of this run', async (seconds) => {
    const { root, began } = trained(seconds)
    await expect(check(root, 'model.pkl', began)).resolves.toMatchObject({ size: 5 })
  })

  test.each([10, 86_400])(
    'a training that began %d s later did not write it, and both times are named',
    async (seconds) => {
      const { root, began } = trained(seconds)
      const written = statSync(join(root, 'model.pkl')).mtime.toISOString()
      const result = check(root, 'model.pkl', began)
      await expect(result).rejects.toThrow(`it is from ${written}, the training began at ${began.toISOString()}`)
      await expect(check(root, 'model.pkl')).resolves.toMatchObject({ size: 5 })
    },
  )

  test('a model that was moved there keeps its old date and is of this run all the same', async () => {
    const { root } = trained(-1)
    utimesSync(join(root, 'model.pkl'), new Date(0), new Date(0))
    await expect(check(root, 'model.pkl', new Date())).resolves.toMatchObject({ size: 5 })
  })

  test.each([
    ['notebook', "let the notebook save the model to model_path, or set notebook_path to '' to deploy"],
    ['script', 'let the script save the model to model_path, or remove training_script to deploy'],
  ] as const)('what to do fits the %s', async (kind, remedy) => {
    const { root, began } = trained(10)
    await expect(check(root, 'model.pkl', began, kind)).rejects.toThrow(remedy)
    await expect(check(root, 'missing.pkl', began, kind)).rejects.toThrow(
      `the training ran, but did not save a model there: compare the path that the ${kind} writes to with model_path`,
    )
  })

  test('a link that training put in the place of the model is not followed out', async () => {
    const root = workspace()
    rmSync(join(root, 'deep'), { recursive: true })
    symlinkSync(join(root, '../out'), join(root, 'deep'), 'junction')
    await expect(check(root, 'deep/model.pkl', new Date(0))).rejects.toThrow('leads out of the workspace')
  })
})
