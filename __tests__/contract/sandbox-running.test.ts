import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { call } from '../support/http-call.ts'
import { type AlgorithmAnswer, noPackages, SandboxLab } from '../support/sandbox-lab.ts'
import { until } from '../support/until.ts'

const source = `
import os, signal, subprocess, sys, time

print('loaded')
calls = 0


class Refused(Exception):
    error_type = 'InputError'


class Odd(Exception):
    error_type = 'NoSuchType'


def apply(input):
    global calls
    calls += 1
    action = input.get('do') if isinstance(input, dict) else None
    if action == 'exit':
        sys.exit(3)
    if action == 'die':
        print('last words')
        os._exit(4)
    if action == 'kill':
        os.kill(os.getpid(), signal.SIGKILL)
    if action == 'hang':
        time.sleep(1000)
    if action == 'spin':
        while True:
            pass
    if action == 'flood':
        while True:
            print('x' * 100000)
    if action == 'print':
        print('to stdout')
        sys.stderr.write('to stderr\\n')
        os.write(1, b'to the descriptor\\n')
        subprocess.call(['echo', 'from a child'])
    if action == 'much':
        print('y' * 3000000)
    if action == 'nan':
        return {'a': [1, float('nan')], 's': 'NaN, "Infinity" and so on'}
    if action == 'infinite':
        return float('-inf')
    if action == 'large':
        return 'x' * 16000000
    if action == 'object':
        return object()
    if action == 'input':
        return input_of_the_terminal()
    if action == 'children':
        subprocess.Popen(['sleep', '1000'])
        return os.getpid()
    if action == 'refuse':
        raise Refused('not this')
    if action == 'odd':
        raise Odd('what is this')
    if action == 'deep':
        return apply(input)
    if action == 'garbage':
        with open('/tmp/algoout', 'w') as pipe:
            pipe.write('this is no JSON\\n')
        time.sleep(1000)
    if action == 'identity':
        names = sorted(name for name in os.environ if name.startswith('ALGORITHMIA') or name in ('SECRET_OF_THE_JOB', 'HOME', 'TMPDIR'))
        return {name: os.environ[name] for name in names}
    if action == 'twice':
        with open('/tmp/algoout', 'w') as pipe:
            pipe.write('{"result": "first", "metadata": {"content_type": "text"}}\\n')
        return 'second'
    if action == 'rewrite':
        with open('src/Actor.py', 'w') as file:
            file.write('broken')
    if action == 'read':
        with open('src/Actor.py') as file:
            return file.read()
    if action == 'write':
        open(input['file'], 'w').close()
    if action == 'calls':
        return {'calls': calls, 'pid': os.getpid(), 'cwd': os.getcwd(), 'tmp': os.path.exists('/tmp/algoout')}
    return input


import builtins
def input_of_the_terminal():
    return builtins.input('your name?')
`

let lab: SandboxLab
let commit: string
const files = { 'requirements.txt': noPackages, 'src/Actor.py': source }

beforeAll(async () => {
  process.env.SECRET_OF_THE_JOB = 'ghs_secret'
  lab = await SandboxLab.start()
  commit = (await lab.deploy('Actor', files)).commit_sha
}, 300_000)
afterAll(async () => {
  delete process.env.SECRET_OF_THE_JOB
  await lab.close()
})

const act = (action: string, query = '') => lab.ask(`Actor/${commit}${query}`, { do: action })

async function raw(body: string | Buffer, type: string | undefined, query = '', headers = {}) {
  return await call(lab.sandbox.url, `/v1/algo/anna/Actor/${commit}${query}`, {
    method: 'POST',
    key: lab.key,
    headers: { ...(type !== undefined && { 'content-type': type }), ...headers },
    body,
  })
}

