import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import { DeployError } from '../../src/errors.ts'
import type { Inputs } from '../../src/inputs.ts'
import { parseSpelt } from '../../src/json.ts'
import { mask, warning } from '../../src/log.ts'
import { metricRows, withoutParameters } from '../../src/metrics.ts'
import { gatherMetrics } from '../../src/stages/train.ts'
import { type MetricsRequest, readMetrics } from '../../src/training/metrics/read-metrics.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const printed = watchOutput()

/** Unix time of the start of the training: some seconds ago, as its files are written now. */
const began = Date.now() - 10_000
const long = new Date(began - 3_600_000)

interface Trained {
  workspace: string
  metrics: string | undefined
  source: string
  notes: string[]
}

/** Reads what is in a workspace whose training began some seconds ago. */
async function read(
  workspace: string,
  { trackingUri, ...more }: Partial<MetricsRequest> & { trackingUri?: string } = {},
): Promise<Trained> {
  const notes: string[] = []
  const found = await readMetrics({
    workspace,
    file: { absolute: join(workspace, 'metrics.json'), relative: 'metrics.json' },
    isDemanded: false,
    training: {
      since: new Date(began),
      workingDirectory: workspace,
      program: join(workspace, 'train.py'),
      trackingUri,
    },
    note: (sentence) => notes.push(sentence),
    warn: warning,
    ...more,
  })
  return { workspace, metrics: found && JSON.stringify(found.values), source: found?.source ?? '', notes }
}

const written = (content: string) => writeFiles(tempFolder(), { 'metrics.json': content })
const setOld = (path: string) => {
  utimesSync(path, long, long)
}

