import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  clientRequirements,
  type PythonClientVersion,
  pythonClientVersions,
  pythonWithClient,
  runAlgoCommand,
  runPythonClient,
} from '../support/official-clients.ts'
import { annasKey, bensKey, noPackages, SandboxLab } from '../support/sandbox-lab.ts'

const admin = 'simAdmin'
/** Keys of anna's that may less than hers. */
const [withoutManagement, onlyEcho] = ['simWithoutManagement', 'simOnlyEcho']

let lab: SandboxLab
let folder: string
/** The commit of the algorithm that answers in every way there is. */
let echo: string

const echoSource = `
class Refused(Exception):
    error_type = "InputError"


def apply(input):
    if input == "fail":
        raise ValueError("on purpose")
    if input == "refuse":
        raise Refused("not this one")
    if input == "bytes":
        return b"\\x00\\xff"
    if input == "nothing":
        return None
    print("got", type(input).__name__)
    return input
`

// Installing the clients takes its time on the first run of a machine.
beforeAll(async () => {
  const limited = [
    { key: withoutManagement, manage: false },
    { key: onlyEcho, algorithms: ['algo://anna/Echo/*'] },
  ]
  lab = await SandboxLab.start({
    users: [
      { name: 'anna', keys: [{ key: annasKey }, ...limited] },
      { name: 'ben', keys: [{ key: bensKey }] },
    ],
    keys: [{ key: admin, admin: true }],
  })
  folder = await mkdtemp(join(tmpdir(), 'sandbox-client-algorithms-'))
  await Promise.all(pythonClientVersions.map(pythonWithClient))
  const build = await lab.deploy('Echo', { 'requirements.txt': noPackages, 'src/Echo.py': echoSource })
  echo = build.commit_sha
  const settings = { algorithm_callability: 'public' }
  await lab.request('POST', '/v1/algorithms/anna/Echo/versions', { settings })
}, 1_200_000)
afterAll(async () => {
  await lab.close()
  await rm(folder, { recursive: true, force: true })
})

const settings = `{'environment': 'cpu', 'language': 'python3-1', 'license': 'apl', 'network_access': 'full',
    'pipeline_enabled': True, 'source_visibility': 'closed'}`
const details = `{'label': 'Made', 'summary': 'A summary', 'tagline': 'A tagline'}`

const python = (version: PythonClientVersion, script: string, key: string | null = lab.key) =>
  runPythonClient(
    version,
    { url: lab.sandbox.url, ...(key !== null && { key }) },
    `folder = ${JSON.stringify(folder)}\necho = ${JSON.stringify(echo)}\n${script}`,
  )

