import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { errors, Lab, nastyKey, notebook } from '../support/lab.ts'
import { noPackages } from '../support/sandbox-lab.ts'

const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex')

describe('a step written for the original action', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.create()
  })
  afterAll(() => lab.close())

  test('deploys model, code and manifest', async () => {
    lab.write('digits/.hidden/note.txt', 'dot files are copied')
    lab.write('digits/__pycache__/junk.pyc', 'junk')
    const commit = lab.commit("Don't panic\n\nBody of the message")
    const payload = { head_commit: { id: commit, message: "Don't panic\n\nBody of the message" } }
    const result = await lab.run({}, { event: { name: 'push', payload } })

    expect(errors(result)).toEqual([])
    expect(result.exitCode).toBe(0)
    const { head, objects } = await lab.remote()
    const [build] = await lab.builds()
    expect(result.outputs).toMatchObject({
      status: 'built',
      failed_phase: '',
      model_uri: `data://alice/digits/model_${commit}.pkl`,
      model_filepath: `alice/digits/model_${commit}.pkl`,
      model_md5_hash: md5('the first model'),
      model_size_bytes: '15',
      algorithm_commit_sha: head,
      algorithm_commit_url: '',
      build_id: build?.build_id,
      // There are no test cases, and nothing is to be published.
      tests_total: '',
      test_report: '',
      version: '',
      endpoint_url: '',
      executed_notebook: '',
    })
    expect(build).toMatchObject({ commit_sha: head, status: 'succeeded' })
    expect(await lab.versions()).toEqual([])
    expect(result.summary).toContain('### alice/digits: pushed and built')
    expect(result.output).toContain('\nTesting skipped: there is no TEST_CASES.json.')
    expect(objects).toEqual({ [`digits/model_${commit}.pkl`]: md5('the first model') })
    expect(lab.deployed('src/digits.py')).toContain('return input')
    expect(lab.deployed('.hidden/note.txt')).toBe('dot files are copied')
    expect(() => lab.deployed('__pycache__/junk.pyc')).toThrow()
    // The template's own files are still there.
    expect(lab.deployed('algorithmia.conf')).toContain('digits')

    const manifest = lab.deployed('model_manifest.json')
    expect(result.outputs.manifest?.trim()).toBe(manifest.trim())
    expect(Object.entries(JSON.parse(manifest))).toEqual([
      ['model_filepath', `alice/digits/model_${commit}.pkl`],
      ['model_md5_hash', md5('the first model')],
      ['model_origin_commit_SHA', commit],
      ['model_origin_commit_msg', "Don't panic\n\nBody of the message"],
      ['model_origin_repo', 'alice/digits-training'],
      ['model_origin_ref', 'refs/heads/main'],
      ['model_uploaded_utc', expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/)],
      ['model_sha256_hash', createHash('sha256').update('the first model').digest('hex')],
      ['model_size_bytes', 15],
      ['model_origin_run_url', 'https://github.com/alice/digits-training/actions/runs/1234567890'],
      ['model_origin_commit_utc', expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000000$/)],
    ])
  })

  test('commits as the account, with a message that leads back', () => {
    const repository = lab.sandbox.repositoryPath('alice', 'digits')
    const text = lab.git('--git-dir', repository, 'log', '-1', '--format=%an <%ae>%n%B', 'master')
    expect(text).toBe(
      [
        'alice <alice@example.org>',
        'Automated deployment via Github CI',
        '',
        'Repository: https://github.com/alice/digits-training',
        `Commit: https://github.com/alice/digits-training/commit/${lab.git('rev-parse', 'HEAD')}`,
        'Run: https://github.com/alice/digits-training/actions/runs/1234567890',
      ].join('\n'),
    )
  })

  test('says unchanged, and commits nothing, when nothing changed', async () => {
    const before = await lab.remote()
    const payload = { head_commit: { id: lab.git('rev-parse', 'HEAD'), message: "Don't panic\n\nBody of the message" } }
    const result = await lab.run({}, { event: { name: 'push', payload } })
    expect(result.exitCode).toBe(0)
    expect(result.outputs.status).toBe('unchanged')
    expect(result.outputs.algorithm_commit_sha).toBe(before.head)
    expect(result.summary).toContain('unchanged')
    expect(await lab.remote()).toEqual(before)
  })

  test('stores other bytes of the same commit beside the first, never over it', async () => {
    const before = await lab.remote()
    lab.write('model.pkl', 'another model of the same commit')
    const result = await lab.run()
    const hash = md5('another model of the same commit')
    expect(result.outputs.model_uri).toBe(
      `data://alice/digits/model_${lab.git('rev-parse', 'HEAD')}_${hash.slice(0, 8)}.pkl`,
    )
    const after = await lab.remote()
    expect(after.objects).toMatchObject(before.objects)
    expect(Object.keys(after.objects)).toHaveLength(2)
  })

  test('takes the head commit of a pull request and its message from the history', async () => {
    lab.write('model.pkl', 'what the author trained')
    const head = lab.commit('What the author wrote')
    const merge = lab.commit('Merge 1 into 2')
    const payload = { pull_request: { head: { sha: head } } }
    const result = await lab.run({}, { commit: merge, event: { name: 'pull_request', payload } })
    const manifest = JSON.parse(result.outputs.manifest ?? '{}')
    expect(manifest.model_origin_commit_SHA).toBe(head)
    expect(manifest.model_origin_commit_msg).toBe('What the author wrote')
    expect(manifest.model_filepath).toContain(head)
  })

  test('keeps what else is in the manifest, and HEAD_COMMIT_MSG wins', async () => {
    lab.write('digits/model_manifest.json', '{"team": "vision", "threshold": 1.0, "model_md5_hash": "old"}')
    lab.commit('Add a manifest of our own')
    const result = await lab.run({}, { environment: { ...lab.environment, HEAD_COMMIT_MSG: 'From the workflow' } })
    expect(result.outputs.manifest).toMatch(
      /^\{\n {2}"team": "vision",\n {2}"threshold": 1\.0,\n {2}"model_md5_hash": "/,
    )
    expect(JSON.parse(result.outputs.manifest ?? '{}').model_origin_commit_msg).toBe('From the workflow')
  })

  test('leaves nothing in RUNNER_TEMP and writes no global git configuration', () => {
    expect(readdirSync(lab.temp).filter((name) => name.startsWith('deploy-to-algorithmia'))).toEqual([])
    expect(existsSync(join(lab.home, '.gitconfig'))).toBe(false)
    expect(existsSync(join(lab.home, '.git-credentials'))).toBe(false)
  })

  test('prints masks before anything else, and each stage as a group with its duration', async () => {
    const { output } = await lab.run()
    const lines = output.split('\n')
    const firstOther = lines.findIndex((line) => !line.startsWith('::add-mask::'))
    expect(lines.slice(0, firstOther)).toContain(`::add-mask::${nastyKey.replaceAll('%', '%25')}`)
    for (const stage of ['Preflight', 'Store the model', 'Commit and push', 'Wait for the build']) {
      expect(lines).toContain(`::group::${stage}`)
      expect(output).toMatch(new RegExp(`^${stage}: [\\d.]+ (ms|s)$`, 'm'))
    }
  })

  test('an API key works as the password of git', async () => {
    lab.commit('Deploy with the key')
    const result = await lab.run({ algorithmia_password: nastyKey })
    expect(result.outputs.status).toBe('built')
  })

  test('dry_run shows the change and makes none', async () => {
    lab.write('model.pkl', 'a model to think about')
    lab.write('digits/src/new.py', 'x = 1\n')
    lab.commit('Think')
    const before = await lab.remote()
    const result = await lab.run({ dry_run: 'true' })
    expect(result.exitCode).toBe(0)
    expect(result.outputs.status).toBe('planned')
    expect(result.summary).toContain('src/new.py')
    expect(result.output).toContain(md5('a model to think about'))
    expect(await lab.remote()).toEqual(before)
  })

  test('copy_mode mirror removes what the folder lost, and keeps what belongs to the platform', async () => {
    lab.git('rm', '-r', '--quiet', 'digits/.hidden', 'digits/model_manifest.json', 'digits/requirements.txt')
    lab.commit('Remove the note')
    const { summary, output } = await lab.run({ copy_mode: 'mirror', copy_exclude: 'requirements.txt' })
    expect(summary).toMatch(/Files: 1 added, 1 changed, 3 deleted/)
    expect(output).toContain('3 deleted: .hidden/note.txt, src/__init__.py, src/digits_test.py')
    expect(() => lab.deployed('.hidden/note.txt')).toThrow()
    expect(() => lab.deployed('src/digits_test.py')).toThrow()
    expect(lab.deployed('requirements.txt')).toBe(noPackages)
    expect(lab.deployed('algorithmia.conf')).toContain('digits')
    expect(lab.deployed('model_manifest.json')).toContain('"team": "vision"')
  })
})

