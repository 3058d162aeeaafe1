import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type CopyRequest, copyCode } from '../../src/algorithm-repo/copy.ts'
import { DeployError } from '../../src/errors.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

type Files = Record<string, string | Buffer>

/** A code folder and a clone beside each other, and a folder that belongs to neither. */
function folders(source: Files, target: Files = {}) {
  const root = tempFolder()
  for (const name of ['code', 'clone', 'outside']) mkdirSync(join(root, name))
  writeFiles(join(root, 'code'), source)
  writeFiles(join(root, 'clone'), target)
  return { source: join(root, 'code'), target: join(root, 'clone'), outside: join(root, 'outside') }
}

const copy = (request: Partial<CopyRequest> & Pick<CopyRequest, 'source' | 'target'>) =>
  copyCode({ mode: 'overlay', exclude: [], ...request })

/** Files and links below a folder: path and content, or where the link leads. */
function contentOf(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return Object.fromEntries(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [
        relative(folder, path).split(sep).join('/'),
        lstatSync(path).isSymbolicLink() ? `-> ${readlinkSync(path)}` : readFileSync(path, 'latin1'),
      ]),
  )
}

describe('overlay', () => {
  test('adds and replaces, dot files included, and keeps what is only there', async () => {
    const { source, target } = folders(
      {
        'src/wine.py': 'new',
        '.env.example': 'dot',
        '.hidden/x': 'deep dot',
        '.github/workflows/ci.yml': 'ci',
        '.gitignore': '*.log',
        'a/b/c/d.txt': 'deep',
        'empty.txt': '',
        'spaces and é.txt': 'name',
        '..odd': 'dots',
      },
      { 'src/wine.py': 'old and longer', 'src/other.py': 'kept', 'README.md': 'kept', 'model_manifest.json': '{}' },
    )
    await expect(copy({ source, target })).resolves.toMatchObject({ copied: 9, removed: [] })
    expect(contentOf(target)).toEqual({
      ...contentOf(source),
      'src/other.py': 'kept',
      'README.md': 'kept',
      'model_manifest.json': '{}',
    })
  })

  test('copies bytes, not text', async () => {
    const bytes = Buffer.from(Array.from({ length: 512 }, (_, index) => index % 256))
    const { source, target } = folders({ 'x.bin': bytes, 'crlf.txt': 'a\r\nb\n' })
    await copy({ source, target })
    expect(readFileSync(join(target, 'x.bin')).equals(bytes)).toBe(true)
    expect(readFileSync(join(target, 'crlf.txt'), 'latin1')).toBe('a\r\nb\n')
  })

  test('leaves repositories and caches out, at every level, and their owner alone', async () => {
    const { source, target } = folders(
      {
        'x.py': '',
        '.git/config': 'source',
        'lib/.git/HEAD': 'nested',
        'module/.git': 'gitdir: ../.git/modules/module',
        'module/y.py': '',
        '__pycache__/x.pyc': '',
        'lib/__pycache__/z.pyc': '',
        'lib/z.py': '',
        '.ipynb_checkpoints/a': '',
      },
      { '.git/config': 'clone' },
    )
    const before = contentOf(source)
    await expect(copy({ source, target })).resolves.toEqual({
      copied: 3,
      removed: [],
      skipped: ['.git/', '.ipynb_checkpoints/', '__pycache__/', 'lib/.git/', 'lib/__pycache__/', 'module/.git'].map(
        (path) => ({ path, why: 'it is never code' }),
      ),
    })
    expect(contentOf(target)).toEqual({ '.git/config': 'clone', 'x.py': '', 'module/y.py': '', 'lib/z.py': '' })
    expect(contentOf(source)).toEqual(before)
  })

  test('of an empty folder copies nothing', async () => {
    const { source, target } = folders({}, { kept: '' })
    await expect(copy({ source, target })).resolves.toMatchObject({ copied: 0, removed: [] })
    expect(contentOf(target)).toEqual({ kept: '' })
  })

  test('is the same when it is done again', async () => {
    const { source, target } = folders({ 'a/b': 'x', c: 'y' })
    await copy({ source, target })
    const once = contentOf(target)
    await expect(copy({ source, target })).resolves.toMatchObject({ copied: 2, removed: [] })
    expect(contentOf(target)).toEqual(once)
  })
})

// Windows lets only administrators make links to files, and knows no executable bit.
const posix = process.platform === 'win32' ? () => {} : describe

