import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as value from '../../src/inputs/values.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

/** Tables of one reader of values: what it accepts, and what it refuses with which words. */
function reads<T>(
  name: string,
  read: (text: string) => T,
  { accepts, refuses }: { accepts: [string, T][]; refuses: [string, string][] },
): void {
  describe(name, () => {
    test.each(accepts)('reads %j', (text, expected) => {
      expect(read(text)).toEqual(expected)
    })
    test.each(refuses)('refuses %j: %s', (text, reason) => {
      expect(() => read(text)).toThrow(reason)
    })
  })
}

const same = (...texts: string[]): [string, string][] => texts.map((text) => [text, text])
const all = (reason: string, ...texts: string[]): [string, string][] => texts.map((text) => [text, reason])

reads('account', value.account, {
  accepts: same('ada', 'ada-l', 'Ada.Lovelace_42', '4ever', 'a'),
  refuses: all('not an account name', 'a/b', '--upload-pack=x', '-a', '.my', '..', 'adä', 'a b', 'a@b', 'a\nb', '$a'),
})

reads('algorithmName', value.algorithmName, {
  accepts: same('wine', 'WineQuality_2', 'w'),
  refuses: all(
    'not an algorithm name',
    'ada/wine',
    '--upload-pack=x',
    'wine-quality',
    '2wine',
    '_w',
    '..',
    'wein\n',
    'é',
  ),
})

reads('email', value.email, {
  accepts: same('a@b', 'githubactions@placeholder.email', '1+bot[x]@users.noreply.github.com'),
  refuses: all('not an e-mail address', 'ada', 'a@b@c', 'a b@c', 'Ada <a@b>', 'a@b\nc', '@b', 'a@'),
})

reads('boolean', value.boolean, {
  accepts: [
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
  ],
  refuses: all('write true or false', 'yes', 'no', '1', '0', 'tRue', 'true false'),
})

reads('minutes', value.minutes, {
  accepts: [
    ['30', 1_800_000],
    ['0.5', 30_000],
    ['007', 420_000],
    ['28800', 1_728_000_000],
  ],
  refuses: all('greater than 0', '0', '0.0', '-1', '1e3', '.5', '5.', '1,5', '30 min', 'NaN', 'Infinity', '٣', '50401'),
})

reads('oneOf', (text) => value.oneOf(text, ['overlay', 'mirror']), {
  accepts: [
    ['overlay', 'overlay'],
    ['mirror', 'mirror'],
  ],
  refuses: all('write one of: overlay, mirror', 'Mirror', 'mirror overlay', 'x', 'constructor'),
})

reads('variableNames', value.variableNames, {
  accepts: [
    ['A', ['A']],
    ['A,B_2 _c', ['A', 'B_2', '_c']],
    ['A,\n  B,,\tC', ['A', 'B', 'C']],
  ],
  refuses: [
    ['A=1', 'holds "A=1"'],
    ['A B-C', 'holds "B-C"'],
    ['2A', 'holds "2A"'],
    ['$A', 'holds "$A"'],
    ['*', 'holds "*"'],
  ],
})

describe('secret', () => {
  test('takes any single line', () => {
    expect(value.secret('p@ss:w/rd%41#x?&=+ é$\'"\\`')).toBe('p@ss:w/rd%41#x?&=+ é$\'"\\`')
  })

  test.each(['Top\nSecret', 'Top\r\nSecret', 'Top\rSecret'])('refuses %j without showing any of it', (text) => {
    expect(() => value.secret(text)).toThrow('holds a line break')
    expect(() => value.secret(text)).not.toThrow(/Top|Secret/)
  })
})

