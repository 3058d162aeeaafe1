import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type BuiltRepository, explainBuildLog } from '../../src/release/build-log.ts'
import { lastLines } from '../../src/release/log-lines.ts'

// Recorded from pip, Python and the sandbox; only paths and host names were changed.
const fixtures = join(import.meta.dirname, '../../../__tests__/fixtures/build-logs')
const recorded = (name: string) => readFileSync(join(fixtures, `${name}.txt`), 'utf8')

type Expected = [name: string, reason: string, place?: string, repository?: BuiltRepository]

const main = 'src/digits.py'
const atRequirements = 'requirements.txt'
const lineOfRequirements = 'pip could not install line 2 of requirements.txt: '
const noLine = 'pip could not install requirements.txt: '

const pip: Expected[] = [
  [
    'no-version-pip-20',
    `${lineOfRequirements}there is no package numpy==9.9.9, or none for this Python and platform; check spelling and version`,
    'requirements.txt:2',
  ],
  [
    'no-version-pip-26',
    `${lineOfRequirements}there is no package numpy==9.9.9, or none for this Python and platform; check spelling and version`,
    'requirements.txt:2',
    { requirements: 'six==1.16.0\nNumPy==9.9.9\n' },
  ],
  [
    'conflict-pip-21',
    `${noLine}packages exclude each other: the file asks for urllib3==1.20, requests 2.31.0 depends on urllib3<3 and >=1.21.1`,
    atRequirements,
  ],
  [
    'conflict-pip-26',
    `${lineOfRequirements}packages exclude each other: the file asks for urllib3==1.20, requests 2.31.0 depends on urllib3<3 and >=1.21.1`,
    'requirements.txt:2',
  ],
  ['invalid-pip-20', `${lineOfRequirements}'numpy=1.19' is not a requirement (did you mean ==)`, 'requirements.txt:2'],
  ['invalid-pip-26', `${lineOfRequirements}'numpy=1.19' is not a requirement (did you mean ==)`, 'requirements.txt:2'],
  ...['20', '23', '26'].map(
    (version): Expected => [
      `broken-pip-${version}`,
      `${noLine}broken could not be built: ModuleNotFoundError: No module named 'numpy_that_is_not_here'`,
      atRequirements,
    ],
  ),
  ...['20', '26'].map(
    (version): Expected => [
      `wheelless-pip-${version}`,
      `${noLine}wheelless could not be built: not_here.h: No such file or directory`,
      atRequirements,
    ],
  ),
  [
    'sdist-old-pip-26',
    `${lineOfRequirements}numpy could not be built: ModuleNotFoundError: No module named 'distutils'`,
    'requirements.txt:2',
  ],
  ['python-new-pip-26', `${noLine}numba==0.53.1 needs Python >=3.6,<3.10`, atRequirements],
  ['newer-pip-20', `${noLine}newer needs Python >=3.99, and this is 3.8.18`, atRequirements],
  [
    'unreachable-pip-26',
    `${noLine}the package index cannot be reached (while looking for six==1.16.0)`,
    atRequirements,
  ],
  [
    'read-timeout',
    `${noLine}the connection to the package index broke off: HTTPConnectionPool(host='index.example.com', port=8931): Read timed out`,
    atRequirements,
  ],
  [
    'hash',
    'pip could not install line 1 of requirements.txt: six==1.16.0 does not have the hash that the file asks for',
    'requirements.txt:1',
  ],
  [
    'git',
    `${noLine}git could not clone https://index.example.com/x.git: unable to access 'https://index.example.com/x.git/': Failed to connect to index.example.com port 1 after 0 ms: Couldn't connect to server`,
    atRequirements,
  ],
  [
    'missing-file',
    `${noLine}a requirements file cannot be opened: [Errno 2] No such file or directory: 'missing.txt'`,
    atRequirements,
  ],
  ['disk-full', 'the disk of the build machine is full'],
  [
    'sandbox-requirement',
    `${noLine}there is no package no-such-package-of-anybody==1.2.3, or none for this Python and platform; check spelling and version`,
    atRequirements,
  ],
]

