import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import type { OpenBytes } from '../../src/model/bytes.ts'
import { listFolder } from '../../src/model/folder.ts'
import { StoredGzip } from '../../src/model/gzip.ts'
import { archiveSource, type ModelSource } from '../../src/model/source.ts'
import { algorithmPythons } from '../support/pythons.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const MiB = 1024 * 1024
const [python = { command: 'python3' }] = algorithmPythons()
// Windows lets only administrators make links, and has no pipes among its files.
const posix = process.platform === 'win32' ? test.skip : test

const sourceOf = async (folder: string, topName = 'model-1') =>
  archiveSource(await listFolder(folder), { topName, name: 'model-1.tar.gz' })

/** All bytes of one pass. */
async function read(source: ModelSource, onChunk: (index: number) => unknown = () => {}): Promise<Buffer> {
  const reader = await source.open()
  const chunks: Buffer[] = []
  try {
    for await (const chunk of reader.stream) {
      chunks.push(Buffer.from(chunk))
      await onChunk(chunks.length - 1)
    }
    await expect(reader.digest()).resolves.toEqual(hashOf(Buffer.concat(chunks)))
  } finally {
    await reader.discard()
  }
  return Buffer.concat(chunks)
}

const hashOf = (bytes: Buffer) => ({
  md5: createHash('md5').update(bytes).digest('hex'),
  sha256: createHash('sha256').update(bytes).digest('hex'),
})

/** The files below a folder that this process holds open; elsewhere than on Linux the system does not tell. */
function openIn(folder: string): string[] {
  if (process.platform !== 'linux') return []
  const held = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return held.filter((path) => path.startsWith(folder))
}

const archived = async (folder: string, topName?: string) => read(await sourceOf(folder, topName))

/** What Python finds in an archive, in its order. */
function inspect(archive: string, mode: 'r:gz' | 'r|gz' = 'r:gz', count = 1000) {
  const program = `
import hashlib, itertools, json, sys, tarfile
def row(tar, m):
    known = m.size < 1 << 30 and m.isfile()
    md5 = hashlib.md5(tar.extractfile(m).read()).hexdigest() if known else None
    kind = 'file' if m.isfile() else 'folder' if m.isdir() else 'link' if m.issym() else m.type.decode()
    return dict(name=m.name, kind=kind, mode=oct(m.mode), size=m.size, md5=md5, link=m.linkname,
                fixed=[m.mtime, m.uid, m.gid, m.uname, m.gname])
tar = tarfile.open(sys.argv[1], sys.argv[2])
print(json.dumps([row(tar, m) for m in itertools.islice(iter(tar.next, None), int(sys.argv[3]))]))`
  const args = ['-X', 'utf8', '-c', program, archive, mode, String(count)]
  return JSON.parse(execFileSync(python.command, args, { encoding: 'utf8' })) as Record<string, unknown>[]
}

const fixed = [499_162_500, 0, 0, '', '']
const folderRow = (name: string) => ({ name, kind: 'folder', mode: '0o755', size: 0, md5: null, link: '', fixed })
const linkRow = (name: string, link: string) => ({ ...folderRow(name), kind: 'link', mode: '0o777', link })
const fileRow = (name: string, content: string | Buffer) => {
  const bytes = Buffer.from(content)
  return { ...folderRow(name), kind: 'file', mode: '0o644', size: bytes.length, md5: hashOf(bytes).md5 }
}

describe('equal content', () => {
  const files = { MLmodel: 'run_id: 1\n', 'data/weights.bin': Buffer.alloc(100_000, 'w'), 'data/empty': '', 'é/ü': 'x' }

  test('gives equal bytes, whenever, wherever and by whomever it was written', async () => {
    const folder = writeFiles(tempFolder(), files)
    const other = writeFiles(join(tempFolder(), 'deep', 'er'), Object.fromEntries(Object.entries(files).reverse()))
    for (const path of Object.keys(files)) {
      chmodSync(join(other, path), 0o700)
      utimesSync(join(other, path), 1, 2)
    }
    chmodSync(join(other, 'data'), 0o700)
    const traces = ['.git/HEAD', 'data/__pycache__/x.pyc', '.ipynb_checkpoints/MLmodel', 'data/.DS_Store']
    writeFiles(other, Object.fromEntries(traces.map((path) => [path, 'trace'])))

    const bytes = await archived(folder)
    expect((await archived(other)).equals(bytes)).toBe(true)
    expect((await archived(folder, 'model-2')).equals(bytes)).toBe(false)
    writeFileSync(join(other, 'data/empty'), 'not empty')
    expect((await archived(other)).equals(bytes)).toBe(false)
  })

  test('gives the bytes that every other machine gives', async () => {
    await expect((await sourceOf(writeFiles(tempFolder(), files))).digest()).resolves.toMatchObject({
      md5: 'd1b9256f3d83531c8bffb14de3174f8c',
    })
  })
})

