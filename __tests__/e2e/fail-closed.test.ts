import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { StepResult } from '../../examples/run-action.ts'
import { cuttingProxy } from '../support/cutting-proxy.ts'
import { hideLfs } from '../support/git-lab.ts'
import { errors, Lab, notebook, type RemoteState } from '../support/lab.ts'
import { mountSmallDisk } from '../support/small-disk.ts'

/** Whatever goes wrong: exit code 1, one annotation that helps, and production is as it was. */
describe('fails closed', () => {
  let lab: Lab
  let before: RemoteState

  beforeAll(async () => {
    lab = await Lab.create()
    const { exitCode } = await lab.run({ wait_for_build: 'false' })
    expect(exitCode).toBe(0)
  })
  afterAll(() => lab.close())

  beforeEach(async () => {
    lab.write('model.pkl', `a new model ${Math.random()}`)
    lab.write('digits/src/digits.py', `# changed ${Math.random()}\ndef apply(input):\n    return input\n`)
    lab.commit('A new commit')
    before = await lab.remote()
  })

  async function expectFailure(result: StepResult, phase: string, message: RegExp): Promise<void> {
    const annotations = errors(result)
    expect(annotations).toHaveLength(1)
    expect(annotations[0]).toMatch(message)
    expect(result.exitCode).toBe(1)
    expect(result.outputs).toMatchObject({ status: 'failed', failed_phase: phase, algorithm_commit_sha: '' })
    expect(result.summary).toContain(`failed (${phase})`)
    const after = await lab.remote()
    expect(after.head).toBe(before.head)
    expect(after.objects).toMatchObject(before.objects)
  }

  /** Nothing was even stored. */
  async function expectNothingStored(): Promise<void> {
    expect(await lab.remote()).toEqual(before)
  }

  test('a wrong API key', async () => {
    lab.secrets.push('simWrongKey00000000000000001')
    const result = await lab.run({ algorithmia_api_key: 'simWrongKey00000000000000001' })
    await expectFailure(result, 'preflight', /rejected algorithmia_api_key/)
    await expectNothingStored()
  })

  test('a wrong git secret', async () => {
    lab.secrets.push('wrong/pass word')
    const result = await lab.run({ algorithmia_password: 'wrong/pass word' })
    await expectFailure(result, 'preflight', /rejected algorithmia_password \(as alice\)/)
    await expectNothingStored()
  })

  test('both wrong: both are said', async () => {
    const result = await lab.run({
      algorithmia_api_key: 'simWrongKey00000000000000001',
      algorithmia_password: 'wrong/pass word',
    })
    await expectFailure(result, 'preflight', /algorithmia_api_key[\s\S]*algorithmia_password/)
  })

  test('a missing algorithm', async () => {
    const result = await lab.run({ algorithmia_algoname: 'nowhere', algorithmia_uploadpath: 'data://alice/digits' })
    await expectFailure(result, 'preflight', /There is no algorithm alice\/nowhere/)
    await expectNothingStored()
  })

  test('a notebook that leaves an old model in place', async () => {
    lab.write('model_training.ipynb', notebook('print("forgot to save")'))
    const result = await lab.run()
    rmSync(join(lab.workspace, 'model_training.ipynb'))
    await expectFailure(result, 'model', /did not write model\.pkl/)
    await expectNothingStored()
  })

  test('a missing model', async () => {
    const result = await lab.run({ model_path: 'models/none.pkl' })
    await expectFailure(result, 'model', /Model file not found at models\/none\.pkl/)
    await expectNothingStored()
  })

  test('a Git LFS pointer', async () => {
    lab.write('model.pkl', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n')
    await expectFailure(await lab.run(), 'model', /Git LFS pointer.*lfs: true/)
    await expectNothingStored()
  })

  test('an upload that is refused', async () => {
    const result = await lab.run({ algorithmia_api_key: 'simReadOnlyKeyOfAlice0000001' })
    await expectFailure(result, 'store', /may not store .*read \+ write/)
    await expectNothingStored()
  })

  test('an upload that is cut half-way, for good', async () => {
    lab.write('model.pkl', Buffer.alloc(3_000_000, 'x'))
    const proxy = await cuttingProxy(lab.sandbox.url, 1_000_000)
    const result = await lab.run({ algorithmia_api: proxy.url }).finally(proxy.close)
    await expectFailure(result, 'store', /the connection was cut.*of 3000000 bytes.*5 tries/)
    await expectNothingStored()
  })

  test('a push that a rule refuses', async () => {
    const repository = lab.sandbox.repositoryPath('alice', 'digits')
    const hooks = join(lab.root, 'server-hooks')
    mkdirSync(hooks)
    writeFileSync(join(hooks, 'pre-receive'), '#!/bin/sh\necho "GH006: Protected branch update failed." >&2\nexit 1\n')
    chmodSync(join(hooks, 'pre-receive'), 0o755)
    execFileSync('git', ['-C', repository, 'config', 'core.hooksPath', hooks])
    const result = await lab.run()
    execFileSync('git', ['-C', repository, 'config', '--unset', 'core.hooksPath'])
    await expectFailure(result, 'push', /a rule of .* refused the push[\s\S]*GH006: Protected branch/)
    expect(result.summary).toContain('Left behind')
  })

  test('code that training moved out of the workspace', async () => {
    const secret = join(lab.root, 'outside')
    mkdirSync(secret)
    writeFileSync(join(secret, 'note.txt'), 'not for the repository')
    const cell = `import os\nos.rename("digits", "digits-before")\nos.symlink(${JSON.stringify(secret)}, "digits")`
    lab.write('model_training.ipynb', notebook(cell, 'open("model.pkl", "w").write("new")'))
    const result = await lab.run()
    rmSync(join(lab.workspace, 'digits'))
    renameSync(join(lab.workspace, 'digits-before'), join(lab.workspace, 'digits'))
    rmSync(join(lab.workspace, 'model_training.ipynb'))
    await expectFailure(result, 'copy', /algorithm_path is .*leads out of the workspace/)
  })

  test('a link that leads out of the code folder, before anything is stored', async () => {
    symlinkSync('/etc', join(lab.workspace, 'digits', 'etc'), 'junction')
    const result = await lab.run()
    rmSync(join(lab.workspace, 'digits', 'etc'))
    await expectFailure(result, 'preflight', /etc in the code folder is a link to/)
    await expectNothingStored()
  })

  test('an executed notebook that would replace the notebook itself', async () => {
    lab.write('model_training.ipynb', notebook('1'))
    const result = await lab.run({ executed_notebook_path: 'model_training.ipynb' })
    expect(existsSync(join(lab.workspace, 'model_training.ipynb'))).toBe(true)
    rmSync(join(lab.workspace, 'model_training.ipynb'))
    await expectFailure(result, 'inputs', /executed_notebook_path is a file that this step reads/)
  })

  test('g40: code that the repository keeps in Git LFS, which is not installed', async () => {
    lab.write('digits/.gitattributes', '*.bin filter=lfs diff=lfs merge=lfs -text\n')
    lab.write('digits/weights.bin', 'many bytes')
    writeFileSync(join(lab.home, '.gitconfig'), '[filter "lfs"]\n\tclean = tr a-z A-Z\n\trequired = true\n')
    hideLfs(lab.home)
    const environment = { ...lab.environment, PATH: `${join(lab.home, 'bin')}${delimiter}${lab.environment.PATH}` }
    const result = await lab.run({}, { environment })
    rmSync(join(lab.home, '.gitconfig'))
    rmSync(join(lab.workspace, 'digits/weights.bin'))
    await expectFailure(result, 'copy', /keeps weights\.bin in Git LFS.*copy_exclude/)
  })

  test('inputs that are wrong, all at once and before anything is contacted', async () => {
    const result = await lab.run({ algorithmia_algoname: '../x', model_path: '/etc/passwd', dry_run: 'maybe' })
    await expectFailure(
      result,
      'inputs',
      /3 inputs need attention[\s\S]*algorithmia_algoname[\s\S]*model_path[\s\S]*dry_run/,
    )
  })

  test('a host that does not exist', async () => {
    const result = await lab.run({ algorithmia_api: 'http://algorithmia.invalid' })
    await expectFailure(result, 'preflight', /algorithmia\.invalid could not be reached.*no such host/)
  })

  test('a full disk under RUNNER_TEMP', async () => {
    const disk = mountSmallDisk(join(lab.root, 'small-disk'))
    const result = await lab.run({}, disk.context).finally(disk.unmount)
    await expectFailure(result, 'preflight', disk.message)
    await expectNothingStored()
  })

  test('and after all of that a good run still lands', async () => {
    const result = await lab.run({ wait_for_build: 'false' })
    expect(result.outputs.status).toBe('pushed')
    expect((await lab.remote()).commits).toBe(before.commits + 1)
  })
})
