import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { call, type HttpAnswer } from '../support/http-call.ts'
import { noPackages, SandboxLab } from '../support/sandbox-lab.ts'

/** The part of an algorithm's description that is looked at here. */
interface VersionBody {
  id: string
  details: { label: string }
  settings: { algorithm_callability: string; insights_enabled: boolean; royalty_microcredits: number }
  version_info: { git_hash: string; semantic_version?: string; sample_input?: string; sample_output?: string }
  build: { build_id: string; status: string; version_info?: { semantic_version: string } }
  compilation: { successful: boolean; output?: string }
  self_link: string
}

interface Page {
  marker: string | null
  next_link: string | null
  results: VersionBody[]
}

let lab: SandboxLab
const callsNothing = 'simCallsNothing'

beforeAll(async () => {
  lab = await SandboxLab.start({ keys: [{ user: 'anna', key: callsNothing, algorithms: [] }] })
})
afterAll(() => lab.close())

const algorithm = (name: string) => `/v1/algorithms/anna/${name}`
const answering = (text: string) => `def apply(input):\n    return "${text}"\n`

/** Pushes a commit whose build answers with `text`. @returns the commit */
async function push(name: string, text: string): Promise<string> {
  const build = await lab.deploy(name, { 'requirements.txt': noPackages, [`src/${name}.py`]: answering(text) })
  expect([name, text, build.status]).toEqual([name, text, 'succeeded'])
  return build.commit_sha
}

const publish = (name: string, info: object = {}, settings: object = {}): Promise<HttpAnswer> =>
  lab.request('POST', `${algorithm(name)}/versions`, { version_info: info, settings })

/** The number of a publication that must succeed. */
async function published(name: string, info: object = {}, settings: object = {}): Promise<string | undefined> {
  const answer = await publish(name, info, settings)
  if (answer.status !== 200) throw new Error(answer.text)
  return (answer.json() as VersionBody).version_info.semantic_version
}

async function compile(name: string): Promise<void> {
  const answer = await lab.request('POST', `${algorithm(name)}/compile`, {})
  if (answer.status !== 200) throw new Error(answer.text)
}

const refusal = (code: number, words: string) => ({ error: { code, message: expect.stringContaining(words) } })

describe('the number of a version', () => {
  test('follows the last one as the publication says', async () => {
    await push('Numbers', 'x')
    const steps: [object, string][] = [
      [{}, '0.1.0'],
      [{ version_type: 'revision' }, '0.1.1'],
      [{ version_type: 'patch' }, '0.1.2'],
      [{ version_type: 'minor' }, '0.2.0'],
      [{ type: 'default' }, '0.3.0'],
      [{ type: 'revision', semantic_version: '' }, '0.3.1'],
      [{ version_type: 'major' }, '1.0.0'],
      [{ semantic_version: '3.4.5' }, '3.4.5'],
      [{ version_type: 'revision' }, '3.4.6'],
      [{ version_type: 'minor' }, '3.5.0'],
      [{ semantic_version: '3.10.0' }, '3.10.0'],
      [{ version_type: 'minor' }, '3.11.0'],
    ]
    for (const [info, number] of steps) {
      expect([info, await published('Numbers', info)]).toEqual([info, number])
      await compile('Numbers')
    }
    for (const number of ['3.11.0', '3.9.9', '0.1.0']) {
      expect([(await publish('Numbers', { semantic_version: number })).status, number]).toEqual([400, number])
    }
    expect(await published('Numbers')).toBe('3.12.0')
  })

  test.each([
    ['FirstMinor', 'minor', '0.1.0'],
    ['FirstRevision', 'revision', '0.0.1'],
    ['FirstMajor', 'major', '1.0.0'],
  ])('begins in %s', async (name, kind, number) => {
    await push(name, 'x')
    expect(await published(name, { version_type: kind })).toBe(number)
  })

  test('is not made of nonsense', async () => {
    await push('Nonsense', 'x')
    for (const info of [
      { version_type: 'Major' },
      { version_type: 7 },
      { semantic_version: '1.2' },
      { semantic_version: '1.2.3-beta' },
      { git_hash: 'abc' },
    ]) {
      expect([info, (await publish('Nonsense', info)).json()]).toEqual([
        info,
        { error: expect.objectContaining({ code: 2015 }) },
      ])
    }
    expect((await publish('Nonsense', {}, { algorithm_callability: 'secret' })).status).toBe(400)
    const text = await call(lab.sandbox.url, `${algorithm('Nonsense')}/versions`, {
      method: 'POST',
      key: lab.key,
      body: 'minor',
    })
    expect([text.status, text.json()]).toMatchObject([400, { error: { code: 2013 } }])
    expect(await published('Nonsense')).toBe('0.1.0')
  })
})