test('other programs read it: names of any length and script, empty folders, links', async () => {
  const long = 'n'.repeat(120)
  const files = {
    'a.txt': 'a dot sorts before a slash',
    'a/b': 'b',
    'name\u{1F4A9}': 'after \uFF5E by code points, before it as UTF-16',
    'name\uFF5E': '',
    [`${long}/${long}/${long}.bin`]: 'long',
    [`${'p'.repeat(90)}/middle`]: 'a name in two parts',
    'sub/composed-\u00e9': 'NFC',
    'sub/decomposed-e\u0301': 'NFD',
    [`sub/${'日'.repeat(70)}`]: 'more bytes than letters',
    'weights.bin': Buffer.alloc(3 * MiB + 1, 'weights'),
  }
  const folder = writeFiles(join(tempFolder(), 'model'), files)
  mkdirSync(join(folder, 'empty'))
  const links = process.platform === 'win32' ? {} : { link: 'a/b', 'sub/far': `../${long}/${long}/${long}.bin` }
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(folder, path))
  const archive = join(tempFolder(), 'model.tar.gz')
  writeFileSync(archive, await archived(folder))

  const rows = [
    ...['', '/a', '/empty', `/${long}`, `/${long}/${long}`, `/${'p'.repeat(90)}`, '/sub'].map((path) =>
      folderRow(`model-1${path}`),
    ),
    ...Object.entries(files).map(([path, content]) => fileRow(`model-1/${path}`, content)),
    ...Object.entries(links).map(([path, target]) => linkRow(`model-1/${path}`, target)),
  ]
  const key = (name: string) => Buffer.from(name)
  const sorted = rows.sort((one, other) => key(one.name).compare(key(other.name)))
  expect(inspect(archive)).toEqual(sorted)

  if (process.platform === 'win32') return
  const out = tempFolder()
  execFileSync('gzip', ['-t', archive])
  execFileSync('tar', ['-xzf', archive, '-C', out])
  const listed = execFileSync('tar', ['-tzvf', archive], { encoding: 'utf8' }).trim().split('\n')
  expect(listed).toHaveLength(rows.length)
  const tree = (root: string) => readdirSync(root, { recursive: true }).map(String).sort()
  expect(tree(join(out, 'model-1'))).toEqual(tree(folder))
  for (const [path, content] of Object.entries(files)) {
    expect(readFileSync(join(out, 'model-1', path)).equals(Buffer.from(content))).toBe(true)
  }
  for (const [path, to] of Object.entries(links)) expect(readlinkSync(join(out, 'model-1', path))).toBe(to)
})

posix('a file of more than 8 GiB has its size in the header, and in the size of the archive', async () => {
  const folder = writeFiles(tempFolder(), { 'weights.bin': '' })
  const size = 9 * 1024 ** 3
  truncateSync(join(folder, 'weights.bin'), size)
  const source = await sourceOf(folder)
  // Top folder, pax record of the size with its header, header, and the end: 512 bytes each, the end two of them.
  const tar = size + 6 * 512
  expect(source.size).toBe(10 + tar + 5 * Math.ceil(tar / 65_535) + 8)
  const reader = await source.open()
  const beginning = join(tempFolder(), 'beginning.tar.gz')
  const { value } = await reader.stream[Symbol.asyncIterator]().next()
  writeFileSync(beginning, value)
  await reader.discard()
  expect(inspect(beginning, 'r|gz', 2)[1]).toMatchObject({ name: 'model-1/weights.bin', kind: 'file', size })
})

test('a large folder is hashed on threads, read as often as a retry needs it, and let go', async () => {
  const folder = writeFiles(tempFolder(), {
    a: Buffer.alloc(9 * MiB + 7, 'no two MiB of this are alike'.repeat(37)),
    b: Buffer.alloc(9 * MiB + 7, 'and these are others'.repeat(41)),
  })
  const source = await sourceOf(folder)
  const abandoned = await source.open()
  await abandoned.stream[Symbol.asyncIterator]().next()
  if (process.platform === 'linux') expect(openIn(folder)).toEqual([join(folder, 'a')])
  await Promise.all([abandoned.discard(), abandoned.discard()])
  expect(openIn(folder)).toEqual([])

  const bytes = await read(source)
  expect(bytes).toHaveLength(source.size)
  expect((await read(source)).equals(bytes)).toBe(true)
  await expect(source.digest()).resolves.toEqual(hashOf(bytes))
  expect(openIn(folder)).toEqual([])
})