describe('metrics.json', () => {
  test.each([
    ['{"rmse": 0.79, "r2": 1}', '{"rmse":0.79,"r2":1}'],
    ['\ufeff{"z": 1,\r\n "a": {"deep": [1, {"x": null}]}}', '{"z":1,"a":{"deep":[1,{"x":null}]}}'],
    [
      '{"accuracy": 1.0, "seen": 12345678901234567890, "p": 1e-10}',
      '{"accuracy":1.0,"seen":12345678901234567890,"p":1e-10}',
    ],
    ['{"a": NaN, "b": [Infinity, -Infinity]}', '{"a":"NaN","b":["Infinity","-Infinity"]}'],
    ['{"NaN": "NaN, -Infinity", "q": "\\"NaN"}', '{"NaN":"NaN, -Infinity","q":"\\"NaN"}'],
    ['{"__proto__": 1, "parameters": {"a": 2}}', '{"__proto__":1,"parameters":{"a":2}}'],
  ])('%s is read as %s', async (content, metrics) => {
    expect(await read(written(content))).toMatchObject({ metrics, source: 'metrics.json', notes: [] })
    expect(printed.text()).toBe('')
  })

  test('that is missing is no metrics, and so is an empty object', async () => {
    expect((await read(tempFolder())).metrics).toBeUndefined()
    expect((await read(written('{}'))).metrics).toBeUndefined()
  })

  test('switched off is not looked at', async () => {
    expect((await read(written('{"a": 1}'), { file: undefined })).metrics).toBeUndefined()
  })

  test('without a training is taken only when it is demanded', async () => {
    const workspace = written('{"a": 1}')
    setOld(join(workspace, 'metrics.json'))
    expect((await read(workspace, { training: undefined })).metrics).toBeUndefined()
    expect((await read(workspace, { training: undefined, isDemanded: true })).metrics).toBe('{"a":1}')
  })

  const unusable: [string, string | Buffer, RegExp][] = [
    ['no JSON', '{"a": 1,\n "b": }', /line 2, column 7: a value is missing/],
    ['an unquoted word', '{"a": nan}', /line 1, column 7: this is no JSON value \(at nan\)/],
    ['a half text', '{"a": "NaN', /line 1, column 7: the closing quotes of a text are missing/],
    ['empty', '', /line 1, column 1: a value is missing/],
    ['a list', '[{"a": 1}]', /it is JSON, but not an object of names and values/],
    ['a number', '1.0', /it is JSON, but not an object/],
    ['a word', 'NaN', /it is JSON, but not an object/],
    ['large', `{"a": "${'x'.repeat(1_000_000)}"}`, /it has 1\.0 MB, more than the 1\.0 MB for metrics/],
    ['deep', `{"a": ${'['.repeat(60)}${']'.repeat(60)}}`, /nested more than 50 levels deep/],
    ['bottomless', `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /nested too deeply/],
  ]
  test.each(unusable)('that is %s is a warning, and an error when it is demanded', async (_, content, problem) => {
    const workspace = writeFiles(tempFolder(), { 'metrics.json': content })
    expect((await read(workspace)).metrics).toBeUndefined()
    expect(printed.text()).toMatch(/^::warning file=metrics\.json::The metrics in metrics\.json cannot be used: /)
    expect(printed.text()).toMatch(problem)
    expect(printed.text()).toContain('They are left out.')
    const failure = await read(workspace, { isDemanded: true }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(DeployError)
    expect((failure as DeployError).message).toMatch(problem)
    expect((failure as DeployError).annotation).toEqual({ file: 'metrics.json' })
  })

  test('that is a folder is not read', async () => {
    const workspace = tempFolder()
    mkdirSync(join(workspace, 'metrics.json'))
    await expect(read(workspace, { isDemanded: true })).rejects.toThrow('it is not a regular file')
  })

  test('that nobody named is looked for in the working directory too, after the workspace', async () => {
    const workspace = writeFiles(tempFolder(), { 'work/metrics.json': '{"a": 1}' })
    const training = {
      since: new Date(began),
      workingDirectory: join(workspace, 'work'),
      program: '',
      trackingUri: undefined,
    }
    expect(await read(workspace, { training })).toMatchObject({ metrics: '{"a":1}', source: 'work/metrics.json' })
    await expect(read(workspace, { training, isDemanded: true })).rejects.toThrow(
      'There are no metrics at metrics.json',
    )
    writeFiles(workspace, { 'metrics.json': '{"a": 2}' })
    expect(await read(workspace, { training })).toMatchObject({ metrics: '{"a":2}', source: 'metrics.json' })
  })

  if (process.platform !== 'win32') {
    test('that cannot be looked at is not taken for missing', async () => {
      const workspace = tempFolder()
      symlinkSync('metrics.json', join(workspace, 'metrics.json'))
      await expect(read(workspace, { isDemanded: true })).rejects.toThrow(/metrics\.json cannot be used: .*ELOOP/)
      expect((await read(workspace)).metrics).toBeUndefined()
      expect(printed.text()).toMatch(/^::warning file=metrics\.json::.* ELOOP/)
    })

    test('that leads out of the workspace is not read', async () => {
      const [workspace, outside] = [tempFolder(), written('{"a": 1}')]
      symlinkSync(join(outside, 'metrics.json'), join(workspace, 'metrics.json'))
      await expect(read(workspace, { isDemanded: true })).rejects.toThrow('it leads out of the workspace')
      expect((await read(workspace)).metrics).toBeUndefined()
    })

    test('that is a pipe does not hold up the run', async () => {
      const workspace = tempFolder()
      execFileSync('mkfifo', [join(workspace, 'metrics.json')])
      await expect(read(workspace, { isDemanded: true })).rejects.toThrow('it is not a regular file')
    })
  }

  test('of an earlier training is not taken for that of this one, and both times are named', async () => {
    const workspace = written('{"a": 1}')
    // The time of change cannot be set, so the training is the one that moves.
    setOld(join(workspace, 'metrics.json'))
    const since = new Date(Date.now() + 3_600_000)
    const training = { since, workingDirectory: workspace, program: '', trackingUri: undefined }
    const times = `it is from ${long.toISOString()}, the training began at ${since.toISOString()}`
    const { metrics, notes } = await read(workspace, { training })
    expect(metrics).toBeUndefined()
    expect(notes).toEqual([
      `metrics.json is not taken for the metrics of this training, which did not write it: ${times}.`,
    ])
    await expect(read(workspace, { training, isDemanded: true })).rejects.toThrow(
      `The training ran, but did not write metrics.json (metrics_path): ${times}`,
    )
  })

  test.each([
    [true, 'the training ran, but did not write it'],
    [false, 'nothing was trained in this step'],
  ])('that is demanded and missing is an error (trained: %s)', async (trained, why) => {
    const request = { isDemanded: true, ...(trained ? {} : { training: undefined }) }
    await expect(read(tempFolder(), request)).rejects.toThrow(
      `There are no metrics at metrics.json (metrics_path): ${why}.`,
    )
  })
})

interface Run {
  name: string
  /** Of the start, in milliseconds after that of the training. */
  at?: number
  status?: 'RUNNING' | 'FINISHED' | 'FAILED'
  stage?: 'active' | 'deleted'
  parent?: boolean
  /** Name, and lines of time, value and step. */
  metrics?: Record<string, string>
  parameters?: Record<string, string>
}

const statusNumbers = { RUNNING: 1, FINISHED: 3, FAILED: 4 }

/** As the file store of MLflow 1 to 3 writes it. */
function writeRuns(store: string, runs: Run[]): void {
  writeFiles(store, { '0/meta.yaml': "experiment_id: '0'\nlifecycle_stage: active\nname: Default\n", '.trash/x': '' })
  runs.forEach(
    ({ name, at = 0, status = 'FINISHED', stage = 'active', parent, metrics = {}, parameters = {} }, index) => {
      const folder = join(store, '0', `${index}`.repeat(32))
      const meta = {
        end_time: null,
        lifecycle_stage: stage,
        run_id: 'x',
        run_name: name,
        start_time: began + at,
        tags: [],
      }
      const lines = Object.entries({ ...meta, status: statusNumbers[status] })
      writeFiles(folder, {
        'meta.yaml': lines.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join(''),
        'tags/mlflow.runName': name,
      })
      if (parent) writeFiles(folder, { 'tags/mlflow.parentRunId': 'y' })
      for (const [key, text] of Object.entries(metrics)) writeFiles(folder, { [`metrics/${key}`]: text })
      for (const [key, text] of Object.entries(parameters)) writeFiles(folder, { [`params/${key}`]: text })
    },
  )
}

/** With the columns that MLflow 3 gives these tables, as far as somebody reads them. */
function writeDatabase(file: string, runs: Run[]): void {
  mkdirSync(dirname(file), { recursive: true })
  const database = new DatabaseSync(file)
  database.exec(`
    CREATE TABLE runs (run_uuid VARCHAR(32), name VARCHAR(250), status VARCHAR(9), start_time BIGINT, end_time BIGINT,
      lifecycle_stage VARCHAR(20), experiment_id INTEGER);
    CREATE TABLE latest_metrics ("key" VARCHAR(250), value FLOAT, timestamp BIGINT, step BIGINT, is_nan BOOLEAN,
      run_uuid VARCHAR(32));
    CREATE TABLE params ("key" VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
    CREATE TABLE tags ("key" VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));`)
  runs.forEach(({ name, at = 0, status = 'FINISHED', stage = 'active', parent, metrics = {}, parameters = {} }, id) => {
    const insert = (table: string, ...values: (string | number | null)[]) =>
      database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values)
    insert('runs', String(id), name, status, began + at, null, stage, 0)
    if (parent) insert('tags', 'mlflow.parentRunId', 'y', String(id))
    for (const [key, text] of Object.entries(metrics)) {
      const value = text.split(' ')[1]
      const stored = value === 'nan' ? 0 : value === 'inf' ? Number.MAX_VALUE : Number(value)
      insert('latest_metrics', key, stored, began, 0, value === 'nan' ? 1 : 0, String(id))
    }
    for (const [key, text] of Object.entries(parameters)) insert('params', key, text, String(id))
  })
  database.close()
}

describe.each([
  ['files', 'mlruns', writeRuns],
  ['a database', 'mlflow.db', writeDatabase],
])('a store of MLflow in %s', (_, place, write) => {
  const kept = (runs: Run[], folder = '.') => {
    const workspace = tempFolder()
    write(join(workspace, folder, place), runs)
    return workspace
  }
  const scored = (name: string, more: Partial<Run> = {}): Run => ({
    name,
    metrics: { score: `${began} 0.5 0\n` },
    ...more,
  })

  test('tells metrics by name and parameters', async () => {
    const metrics = { 'val/rmse': '1 0.25 0\n', r2: '1 5.0 0\n', bad: '1 nan 0\n', far: '1 inf 0\n' }
    const workspace = kept([{ name: 'clumsy-sow', metrics, parameters: { l1: '0.1', alpha: '0.5', note: 'a\n"b"' } }])
    expect(await read(workspace)).toMatchObject({
      metrics:
        '{"bad":"NaN","far":"Infinity","r2":5,"val/rmse":0.25,"parameters":{"alpha":"0.5","l1":"0.1","note":"a\\n\\"b\\""}}',
      source: 'MLflow run clumsy-sow',
      notes: [],
    })
    expect(printed.text()).toBe('')
  })

  test.each<[string, Run[], string | undefined]>([
    ['the newest', [scored('old'), scored('new', { at: 9 }), scored('middle', { at: 5 })], 'new'],
    ['a whole run before its newer parts', [scored('whole'), scored('part', { at: 5, parent: true })], 'whole'],
    ['a part where there is nothing else', [scored('part', { parent: true })], 'part'],
    ['a finished one', [scored('done'), scored('broken', { at: 5, status: 'FAILED' })], 'done'],
    ['one that was never closed, where there is nothing else', [scored('open', { status: 'RUNNING' })], 'open'],
    ['not a deleted one', [scored('good'), scored('gone', { at: 5, stage: 'deleted' })], 'good'],
    ['one of a coarse clock', [scored('early', { at: -1900 })], 'early'],
    ['none of an earlier training', [scored('earlier', { at: -2100 })], undefined],
    ['none of nothing', [], undefined],
  ])('gives %s', async (_, runs, name) => {
    const { source } = await read(kept(runs))
    expect(source).toBe(name === undefined ? '' : `MLflow run ${name}`)
  })

  test('says when there were several', async () => {
    const part = scored('part', { parent: true })
    expect((await read(kept([scored('a'), scored('b', { at: 1 }), part]))).notes).toEqual([
      'The training made 2 MLflow runs; the metrics are those of b.',
    ])
    expect((await read(kept([scored('a'), part, part]))).notes).toEqual([])
  })

  test.each(['.', 'work', 'code'])('is found in %s', async (folder) => {
    const workspace = kept([scored('x')], folder)
    const training = {
      since: new Date(began),
      workingDirectory: join(workspace, 'work'),
      program: join(workspace, 'code', 'train.py'),
      trackingUri: undefined,
    }
    expect((await read(workspace, { training })).metrics).toBe('{"score":0.5}')
  })

  test('is not searched when nothing was trained', async () => {
    expect((await read(kept([scored('x')]), { training: undefined })).metrics).toBeUndefined()
  })

  test('gives no secret away', async () => {
    mask('hunter2-hunter2')
    mask('987654321')
    const run = {
      name: 'hunter2-hunter2',
      metrics: { score: '1 987654321 0' },
      parameters: { 'hunter2-hunter2': 'https://u:hunter2-hunter2@h' },
    }
    const { metrics, source } = await read(kept([run]))
    expect(metrics).toBe('{"score":"***","parameters":{"***":"https://u:***@h"}}')
    expect(source).toBe('MLflow run ***')
  })
})

describe('a file store', () => {
  test.each([
    ['the last step', '1 0.1 0\n3 0.3 2\n2 0.2 1\n', 0.3],
    ['the latest of a step', '5 0.5 1\n7 0.7 1\n6 0.6 1\n', 0.7],
    ['the largest of a moment', '5 0.5 1\n5 0.7 1\n5 0.6 1\n', 0.7],
    ['without steps, the last line', '1 0.1\n1 0.2\n', 0.2],
    ['lines that end as on Windows', '1 0.1 0\r\n2 0.2 1\r\n', 0.2],
    ['a negative infinity', '1 -inf 0', '-Infinity'],
  ])('tells of a metric %s', async (_, lines, value) => {
    const workspace = tempFolder()
    writeRuns(join(workspace, 'mlruns'), [{ name: 'x', metrics: { m: lines } }])
    expect((await read(workspace)).metrics).toBe(JSON.stringify({ m: value }))
  })
})

describe('a tracking URI that the training saw', () => {
  const at = (folder: string) =>
    [
      ['./runs', 'runs', writeRuns],
      [`${folder}/runs`, 'runs', writeRuns],
      ['file:runs', 'runs', writeRuns],
      [pathToFileURL(join(folder, 'my runs')).href, 'my runs', writeRuns],
      ['sqlite:///my.db', 'my.db', writeDatabase],
      ['sqlite:///a%20b.db?timeout=3', 'a b.db', writeDatabase],
      [`sqlite:///${folder}/deep/my.db`, 'deep/my.db', writeDatabase],
    ] as const

  test.each([0, 1, 2, 3, 4, 5, 6])('is followed to where it leads (%s)', async (index) => {
    const folder = tempFolder()
    const [trackingUri, place, write] = at(folder)[index] ?? at(folder)[0]
    write(join(folder, place), [{ name: 'x', metrics: { m: '1 2 0' } }])
    expect((await read(folder)).metrics).toBeUndefined()
    expect(await readWith(folder, trackingUri)).toMatchObject({ metrics: '{"m":2}', notes: [] })
  })

  test.each([
    'https://u:hunter3@mlflow.example/x',
    'http://localhost:5000',
    'databricks',
    'postgresql://u:hunter3@h/d',
  ])('to a server is said not to be read: %s', async (trackingUri) => {
    const { metrics, notes } = await readWith(tempFolder(), trackingUri)
    expect(metrics).toBeUndefined()
    expect(notes).toEqual([
      'Metrics logged to the MLflow server of MLFLOW_TRACKING_URI are not read; write them to metrics_path too.',
    ])
  })

  function readWith(workspace: string, trackingUri: string) {
    const program = join(workspace, 'train.py')
    return read(workspace, { training: { since: new Date(began), workingDirectory: workspace, program, trackingUri } })
  }
})

describe('a broken store', () => {
  test.each<[string, Record<string, string>]>([
    ['a database that is none', { 'mlflow.db': 'no database at all'.repeat(100) }],
    ['a database of another program', { 'mlflow.db': '' }],
    ['a file in place of the folder', { mlruns: 'x' }],
    ['a meta.yaml that is none', { 'mlruns/0/r/meta.yaml': 'a: [' }],
    [
      'a metric without a value',
      {
        'mlruns/0/r/meta.yaml': `run_name: r\nlifecycle_stage: active\nstart_time: ${began}\n`,
        'mlruns/0/r/metrics/m': '',
      },
    ],
  ])('fails nothing, and says what is left out: %s', async (_, files) => {
    const workspace = writeFiles(tempFolder(), { ...files, 'metrics.json': '{"a": 1}' })
    expect(await read(workspace)).toMatchObject({ metrics: '{"a":1}', source: 'metrics.json' })
    expect(printed.text()).toMatch(/^::warning::The metrics of MLflow in .* cannot be read and are left out: .+\.\n$/)
  })

  test('hides no run beside one that cannot be read', async () => {
    const workspace = writeFiles(tempFolder(), {
      'mlruns/0/broken/meta.yaml': 'a: [',
      'mlruns/0/r/meta.yaml': `run_name: r\nlifecycle_stage: active\nstart_time: ${began}\n`,
      'mlruns/0/r/metrics/r2': `${began} 0.5 0\n`,
    })
    expect(await read(workspace)).toMatchObject({ metrics: '{"r2":0.5}', source: 'MLflow run r' })
  })
})

describe('a store that a program has made for us to stumble over', () => {
  const meta = `run_name: r\nlifecycle_stage: active\nstart_time: ${began}\n`

  test('a parameter as large as no parameter can be is left out with its run', async () => {
    const workspace = writeFiles(tempFolder(), {
      'mlruns/0/r/meta.yaml': meta,
      'mlruns/0/r/params/p': 'x'.repeat(70_000),
    })
    expect((await read(workspace)).metrics).toBeUndefined()
    expect(printed.text()).toMatch(
      /^::warning::The metrics of MLflow in run r cannot be read .*params.p has 70(\.0)? kB/,
    )
  })

  test('so are more parameters than a manifest can hold', async () => {
    const parameters = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`p${index}`, 'x'.repeat(60_000)]))
    const workspace = tempFolder()
    writeDatabase(join(workspace, 'mlflow.db'), [{ name: 'wide', parameters }])
    expect((await read(workspace)).metrics).toBeUndefined()
    expect(printed.text()).toMatch(/^::warning::The metrics of MLflow run wide have 1\.2 MB, more than the 1\.0 MB/)
  })

  test('a long tag is nobody’s business', async () => {
    const workspace = writeFiles(tempFolder(), {
      'mlruns/0/r/meta.yaml': meta,
      'mlruns/0/r/metrics/m': '1 2 0',
      'mlruns/0/r/tags/mlflow.log-model.history': 'x'.repeat(100_000),
    })
    expect(await read(workspace)).toMatchObject({ metrics: '{"m":2}', source: 'MLflow run r' })
  })

  if (process.platform !== 'win32') {
    test.each(['mlflow.db', 'mlruns/0/r/meta.yaml', 'mlruns/0/s/params/p', 'mlruns/0/s/metrics/m'])(
      'a pipe in place of %s does not hold up the run',
      async (place) => {
        const workspace = writeFiles(tempFolder(), { 'metrics.json': '{"a": 1}', 'mlruns/0/s/meta.yaml': meta })
        mkdirSync(dirname(join(workspace, place)), { recursive: true })
        execFileSync('mkfifo', [join(workspace, place)])
        expect((await read(workspace)).metrics).toContain('"a":1')
      },
    )
  }
})