describe('the build that is published', () => {
  test('is published once, and again after it was compiled again', async () => {
    await push('Once', 'x')
    const answers = await Promise.all([publish('Once'), publish('Once'), publish('Once')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400])
    expect((await publish('Once')).json()).toMatchObject(refusal(1007, 'is published already, as 0.1.0: compile first'))
    await compile('Once')
    expect(await published('Once', { version_type: 'revision' })).toBe('0.1.1')
    const builds = await lab.builds('Once')
    expect(builds.map(({ version_info }) => version_info?.semantic_version)).toEqual(['0.1.1', '0.1.0'])
  })

  test('is the newest one, or that of the commit that is named', async () => {
    const [first, second, third] = [await push('Named', 'a'), await push('Named', 'b'), await push('Named', 'c')]
    expect(await published('Named', { git_hash: second })).toBe('0.1.0')
    expect(await published('Named')).toBe('0.2.0')
    expect(await published('Named', { git_hash: first.toUpperCase() })).toBe('0.3.0')
    const asked = ['0.1.0', '0.2.0', '0.3.0'].map(async (number) => (await lab.ask(`Named/${number}`, 1)).result)
    expect(await Promise.all(asked)).toEqual(['b', 'c', 'a'])
    expect((await publish('Named', { git_hash: third })).json()).toMatchObject(refusal(1007, 'as 0.2.0'))
    expect((await publish('Named', { git_hash: '0'.repeat(40) })).json()).toMatchObject(refusal(2015, 'was not built'))
  })

  test('must be there, finished, and good', async () => {
    await lab.request('POST', '/v1/algorithms/anna', { name: 'Unready' })
    expect((await publish('Unready')).json()).toMatchObject(refusal(2015, 'Nothing was built yet'))
    const slow = {
      'requirements.txt': noPackages,
      'src/Unready.py': `import time\n\ntime.sleep(2)\n\n\n${answering('x')}`,
    }
    await lab.push('Unready', slow)
    expect((await publish('Unready')).json()).toMatchObject(refusal(2015, 'is still in progress'))
    const [build] = await lab.builds('Unready')
    await lab.finished('Unready', String(build?.build_id))
    expect(await published('Unready')).toBe('0.1.0')
    const broken = await lab.deploy('Unready', { 'src/Unready.py': 'import nothing_of_this_name\n' })
    expect((await publish('Unready')).json()).toMatchObject(
      refusal(2015, `its log is that of the build ${broken.build_id}`),
    )
    expect((await lab.ask('Unready/0.1.0', 1)).result).toBe('x')
  })

  test('is published by its owner only, with a key that may', async () => {
    await push('Owned', 'x')
    const path = `${algorithm('Owned')}/versions`
    const missing = await lab.request('POST', path, {}, lab.otherKey)
    expect([missing.status, missing.text]).toEqual([404, '{"error":"No such algorithm"}'])
    await published('Owned', {}, { algorithm_callability: 'public' })
    await compile('Owned')
    expect((await lab.request('POST', path, {}, lab.otherKey)).json()).toMatchObject(
      refusal(2001, 'managed by anna only'),
    )
    expect((await lab.request('POST', path, {}, 'simUnknown')).status).toBe(401)
  })
})