describe('input and output', () => {
  test.each([
    ['text', 'text/plain', 'héllo\n"x"', 'text'],
    ['text of the documents', 'application/text', 'x', 'text'],
    ['empty text', 'text/plain; charset=utf-8', '', 'text'],
  ])('%s', async (_name, type, body, contentType) => {
    const answer = (await raw(body, type)).json() as AlgorithmAnswer
    expect(answer).toEqual({
      result: body,
      metadata: {
        content_type: contentType,
        duration: expect.any(Number),
        request_id: expect.stringMatching(/^req-[0-9a-f-]{36}$/),
      },
    })
  })

  // Numbers keep their spelling, which a parser of ours would not keep.
  test.each([
    '{"a": [1, 1.0, 12345678901234567890, 1e400]}',
    'null',
    'true',
    '"x"',
    '[\n1,\r\n2\n]',
    '{"error": {}}',
    '0',
  ])('JSON %s', async (body) => {
    const answer = await raw(body, 'application/json')
    const text = body === '"x"' ? 'text' : 'json'
    const expected = body.includes('1e400')
      ? expect.stringContaining('"error"')
      : expect.stringContaining(`"content_type":"${text}"`)
    expect(answer.text).toEqual(expected)
    if (!body.includes('1e400')) {
      const compact = (value: string) => value.replaceAll(/\s/g, '')
      expect(compact(answer.text)).toContain(`{"result":${compact(body)},"metadata"`)
    }
  })

  test('binary, also when it is encoded already', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 128])
    const answers = [
      await raw(bytes, 'application/octet-stream'),
      await raw(bytes.toString('base64'), 'application/octet-stream', '', { 'content-encoding': 'base64' }),
    ]
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({ result: bytes.toString('base64'), metadata: { content_type: 'binary' } })
    }
    const plain = await raw(bytes, 'application/octet-stream', '?output=raw')
    expect([plain.headers['content-type'], plain.bytes]).toEqual(['application/octet-stream', bytes])
  })

  test('raw output is the bare result, and 400 for a failure', async () => {
    const text = await raw('héllo', 'text/plain', '?output=raw')
    expect([text.status, text.headers['content-type'], text.text]).toEqual([200, 'text/plain; charset=utf-8', 'héllo'])
    const json = await raw('[1, 2.0]', 'application/json', '?output=raw')
    expect([json.headers['content-type'], json.text]).toEqual(['application/json; charset=utf-8', '[1, 2.0]'])
    const failed = await raw('{"do": "refuse"}', 'application/json', '?output=raw')
    expect([failed.status, failed.headers['x-error-message']]).toEqual([400, 'not this'])
    expect(failed.json()).toMatchObject({ error: { message: 'not this', error_type: 'InputError' } })
  })

  test('void output answers at once and the call is carried out', async () => {
    const file = `${lab.sandbox.stateDir}/written`
    const answer = (await raw(JSON.stringify({ do: 'write', file }), 'application/json', '?output=void')).json()
    expect(answer).toEqual({ async: expect.any(String), request_id: expect.stringMatching(/^req-/) })
    await until(() => existsSync(file))
  })

  test.each([
    ['no type', '{}', undefined, 400, 'missing Content-Type'],
    ['an unknown type', '<a/>', 'application/xml', 400, "unsupported Content-Type 'application/xml'"],
    ['malformed JSON', '{"a": }', 'application/json', 400, 'not valid JSON'],
    ['NaN', '[NaN]', 'application/json', 400, 'not valid JSON'],
    ['an empty body as JSON', '', 'application/json', 400, 'not valid JSON'],
    ['one byte more than 10 MiB', 'x'.repeat(10 * 1024 * 1024 + 1), 'text/plain', 413, 'must not exceed 10485760'],
  ])('refuses %s', async (_name, body, type, status, message) => {
    const answer = await raw(body, type)
    expect([answer.status, answer.json()]).toEqual([
      status,
      { error: expect.objectContaining({ message: expect.stringContaining(message) }) },
    ])
  })

  test('takes 10 MiB', async () => {
    const body = 'x'.repeat(10 * 1024 * 1024)
    const answer = (await raw(body, 'text/plain')).json() as AlgorithmAnswer
    expect(answer.result === body).toBe(true)
  })

  test.each(['timeout=0', 'timeout=-1', 'timeout=3001', 'timeout=abc', 'output=other'])('refuses %s', async (query) => {
    expect((await raw('{}', 'application/json', `?${query}`)).status).toBe(400)
  })
})