test('a pass that is given up while it opens a file leaves it closed', async () => {
  const folder = writeFiles(tempFolder(), { a: Buffer.alloc(2 * MiB) })
  const reader = await (await sourceOf(folder)).open()
  reader.stream.read(0)
  // Time for the headers, and to ask for the file.
  for (let turn = 0; turn < 100; turn += 1) await undefined
  await reader.discard()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(openIn(folder)).toEqual([])
})

describe('a gzip file of stored blocks', () => {
  const block = 65_535
  const content = Buffer.from(Array.from({ length: 3 * block + 1 }, (_, at) => (at * 7919) >>> 5))

  class MemoryBytes implements OpenBytes {
    readonly size: number
    #position = 0
    constructor(size: number) {
      this.size = size
    }
    async fill(buffer: Buffer) {
      this.#position += content.copy(buffer, 0, this.#position, this.#position + buffer.length)
    }
    async refuseChange() {}
    async close() {}
  }

  test.each([0, 1, block - 1, block, block + 1, 2 * block, 3 * block - 1, 3 * block, 3 * block + 1])(
    'holds %d bytes, however they are asked for',
    async (size) => {
      for (const step of [4, 17, block, block + 5, 4 * block]) {
        const gzip = new StoredGzip(new MemoryBytes(size))
        const file = Buffer.alloc(gzip.size)
        for (let at = 0; at < file.length; at += step) await gzip.fill(file.subarray(at, at + step))
        expect(gunzipSync(file).equals(content.subarray(0, size))).toBe(true)
      }
    },
  )
})

describe('the listing of a folder', () => {
  test('has sizes and the newest times', async () => {
    const folder = writeFiles(tempFolder(), { a: '12345', 'b/c': '123', '.git/x': 'left out' })
    const newest = new Date('2024-05-01T12:00:00Z')
    utimesSync(join(folder, 'a'), newest, newest)
    utimesSync(join(folder, 'b/c'), 1, 1)
    const listing = await listFolder(folder, 'models/m')
    expect(listing).toMatchObject({ folder, shown: 'models/m', size: 8, modified: newest })
    expect(listing.files.map(({ path, size }) => [path, size])).toEqual([
      ['a', 5],
      ['b/c', 3],
    ])
    expect(Date.now() - listing.touched.getTime()).toBeLessThan(60_000)
  })

  test('of a folder without any file is refused', async () => {
    const folder = writeFiles(tempFolder(), { '.git/HEAD': 'x' })
    mkdirSync(join(folder, 'empty'))
    const result = listFolder(folder, 'models/m')
    await expect(result).rejects.toThrow('models/m is an empty folder')
    await expect(result).rejects.toBeInstanceOf(DeployError)
  })

  test('with a Git LFS pointer in it is refused', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'
    const folder = writeFiles(tempFolder(), { a: 'x', 'data/w.bin': pointer })
    await expect(listFolder(folder, 'm')).rejects.toThrow('m/data/w.bin is a Git LFS pointer')
  })

  posix('with a named pipe in it is refused', async () => {
    const folder = writeFiles(tempFolder(), { a: 'x' })
    execFileSync('mkfifo', [join(folder, 'pipe')])
    await expect(listFolder(folder, 'm')).rejects.toThrow('m/pipe is neither a file nor a folder')
  })

  // Other systems have no such names.
  const linux = process.platform === 'linux' ? test : test.skip
  linux('with a name that is no text is refused', async () => {
    const folder = writeFiles(tempFolder(), { a: 'x' })
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xe9])]), 'x')
    await expect(listFolder(folder, 'm')).rejects.toThrow('The name of m/b\uFFFD is not UTF-8: rename it')
  })

  const links: [string, string, string | undefined][] = [
    ['x', 'sub/file', undefined],
    ['sub/x', '../sub', undefined],
    ['sub/x', '.', undefined],
    ['sub/x', '../self/sub/file', undefined],
    ['x', '/etc/passwd', 'an absolute path'],
    ['x', '..', 'leads out of the folder'],
    ['sub/x', '../../outside', 'leads out of the folder'],
    ['x', 'self/../../outside', 'leads out of the folder'],
    ['x', 'self/../outside', 'leads out of the folder'],
    ['x', 'sub/up/../outside', 'leads out of the folder'],
    // Out and in again, by a name that the folder has on this machine only.
    ['x', 'self/../model/sub/file', 'leads out of the folder'],
    ['x', 'nowhere', 'leads nowhere'],
    ['x', 'sub/file/../file', 'leads nowhere'],
    ['x', 'x', 'leads nowhere'],
    ['x', '__pycache__/y.pyc', '__pycache__ is left out'],
    ['x', '__pycache__/../sub/file', '__pycache__ is left out'],
  ]
  for (const [path, target, trouble] of links) {
    posix(`${trouble === undefined ? 'keeps' : 'refuses'} a link ${path} to ${target}`, async () => {
      const parent = writeFiles(tempFolder(), { outside: 'x', 'model/outside': 'x', 'model/model/sub/file': 'x' })
      const folder = writeFiles(join(parent, 'model'), { 'sub/file': 'x', '__pycache__/y.pyc': 'x' })
      symlinkSync('.', join(folder, 'self'))
      symlinkSync('..', join(folder, 'sub/up'))
      symlinkSync(target, join(folder, path))
      const result = listFolder(folder, 'm')
      if (trouble === undefined) {
        expect((await result).entries).toContainEqual(expect.objectContaining({ kind: 'link', path, target }))
      } else {
        await expect(result).rejects.toThrow(`m/${path} is a link to ${target}, `)
        await expect(result).rejects.toThrow(trouble)
        await expect(result).rejects.toThrow('copy the file there')
        await expect(result).rejects.toBeInstanceOf(DeployError)
      }
    })
  }

  posix('keeps no link to an absolute one', async () => {
    const folder = writeFiles(tempFolder(), { file: 'x' })
    symlinkSync(folder, join(folder, 'absolute'))
    symlinkSync('absolute/file', join(folder, 'a-link'))
    await expect(listFolder(folder, 'm')).rejects.toThrow('m/a-link is a link to absolute/file, which leads out')
  })
})