describe('a version in the address of a call', () => {
  const numbers = ['0.1.0', '0.2.0', '1.0.0', '1.1.0', '1.1.1', '1.10.0', '2.0.0']
  const commits = new Map<string, string>()
  let id: string

  beforeAll(async () => {
    for (const number of numbers) {
      commits.set(number, await push('Many', number))
      const callability = number.startsWith('1.') ? 'public' : 'private'
      expect(await published('Many', { semantic_version: number }, { algorithm_callability: callability })).toBe(number)
    }
    commits.set('head', await push('Many', 'head'))
    const broken = await lab.deploy('Many', { 'src/Many.py': 'def\n' })
    commits.set('broken', broken.commit_sha)
    id = ((await lab.request('GET', algorithm('Many'))).json() as VersionBody).id
  }, 120_000)

  test.each([
    // The path, and what the owner and another account get.
    ['', '1.10.0', '1.10.0'],
    ['/latest', '1.10.0', '1.10.0'],
    ['/1.0.0', '1.0.0', '1.0.0'],
    ['/1.1.0', '1.1.0', '1.1.0'],
    ['/2.0.0', '2.0.0', undefined],
    ['/0.1.0', '0.1.0', undefined],
    ['/1.0', '1.0.0', '1.0.0'],
    ['/1.1', '1.1.1', '1.1.1'],
    ['/1.1.*', '1.1.1', '1.1.1'],
    ['/1.1.x', '1.1.1', '1.1.1'],
    ['/1.*', '1.10.0', '1.10.0'],
    ['/1.x', '1.10.0', '1.10.0'],
    ['/1.1%2E*', '1.1.1', '1.1.1'],
    ['/2.0', undefined, undefined],
    ['/2.*', undefined, undefined],
    ['/0.2.x', undefined, undefined],
    ['/latestPrivate', '2.0.0', undefined],
    ['/9.9.9', undefined, undefined],
    ['/1.1.1.1', undefined, undefined],
    ['/01.1.1', undefined, undefined],
    ['/v1.1.1', undefined, undefined],
    ['/1.1.1/more', undefined, undefined],
    ['/latestprivate', undefined, undefined],
    ['/*', undefined, undefined],
  ])('"%s" is %s for the owner and %s for others', async (path, own, other) => {
    for (const [key, expected] of [
      [lab.key, own],
      [lab.otherKey, other],
    ] as const) {
      for (const prefix of ['anna/Many', id]) {
        const answer = await lab.request('POST', `/v1/algo/${prefix}${path}`, null, key)
        const message = `algorithm algo://${prefix}${decodeURIComponent(path)} not found`
        expect([prefix, answer.status, answer.json()]).toEqual([
          prefix,
          200,
          expected === undefined
            ? expect.objectContaining({ error: { message } })
            : expect.objectContaining({ result: expected }),
        ])
      }
    }
  })

  test('may be a commit, for the owner', async () => {
    for (const name of ['0.1.0', '1.1.0', 'head']) {
      const commit = String(commits.get(name))
      expect((await lab.ask(`Many/${commit}`, 1)).result).toBe(name)
      expect((await lab.ask(`Many/${commit.toUpperCase()}`, 1)).result).toBe(name)
      expect((await lab.ask(`Many/${commit}`, 1, lab.otherKey)).error?.message).toContain('not found')
      expect((await lab.ask(`Many/${commit.slice(0, 12)}`, 1)).error?.message).toContain('not found')
    }
    for (const commit of [String(commits.get('broken')), 'f'.repeat(40)]) {
      expect((await lab.ask(`Many/${commit}`, 1)).error?.message).toBe(`algorithm algo://anna/Many/${commit} not found`)
    }
  })

  test('is needed as long as nothing is public', async () => {
    await push('Shy', 'x')
    for (const path of ['Shy', 'Shy/latest']) expect((await lab.ask(path, 1)).error?.message).toContain('not found')
    await published('Shy')
    for (const path of ['Shy', 'Shy/latest']) expect((await lab.ask(path, 1)).error?.message).toContain('not found')
    expect((await lab.ask('Shy/latestPrivate', 1)).result).toBe('x')
  })
})

describe('who may call', () => {
  test('is said by the publication, and changes with a major release only', async () => {
    await push('Visible', 'x')
    const step = async (kind: string, callability: string | undefined) => {
      const settings = callability === undefined ? {} : { algorithm_callability: callability }
      const answer = await publish('Visible', { version_type: kind }, settings)
      if (answer.status === 200) await compile('Visible')
      const body = answer.json() as Partial<VersionBody>
      return [answer.status, body.version_info?.semantic_version, body.settings?.algorithm_callability]
    }
    expect(await step('minor', undefined)).toEqual([200, '0.1.0', 'private'])
    expect(await step('minor', 'public')).toEqual([400, undefined, undefined])
    expect(await step('revision', 'private')).toEqual([200, '0.1.1', 'private'])
    expect(await step('major', 'public')).toEqual([200, '1.0.0', 'public'])
    expect(await step('revision', undefined)).toEqual([200, '1.0.1', 'public'])
    expect(await step('minor', 'private')).toEqual([400, undefined, undefined])
    expect(await step('major', undefined)).toEqual([200, '2.0.0', 'public'])
    expect(await step('major', 'private')).toEqual([200, '3.0.0', 'private'])
    const refused = await publish('Visible', { version_type: 'minor' }, { algorithm_callability: 'public' })
    expect(refused.json()).toMatchObject(refusal(2015, '3.0.0 is private: only a major release may change that'))
    expect((await lab.ask('Visible', 1, lab.otherKey)).result).toBe('x')
    expect((await lab.ask('Visible/3.0.0', 1, lab.otherKey)).error?.message).toContain('not found')
  })
})