describe('branch', () => {
  const good = ['main', 'feature/x', 'v1.2', 'a@b', 'ümlaut', 'a./b', 'x{y}', '@@', "it's", 'a,b']
  const bad = [
    ['-x', '--upload-pack=x', '/a', 'a/', 'a//b', 'a..b', 'a b', 'a\tb', 'a\nb', 'a~b', 'a^b', 'a:b', 'a?b', 'a*b'],
    ['a[b', 'a\\b', '@{-1}', 'a@{b', '.a', 'a/.b', 'a.', 'a.lock', 'a.lock/b', 'a\u007fb', 'a\u0001b', 'HEAD'],
  ].flat()

  test('is not a whole reference, which git would take for a name', () => {
    expect(() => value.branch('refs/heads/a/b')).toThrow('write the name of the branch alone, such as "a/b"')
    expect(() => value.branch('refs/tags/v1')).toThrow('write the name of the branch alone')
  })

  test('git reads @ as another word for HEAD', () => {
    expect(() => value.branch('@')).toThrow('not a branch name')
  })

  reads('as a value', value.branch, { accepts: same(...good), refuses: all('not a branch name', ...bad) })

  test.each([...good, ...bad])('git has the same opinion of %j', (name) => {
    const git = () => execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'pipe', cwd: tempFolder() })
    if (good.includes(name)) expect(String(git()).trim()).toBe(name)
    else expect(git).toThrow()
  })
})