posix('links and modes', () => {
  test('links stay what they are: relative, and also when they lead nowhere or to a folder', async () => {
    const { source, target } = folders({ 'data/file': 'x', 'deep/er/y': 'y' }, { replaced: 'a file' })
    const links = {
      link: 'data/file',
      folder: 'data',
      'deep/er/up': '../../data/file',
      broken: 'not/there',
      replaced: 'data',
    }
    for (const [path, to] of Object.entries(links)) symlinkSync(to, join(source, path))
    await copy({ source, target })
    await copy({ source, target })
    for (const [path, to] of Object.entries(links)) expect(readlinkSync(join(target, path))).toBe(to)
  })

  test.each(['/etc/passwd', '..', '../outside/secret', 'deep/../../outside'])(
    'a link to %s leads out and is refused',
    async (to) => {
      const { source, target } = folders({ x: '' })
      symlinkSync(to, join(source, 'link'))
      const result = copy({ source, target })
      await expect(result).rejects.toThrow(`link in the code folder is a link to ${to}`)
      await expect(result).rejects.toBeInstanceOf(DeployError)
      expect(existsSync(join(target, 'link'))).toBe(false)
    },
  )

  test('an absolute link is refused even into the folder itself', async () => {
    const { source, target } = folders({ x: '' })
    symlinkSync(join(source, 'x'), join(source, 'link'))
    await expect(copy({ source, target })).rejects.toThrow('link in the code folder is a link to')
  })

  test('a refused link may be excluded', async () => {
    const { source, target } = folders({ x: '' })
    symlinkSync('/etc/passwd', join(source, 'link'))
    await expect(copy({ source, target, exclude: ['link'] })).resolves.toMatchObject({ copied: 1 })
  })

  test('nothing is written through a link of the clone to a file', async () => {
    const { source, target, outside } = folders({ 'x.py': 'code' })
    writeFileSync(join(outside, 'precious'), 'precious')
    symlinkSync(join(outside, 'precious'), join(target, 'x.py'))
    await copy({ source, target })
    expect(contentOf(outside)).toEqual({ precious: 'precious' })
    expect(contentOf(target)).toEqual({ 'x.py': 'code' })
  })

  test('nor through a link to a folder', async () => {
    const { source, target, outside } = folders({ 'lib/x.py': 'code' })
    symlinkSync(outside, join(target, 'lib'))
    await expect(copy({ source, target })).rejects.toThrow(
      "lib is a folder in the code folder and a file or link in the algorithm's repository",
    )
    expect(contentOf(outside)).toEqual({})
  })

  test.each([
    [0o755, 0o755],
    [0o700, 0o755],
    [0o644, 0o644],
    [0o600, 0o644],
    [0o666, 0o644],
    [0o655, 0o644],
  ])('the mode %o becomes %o, also of a file that is there', async (mode, expected) => {
    const { source, target } = folders({ new: '', old: '' }, { old: '' })
    for (const name of ['new', 'old']) chmodSync(join(source, name), mode)
    chmodSync(join(target, 'old'), 0o777)
    await copy({ source, target })
    for (const name of ['new', 'old']) expect(statSync(join(target, name)).mode & 0o777).toBe(expected)
  })

  test('mirror removes a link, not what it leads to', async () => {
    const { source, target, outside } = folders({ x: '' })
    writeFileSync(join(outside, 'precious'), 'precious')
    symlinkSync(outside, join(target, 'link'))
    await expect(copy({ source, target, mode: 'mirror' })).resolves.toMatchObject({ copied: 1, removed: ['link'] })
    expect(contentOf(outside)).toEqual({ precious: 'precious' })
  })
})

describe('a clash', () => {
  test('of a file with a folder of the clone is refused', async () => {
    const { source, target } = folders({ lib: 'file' }, { 'lib/x.py': 'kept' })
    await expect(copy({ source, target })).rejects.toThrow(
      "lib is a file in the code folder and a folder in the algorithm's repository; remove it there",
    )
    expect(contentOf(target)).toEqual({ 'lib/x.py': 'kept' })
  })

  test('of a folder with a file of the clone is refused', async () => {
    const { source, target } = folders({ 'lib/deep/x.py': '' }, { lib: 'kept' })
    await expect(copy({ source, target })).rejects.toThrow(
      "lib is a folder in the code folder and a file or link in the algorithm's repository; remove it there",
    )
    expect(contentOf(target)).toEqual({ lib: 'kept' })
  })
})

describe('copy_exclude', () => {
  const files = {
    'README.md': '',
    'readme.md': '',
    'docs/a.md': '',
    'docs/a.txt': '',
    'data/big.csv': '',
    'src/data/small.csv': '',
    'src/x.py': '',
    'keep.log': '',
    'other.log': '',
    '#odd': '',
  }
  test.each<[string[], string[]]>([
    [['*.md'], ['#odd', 'data/big.csv', 'docs/a.txt', 'keep.log', 'other.log', 'src/data/small.csv', 'src/x.py']],
    [
      ['/data/', '*.md', '*.txt', '*.log'],
      ['#odd', 'src/data/small.csv', 'src/x.py'],
    ],
    [
      ['data', '*.md', '*.txt', '*.log'],
      ['#odd', 'src/x.py'],
    ],
    [['*', '!keep.log', '# a comment', '', '  '], ['keep.log']],
    [['*', '!*/', '!*.py'], ['src/x.py']],
    [['*', '!src/x.py'], []],
    [['*', '!\\#odd'], ['#odd']],
  ])('%j', async (exclude, expected) => {
    // One of the two on systems that do not tell them apart.
    const { source, target } = folders(files)
    await copy({ source, target, exclude })
    expect(Object.keys(contentOf(target)).sort()).toEqual(expected)
  })

  test('lists what it leaves out, a folder as a whole', async () => {
    const { source, target } = folders({ 'data/a': '', 'data/b': '', 'lib/x.csv': '', 'lib/x.py': '' })
    const { skipped } = await copy({ source, target, exclude: ['data/', '*.csv'] })
    expect(skipped).toEqual(['data/', 'lib/x.csv'].map((path) => ({ path, why: 'copy_exclude names it' })))
  })

  test('tells upper case from lower case, as git does', async () => {
    const { source, target } = folders({ 'DATA/x': '', 'y.Md': '' })
    await copy({ source, target, exclude: ['data', '*.md'] })
    expect(Object.keys(contentOf(target)).sort()).toEqual(['DATA/x', 'y.Md'])
  })
})