describe('the list of versions', () => {
  let id: string
  const list = async (query = '', key = lab.key, owner = 'anna/Listed'): Promise<Page> =>
    (await lab.request('GET', `/v1/algorithms/${owner}/versions${query}`, undefined, key)).json() as Page
  const withLog = (version: VersionBody | undefined) => ({
    ...version,
    compilation: { successful: true, output: expect.stringContaining('Beginning container customization') },
  })
  const numbersOf = ({ results }: Page) => results.map(({ version_info }) => version_info.semantic_version)

  beforeAll(async () => {
    for (const number of ['0.1.0', '0.2.0', '1.0.0', '1.1.0']) {
      await push('Listed', number)
      const callability = number.startsWith('1.') ? 'public' : 'private'
      await published('Listed', { semantic_version: number }, { algorithm_callability: callability })
    }
    await push('Listed', 'unpublished')
    await lab.deploy('Listed', { 'src/Listed.py': 'def\n' })
    id = ((await lab.request('GET', algorithm('Listed'))).json() as VersionBody).id
  }, 120_000)

  test('has the newest first, and filters', async () => {
    const all = [undefined, '1.1.0', '1.0.0', '0.2.0', '0.1.0']
    const [isPublic, isPrivate] = [
      ['1.1.0', '1.0.0'],
      ['0.2.0', '0.1.0'],
    ]
    const expected: [string, (string | undefined)[]][] = [
      ['', all],
      ['?published=&callable=', all],
      ['?published=true', all.slice(1)],
      ['?published=True', all.slice(1)],
      ['?published=false', [undefined]],
      ['?callable=true', isPublic],
      ['?callable=false', [undefined, ...isPrivate]],
      ['?callable=false&published=true', isPrivate],
      ['?callable=true&published=false', []],
      ['?limit=1&published=true', ['1.1.0']],
    ]
    for (const [query, numbers] of expected) {
      expect([query, numbersOf(await list(query))]).toEqual([query, numbers])
      expect([query, numbersOf(await list(query, lab.key, id))]).toEqual([query, numbers])
    }
    expect((await lab.request('GET', `${algorithm('Listed')}/versions?published=maybe`)).status).toBe(400)
  })

  test('shows others what is public', async () => {
    for (const query of ['', '?published=true', '?callable=true']) {
      expect(numbersOf(await list(query, lab.otherKey))).toEqual(['1.1.0', '1.0.0'])
    }
    expect(numbersOf(await list('?callable=false', lab.otherKey))).toEqual([])
    const [shown] = (await list('', lab.otherKey)).results
    expect(shown).toMatchObject({ compilation: { successful: true } })
    expect(JSON.stringify(shown)).not.toContain('Beginning container customization')
  })

  test.each(['versions', 'builds'])('comes in pages, and so do the %s', async (what) => {
    const path = `${algorithm('Listed')}/${what}`
    const key = (entry: VersionBody & { build_id?: string }) => entry.build_id ?? entry.build.build_id
    const whole = ((await lab.request('GET', path)).json() as Page).results.map(key)
    expect(whole).toHaveLength(what === 'builds' ? 6 : 5)
    const walked: string[] = []
    let page = (await lab.request('GET', `${path}?limit=2`)).json() as Page
    while (walked.push(...page.results.map(key)) && page.next_link !== null) {
      const { pathname, search, origin } = new URL(page.next_link)
      expect([origin, pathname]).toEqual([lab.sandbox.url, path])
      const byLink = (await lab.request('GET', pathname + search)).json() as Page
      page = (await lab.request('GET', `${path}?limit=2&marker=${page.marker}`)).json() as Page
      expect(byLink).toEqual(page)
      expect(page.results.length).toBeLessThanOrEqual(2)
    }
    expect([walked, page.marker]).toEqual([whole, null])
    for (const [query, code] of [
      ['limit=0', 5003],
      ['limit=-1', 5003],
      ['limit=many', 5003],
      ['marker=unheard', 5002],
    ]) {
      const answer = await lab.request('GET', `${path}?${query}`)
      expect([query, answer.status, answer.json()]).toMatchObject([query, 400, { error: { code } }])
    }
  })

  test('has no logs: they come with a single version', async () => {
    const { results } = await list()
    expect(results.map(({ compilation }) => compilation)).toEqual(results.map(() => ({ successful: true })))
    const single = (await lab.request('GET', algorithm('Listed'))).json()
    expect(single).toEqual(withLog(results[0]))
  })

  test('a version is found by its commit, and by its link', async () => {
    const [head, newest] = (await list()).results
    for (const version of [head, newest]) {
      const { git_hash: commit } = version?.version_info ?? {}
      for (const owner of ['anna/Listed', id]) {
        const answer = await lab.request('GET', `/v1/algorithms/${owner}/versions/${commit}`)
        expect([answer.status, answer.json()]).toEqual([200, withLog(version)])
      }
      const { pathname } = new URL(String(version?.self_link))
      expect((await lab.request('GET', pathname)).json()).toEqual(withLog(version))
    }
    const missing = await lab.request('GET', `${algorithm('Listed')}/versions/${'0'.repeat(40)}`)
    expect([missing.status, missing.json()]).toMatchObject([404, { error: { message: 'not found' } }])
    const hidden = await lab.request(
      'GET',
      `${algorithm('Listed')}/versions/${head?.version_info.git_hash}`,
      undefined,
      lab.otherKey,
    )
    expect(hidden.status).toBe(404)
  })
})