reads('httpUrl', value.httpUrl, {
  accepts: [
    ['https://github.com/ada/wine.git', 'https://github.com/ada/wine.git'],
    ['https://github.com/ada/wine.git///', 'https://github.com/ada/wine.git'],
    ['HTTPS://GitHub.com:443/Ada', 'https://github.com/Ada'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.0.0.1:8080/git/ada/wine.git', 'http://127.0.0.1:8080/git/ada/wine.git'],
    ['http://[::1]:3000/', 'http://[::1]:3000'],
    ['https://host/a b', 'https://host/a%20b'],
  ],
  refuses: [
    ['github.com/ada/wine', 'write the full address, such as https://github.com/ada/wine'],
    ['ext::sh -c id', 'write the full address'],
    ['--upload-pack=x', 'write the full address'],
    ['file:///etc', 'write the full address'],
    ['ssh://host/x', 'write the full address'],
    ['https://', 'not a web address'],
    ['https://ho st/x', 'not a web address'],
    ['https://host:99999/x', 'not a web address'],
    ['https://host/x?y=1', 'from "?" or "#" on'],
    ['https://host/x#y', 'from "?" or "#" on'],
  ],
})

describe('an address with credentials is refused without showing them', () => {
  test.each([
    'https://t0pSecret@github.com/ada/wine.git',
    'https://ada:t0pSecret@github.com/ada/wine.git',
    'HTTP://ada:t0pSecret@127.0.0.1:3000/wine.git',
    'https://ada:t0p@Secret@host/x',
    'https://ada:t0pSecret/x@host/x.git',
    'https://ada:8/t0pSecret@host/x.git',
    'https://ada:t0pSecret\\@host/x.git',
    'https://ada:t0pSecret?@host/x.git',
    'https://ada:t0pSecret#@host/x.git',
    'https:/ada:t0pSecret@host/x.git',
    'ada:t0pSecret@github.com/ada/wine.git',
    'ssh://ada:t0pSecret@github.com/ada/wine.git',
  ])('%s', (text) => {
    for (const read of [value.httpUrl, value.hostOrigin]) {
      expect(() => read(text)).toThrow('user name or password')
      expect(() => read(text)).not.toThrow(/Secret/)
    }
  })

  test('nor is a token in the query shown', () => {
    expect(() => value.httpUrl('https://host/x.git?private_token=t0pSecret')).not.toThrow(/Secret/)
  })
})

reads('hostOrigin', value.hostOrigin, {
  accepts: [
    ['github.com', 'https://github.com'],
    ['git.algorithmia.com/', 'https://git.algorithmia.com'],
    ['ghe.example:8443', 'https://ghe.example:8443'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['https://GitHub.com', 'https://github.com'],
  ],
  refuses: [
    ['github.com/ada', 'write only the host'],
    ['https://github.com/ada', 'write only the host'],
    ['a b', 'not a web address'],
    ['-c core.sshCommand=x', 'not a web address'],
  ],
})

test.each([
  ['x', '"x"'],
  ['a"b\n', '"a\\"b\\n"'],
  ['a'.repeat(120), `"${'a'.repeat(120)}"`],
  ['a'.repeat(121), `"${'a'.repeat(117)}..."`],
])('quote(%j)', (text, quoted) => {
  expect(value.quote(text)).toBe(quoted)
})

describe('workspacePath', () => {
  /** A workspace with a neighbour, and links of all kinds. On Windows links to folders need no rights as junctions. */
  function workspace(): string {
    const root = writeFiles(tempFolder(), {
      'ws/model.pkl': 'm',
      'ws/sub/deep/x': 'x',
      'ws/.git/config': '',
      'ws/sub/.git/config': '',
      'ws/.gitignore': '',
      'out/secret': 's',
      'ws-neighbour/file': 'f',
    })
    mkdirSync(join(root, 'ws/empty'))
    const link = (target: string, path: string) => symlinkSync(resolve(root, target), join(root, path), 'junction')
    link('out', 'ws/link-out')
    link('ws/sub', 'ws/link-in')
    link('ws/.git', 'ws/link-git')
    link('out/not-yet', 'ws/dangling-out')
    link('ws/not-yet', 'ws/dangling-in')
    link('ws/loop', 'ws/loop')
    return join(root, 'ws')
  }

  test.each([
    ['model.pkl', 'model.pkl'],
    ['./model.pkl', 'model.pkl'],
    ['sub/../model.pkl', 'model.pkl'],
    ['sub/deep/', 'sub/deep'],
    ['.', '.'],
    ['new/folder/model.pkl', 'new/folder/model.pkl'],
    ['..model', '..model'],
    ['.gitignore', '.gitignore'],
    ['a.git/x', 'a.git/x'],
    ['link-in/deep/x', 'link-in/deep/x'],
    ['link-in/new', 'link-in/new'],
    ['dangling-in', 'dangling-in'],
    ['--upload-pack=x', '--upload-pack=x'],
    ['modèle 漢字.pkl', 'modèle 漢字.pkl'],
  ])('%j is inside', (text, relative) => {
    const root = workspace()
    expect(value.workspacePath(text, root)).toEqual({ relative, absolute: join(root, relative) })
  })

  test('an absolute path is inside when it leads there, also of a linked workspace', () => {
    const root = workspace()
    expect(value.workspacePath(join(root, 'model.pkl'), root).relative).toBe('model.pkl')
    symlinkSync(root, join(root, '../linked'), 'junction')
    const linked = join(root, '../linked')
    expect(value.workspacePath('sub/deep', linked)).toEqual({
      relative: 'sub/deep',
      absolute: join(linked, 'sub/deep'),
    })
  })

  test.each([
    '../x',
    '..',
    'sub/../../x',
    '../ws-neighbour/file',
    '/etc/passwd',
    'link-out',
    'link-out/secret',
    'link-out/new/file',
    'dangling-out',
    'dangling-out/file',
  ])('%j leads out', (text) => {
    expect(() => value.workspacePath(text, workspace())).toThrow('leads out of the workspace')
  })

  test.each([
    '.git',
    '.git/hooks',
    '.git/hooks/pre-push',
    'sub/.git/config',
    '.GIT',
    '.Git/new',
    'sub/.gIT/x',
    'link-git',
  ])('%j lies inside a .git folder', (text) => {
    expect(() => value.workspacePath(text, workspace())).toThrow('.git folder')
  })

  test('a circle of links leads nowhere', () => {
    expect(() => value.workspacePath('loop/x', workspace())).toThrow('circle of symbolic links')
  })

  test('one path is one line without NUL', () => {
    expect(() => value.workspacePath('a\nb', workspace())).toThrow('more than one line')
    expect(() => value.workspacePath('a\0b', workspace())).toThrow('NUL')
  })

  test.each(['a#b.pkl', 'a?b.pkl', 'a%41.pkl', 'tab\t.pkl', 'del\u007f.pkl'])(
    'a model cannot be called %j, which clients cannot read',
    (name) => {
      expect(() => value.modelPath(name, workspace())).toThrow('rename the file')
      expect(value.workspacePath(name, workspace()).relative).toBe(name)
    },
  )

  test('only the name of the model matters, not its folders', () => {
    expect(value.modelPath('a#b/model.pkl', workspace()).relative).toBe('a#b/model.pkl')
  })
})