describe('both', () => {
  function both(file: string, run: Run): string {
    const workspace = written(file)
    writeRuns(join(workspace, 'mlruns'), [run])
    return workspace
  }

  test('are one list, in which the file wins', async () => {
    const run = { name: 'x', metrics: { rmse: '1 2 0', r2: '1 3 0' }, parameters: { a: '1' } }
    const { metrics, source } = await read(both('{"rmse": 1.50, "mae": 1}', run))
    expect(JSON.parse(metrics ?? '')).toEqual({ rmse: 1.5, mae: 1, r2: 3, parameters: { a: '1' } })
    expect(metrics).toContain('"rmse":1.50')
    expect(source).toBe('metrics.json and MLflow run x')
  })

  test('with metrics that are called parameters leave those of MLflow out', async () => {
    const { metrics } = await read(both('{"parameters": 7}', { name: 'x', parameters: { a: '1' } }))
    expect(metrics).toBe('{"parameters":7}')
    expect(printed.text()).toContain('The parameters of MLflow are left out')
  })
})

describe('a deployment', () => {
  /** Gathers what a training of this workspace left, when it could see these variables. */
  async function gather(workspace: string, passThrough: string[] = [], isTrained = true) {
    const deployment = new Deployment()
    const path = (name: string) => ({ relative: name, absolute: join(workspace, name) })
    const training = { program: path('train.py'), workingDirectory: path('.'), passThrough }
    const metrics = { file: path('metrics.json'), isDemanded: false }
    await gatherMetrics({ workspace, training, metrics } as Inputs, deployment, isTrained ? new Date(began) : undefined)
    return deployment
  }

  test('has the metrics as an output, at once, and in the log', async () => {
    const many = Array.from({ length: 33 }, (_, index) => `"m${index}": ${index}.50`)
    const deployment = await gather(written(`{${many.join(', ')}}`))
    const json = `{${many.join(',').replaceAll(' ', '')}}`
    expect(deployment.outputs.metrics).toBe(json)
    expect(printed.text()).toContain(`::set-output name=metrics::${json}\n`)
    expect(printed.text()).toContain('Metrics from metrics.json:\n  m0 = 0.5\n  m1 = 1.5\n')
    expect(printed.text()).toContain('  m29 = 29.5\n  and 3 more\n')
  })

  test('has none when nobody trained and nobody asked', async () => {
    const { outputs, metrics } = await gather(written('{"a": 1}'), [], false)
    expect([outputs.metrics, metrics]).toEqual(['', undefined])
  })

  test('follows MLFLOW_TRACKING_URI only when the training saw it', async () => {
    process.env.MLFLOW_TRACKING_URI = 'http://ada:hunter4@mlflow.example'
    expect((await gather(tempFolder())).notes).toEqual([])
    const { notes } = await gather(tempFolder(), ['MLFLOW_TRACKING_URI'])
    expect(notes).toEqual([expect.stringContaining('are not read')])
    expect(printed.text()).not.toContain('hunter4')
  })
})