describe('a call that goes wrong has a proper answer, and the next one works', () => {
  test.each([
    ['exit', 'exited with code 3', 'SystemExit'],
    ['die', 'exited with code 4', 'SystemExit'],
    ['kill', 'was killed by SIGKILL', 'SystemError'],
    ['hang', 'did not answer within 2 seconds', 'TimeoutError'],
    ['spin', 'did not answer within 2 seconds', 'TimeoutError'],
    ['flood', 'printed more than', 'SystemError'],
    ['nan', 'holds NaN or Infinity', 'AlgorithmError'],
    ['infinite', 'holds NaN or Infinity', 'AlgorithmError'],
    ['object', 'not JSON serializable', 'AlgorithmError'],
    ['input', 'EOF when reading a line', 'AlgorithmError'],
    ['deep', 'maximum recursion depth exceeded', 'AlgorithmError'],
    ['garbage', 'not valid', 'SystemError'],
    ['refuse', 'not this', 'InputError'],
    ['odd', 'what is this', 'AlgorithmError'],
  ])('%s', async (action, message, type) => {
    const timeout = ['hang', 'spin'].includes(action) ? '?timeout=2' : '?timeout=50'
    const answer = await act(action, timeout)
    expect(answer.error).toMatchObject({ message: expect.stringContaining(message), error_type: type })
    expect(answer.metadata).toMatchObject({ duration: expect.any(Number) })
    expect((await lab.ask(`Actor/${commit}`, 'next')).result).toBe('next')
  })

  test('the trace of an error begins in the algorithm, and names its files as the repository does', async () => {
    const { error } = await act('refuse')
    expect(error?.stacktrace).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "src\/Actor.py", line \d+, in apply\n/,
    )
    expect(error?.stack_trace).toBe(error?.stacktrace)
  })

  test('a result that is too large', async () => {
    const answer = await raw('{"do": "large"}', 'application/json')
    expect([answer.status, answer.json()]).toMatchObject([413, { error: { error_type: 'TooLargeError' } }])
    expect((await lab.ask(`Actor/${commit}`, 'next')).result).toBe('next')
  })

  test('the errors of an algorithm are listed', async () => {
    const { id } = (await lab.request('GET', '/v1/algorithms/anna/Actor')).json() as { id: string }
    await act('refuse')
    for (const path of ['anna/Actor', id]) {
      const [newest] = (await lab.request('GET', `/v1/algorithms/${path}/errors`)).json() as Record<string, unknown>[]
      expect(newest).toMatchObject({
        error: 'not this',
        error_type: 'InputError',
        algoname: 'Actor',
        algoversion: commit,
      })
    }
  })
})

describe('what an algorithm prints', () => {
  test('comes with the call that printed it, in order, from every source', async () => {
    const answer = await act('print', '?stdout=True')
    expect(answer.metadata?.stdout).toMatch(/to stdout\nto stderr\nto the descriptor\nfrom a child\n$/)
    expect((await act('calls', '?stdout=true')).metadata?.stdout).toBe('')
    expect((await act('print')).metadata).not.toHaveProperty('stdout')
  })

  test('is shortened when it is long, and the answer comes', async () => {
    const answer = await act('much', '?stdout=true')
    expect(answer.metadata?.stdout).toMatch(/yyy\n\.\.\. and \d+ more bytes\n$/)
  })

  test('while loading comes with the first call', async () => {
    const build = await lab.deploy('Loud', { 'requirements.txt': noPackages, 'src/Loud.py': source })
    const outputs = []
    for (let index = 0; index < 2; index += 1) {
      outputs.push((await lab.ask(`Loud/${build.commit_sha}?stdout=true`, 1)).metadata?.stdout)
    }
    expect(outputs).toEqual(['loaded\n', ''])
  })
})

describe('processes', () => {
  test('stay warm and know where they are', async () => {
    const first = (await act('calls')).result as { calls: number; pid: number; cwd: string; tmp: boolean }
    const second = (await act('calls')).result as typeof first
    expect(second).toMatchObject({ calls: first.calls + 1, pid: first.pid, tmp: true })
    expect(second.cwd).toMatch(/processes.process-\w+.algorithm$/)
  })

  test('see an environment of their own, and no secret of the server', async () => {
    const environment = (await act('identity')).result as Record<string, string>
    expect(Object.keys(environment).sort()).toEqual([
      'ALGORITHMIA_ALGORITHM_AUTHOR_NAME',
      'ALGORITHMIA_ALGORITHM_NAME',
      'ALGORITHMIA_API',
      'ALGORITHMIA_API_KEY',
      'HOME',
      'TMPDIR',
    ])
    expect(environment).toMatchObject({
      ALGORITHMIA_ALGORITHM_NAME: 'Actor',
      ALGORITHMIA_API: expect.stringContaining(lab.sandbox.url),
      ALGORITHMIA_API_KEY: expect.stringMatching(/^sim\w{25}$/),
    })
    expect(environment.ALGORITHMIA_API_KEY).not.toBe(lab.key)
  })

  test('end with the children that they leave behind', async () => {
    const { result } = await act('children')
    const group = () => {
      const lines = execFileSync('ps', ['-eo', 'pgid=,stat='], { encoding: 'utf8' }).split('\n')
      // What has ended may wait for the parent that it no longer has.
      return lines.filter((line) => line.trim().startsWith(`${result} `) && !line.includes('Z')).length
    }
    expect(group()).toBe(2)
    await act('die')
    await until(() => group() === 0)
  })
})