describe('with a notebook', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.create()
  })
  afterAll(() => lab.close())

  test('trains, deploys what was trained, and shows the notebook no secret', async () => {
    lab.write(
      'model_training.ipynb',
      notebook(
        'import os, json\nprint("::error::not for the runner")\nprint(json.dumps(dict(os.environ)))',
        'open("model.pkl", "w").write("trained " + os.environ["FLAVOUR"])',
      ),
    )
    lab.commit('Train')
    const result = await lab.run(
      { notebook_environment: 'FLAVOUR' },
      { environment: { ...lab.environment, FLAVOUR: 'vanilla', ALGORITHMIA_API_KEY: nastyKey } },
    )
    expect(result.exitCode).toBe(0)
    expect(result.outputs.model_md5_hash).toBe(md5('trained vanilla'))
    const executed = readFileSync(result.outputs.executed_notebook ?? '', 'utf8')
    expect(executed).toContain('FLAVOUR')
    expect(executed).not.toContain('INPUT_')
    expect(executed).not.toContain('ACTIONS_RUNTIME_TOKEN')
    expect(executed).not.toContain('ALGORITHMIA_API_KEY')
    expect(result.output).toMatch(/::stop-commands::([0-9a-f-]+)\n[\s\S]*::error::not for the runner[\s\S]*\n::\1::/)
  })
})