const loading: Expected[] = [
  ...['missing-module', 'missing-module-python-3.13', 'sandbox-import'].map(
    (name): Expected => [name, `${main} imports "xgboost" on line 3, which is not in requirements.txt`, `${main}:3`],
  ),
  [
    'sklearn',
    `${main} imports "sklearn" on line 1, whose package scikit-learn is not in requirements.txt`,
    `${main}:1`,
  ],
  [
    'missing-in-sibling',
    'src/features.py imports "scalers" on line 2, which is not in requirements.txt',
    'src/features.py:2',
  ],
  [
    'sibling',
    `${main} imports "helpers" on line 2, which is src/helpers.py of the algorithm itself: write \`from . import helpers\``,
    `${main}:2`,
    { files: ['src/helpers.py'] },
  ],
  ['missing-src-module', `${main} imports "src.model" on line 1, but the repository has no src/model.py`, `${main}:1`],
  [
    'submodule',
    `${main} imports "markupsafe.nothing" on line 1, which the installed "markupsafe" does not have; another version may have it`,
    `${main}:1`,
  ],
  [
    'module-of-package',
    `"requests", which ${main} imports on line 2, needs "urllib3"; add urllib3 to requirements.txt`,
    `${main}:2`,
  ],
  ['cannot-import-name', `${main} imports "load" from "src.model" on line 1, which does not define it`, `${main}:1`],
  [
    'cannot-import-name-stdlib',
    `${main} imports "loadz" from "json" on line 1, which does not have it in the installed version`,
    `${main}:1`,
  ],
  [
    'import-name-installed',
    `jinja2, which ${main} imports on line 1, does not fit the installed markupsafe: cannot import name 'soft_unicode' from 'markupsafe'`,
    `${main}:1`,
  ],
  [
    'shared-library',
    `${main}, line 2: cv2 needs the system library libGL.so.9, which is not on the platform; the package opencv-python-headless works without it`,
    `${main}:2`,
  ],
  ['syntax', `${main} has a SyntaxError on line 1: expected ':'`, `${main}:1`],
  ['sandbox-syntax', `${main} has a SyntaxError on line 1: expected ':'`, `${main}:1`],
  [
    'indentation',
    `${main} has an IndentationError on line 2: expected an indented block after function definition on line 1`,
    `${main}:2`,
  ],
  ['tab', 'src/f.py has a TabError on line 3: inconsistent use of tabs and spaces in indentation', 'src/f.py:3'],
  ['chained', `${main} failed on line 5: RuntimeError: no model called digits`, `${main}:5`],
  ['during', `${main} failed on line 5: KeyError: 'fallback'`, `${main}:5`],
  ['multi-line', `${main} failed on line 1: ValueError: first line`, `${main}:1`],
  ['bare', `${main} failed on line 1: AssertionError`, `${main}:1`],
  ['group', `${main} failed on line 1: ExceptionGroup: several (2 sub-exceptions)`, `${main}:1`],
  [
    'circular',
    "src/digits_core.py failed on line 2: AttributeError: cannot access submodule 'digits' of module 'src' (most likely due to a circular import)",
    'src/digits_core.py:2',
  ],
  ['memory-error', `${main} ran out of memory on line 1: MemoryError`, `${main}:1`],
  [
    'no-model-file',
    `${main} opens "model.pkl" on line 2, which is not there (paths are relative to the root of the repository)`,
    `${main}:2`,
  ],
  [
    'lfs-model',
    `a model file cannot be read by ${main} on line 3: UnpicklingError: invalid load key, 'v' (a Git LFS pointer in place of the file begins so)`,
    `${main}:3`,
  ],
  [
    'empty-model',
    `a model file cannot be read by ${main} on line 3: EOFError: Ran out of input (the file is empty)`,
    `${main}:3`,
  ],
  ['manifest-key', `${main} reads "model_filepath" on line 5, which the model manifest does not have`, `${main}:5`],
  [
    'manifest-json',
    `the model manifest cannot be read by ${main} on line 4: JSONDecodeError: Expecting value: line 1 column 1 (char 0)`,
    `${main}:4`,
  ],
  ['no-conf', 'algorithmia.conf is missing in the root of the repository'],
  ['wrong-case', 'src/digits.py, which the platform loads, is missing; upper and lower case count'],
  ['sandbox-configuration', 'algorithmia.conf names anna/letters, but this is anna/digits', 'algorithmia.conf'],
  ['sandbox-configuration-json', 'algorithmia.conf is not a JSON object', 'algorithmia.conf'],
  ['sandbox-killed', 'the build was killed while the algorithm was loaded, most likely because it ran out of memory'],
  ['sandbox-exit', 'The algorithm failed to load: no licence (exited with code 3)'],
  [
    'sandbox-no-apply',
    'The algorithm failed to load: src/digits.py has no function apply(input) (exited with code 1)',
    main,
  ],
]

