import { describe, expect, test } from '@jest/globals'
import { nameObjects, remoteName, splitName } from '../../src/model/names.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'

describe('the object name keeps the extension behind the commit', () => {
  test.each([
    // As the original action named them.
    ['model.pkl', `model_${commit}.pkl`],
    ['model.v1.2.pkl', `model.v1.2_${commit}.pkl`],
    ['noext', `noext_${commit}`],
    ['.x', `.x_${commit}`],
    ['...x', `...x_${commit}`],
    ['.hidden.pkl', `.hidden_${commit}.pkl`],
    ['ends.', `ends_${commit}.`],
    ['mit leerzeichen.pkl', `mit leerzeichen_${commit}.pkl`],
    ['modèle.joblib', `modèle_${commit}.joblib`],
    ['two\nlines.pkl', `two\nlines_${commit}.pkl`],
    // On purpose not as the original action: an archive is still recognised as one.
    ['model.tar.gz', `model_${commit}.tar.gz`],
    ['model.v1.2.tar.gz', `model.v1.2_${commit}.tar.gz`],
    ['model.pkl.xz', `model_${commit}.pkl.xz`],
    ['model.onnx.zst', `model_${commit}.onnx.zst`],
    ['model.gz', `model_${commit}.gz`],
    ['model.2.gz', `model.2_${commit}.gz`],
    ['.tar.gz', `.tar_${commit}.gz`],
    ['model.tar.gzip', `model.tar_${commit}.gzip`],
  ])('%j', (name, expected) => {
    expect(remoteName(name, commit)).toBe(expected)
  })

  test.each(['model.pkl', 'model.tar.gz', '.x', 'noext', 'ends.', '..', ''])('%j is put together again', (name) => {
    const { stem, extension } = splitName(name)
    expect(stem + extension).toBe(name)
  })
})

test('a digest stands between commit and extension', () => {
  expect(remoteName('model.tar.gz', commit, 'd41d8cd9')).toBe(`model_${commit}_d41d8cd9.tar.gz`)
})

describe('the objects of one deployment', () => {
  const named = (...models: [entry: string, file: string, isOfOneRun?: boolean][]) =>
    nameObjects(
      models.map(([entry, file, isOfOneRun = false]) => ({ entry, file, isOfOneRun })),
      'c0',
    ).map((name) => [name(), name('d1')])

  test('are named after their files', () => {
    expect(named(['model', 'model.pkl'], ['labels', 'labels.json'])).toEqual([
      ['model_c0.pkl', 'model_c0_d1.pkl'],
      ['labels_c0.json', 'labels_c0_d1.json'],
    ])
  })

  test('and after their entries, where files have the same name', () => {
    const names = named(['a', 'model.pkl'], ['b', 'model.pkl'], ['c', 'b.pkl'], ['model', 'b.pkl'])
    expect(names.map(([name]) => name)).toEqual(['model_c0.pkl', 'b_c0.pkl', 'c_c0.pkl', 'model-b_c0.pkl'])
    const taken = named(['a', 'a.pkl'], ['b', 'y.pkl'], ['c', 'y-a.pkl'], ['y', 'a.pkl'])
    expect(new Set(taken.map(([name]) => name)).size).toBe(4)
  })

  test('and differ, whatever the others are called: one would overwrite the other', () => {
    const names = named(['x', 'm.pkl'], ['y', 'b.pkl'], ['z', 'b-m.pkl'], ['w', 'b-2-m.pkl'], ['b', 'm.pkl'])
    expect(new Set(names.map(([name]) => name)).size).toBe(names.length)
  })

  test('and after the run of a bundle, which says more than the commit', () => {
    expect(named(['m', 'model-4f.tar.gz', true], ['n', 'model-4f.tar.gz', true])).toEqual([
      ['model-4f.tar.gz', 'model-4f_d1.tar.gz'],
      ['n_c0.tar.gz', 'n_c0_d1.tar.gz'],
    ])
  })
})