describe('what one call leaves for the next', () => {
  test('a process that ends while it waits is replaced, and nobody notices', async () => {
    const { pid } = (await act('calls')).result as { pid: number }
    // It cannot read the request any more when that comes.
    process.kill(pid, 'SIGSTOP')
    const answer = act('calls')
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.kill(pid, 'SIGKILL')
    const next = (await answer).result as { calls: number; pid: number }
    expect(next.calls).toBe(1)
    expect(next.pid).not.toBe(pid)
  })

  test("a second answer to the same call is nobody's", async () => {
    for (let round = 0; round < 20; round += 1) {
      expect((await act('twice')).result).toBe('first')
      expect((await lab.ask(`Actor/${commit}`, round)).result).toBe(round)
    }
  })

  test('files that an algorithm changes are changed for that process only', async () => {
    await act('rewrite')
    await act('die')
    expect((await act('read')).result).toContain('def apply')
  })

  test('a number with too many digits is a ParsingError, and the process lives on', async () => {
    const { pid } = (await act('calls')).result as { pid: number }
    const answer = (await raw(`[${'9'.repeat(5000)}]`, 'application/json')).json() as AlgorithmAnswer
    // Older Pythons read any number.
    if (answer.error) expect(answer.error.error_type).toBe('ParsingError')
    else expect(answer.result).toHaveLength(1)
    expect((await act('calls')).result).toMatchObject({ pid })
  })
})

test('nothing of a call stays in the memory of the server', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const calls = async (count: number) => {
    for (let n = 0; n < count; n += 1) await lab.ask(`Actor/${commit}?timeout=3000`, n)
    lab.log.length = 0
  }
  await calls(500)
  const before = heap()
  await calls(2000)
  // Less than a kilobyte a call, though a call alone takes many.
  expect(heap() - before).toBeLessThan(2_000_000)
}, 120_000)

describe('waiting for a turn', () => {
  const marking = `
import os, time
def apply(input):
    open(input['mark'], 'a').close()
    while not os.path.exists(input['go']):
        time.sleep(0.01)
    return 'done'
`
  let narrow: SandboxLab
  let build: string
  beforeAll(async () => {
    narrow = await SandboxLab.start({ limits: { calls: 1 } })
    build = (await narrow.deploy('Mark', { 'requirements.txt': noPackages, 'src/Mark.py': marking })).commit_sha
  }, 120_000)
  afterAll(() => narrow.close())
  const file = (name: string) => `${narrow.sandbox.stateDir}/${name}`

  test('counts as time of the call', async () => {
    const first = narrow.ask(`Mark/${build}`, { mark: file('first'), go: file('go') })
    await until(() => existsSync(file('first')))
    const late = await narrow.ask(`Mark/${build}?timeout=0.2`, { mark: file('late'), go: file('go') })
    expect(late.error).toMatchObject({ error_type: 'TimeoutError', message: expect.stringContaining('not its turn') })
    execFileSync('touch', [file('go')])
    expect((await first).result).toBe('done')
    expect(existsSync(file('late'))).toBe(false)
  })

  test('ends when the client leaves', async () => {
    const first = narrow.ask(`Mark/${build}`, { mark: file('first 2'), go: file('go 2') })
    await until(() => existsSync(file('first 2')))
    const leaving = new AbortController()
    const left = fetch(`${narrow.url}/v1/algo/anna/Mark/${build}`, {
      method: 'POST',
      signal: leaving.signal,
      headers: { authorization: narrow.key, 'content-type': 'application/json' },
      body: JSON.stringify({ mark: file('left'), go: file('go 2') }),
    }).catch(() => 'left')
    await new Promise((resolve) => setTimeout(resolve, 100))
    leaving.abort()
    expect(await left).toBe('left')
    await until(() => narrow.log.some((line) => line.includes('did not begin: the client left')))
    execFileSync('touch', [file('go 2')])
    expect((await first).result).toBe('done')
    const third = { mark: file('third'), go: file('go 2') }
    expect((await narrow.ask(`Mark/${build}`, third)).result).toBe('done')
    expect(existsSync(file('left'))).toBe(false)
  })
})