describe('mirror', () => {
  test('also removes what the folder no longer has, but for what is not the folder’s', async () => {
    const { source, target } = folders(
      { 'src/wine.py': 'new', 'requirements.txt': '' },
      {
        '.git/config': 'clone',
        'src/wine.py': 'old',
        'src/gone.py': '',
        'gone/deep/x': '',
        '.gone': '',
        'model_manifest.json': '{}',
        'model_manifest.json.freeze': '{}',
        'algorithmia.conf': '{}',
        'src/model_manifest.json': '{}',
        'docs/kept.md': '',
      },
    )
    await expect(copy({ source, target, mode: 'mirror', exclude: ['docs/'] })).resolves.toMatchObject({
      copied: 2,
      removed: ['.gone', 'gone/deep/x', 'src/gone.py', 'src/model_manifest.json'],
    })
    expect(contentOf(target)).toEqual({
      '.git/config': 'clone',
      'src/wine.py': 'new',
      'requirements.txt': '',
      'model_manifest.json': '{}',
      'model_manifest.json.freeze': '{}',
      'algorithmia.conf': '{}',
      'docs/kept.md': '',
    })
  })

  test('of nothing is refused, before anything is removed', async () => {
    const { source, target } = folders({ 'x.pyc': '' }, { 'src/wine.py': 'old' })
    await expect(copy({ source, target, mode: 'mirror', exclude: ['*.pyc'] })).rejects.toThrow('has no file to copy')
    expect(contentOf(target)).toEqual({ 'src/wine.py': 'old' })
  })

  test('copies what the clone keeps by name', async () => {
    const { source, target } = folders({ 'algorithmia.conf': 'new' }, { 'algorithmia.conf': 'old' })
    await expect(copy({ source, target, mode: 'mirror' })).resolves.toMatchObject({ copied: 1, removed: [] })
    expect(contentOf(target)).toEqual({ 'algorithmia.conf': 'new' })
  })

  test('removes caches that were committed, unless they are excluded', async () => {
    const caches = { '__pycache__/x.pyc': '', 'lib/.ipynb_checkpoints/y': '' }
    const { source, target } = folders({ 'x.py': '', ...caches }, caches)
    await copy({ source, target, mode: 'mirror', exclude: ['__pycache__/'] })
    expect(contentOf(target)).toEqual({ 'x.py': '', '__pycache__/x.pyc': '' })
  })

  test('removes no folder that it did not empty: such are the places of submodules', async () => {
    const { source, target } = folders({ x: '' }, { '.gitmodules': 'addresses', 'lib/gone/a': '', 'sub/gone': '' })
    for (const folder of ['sub/module', 'module']) mkdirSync(join(target, folder))
    await copy({ source, target, mode: 'mirror' })
    expect(readdirSync(target, { recursive: true }).sort()).toEqual(
      ['.gitmodules', 'module', 'sub', join('sub', 'module'), 'x'].sort(),
    )
  })

  test('keeps what else it is told to', async () => {
    const { source, target } = folders({ x: '' }, { '.adk': '', 'lib/.adk': '' })
    await expect(copy({ source, target, mode: 'mirror', keep: ['.adk'] })).resolves.toMatchObject({
      removed: ['lib/.adk'],
    })
  })

  test('puts a file in the place of a folder, and the reverse', async () => {
    const { source, target } = folders(
      { lib: 'file', 'src/x.py': 'code' },
      { 'lib/x.py': '', 'lib/deep/y.py': '', src: 'file' },
    )
    await copy({ source, target, mode: 'mirror' })
    expect(contentOf(target)).toEqual({ lib: 'file', 'src/x.py': 'code' })
  })

  test('but not in the place of a folder that holds what stays', async () => {
    const { source, target } = folders({ docs: 'file' }, { 'docs/kept.md': 'kept', 'docs/gone.py': '' })
    const result = copy({ source, target, mode: 'mirror', exclude: ['docs/kept.md'] })
    await expect(result).rejects.toThrow("docs is a file in the code folder and a folder in the algorithm's repository")
    expect(contentOf(target)).toEqual({ 'docs/kept.md': 'kept' })
  })

  test('follows a name whose letters change their case', async () => {
    const { source, target } = folders({ 'readme.md': 'new', 'lib/x.py': 'new' }, { 'README.md': '', 'Lib/x.py': '' })
    await copy({ source, target, mode: 'mirror' })
    expect(contentOf(target)).toEqual({ 'readme.md': 'new', 'lib/x.py': 'new' })
  })
})
