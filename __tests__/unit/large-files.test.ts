import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { checkSizes } from '../../src/algorithm-repo/large-files.ts'
import { tempFolder } from '../support/temp-folder.ts'

const mebibyte = 2 ** 20

/** Files with holes: they take no room on the disk. */
function files(sizes: Record<string, number>) {
  const root = tempFolder()
  for (const [path, size] of Object.entries(sizes)) {
    writeFileSync(join(root, path), '')
    truncateSync(join(root, path), size)
  }
  return { root, paths: Object.keys(sizes) }
}

const noLfs = async () => []

describe('g41: files that are too large for github.com', () => {
  const large = { 'x.py': 1, 'max.bin': 100 * mebibyte, 'over.bin': 100 * mebibyte + 1, 'huge.bin': 200 * mebibyte }

  test('are all named, before anything is committed', async () => {
    await expect(checkSizes('https://github.com/o/a.git', files(large), noLfs)).rejects.toThrow(
      /^github\.com takes no files over 100 MiB, and the code holds over\.bin \(.+\), huge\.bin \(.+\)\. .*copy_exclude.*LFS/,
    )
  })

  test('are no trouble where they go to Git LFS', async () => {
    const inLfs = async (paths: string[]) => paths.filter((path) => path !== 'max.bin')
    const advised = await checkSizes('https://github.com/o/a.git', files(large), inLfs)
    expect(advised).toEqual([expect.stringMatching(/^max\.bin \(/)])
  })

  test('above 50 MiB are only told of', async () => {
    const found = files({ 'small.bin': 50 * mebibyte, 'advised.bin': 50 * mebibyte + 1 })
    expect(await checkSizes('https://github.com/o/a.git', found, noLfs)).toEqual([
      expect.stringMatching(/^advised\.bin \(/),
    ])
  })

  test.each([
    'https://github.example.com/o/a.git',
    'https://gitlab.com/o/a.git',
    'https://git.algorithmia.com/git/o/a.git',
  ])('are no trouble of %s', async (url) => {
    expect(await checkSizes(url, files(large), noLfs)).toEqual([])
  })
})