describe('for a person', () => {
  test.each([
    ['0.79312345', '0.7931'],
    ['0.7930', '0.793'],
    ['53.781234', '53.78'],
    ['1.0', '1'],
    ['-1234567.89', '-1234568'],
    ['12345678901234567890', '12345678901234567890'],
    ['0.00000012345', '1.235e-7'],
    ['1e400', '1e400'],
    ['0', '0'],
    ['"NaN"', 'NaN'],
    ['true', 'true'],
    ['null', 'null'],
    ['[[1, 2.0], ["x"]]', '[[1,2.0],["x"]]'],
  ])('%s is %s', (json, value) => {
    expect(metricRows(parseSpelt(`{"m": ${json}}`) as Record<string, unknown>)).toEqual([{ name: 'm', value }])
  })

  test('nested values have names with dots, and parameters are apart', () => {
    const values = { test: { rmse: 1, by: { sex: 2 } }, parameters: { alpha: '0.5' } }
    const { metrics, parameters } = withoutParameters(values)
    expect(metricRows(metrics).map(({ name }) => name)).toEqual(['test.rmse', 'test.by.sex'])
    expect(metricRows(parameters)).toEqual([{ name: 'alpha', value: '0.5' }])
    expect(withoutParameters({ parameters: 7 })).toEqual({ metrics: { parameters: 7 }, parameters: {} })
  })
})
