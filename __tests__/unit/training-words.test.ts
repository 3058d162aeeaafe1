import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { DeployError } from '../../src/errors.ts'
import { explainPipFailure } from '../../src/pip-failure.ts'
import { describeDeath } from '../../src/training/death.ts'
import { memoryNow } from '../../src/training/memory.ts'
import { checkNotebook } from '../../src/training/notebook/check-notebook.ts'
import { type FailureContext, notebookError, type Outcome } from '../../src/training/notebook/notebook-failure.ts'
import { pythonSource } from '../../src/training/notebook/parameters.ts'
import { WholeLines } from '../../src/training/whole-lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'training-words-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function errorOf(work: () => Promise<void>): Promise<DeployError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof DeployError) return error
    throw error
  }
  throw new Error('no error')
}

describe('n17, n14: a file that is no notebook for us is refused with one sentence', () => {
  const check = (text: string | Buffer) => {
    writeFileSync(join(folder, 'n.ipynb'), text)
    return checkNotebook({ absolute: join(folder, 'n.ipynb'), relative: 'sub/n.ipynb' })
  }
  const withMetadata = (metadata: object) => JSON.stringify({ nbformat: 4, nbformat_minor: 5, cells: [], metadata })

  test.each<[string, string | Buffer, RegExp]>([
    [
      'an LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n',
      /`lfs: true` on actions\/checkout/,
    ],
    ['conflict markers', '{\n<<<<<<< HEAD\n', /conflict/],
    ['nothing', ' \n', /is empty/],
    ['no JSON', 'import os', /not JSON/],
    ['other JSON', '[1]', /no `nbformat`/],
    ['null', 'null', /no `nbformat`/],
    ['a cell that is none', '{"nbformat": 4, "cells": [{"cell_type": "raw"}, null]}', /cell 2 of 2 is not one of code/],
    [
      'a source that is none',
      '{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["a", null]}]}',
      /cell 1 of 1 has a `source`/,
    ],
    ['half a format', '{"nbformat": 3.5, "worksheets": []}', /format 3\.5/],
    [
      'a format in words',
      '{"nbformat": 4, "nbformat_minor": "5", "cells": []}',
      /`nbformat_minor` is not a whole number/,
    ],
    [
      'a sheet that is none',
      '{"nbformat": 3, "worksheets": [null]}',
      /cell 1 of 1 is not one of code, markdown or raw/,
    ],
    [
      'a kind of format 3 that is none',
      '{"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "weird"}]}]}',
      /cell 1 of 1 is/,
    ],
    ['no cells', '{"nbformat": 4}', /no `cells`/],
    ['format 3 without content', '{"nbformat": 3, "cells": []}', /no `worksheets`/],
    ['UTF-16', Buffer.from(`\ufeff${withMetadata({})}`, 'utf16le'), /is saved as UTF-16\. Save it as UTF-8/],
    ['Latin-1', Buffer.from(withMetadata({ author: 'Zoë' }), 'latin1'), /it is not UTF-8/],
    ['format 5', '{"nbformat": 5}', /format 5; formats 3 and 4/],
    [
      'R',
      withMetadata({ kernelspec: { name: 'ir', display_name: 'R', language: 'R' } }),
      /kernel "R" \(R\)\. Only Python/,
    ],
    ['Julia by language', withMetadata({ kernelspec: { name: 'j' }, language_info: { name: 'julia' } }), /\(julia\)/],
    ['R by name', withMetadata({ kernelspec: { name: 'ir', display_name: 'R' } }), /kernel "R"/],
  ])('%s', async (_name, text, message) => {
    const error = await errorOf(() => check(text))
    expect(error.message).toMatch(/^sub\/n\.ipynb /)
    expect(error.message).toMatch(message)
    expect(error.annotation.file).toBe('sub/n.ipynb')
  })

  test.each([
    ['a byte order mark', `\ufeff${withMetadata({})}`],
    ['a conda kernel', withMetadata({ kernelspec: { name: 'conda-env-r', language: 'python' } })],
    ['an old language name', withMetadata({ language_info: { name: 'ipython' } })],
    ['format 3', '{"nbformat": 3, "worksheets": []}'],
    ['a number that JSON does not have', '{"nbformat": 4, "cells": [], "metadata": {"a \\" NaN": [NaN, -Infinity]}}'],
    ['a cell about markers', withMetadata({ note: '<<<<<<< HEAD' })],
  ])('but not %s', async (_name, text) => {
    await check(text)
  })
})

