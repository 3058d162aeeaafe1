import { describe, expect, test } from '@jest/globals'
import { remoteName, splitName } from '../../src/model/names.ts'

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