describe('how many processes there are', () => {
  const counted = `
import os, time
def apply(input):
    while input.get('wait') and not os.path.exists(input['wait']):
        time.sleep(0.01)
    return os.getpid()
`
  const isAlive = (pid: number) => {
    const state = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim()
    return state !== '' && !state.startsWith('Z')
  }

  test('one for each caller, and only so many that wait', async () => {
    const limited = await SandboxLab.start({ limits: { idle: 2 } })
    try {
      const { commit_sha } = await limited.deploy('Count', { 'requirements.txt': noPackages, 'src/Count.py': counted })
      const published = await limited.request('POST', '/v1/algorithms/anna/Count/versions', {
        settings: { algorithm_callability: 'public' },
      })
      expect(published.status).toBe(200)
      const anna = (await limited.ask('Count/0.1.0', {})).result
      const ben = (await limited.ask('Count/0.1.0', {}, limited.otherKey)).result
      expect(ben).not.toBe(anna)
      // The same build, however it is addressed.
      expect((await limited.ask(`Count/${commit_sha}`, {})).result).toBe(anna)

      const go = `${limited.sandbox.stateDir}/go`
      const three = [1, 2, 3].map(() => limited.ask('Count', { wait: go }))
      execFileSync('touch', [go])
      const pids = (await Promise.all(three)).map(({ result }) => Number(result))
      await until(() => [...new Set([...pids, Number(ben)])].filter(isAlive).length === 2)
    } finally {
      await limited.close()
    }
  })

  test('those that nobody needs any more end', async () => {
    const brief = await SandboxLab.start({ limits: { idleMs: 50 } })
    try {
      const { commit_sha } = await brief.deploy('Count', { 'requirements.txt': noPackages, 'src/Count.py': counted })
      const pid = Number((await brief.ask(`Count/${commit_sha}`, {})).result)
      await until(() => !isAlive(pid))
      expect((await brief.ask(`Count/${commit_sha}`, {})).result).not.toBe(pid)
    } finally {
      await brief.close()
    }
  })

  test('calls beyond the limit wait for their turn', async () => {
    const narrow = await SandboxLab.start({ limits: { calls: 1 } })
    try {
      const { commit_sha } = await narrow.deploy('Count', { 'requirements.txt': noPackages, 'src/Count.py': counted })
      const pids = await Promise.all(Array.from({ length: 20 }, () => narrow.ask(`Count/${commit_sha}`, {})))
      expect(new Set(pids.map(({ result }) => result)).size).toBe(1)
    } finally {
      await narrow.close()
    }
  })
})

describe('a failure to load', () => {
  test('at the build fails the build, with the trace in its log', async () => {
    const files = {
      'requirements.txt': noPackages,
      'src/Broken.py': 'print("begin")\nraise RuntimeError("no model")\n',
    }
    const build = await lab.deploy('Broken', files)
    expect(build.status).toBe('failed')
    const log = await lab.buildLog('Broken', build.build_id)
    expect(log).toMatch(/begin\nTraceback[\s\S]*src\/Broken.py", line 2[\s\S]*RuntimeError: no model/)
    const answer = await lab.ask(`Broken/${build.commit_sha}`, 1)
    expect(answer.error?.message).toBe(`algorithm algo://anna/Broken/${build.commit_sha} not found`)
  })

  test('at a call is an InitializationError with what was printed', async () => {
    const flag = `${lab.sandbox.stateDir}/fail`
    const code = `import os\nif os.path.exists(${JSON.stringify(flag)}):\n    print("begin")\n    raise RuntimeError("no model")\ndef apply(input):\n    return input\n`
    const build = await lab.deploy('Moody', { 'requirements.txt': noPackages, 'src/Moody.py': code })
    execFileSync('touch', [flag])
    const answer = await lab.ask(`Moody/${build.commit_sha}?stdout=true`, 1)
    expect(answer.error).toMatchObject({
      message: expect.stringContaining('RuntimeError: no model (exited with code 1)'),
      error_type: 'InitializationError',
      stacktrace: expect.stringContaining('Traceback'),
    })
    expect(answer.metadata?.stdout).toContain('begin')
    execFileSync('rm', [flag])
    expect((await lab.ask(`Moody/${build.commit_sha}`, 1)).result).toBe(1)
  })
})