describe('n8, n10: what pip says is put into one sentence with the line of the requirements file', () => {
  test.each([
    [
      'an unknown package',
      'a\nFoo.bar>=9 # why\n',
      'ERROR: Could not find a version that satisfies the requirement foo-bar>=9 (from versions: 1, 2)\nERROR: No matching distribution found for foo-bar>=9\n',
      {
        reason: 'there is no package foo-bar>=9, or none for this Python and platform; check spelling and version',
        line: 2,
      },
    ],
    [
      'conflict markers',
      '<<<<<<< HEAD\n',
      "ERROR: Invalid requirement: '<<<<<<< HEAD' (from line 1 of /w/requirements.txt)\n",
      { reason: "'<<<<<<< HEAD' is not a requirement", line: 1 },
    ],
    [
      'UTF-16',
      's\0i\0x\0',
      "ERROR: Invalid requirement: 's\\x00'",
      { reason: 'the file is saved as UTF-16; save it as UTF-8' },
    ],
    [
      'a package that says what to write',
      'six\nsklearn\n',
      "Collecting sklearn\n  error: subprocess-exited-with-error\n  ╰─> [15 lines of output]\n      The 'sklearn' PyPI package is deprecated, use 'scikit-learn'\n      rather than 'sklearn' for pip commands.\n      [end of output]\n",
      { reason: 'sklearn is not to be installed; write scikit-learn in its place', line: 2 },
    ],
    [
      'a missing file',
      '-r base.txt\n',
      "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'base.txt'\n",
      { reason: "a requirements file cannot be opened: [Errno 2] No such file or directory: 'base.txt'" },
    ],
    [
      'a conflict',
      'a==1\nb==2\n',
      'ERROR: Cannot install a==1 and b==2 because these package versions have conflicting dependencies.\nERROR: ResolutionImpossible: for help',
      { reason: 'a==1 and b==2 need versions of other packages that exclude each other', line: 1 },
    ],
    [
      'a failed build',
      'six\nbroken\n',
      '  ERROR: Failed building wheel for broken\nFailed to build broken\nERROR: Could not build wheels for broken',
      { reason: 'broken could not be built', line: 2 },
    ],
    [
      'no network',
      'six\n',
      'WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by NewConnectionError\nERROR: No matching distribution found for six\n',
      { reason: 'the package index cannot be reached (while looking for six)', line: 1 },
    ],
    [
      'an index that refuses',
      'six\nMy_pkg\n',
      'Could not fetch URL https://u:****@idx/simple/six/: 403 Client Error: Forbidden for url: https://idx/simple/six/ - skipping\nCould not fetch URL https://u:****@idx/simple/my-pkg/: 401 Client Error: Unauthorized for url: https://idx/simple/my-pkg/ - skipping\nERROR: Could not find a version that satisfies the requirement my_pkg (from versions: none)\nERROR: No matching distribution found for my_pkg\n',
      {
        reason:
          'the package index https://u:****@idx/simple/ refuses access (401 Unauthorized) while looking for my_pkg; check its user and password',
        line: 2,
      },
    ],
    [
      'an index that answers 403 for what it does not have, beside one that answers 404',
      'nope\n',
      'Could not fetch URL https://pypi.org/simple/nope/: 404 Client Error: Not Found for url: x - skipping\nCould not fetch URL https://bucket/nope/: 403 Client Error: Forbidden for url: x - skipping\nERROR: Could not find a version that satisfies the requirement nope (from versions: none)\nERROR: No matching distribution found for nope\n',
      {
        reason: 'there is no package nope, or none for this Python and platform; check spelling and version',
        line: 1,
      },
    ],
    [
      'an index without https',
      'six\n',
      'WARNING: The repository located at idx.corp is not a trusted or secure host and is being ignored.\nERROR: No matching distribution found for six\n',
      {
        reason:
          'pip ignores the package index at idx.corp, which is not https: use https, or set PIP_TRUSTED_HOST: idx.corp',
      },
    ],
    [
      'a full disk',
      '',
      'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
      { reason: 'No space left on device' },
    ],
    ['something else', '', 'Traceback\nERROR: what is this\n', { reason: 'what is this' }],
    ['silence', '', '', { reason: 'pip gave no reason' }],
  ])('%s', (_name, requirements, output, failure) => {
    expect(explainPipFailure(output, requirements)).toEqual(failure)
  })
})