describe('a publication', () => {
  test('is asked for at each of its addresses, and tells what it made', async () => {
    await push('Addressed', 'x')
    const { id } = (await lab.request('GET', algorithm('Addressed'))).json() as VersionBody
    const paths = ['anna/Addressed/versions', 'anna/Addressed/version', `${id}/versions`, `${id}/version`]
    for (const [index, path] of paths.entries()) {
      const answer = await lab.request('POST', `/v1/algorithms/${path}`, {
        details: { label: `Label ${index}` },
        settings: { insights_enabled: index === 1, royalty_microcredits: index },
        version_info: { version_type: 'minor', release_notes: 'What is new' },
        source: {},
        scmsCredentials: {},
      })
      expect([path, answer.status, answer.json()]).toMatchObject([
        path,
        200,
        {
          id,
          name: 'Addressed',
          details: { label: `Label ${index}` },
          settings: { algorithm_callability: 'private', insights_enabled: index === 1, royalty_microcredits: index },
          version_info: { semantic_version: `0.${index + 1}.0`, release_notes: 'What is new' },
          build: { status: 'succeeded', version_info: { semantic_version: `0.${index + 1}.0` } },
          resource_type: 'algorithm',
        },
      ])
      await compile('Addressed')
    }
    await lab.request('POST', `${algorithm('Addressed')}/version`, {})
    expect(((await lab.request('GET', algorithm('Addressed'))).json() as VersionBody).details.label).toBe('Label 3')
  })

  test('runs its sample', async () => {
    const source = `
def apply(input):
    if input == "fail":
        raise ValueError("not a good sample")
    return [type(input).__name__, input]
`
    await lab.deploy('Sampled', { 'requirements.txt': noPackages, 'src/Sampled.py': source })
    const samples: [string, string][] = [
      ['plain words', '["str", "plain words"]'],
      ['"quoted"', '["str", "quoted"]'],
      ['{"a": [1, null]}', '["dict", {"a": [1, null]}]'],
      ['7', '["int", 7]'],
      ['fail', 'not a good sample'],
    ]
    for (const [input, output] of samples) {
      const answer = await publish('Sampled', { sample_input: input, sample_output: 'what I hope for' })
      expect(answer.json()).toMatchObject({ version_info: { sample_input: input, sample_output: output } })
      await compile('Sampled')
    }
    const kept = (await publish('Sampled', { sample_output: 'only this' })).json()
    expect(kept).toMatchObject({ version_info: { sample_input: '', sample_output: 'only this' } })
  })

  test('whose algorithm is deleted while the sample runs finds nothing any more', async () => {
    const source = 'import time\n\n\ndef apply(input):\n    time.sleep(2)\n    return input\n'
    await lab.deploy('Vanishing', { 'requirements.txt': noPackages, 'src/Vanishing.py': source })
    const publication = publish('Vanishing', { sample_input: 'x' })
    for (let published = false; !published; ) {
      const [build] = await lab.builds('Vanishing')
      published = build?.version_info !== undefined
    }
    expect((await lab.request('DELETE', algorithm('Vanishing'))).status).toBe(204)
    const answer = await publication
    expect([answer.status, answer.text]).toEqual([404, '{"error":"No such algorithm"}'])
  })

  test('with a key that may not call it leaves its sample as it is', async () => {
    await push('Unsampled', 'called')
    const path = `${algorithm('Unsampled')}/versions`
    const sample = { sample_input: 'x', sample_output: 'what I hope for' }
    const answer = await lab.request('POST', path, { version_info: sample }, callsNothing)
    expect([answer.status, answer.json()]).toMatchObject([200, { version_info: sample }])
    await compile('Unsampled')
    const called = await lab.request('POST', path, { version_info: sample })
    expect(called.json()).toMatchObject({ version_info: { ...sample, sample_output: '"called"' } })
  })
})