describe('the Python client 2.0.5', () => {
  test('takes an algorithm from its creation to a call of a published version', async () => {
    const result = await python(
      '2.0.5',
      `
algo = client.algo('anna/Made')
result = {'before': algo.exists()}
created = algo.create(${details}, ${settings})
result['created'] = [created['name'], created['details'], created['resource_type'], algo.exists()]
result['id'] = algo.get_algorithm_id() == created['id']
result['versions before'] = algo.versions()['results']
compiled = algo.compile()
commit = compiled['version_info']['git_hash']
result['compiled'] = [compiled['compilation']['successful'], compiled['build']['status'], 'semantic_version' in compiled['version_info']]
builds = algo.get_builds()['results']
build = algo.get_build(builds[0]['build_id'])
result['builds'] = [len(builds), build == builds[0], build['status'], build['commit_sha'] == commit]
result['logs'] = 'Beginning container customization' in algo.get_build_logs(build['build_id'])['logs']
result['by hash'] = client.algo('anna/Made/' + commit).pipe('foo').result
result['first'] = algo.publish(details={'label': 'Published'}, settings={'algorithm_callability': 'private'},
    version_info={'version_type': 'minor', 'release_notes': 'notes', 'sample_input': 'bar'})['version_info']
result['info'] = algo.info()['results'][0]['version_info']['semantic_version']
result['info by hash'] = algo.info(commit)['details']['label']
result['published'] = [v['version_info']['semantic_version'] for v in algo.versions(limit=5, published=True)['results']]
result['public'] = algo.versions(callable=True)['results']
result['call'] = client.algo('algo://anna/Made/0.1.0').pipe('foo').result
result['unversioned'] = message(lambda: algo.pipe('foo'))
result['again'] = message(algo.publish)
algo.compile()
result['second'] = algo.publish(settings={}, version_info={'version_type': 'revision'})['version_info']['semantic_version']
result['status'] = algo.get_build(builds[0]['build_id'])['version_info']
`,
    )
    expect(result).toEqual({
      before: false,
      created: ['Made', { label: 'Made', summary: 'A summary', tagline: 'A tagline' }, 'algorithm', true],
      id: true,
      'versions before': [],
      compiled: [true, 'succeeded', false],
      builds: [1, true, 'succeeded', true],
      logs: true,
      'by hash': 'hello foo',
      first: {
        git_hash: expect.stringMatching(/^[0-9a-f]{40}$/),
        semantic_version: '0.1.0',
        release_notes: 'notes',
        sample_input: 'bar',
        sample_output: '"hello bar"',
        version_uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
      info: '0.1.0',
      'info by hash': 'Published',
      published: ['0.1.0'],
      public: [],
      call: 'hello foo',
      unversioned: expect.stringContaining('algorithm algo://anna/Made not found'),
      again: 'Exception: Non-Algorithm related Failure: <Response [400]>',
      second: '0.1.1',
      status: { semantic_version: '0.1.0' },
    })
  }, 300_000)

  test('is content with an update, of which it sends only the names', async () => {
    const result = await python(
      '2.0.5',
      `
algo = client.algo('anna/Updated')
created = algo.create(${details}, ${settings})
updated = algo.update({'label': 'Changed'}, {'license': 'mit', 'source_visibility': 'open'})
result = [updated['id'] == created['id'], updated['details']['label'], updated['settings']['license']]
`,
    )
    expect(result).toEqual([true, 'Made', 'apl'])
  })

  test('shows a failed build', async () => {
    const build = await lab.deploy('Broken', {
      'requirements.txt': noPackages,
      'src/Broken.py': 'def apply(input):\n    return (\n',
    })
    const result = await python(
      '2.0.5',
      `
algo = client.algo('anna/Broken')
build = algo.get_builds(limit=1)['results'][0]
result = [build['status'], algo.get_build_logs(build['build_id'])['logs'], message(algo.compile), message(algo.publish),
          message(lambda: client.algo('anna/Broken/${build.commit_sha}').pipe(1))]
`,
    )
    expect(result).toEqual([
      'failed',
      expect.stringMatching(/src\/Broken\.py[\s\S]*SyntaxError/),
      'Exception: Non-Algorithm related Failure: <Response [400]>',
      'Exception: Non-Algorithm related Failure: <Response [400]>',
      expect.stringContaining(`algorithm algo://anna/Broken/${build.commit_sha} not found`),
    ])
  })

  test('gives the words of a refusal', async () => {
    const source = 'import time\n\ntime.sleep(60)\n\n\ndef apply(input):\n    return input\n'
    await lab.request('POST', '/v1/algorithms/anna', { name: 'Unfinished' })
    await lab.push('Unfinished', { 'requirements.txt': noPackages, 'src/Unfinished.py': source })
    const result = await python(
      '2.0.5',
      `
algo = client.algo('anna/Unfinished')
build = algo.get_builds()['results'][0]
result = {
  'logs': message(lambda: algo.get_build_logs(build['build_id'])),
  'status': [build['status'], algo.get_build(build['build_id']).get('finished_at'), algo.versions()['results']],
  'build': message(lambda: algo.get_build('unheard')),
  'hash': message(lambda: algo.info('0' * 40)),
  'marker': message(lambda: algo.get_builds(marker='unheard')),
  'missing': message(client.algo('anna/Missing').get_builds),
  'publish': message(algo.publish),
}
`,
    )
    expect(result).toEqual({
      logs: expect.stringContaining('is not finished'),
      status: ['in-progress', null, []],
      build: expect.stringContaining('There is no build unheard'),
      hash: "AlgorithmException: 'not found'",
      marker: expect.stringContaining('The marker "unheard" is not one of this list'),
      missing: "AlgorithmException: 'No such algorithm'",
      publish: 'Exception: Non-Algorithm related Failure: <Response [400]>',
    })
  })

  test('lists what failed while running', async () => {
    const result = await python(
      '2.0.5',
      `
algo = client.algo('anna/Echo')
message(lambda: client.algo('anna/Echo/' + echo).pipe('fail'))
result = client.get_algorithm_errors(algo.get_algorithm_id())[0]
`,
    )
    expect(result).toMatchObject({
      created_at: expect.any(Number),
      request_id: expect.stringMatching(/^req-/),
      username: 'anna',
      algoname: 'Echo',
      error: 'on purpose',
      error_type: 'AlgorithmError',
      billable_to: 'anna',
      input: expect.stringContaining('fail'),
    })
  })

  test('gives the parts of an error by name', async () => {
    const result = await python(
      '2.0.5',
      `
def parts(of, algo='anna/Echo/0.1.0'):
    try:
        client.algo(algo).pipe(of)
    except Algorithmia.errors.AlgorithmException as error:
        return [error.message, error.error_type, error.stack_trace]
result = [parts('fail'), parts('refuse'), parts(1, 'anna/Missing/0.1.0')]
`,
    )
    const trace = expect.stringMatching(
      /Traceback[\s\S]*src\/Echo\.py", line 8, in apply\n[\s\S]*ValueError: on purpose/,
    )
    expect(result).toEqual([
      ['on purpose', 'AlgorithmError', trace],
      ['not this one', 'InputError', expect.stringContaining('Refused: not this one')],
      ['algorithm algo://anna/Missing/0.1.0 not found', null, null],
    ])
  })
})

describe('rights, seen with the Python client 2.0.5', () => {
  test('a secret reaches the processes of its algorithm, and those of no other', async () => {
    const source = 'import os\n\n\ndef apply(input):\n    return os.environ.get("FROM_OUTSIDE", "none")\n'
    for (const name of ['Trusted', 'Stranger']) {
      await lab.deploy(name, { 'requirements.txt': noPackages, [`src/${name}.py`]: source })
      await lab.request('POST', `/v1/algorithms/anna/${name}/versions`, {})
    }
    const result = await python(
      '2.0.5',
      `
trusted = client.algo('anna/Trusted/0.1.0')
result = [trusted.pipe(1).result]
for value in ('first value', 'second value'):
    trusted.set_secret('short', 'FROM_OUTSIDE', value, 'for a test')
    result.append(trusted.pipe(1).result)
result.append(client.algo('anna/Stranger/0.1.0').pipe(1).result)
result.append('value' in json.dumps(trusted.get_secrets()))
`,
    )
    expect(result).toEqual(['none', 'first value', 'second value', 'none', false])
  })

  test('an algorithm of an organisation is there for its members', async () => {
    await runPythonClient(
      '2.0.5',
      { url: lab.sandbox.url, key: admin },
      `
client.create_org({'org_name': 'acme', 'org_label': 'Acme', 'org_contact_name': 'A', 'org_email': 'a@example.org',
    'org_url': 'https://example.org', 'type_id': 'basic'})
client.invite_to_org('acme', 'anna')
result = None
`,
    )
    const result = await python(
      '2.0.5',
      `
algo = client.algo('acme/Hello')
algo.create(${details}, ${settings})
commit = algo.compile()['version_info']['git_hash']
published = algo.publish(version_info={'version_type': 'minor'})['version_info']['semantic_version']
result = [published, client.algo('acme/Hello/' + commit).pipe('foo').result,
          client.algo('acme/Hello/latestPrivate').pipe('foo').result]
`,
    )
    expect(result).toEqual(['0.1.0', 'hello foo', 'hello foo'])
    const asked = `
result = [client.algo('acme/Hello').exists(), message(lambda: client.algo('acme/Hello/0.1.0').pipe('foo'))]
`
    expect(await python('2.0.5', asked)).toEqual([true, 'no error'])
    const missing = expect.stringContaining('algorithm algo://acme/Hello/0.1.0 not found')
    expect(await python('2.0.5', asked, lab.otherKey)).toEqual([false, missing])
  })

  test('a key does what it may and no more', async () => {
    const script = `
echo = client.algo('anna/Echo')
result = [message(lambda: echo.pipe('x')), message(lambda: client.algo('anna/Echo/0.1.0').pipe('x')),
          message(lambda: client.algo('anna/Plain/0.1.0').pipe(0)), message(echo.get_builds), message(echo.compile)]
`
    const slow = { 'requirements.txt': noPackages, 'src/Plain.py': 'def apply(input):\n    return input\n' }
    await lab.deploy('Plain', slow)
    await lab.request('POST', '/v1/algorithms/anna/Plain/versions', {})
    const fine = 'no error'
    const refused = 'Exception: Non-Algorithm related Failure: <Response [403]>'
    const unmanaged = expect.stringContaining('this API key may not manage algorithms')
    expect(await python('2.0.5', script)).toEqual([fine, fine, fine, fine, fine])
    expect(await python('2.0.5', script, onlyEcho)).toEqual([fine, fine, refused, fine, fine])
    expect(await python('2.0.5', script, withoutManagement)).toEqual([fine, fine, fine, unmanaged, refused])
    const unknown = 'Exception: Non-Algorithm related Failure: <Response [401]>'
    const invalid = expect.stringContaining('The API key is not valid')
    expect(await python('2.0.5', script, 'simUnknown')).toEqual([unknown, unknown, unknown, invalid, unknown])
  })
})

describe('the Python client 1.17.0', () => {
  test('takes an algorithm from its creation to a call of a published version', async () => {
    const result = await python(
      '1.17.0',
      `
algo = client.algo('anna/Older')
created = algo.create(${details}, ${settings}, {'sample_input': '"x"'})
result = {'created': [created.name, created.details.label, created.settings.license, created.source.scm.id]}
info = algo.info()
result['info'] = [info.name, info.settings.language, info.settings.pipeline_enabled, info.version_info]
result['versions before'] = algo.versions().results
compiled = algo.compile()
commit = compiled.version_info.git_hash
result['compiled'] = [compiled.compilation.successful, 'Beginning container customization' in compiled.compilation.output]
builds = algo.build_logs()['results']
build = algo.get_build(builds[0]['build_id'])
result['build'] = [len(builds), build.status, build.commit_sha == commit, build.started_at <= build.finished_at]
# What it makes of lists knows no entries: that is so with every server.
result['builds'] = message(algo.builds)
result['logs'] = 'Beginning container customization' in algo.get_build_logs(build.build_id).logs
result['info of the build'] = algo.info().version_info.git_hash == commit
result['by hash'] = client.algo('anna/Older/' + commit).pipe('foo').result
result['first'] = algo.publish({'label': 'Published'}, {'algorithm_callability': 'public'},
    {'version_type': 'minor'})['version_info']['semantic_version']
result['info by hash'] = algo.info(commit).version_info.semantic_version
versions = json.loads(client.manageApi.get_algorithm_versions('anna', 'Older', limit=1, published='true',
    callable='true', _preload_content=False).data)['results']
result['versions'] = [versions[0]['version_info']['semantic_version'], versions[0]['version_info']['git_hash'] == commit]
result['call'] = client.algo('anna/Older').pipe('foo').result
again = algo.publish()
result['again'] = [again.status_code, again.json()['error']['code']]
result['missing'] = message(client.algo('anna/Unheard').info)
result['managed'] = client.manageApi.get_algorithm('anna', 'Older').name
made = client.algo('anna/Passing').create(${details}, ${settings})
client.manageApi.delete_algorithm('anna', 'Passing')
result['deleted'] = message(client.algo('anna/Passing').info)
`,
    )
    expect(result).toEqual({
      created: ['Older', 'Made', 'apl', 'internal'],
      info: ['Older', 'python3-1', true, null],
      'versions before': [],
      compiled: [true, true],
      build: [1, 'succeeded', true, true],
      builds: expect.stringContaining("has no attribute 'OneOfBuild'"),
      logs: true,
      'info of the build': true,
      'by hash': 'hello foo',
      first: '0.1.0',
      'info by hash': '0.1.0',
      versions: ['0.1.0', true],
      call: 'hello foo',
      again: [400, 1007],
      missing: expect.stringContaining('AlgorithmException'),
      managed: 'Older',
      deleted: expect.stringContaining('AlgorithmException'),
    })
  }, 300_000)
})

describe.each(pythonClientVersions)('calls with the Python client %s', (version) => {
  test('pass text, bytes, JSON and nothing in both directions', async () => {
    const result = await python(
      version,
      `
pipe = lambda input: client.algo('anna/Echo/' + echo).pipe(input)
values = ['h\\u00e9llo \\U0001f600', '', '{"a": 1}', {'a': [1, None, True, 0.1]}, [], 7, None, 'null', 12345678901234567890]
result = {'same': [[pipe(v).result == v, pipe(v).metadata.content_type] for v in values]}
answer = pipe(b'\\x00\\x80\\xff')
result['bytes'] = [list(answer.result), answer.metadata.content_type]
result['bytearray'] = list(pipe(bytearray([1, 2])).result)
result['made bytes'] = list(pipe('bytes').result)
result['nothing'] = pipe('nothing').result
metadata = answer.metadata
result['metadata'] = [metadata.stdout, metadata.duration > 0, metadata.full_metadata['request_id'][:4]]
result['public'] = client.algo('algo://anna/Echo').pipe('unversioned').result
`,
    )
    const [text, json] = [
      [true, 'text'],
      [true, 'json'],
    ]
    expect(result).toEqual({
      same: [text, text, text, json, json, json, json, text, json],
      bytes: [[0, 128, 255], 'binary'],
      bytearray: [1, 2],
      'made bytes': [0, 255],
      nothing: null,
      metadata: [null, true, 'req-'],
      public: 'unversioned',
    })
  })

  test('may carry the key as a token', async () => {
    const script = `
token = Algorithmia.client(api_address='${lab.sandbox.url}', bearer_token='${lab.key}')
result = [token.apiKey, token.algo('anna/Echo/' + echo).pipe('x').result, token.username()]
`
    expect(await python(version, script, null)).toEqual([null, 'x', 'anna'])
  })

  test('are carried out as the options say', async () => {
    const script = `
from Algorithmia.algorithm import OutputType
algo = lambda **options: client.algo('anna/Echo').set_options(**options)
asynchronous = algo(output=OutputType.void).pipe('x')
result = {
  'stdout': algo(timeout=60, stdout=True).pipe('x').metadata.stdout,
  'raw text': algo(output=OutputType.raw).pipe('h\\u00e9llo'),
  'raw json': algo(output=OutputType.raw).pipe({'a': 1}),
  'raw nothing': algo(output=OutputType.raw).pipe(None),
  'void': [type(asynchronous.async_protocol).__name__, asynchronous.request_id[:4]],
}
`
    const answers = {
      stdout: 'got str\n',
      'raw text': 'héllo',
      'raw json': expect.stringMatching(/^\{"a": ?1\}$/),
      'raw nothing': 'null',
      void: ['str', 'req-'],
    }
    expect(await python(version, script)).toEqual(answers)
    // What an algorithm prints is for its owner.
    expect(await python(version, script, lab.otherKey)).toEqual({ ...answers, stdout: null })
  })

  test('show what went wrong', async () => {
    const script = `
pipe = lambda path, input: message(lambda: client.algo(path).pipe(input))
result = [pipe('anna/Echo', 'fail'), pipe('anna/Missing', 'x'), pipe('anna/Echo/9.9.9', 'x'), pipe('nobody/Echo/0.1.0', 'x')]
`
    const unknown = (path: string) => `AlgorithmException: 'algorithm algo://${path} not found'`
    const missing = [unknown('anna/Missing'), unknown('anna/Echo/9.9.9'), unknown('nobody/Echo/0.1.0')]
    expect(await python(version, script)).toEqual([
      expect.stringMatching(/^AlgorithmException: .on purpose\\nTraceback.*Echo\.py.*, line 8, in apply/),
      ...missing,
    ])
    // The source is closed, so where in it the error came from is not for others.
    expect(await python(version, script, lab.otherKey)).toEqual(["AlgorithmException: 'on purpose'", ...missing])
    const withoutKey = `result = message(lambda: client.algo('anna/Echo').pipe('x'))`
    expect(await python(version, withoutKey, null)).toBe("AlgorithmException: 'authorization required'")
  })

  test('end at their timeout, and the next one works', async () => {
    const name = `Slow_${version.replaceAll('.', '_')}`
    const build = await lab.deploy(name, {
      'requirements.txt': noPackages,
      [`src/${name}.py`]: 'import time\n\n\ndef apply(input):\n    time.sleep(input)\n    return input\n',
    })
    const result = await python(
      version,
      `
algo = lambda **options: client.algo('anna/${name}/${build.commit_sha}').set_options(**options)
result = [message(lambda: algo(timeout=1).pipe(600)), algo().pipe(0).result]
try:
    algo(timeout=1).pipe(600)
except Algorithmia.errors.AlgorithmException as error:
    result.append(error.error_type)
`,
    )
    expect(result).toEqual([expect.stringContaining('did not answer within 1 seconds'), 0, 'TimeoutError'])
  })

  test('report insights from inside, each for its own run', async () => {
    const name = `Insight_${version.replaceAll('.', '_')}`
    const source = `
import Algorithmia

client = Algorithmia.client()


def apply(input):
    client.report_insights({"risk_score": input, "approved": 1})
    client.report_insights({"second": "text"})
    return input
`
    const files = { 'requirements.txt': clientRequirements[version], [`src/${name}.py`]: source }
    await lab.deploy(name, files)
    const result = await python(
      version,
      `
algo = client.algo('anna/${name}')
version = algo.publish(settings={'insights_enabled': True}, version_info={'version_type': 'minor'})
first = client.algo('anna/${name}/0.1.0').pipe(0.2).metadata.full_metadata['request_id']
second = client.algo('anna/${name}/0.1.0').pipe(0.3).metadata.full_metadata['request_id']
algo.compile()
algo.publish(settings={'insights_enabled': False}, version_info={'version_type': 'revision'})
client.algo('anna/${name}/0.1.1').pipe(0.4)
result = [first, second, version['settings']['insights_enabled']]
`,
    )
    const record = (risk_score: number) => ({
      risk_score,
      approved: 1,
      second: 'text',
      duration_milliseconds: expect.any(Number),
      algorithm_version: '0.1.0',
      session_id: expect.stringMatching(/^rses-/),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/),
      algorithm_name: name,
      request_id: expect.stringMatching(/^req-/),
      algorithm_owner: 'anna',
    })
    const records = lab.sandbox.insights().filter(({ algorithm_name }) => algorithm_name === name)
    // And none of the version that has them switched off.
    expect(records).toEqual([record(0.2), record(0.3)])
    expect(result).toEqual([records[0]?.request_id, records[1]?.request_id, true])
  }, 600_000)

  test('find a manifest frozen by the client itself', async () => {
    const collection = `freeze_${version.replaceAll('.', '_')}`
    const result = await python(
      version,
      `
client.dir('data://anna/${collection}').create()
client.file('data://anna/${collection}/m').put('hello')
target = os.path.join(folder, '${version}')
os.makedirs(target)
with open(os.path.join(target, 'model_manifest.json'), 'w') as f:
    json.dump({'required_files': [{'name': 'm', 'source_uri': 'data://anna/${collection}/m'}], 'optional_files': []}, f)
client.freeze(os.path.join(target, 'model_manifest.json'), target)
with open(os.path.join(target, 'model_manifest.json.freeze')) as f:
    frozen = json.load(f)
result = [frozen['required_files'][0]['md5_checksum'], len(frozen['lock_checksum'])]
`,
    )
    expect(result).toEqual(['5d41402abc4b2a76b9719d911017c592', 32])
  })
})