const failureOf = ([name, reason, place, repository]: Expected) => {
  const [file, line] = place?.split(':') ?? []
  return { name, repository, failure: { reason, ...(file && { file }), ...(line && { line: Number(line) }) } }
}
const eachLine = (log: string, work: (line: string, index: number) => string) =>
  log.replace(/\n$/, '').split('\n').map(work).join('\n')

/** What builders make of the output of pip and Python. */
const builders: Record<string, (log: string) => string> = {
  'nothing else': (log) => log,
  'docker, legacy': (log) =>
    `Step 5/9 : RUN pip3 install --user -r requirements.txt\n ---> Running in 0123456789ab\n${log}The command '/bin/sh -c ./build' returned a non-zero code: 1\n`,
  'docker, with packages of an earlier build': (log) =>
    `#9 [4/7] RUN pip3 install --user -r requirements.txt\n#9 CACHED\n${log}------\nERROR: failed to solve: process "/bin/sh -c ./build" did not complete successfully: exit code: 1\n`,
  'docker, with steps and seconds': (log) => eachLine(log, (line, index) => `#12 ${index}.345 ${line}`),
  'times and streams': (log) => eachLine(log, (line) => `2021-11-03T10:00:00.123456Z stderr ${line}`),
  'a container name': (log) => eachLine(log, (line) => `builder_1  | ${line}`),
  'colours and Windows line ends': (log) => eachLine(log, (line) => `\u001b[31m${line}\u001b[0m\r`),
}

describe.each(Object.keys(builders))('a log with %s', (builder) => {
  const decorate = builders[builder] ?? String

  test.each([...pip, ...loading].map(failureOf))('$name', ({ name, failure, repository }) => {
    expect(explainBuildLog(decorate(recorded(name)), 'digits', repository)).toEqual(failure)
  })

  test.each(loading.map(failureOf))(
    '$name, after pip has complained and succeeded',
    ({ name, failure, repository }) => {
      const installation =
        "Collecting six\nERROR: pip's dependency resolver does not currently take into account all the packages that are installed.\nSuccessfully installed six-1.17.0\n"
      expect(explainBuildLog(decorate(installation + recorded(name)), 'digits', repository)).toEqual(failure)
    },
  )
})

test('each recorded log has its sentence here', () => {
  const names = [...pip, ...loading].map(([name]) => name)
  const recordings = readdirSync(fixtures).map((file) => file.replace(/\.txt$/, ''))
  expect([...names, 'colours-and-bars'].sort()).toEqual(recordings.sort())
})