describe('the requests of the Node client in TypeScript', () => {
  // Each as that client sends it; a key that is passed in code gets the word Simple.
  const key = () => `Simple ${lab.key}`
  const json = { 'content-type': 'application/json' }
  const send = (method: string, path: string, body?: unknown) =>
    call(lab.sandbox.url, path, {
      method,
      key: key(),
      headers: json,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  test('take an algorithm from its creation to its end', async () => {
    const created = await send('POST', '/v1/algorithms/anna', {
      name: 'TypeScript',
      details: { label: 'TypeScript', summary: '', tagline: '' },
      settings: {
        environment: 'cpu',
        language: 'python3-1',
        license: 'apl',
        network_access: 'full',
        pipeline_enabled: true,
        source_visibility: 'open',
      },
    })
    expect(created.json()).toMatchObject({ name: 'TypeScript', resource_type: 'algorithm' })
    const compiled = (await send('POST', `${algorithm('TypeScript')}/compile`, {})).json() as VersionBody
    const hash = compiled.version_info.git_hash

    const builds = (await send('GET', `${algorithm('TypeScript')}/builds?limit=50`)).json() as {
      results: { build_id: string }[]
    }
    expect(builds.results).toHaveLength(1)
    const logs = await send('GET', `${algorithm('TypeScript')}/builds/${builds.results[0]?.build_id}/logs`)
    expect(logs.json()).toEqual({ logs: expect.stringContaining('Beginning container customization') })

    const options = 'timeout=300&stdout=false&output=raw'
    const called = await call(lab.sandbox.url, `/v1/algo/anna/TypeScript/${hash}/?${options}`, {
      method: 'POST',
      key: key(),
      headers: { 'content-type': 'text/plain' },
      body: 'foo',
    })
    expect([called.status, called.headers['content-type'], called.text]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'hello foo',
    ])

    const version = {
      settings: { algorithm_callability: 'private', royalty_microcredits: 0, insights_enabled: false },
      version_info: { version_type: 'revision', release_notes: 'created programmatically', sample_input: '"foo"' },
    }
    const made = await send('POST', `${algorithm('TypeScript')}/version`, version)
    expect(made.json()).toMatchObject({
      version_info: { semantic_version: '0.0.1', git_hash: hash, sample_output: '"hello foo"' },
    })
    const versions = await send('GET', `${algorithm('TypeScript')}/versions?limit=50&callable=false&published=true`)
    expect((versions.json() as Page).results.map(({ version_info }) => version_info.git_hash)).toEqual([hash])
    expect((await send('GET', `${algorithm('TypeScript')}/versions/${hash}`)).json()).toMatchObject({
      name: 'TypeScript',
    })
    const byPath = await call(lab.sandbox.url, `/v1/algo/algo://anna/TypeScript/0.0.1?${options}`, {
      method: 'POST',
      key: lab.key,
      headers: json,
      body: '{"a":1}',
    })
    expect(byPath.text).toBe("hello {'a': 1}")

    const removed = await send('DELETE', algorithm('TypeScript'))
    expect([removed.status, removed.text]).toEqual([204, ''])
    for (const path of ['', '/versions', '/builds']) {
      expect((await send('GET', algorithm('TypeScript') + path)).text).toBe('{"error":"No such algorithm"}')
    }
    expect((await lab.ask(`TypeScript/${hash}`, 'x')).error?.message).toContain('not found')
  }, 300_000)
})