describe('a failed notebook', () => {
  const context: FailureContext = {
    kind: 'notebook',
    notebook: 'n.ipynb',
    workspace: '/w',
    program: '/w/n.ipynb',
    workingDirectory: '/w',
    timeoutMs: 90_000,
    cellTimeoutMs: 60_000,
    kernelStartTimeoutMs: 180_000,
    kernelPython: '/k/python',
    hiddenVariables: ['TOKEN'],
    memory: { total: 7_000_000_000, free: 6_500_000_000, isLimited: false },
  }
  const base: Outcome = { status: 'error', cell: 4, total: 9, warnings: [], timings: [] }

  test.each<[string, Partial<Outcome>, RegExp]>([
    [
      'an error',
      { ename: 'ValueError', evalue: 'bad shape', line: 2 },
      /^Notebook n\.ipynb failed in cell 4 of 9, line 2: ValueError: bad shape$/,
    ],
    [
      'words that end as they like, and a cell that is a file',
      { ename: 'SyntaxError', evalue: "expected ':' (2845898332.py, line 2)", line: 2 },
      /line 2: SyntaxError: expected ':'$/,
    ],
    [
      'a hint after a full stop',
      { ename: 'StdinNotImplementedError', evalue: 'it does not support input requests.' },
      /input requests\. Nobody can answer input\(\) here/,
    ],
    [
      'mlflow-skinny, which has no database of its own',
      { ename: 'UnsupportedModelRegistryStoreURIException', evalue: "got unsupported URI 'sqlite:///mlflow.db'" },
      /mlflow\.db'\. mlflow-skinny keeps runs in a file only with sqlalchemy and alembic/,
    ],
    [
      'a store of MLflow that is not maintained',
      { ename: 'MlflowException', evalue: 'The filesystem tracking backend is in maintenance mode' },
      /maintenance mode\. Leave MLFLOW_TRACKING_URI away.* MLFLOW_ALLOW_FILE_STORE to true/,
    ],
    [
      'a parameter without effect',
      {
        status: 'no-effect',
        message: 'cell 1 sets `lr` anew before anything uses it; give that cell the tag `parameters`',
      },
      /^Notebook n\.ipynb was not run, because a value of notebook_parameters would have no effect: cell 1 sets `lr` anew/,
    ],
    [
      'a cell that Jupyter numbers otherwise',
      { ename: 'ValueError', evalue: 'bad', line: 2, execution_count: 3 },
      /failed in cell 4 of 9 \(In \[3\]\), line 2: /,
    ],
    ['one that it numbers the same', { ename: 'ValueError', execution_count: 4 }, /failed in cell 4 of 9: /],
    ['one that has no number yet', { status: 'died', execution_count: null }, /was ended in cell 4 of 9: /],
    ['no message', { ename: 'AssertionError', evalue: '' }, /in cell 4 of 9: AssertionError$/],
    ['a long message', { ename: 'E', evalue: 'x'.repeat(9999) }, /^.{1,600}…$/],
    [
      'the parameters',
      { cell: 0, ename: 'NameError', evalue: 'x' },
      /in the cell that sets notebook_parameters: NameError: x/,
    ],
    ['a visible key', { ename: 'KeyError', evalue: "'column'" }, /KeyError: 'column'$/],
    [
      'out of memory',
      { status: 'died', exit_code: -9, peak_memory: 6_900_000_000 },
      /SIGKILL\), likely out of memory\. It had used 6\.9 GB at most\. The machine has 7\.0 GB of memory, 6\.5 GB of it free now\.$/,
    ],
    [
      'a kill that memory does not explain',
      { status: 'died', exit_code: -9, peak_memory: 61_200_000 },
      /: its Python process was killed \(SIGKILL\): something stopped it, as systems do when memory runs out\. It had used 61\.2 MB at most\. The machine has 7\.0 GB of memory, 6\.5 GB of it free now\.$/,
    ],
    [
      'a crash',
      { status: 'died', exit_code: -11 },
      /ended by SIGSEGV\. The machine has 7\.0 GB of memory, 6\.5 GB of it free now\.$/,
    ],
    ['lost output', { status: 'output-lost' }, /output did not arrive/],
    [
      'n21: no answer',
      { status: 'start-failed', exit_code: null },
      /could not be started: its kernel \(ipykernel in \/k\/python\) did not answer within 3 min 00 s \(kernel_start_timeout_minutes\)\. Raise the limit/,
    ],
    [
      'n21: no start',
      { status: 'start-failed', exit_code: 1 },
      /ended before it answered: its Python process ended with exit code 1\. What it said is in the log\.$/,
    ],
    ['a broken driver', { status: 'failed', message: 'exit code 3: boom' }, /could not be run: exit code 3: boom/],
  ])('%s', (_name, outcome, message) => {
    const error = notebookError({ ...base, ...outcome }, context)
    expect(error.message).toMatch(message)
    expect(error.annotation.file).toBe('n.ipynb')
  })
})