describe('a folder that changes', () => {
  const files = { 'a/early': 'x'.repeat(1000), 'b/large': Buffer.alloc(3 * MiB), 'c/late': 'late' }
  const prepare = () => {
    const folder = writeFiles(tempFolder(), files)
    // So that a change has another time, however coarse the clock of the file system is.
    for (const path of Object.keys(files)) utimesSync(join(folder, path), 1, 1)
    return folder
  }
  const changes: [string, string, (path: string) => void][] = [
    ['grows in what was read', 'a/early', (path) => appendFileSync(path, 'x')],
    ['is written to in what was read', 'a/early', (path) => writeFileSync(path, 'y'.repeat(1000))],
    ['shrinks in what is being read', 'b/large', (path) => truncateSync(path, 1000)],
    ['grows in what is being read', 'b/large', (path) => appendFileSync(path, 'x')],
    ['loses what was read', 'a/early', (path) => rmSync(path)],
    ['grows in what comes later', 'c/late', (path) => appendFileSync(path, 'x')],
    ['is written to in what comes later', 'c/late', (path) => writeFileSync(path, 'LATE')],
    ['loses what comes later', 'c/late', (path) => rmSync(path)],
    ['gets one more file', 'b/new', (path) => writeFileSync(path, '')],
    ['gets one more folder', 'd', (path) => mkdirSync(path)],
    [
      'has a folder where a file was',
      'a/early',
      (path) => {
        rmSync(path)
        mkdirSync(path)
      },
    ],
  ]

  test.each(changes)('%s: the pass fails', async (_, path, change) => {
    const folder = prepare()
    const result = read(await sourceOf(folder), (index) => index === 0 && change(join(folder, path)))
    await expect(result).rejects.toThrow(`The model ${join(folder, path)} changed while it was read: `)
    await expect(result).rejects.toBeInstanceOf(DeployError)
  })

  test('between two passes: the second one does not begin', async () => {
    const folder = prepare()
    const source = await sourceOf(folder)
    await source.digest()
    writeFileSync(join(folder, 'c/late'), 'LATE')
    await expect(source.open()).rejects.toThrow(`${join(folder, 'c/late')} changed while it was read`)
  })

  test('only where things are left out: that is no change', async () => {
    const folder = prepare()
    const source = await sourceOf(folder)
    const bytes = await read(source, () => writeFiles(folder, { 'a/__pycache__/x.pyc': 'x' }))
    expect((await read(source)).equals(bytes)).toBe(true)
  })
})