test('what pip shows on a terminal', () => {
  const log = recorded('colours-and-bars')
  expect(log).toMatch(/\u001b\[31m[\s\S]*\r/)
  expect(explainBuildLog(log, 'digits').reason).toMatch(
    /^pip could not install .*: there is no package no-such-package/,
  )
  expect(lastLines(log, 3)).toEqual([
    expect.stringMatching(/^ERROR: Ignored the following versions/),
    'ERROR: Could not find a version that satisfies the requirement no-such-package-of-anybody==1.2.3 (from versions: none)',
    'ERROR: No matching distribution found for no-such-package-of-anybody==1.2.3',
  ])
  expect(lastLines(log, 4)[0]).toMatch(/^ {2}Downloading numpy/)
})

describe('what no traceback tells', () => {
  const importing = recorded('missing-module')

  test.each([
    ['Loading src/digits.py\nKilled\n', /^the build was killed while the algorithm was loaded, most likely .* memory$/],
    [
      'Collecting torch==1.9.0\n  Downloading torch.whl (831.4 MB)\nKilled\n',
      /^the build was killed while pip installed/,
    ],
    [
      'pip install -r requirements.txt\nCollecting torch\nERROR: Exception:\nTraceback (most recent call last):\n  File "/usr/lib/python3/dist-packages/pip/_internal/cli/base_command.py", line 1, in main\n    run()\nMemoryError\n',
      /^the build was killed while pip installed/,
    ],
    [
      `${importing}The command '/bin/sh -c x' returned a non-zero code: 137\n`,
      /^the build was killed while the algorithm/,
    ],
    [
      'Loading src/digits.py\nBuild failed: it did not load within 10 minutes\n',
      /^the build took too long .*: it did not/,
    ],
    ['Loading src/digits.py\nBuild failed: src/digits.py is missing\n', /^src\/digits\.py is missing$/],
    ['\n \n\n', /^its log is empty$/],
    ['Successfully installed six-1.17.0\n', /^Successfully installed six-1\.17\.0$/],
    ['what\nis this.\n\n', /^is this$/],
    [`${'x'.repeat(9999)}\n`, /^x{400}…$/],
  ])('%j', (log, reason) => {
    expect(explainBuildLog(log, 'digits').reason).toMatch(reason)
  })
})

describe('whose file it was', () => {
  const failing = (...frames: string[]) =>
    `Traceback (most recent call last):\n${frames.map((path, index) => `  File "${path}", line ${index + 1}, in f\n    x()\n`).join('')}ValueError: no\n`

  test.each([
    [['/srv/src/app/src/digits.py', '/srv/src/app/src/tools/src/x.py'], 'src/tools/src/x.py'],
    [['/srv/app/src/digits.py', '/srv/app/shared.py'], 'shared.py'],
    [['/srv/app/src/digits.py', '/srv/other/src/x.py'], 'src/digits.py'],
    [['src/digits.py', 'shared.py'], 'shared.py'],
    [['src/digits.py', '../runner.py'], 'src/digits.py'],
    [['/srv/src/app/src/Algorithm.py'], 'src/Algorithm.py'],
    [['/srv/a/src/digits.py', '/srv/a/lib/python3.8/site-packages/src/x.py', '<string>'], 'src/digits.py'],
    [['/srv/app/run.py'], undefined],
  ])('%j', (frames, file) => {
    expect(explainBuildLog(failing(...frames), 'digits').file).toBe(file)
  })

  test('a syntax error in the file that Python was started with has no header', () => {
    const log =
      '  File "/opt/algorithm/src/Algorithm.py", line 7\n    def apply(input)\n                    ^\nSyntaxError: invalid syntax\n'
    expect(explainBuildLog(log, 'digits')).toEqual({
      reason: 'src/Algorithm.py has a SyntaxError on line 7: invalid syntax',
      file: 'src/Algorithm.py',
      line: 7,
    })
  })

  test.each([
    ['import digits', 'from . import digits'],
    ['from digits import apply, load', 'from .digits import apply, load'],
  ])('%s in a file of the algorithm is told as %s', (source, relative) => {
    const log = `Traceback (most recent call last):\n  File "/opt/algorithm/src/other.py", line 1, in <module>\n    ${source}\nModuleNotFoundError: No module named 'digits'\n`
    expect(explainBuildLog(log, 'digits').reason).toContain(`write \`${relative}\``)
  })

  test('a module that a model needs is not said to be imported', () => {
    const log = recorded('sklearn').replace('import sklearn.svm', 'model = pickle.load(file)')
    expect(explainBuildLog(log, 'digits').reason).toMatch(/^src\/digits\.py needs "sklearn" on line 1, whose package/)
  })

  test('an algorithm of another name was meant', () => {
    expect(explainBuildLog(recorded('wrong-case'), 'letters')).toEqual({
      reason: 'algorithmia.conf names the algorithm "digits", but this one is "letters"',
      file: 'algorithmia.conf',
    })
  })

  test('a connection that was lost once and came back is no reason', () => {
    const retried =
      "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError('x')': /simple/six/\n"
    expect(explainBuildLog(retried + recorded('no-version-pip-26'), 'digits').reason).toMatch(
      /there is no package numpy/,
    )
  })
})

describe('hostile logs', () => {
  test.each([
    ['one line', 'x'.repeat(20_000_000)],
    ['blanks', `${' \n'.repeat(500_000)}${'\n'.repeat(1_000_000)}`],
    ['marks of pip', 'Collecting a\nComplete output (1 lines):\nerror: lines of output]\n'.repeat(30_000)],
    ['places', `Collecting x ${'(from -> (from '.repeat(300)}\n`.repeat(300)],
    ['frames', `Traceback (most recent call last):\n${'  File "a", line 1, in f\n'.repeat(50_000)}`],
    ['digits', `${'━'.repeat(10)}${'1'.repeat(3000)}\n`.repeat(300)],
  ])('%s are read in time', (_name, log) => {
    // The test's own limit is what fails here: a pattern that goes astray takes hours.
    expect(explainBuildLog(log, 'digits').reason.length).toBeLessThan(500)
    expect(lastLines(log, 20).length).toBeLessThanOrEqual(20)
  })

  test('no line, or none at all, is asked for', () => {
    expect([lastLines('a\n', 0), lastLines('', 5), lastLines('a\n\nb\n', 5)]).toEqual([[], [], ['a', 'b']])
  })
})