describe('n22: memory', () => {
  const within = { total: 2_000_000_000, free: 150_000_000, isLimited: true }

  test('of a container is not called that of the machine', () => {
    expect(describeDeath({ exit_code: -9 }, within)).toBe(
      'its Python process was killed (SIGKILL), likely out of memory. The container may use 2.0 GB of memory, 150.0 MB of it free now.',
    )
  })

  const roomy = { total: 16_000_000_000, free: 6_000_000_000, isLimited: false }

  test.each([
    ['a large process', 5_500_000_000, roomy, true],
    ['the largest of several', 3_100_000_000, roomy, true],
    ['a small process', 200_000_000, roomy, false],
    ['a small process where nothing is left', 200_000_000, { ...roomy, free: 500_000_000 }, true],
    ['one of unknown size', null, roomy, false],
  ])('is blamed for the kill of %s as its figures say', (_name, peak_memory, available, isLikely) => {
    const text = describeDeath({ exit_code: 137, peak_memory }, available)
    expect(text.includes('likely out of memory')).toBe(isLikely)
    expect(text).toMatch(/SIGKILL.*memory.* The machine has 16\.0 GB of memory/)
  })

  test.each([0, 3, -11, -15, null])('is not blamed for an end with %p', (exit_code) => {
    expect(describeDeath({ exit_code }, within)).not.toContain('likely')
  })

  test('now is what the system tells', () => {
    const { total, free, isLimited } = memoryNow()
    expect(free).toBeGreaterThan(0)
    expect(free).toBeLessThan(total)
    expect(total).toBeLessThanOrEqual(totalmem())
    expect(isLimited).toBe(total < totalmem())
  })
})

describe('n30: what is printed is cleaned in whole lines', () => {
  const collect = (chunks: (string | Buffer)[], clean = (text: string) => text.replaceAll('SECRET', '***')) => {
    const pieces: string[] = []
    const lines = new WholeLines((text) => pieces.push(text), clean)
    for (const chunk of chunks) lines.write(Buffer.from(chunk))
    lines.end()
    return pieces
  }

  test('a secret cut by a chunk is found, and so is one at the end without a newline', () => {
    expect(collect(['a SEC', 'RET b\nSECR', 'ET'])).toEqual(['a *** b\n', '***'])
  })

  test('a character cut by a chunk stays whole', () => {
    const [rocket, cut] = [Buffer.from('🚀\n'), 2]
    expect(collect([rocket.subarray(0, cut), rocket.subarray(cut)])).toEqual(['🚀\n'])
  })

  test('a progress bar is handed on at each carriage return', () => {
    expect(collect(['10%\r20', '%\r'])).toEqual(['10%\r', '20%\r'])
  })

  test('an endless line is handed on in pieces that cut no secret', () => {
    const chunks = Array.from({ length: 400 }, () => `${'x'.repeat(8185)}SECRET`)
    const pieces = collect(chunks)
    expect(pieces.length).toBeGreaterThan(1)
    expect(pieces.join('')).toBe(`${'x'.repeat(8185)}***`.repeat(400))
  })
})

describe('n36: parameters as Python source', () => {
  test.each<[unknown, string]>([
    [1n, '1'],
    [12345678901234567890n, '12345678901234567890'],
    [1, '1.0'],
    [0.001, '0.001'],
    [1e300, '1e+300'],
    [Number.NaN, 'float("nan")'],
    [Number.NEGATIVE_INFINITY, 'float("-inf")'],
    ['007', '"007"'],
    ['a "b" \\ $c\n🚀', '"a \\"b\\" \\\\ $c\\n🚀"'],
    [[true, false, null, undefined], '[True, False, None, None]'],
    [{ list: [1n, 2.5], deep: { a: 3 } }, '{"list": [1, 2.5], "deep": {"a": 3.0}}'],
    [
      new Map<unknown, unknown>([
        [1n, 'b'],
        [0n, new Map()],
      ]),
      '{1: "b", 0: {}}',
    ],
  ])('%p', (value, source) => {
    expect(pythonSource(value)).toBe(source)
  })
})