describe('the command algo of the Python client 2.0.5', () => {
  const algo = (...args: string[]) => runAlgoCommand(folder, { url: lab.sandbox.url, key: lab.key }, args)

  test('calls an algorithm', async () => {
    expect(await algo('run', 'anna/Echo', '-d', 'hello')).toBe('hello\n')
    expect(await algo('run', `anna/Echo/${echo}`, '-j', '{"a": [1, null]}')).toBe("{'a': [1, None]}\n")
    expect(await algo('run', 'anna/Echo', '-t', '7', '--timeout', '60', '--debug')).toBe('7\n')
    await writeFile(join(folder, 'input.bin'), Buffer.from([0, 255]))
    await algo('run', 'anna/Echo', '-B', 'input.bin', '-o', 'output.bin')
    expect(await readFile(join(folder, 'output.bin'))).toEqual(Buffer.from([0, 255]))
  })

  test('lists builds, keeps files, and freezes a manifest', async () => {
    const builds = JSON.parse(await algo('builds', 'anna', 'Echo'))
    expect(builds.at(-1)).toMatchObject({ status: 'succeeded', commit_sha: echo })
    await writeFile(join(folder, 'model.txt'), 'hello')
    await algo('mkdir', 'data://anna/command')
    await algo('cp', 'model.txt', 'data://anna/command/m')
    expect(await algo('ls')).toBe('anna/\n\n')
    expect(await algo('ls', 'data://anna/command/')).toBe('anna/command/m\n\n')
    expect(await algo('cat', 'data://anna/command/m')).toBe('hello\n')
    const manifest = { required_files: [{ name: 'm', source_uri: 'data://anna/command/m' }], optional_files: [] }
    await writeFile(join(folder, 'model_manifest.json'), JSON.stringify(manifest))
    await algo('freeze')
    expect(JSON.parse(await readFile(join(folder, 'model_manifest.json.freeze'), 'utf8'))).toMatchObject({
      required_files: [
        {
          md5_checksum: '5d41402abc4b2a76b9719d911017c592',
        },
      ],
      lock_checksum: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })
})

/** What the Node client gives to the callback of a call. */
interface NodeAnswer {
  status: number
  result?: unknown
  error?: unknown
  metadata?: { content_type: string; duration: number }
  get(): unknown
}
interface NodeAlgorithm {
  pipe(input: unknown): { then(done: (answer: NodeAnswer) => void): void }
  pipeJson(input: string): { then(done: (answer: NodeAnswer) => void): void }
}

describe('the Node client 0.3.10', () => {
  type Load = (name: string) => (key: string, address: string) => { algo(path: string): NodeAlgorithm }
  const load: Load = createRequire(import.meta.url)
  const algo = (path: string, key = lab.key) => load('algorithmia')(key, lab.sandbox.url).algo(path)
  const answerOf = (call: { then(done: (answer: NodeAnswer) => void): void }) =>
    new Promise<NodeAnswer>((resolve) => call.then(resolve))
  const pipe = (path: string, input: unknown, key?: string) => answerOf(algo(path, key).pipe(input))

  test('passes text, JSON and bytes in both directions', async () => {
    const values = ['héllo 😀', { a: [1, null, true] }, [], 7, null, Buffer.from([0, 128, 255])]
    for (const value of values) {
      const answer = await pipe('anna/Echo', value)
      expect([answer.status, answer.error, answer.get()]).toEqual([200, undefined, value])
    }
    expect((await answerOf(algo('anna/Echo').pipeJson('{"b":2}'))).get()).toEqual({ b: 2 })
    expect((await pipe('anna/Echo', 'bytes')).get()).toEqual(Buffer.from([0, 255]))
    expect((await pipe('anna/Echo', 'x')).metadata).toEqual({
      content_type: 'text',
      duration: expect.any(Number),
      request_id: expect.stringMatching(/^req-/),
    })
  })

  test('finds a version in every spelling of the address', async () => {
    for (const path of [
      'anna/Echo',
      'anna/Echo/',
      'anna/Echo/0.1.0',
      'anna/Echo/0.1.0/',
      'anna/Echo/0.1.x',
      `anna/Echo/${echo}`,
      'algo://anna/Echo',
      'algo://anna/Echo/0.1.0',
      'algo://anna/Echo/latest/?timeout=30',
      'anna/Echo?timeout=30&stdout=true',
    ]) {
      expect([path, (await pipe(path, path)).result]).toEqual([path, path])
    }
  })

  test('shows what went wrong', async () => {
    const failed = await pipe('anna/Echo', 'fail')
    expect([failed.status, failed.error]).toEqual([
      200,
      {
        message: 'on purpose',
        error_type: 'AlgorithmError',
        stacktrace: expect.stringContaining('Echo.py'),
        stack_trace: expect.stringContaining('Echo.py'),
      },
    ])
    expect(() => failed.get()).toThrow('on purpose')
    expect(await pipe('anna/Missing', 'x')).toMatchObject({
      status: 200,
      error: { message: 'algorithm algo://anna/Missing not found' },
    })
    expect(await pipe('anna/Echo?output=raw', 'fail')).toMatchObject({ status: 400, error: { message: 'on purpose' } })
    expect(await pipe('anna/Echo', 'x', 'simWrong')).toMatchObject({
      status: 401,
      error: { message: 'The API key is not valid' },
    })
    expect(await pipe('anna/Echo?timeout=3001', 'x')).toMatchObject({
      status: 400,
      error: { message: expect.stringContaining('at most 3000 seconds') },
    })
  })
})
