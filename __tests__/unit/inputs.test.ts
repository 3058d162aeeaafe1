import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { InputName } from '../../src/inputs/names.ts'
import { type Inputs, readInputs } from '../../src/inputs.ts'
import { action } from '../repo/repository.ts'
import { watchOutput } from '../support/runner.ts'
import { keys, onAlgorithmia, onGitHub, problems, read, start, type With } from '../support/step-inputs.ts'
import { tempFolder } from '../support/temp-folder.ts'

const printed = watchOutput()

describe('a workflow of the original action', () => {
  test('on GitHub gets every default', async () => {
    const environment = start(onGitHub, {})
    const workspace = String(environment.GITHUB_WORKSPACE)
    await expect(readInputs(environment)).resolves.toEqual({
      workspace,
      temp: environment.RUNNER_TEMP,
      platform: {
        apiUrl: action.inputs.algorithmia_api?.default,
        apiKey: keys.algorithmia_api_key,
        owner: 'ada',
        algorithm: 'wine',
      },
      collection: { protocol: 'data', path: 'ada/wine' },
      models: {
        lines: [
          {
            place: 'model_path',
            name: undefined,
            isOptional: false,
            isPattern: false,
            path: {
              relative: action.inputs.model_path?.default,
              absolute: join(workspace, String(action.inputs.model_path?.default)),
            },
          },
        ],
        excluded: [],
      },
      manifestFormat: 'auto',
      training: undefined,
      trainingSkipped: expect.stringContaining(`${action.inputs.notebook_path?.default} does not exist`),
      metrics: { file: expect.objectContaining({ relative: 'metrics.json' }), isDemanded: false },
      code: undefined,
      codeSkipped: expect.stringContaining('folder wine does not exist'),
      repository: {
        url: 'https://github.com/ada-gh/wine.git',
        provider: 'github',
        createBranch: false,
        pullRequest: undefined,
        login: 'x-access-token',
        secret: keys.github_pat,
        secretInput: 'github_pat',
        branch: undefined,
        author: { name: 'ada', email: action.inputs.algorithmia_email?.default },
        message: undefined,
      },
      release: {
        apiKey: keys.algorithmia_api_key,
        keyInput: 'algorithmia_api_key',
        buildTimeoutMs: Number(action.inputs.build_timeout_minutes?.default) * 60_000,
        tests: undefined,
        testingSkipped: `there is no ${action.inputs.test_cases_path?.default}`,
        publish: action.inputs.publish?.default,
        releaseNotes: undefined,
        callability: undefined,
        insights: undefined,
      },
      releaseSkipped: expect.any(String),
      dryRun: false,
      planTraining: false,
      creation: undefined,
      force: false,
    })
  })

  test('with code, notebook and requirements finds them', async () => {
    const { training, code } = await read(onGitHub, {
      files: { 'wine/src/wine.py': '', 'model_training.ipynb': '{}', 'requirements.txt': '' },
    })
    expect(training).toMatchObject({
      kind: 'notebook',
      program: { relative: 'model_training.ipynb' },
      requirements: { relative: 'requirements.txt' },
      workingDirectory: { relative: '.' },
      python: undefined,
      parameters: {},
      timeoutMs: undefined,
      cellTimeoutMs: undefined,
      passThrough: [],
      executedNotebook: undefined,
    })
    expect(code).toMatchObject({ folder: { relative: 'wine' }, mode: 'overlay' })
  })

  test('with a password is hosted by Algorithmia', async () => {
    const { repository, platform } = await read(onAlgorithmia)
    expect(platform.owner).toBe('ada')
    expect(repository).toMatchObject({
      url: 'https://git.algorithmia.com/git/ada/wine.git',
      provider: 'algorithmia',
      login: 'ada',
      secret: 'p@ss w/rd',
      secretInput: 'algorithmia_password',
    })
  })
})

describe('where the repository is', () => {
  test.each<[string, With, object, string]>([
    ['GitHub', onGitHub, { url: 'https://github.com/ada-gh/wine.git', login: 'x-access-token' }, 'ada'],
    [
      'GitHub Enterprise',
      { ...onGitHub, git_host: 'ghe.example:8443' },
      { url: 'https://ghe.example:8443/ada-gh/wine.git', provider: 'github' },
      'ada',
    ],
    [
      'a test server like GitHub',
      { ...onGitHub, git_host: 'http://127.0.0.1:3000' },
      { url: 'http://127.0.0.1:3000/ada-gh/wine.git', provider: 'github' },
      'ada',
    ],
    [
      'a test server like Algorithmia',
      { ...onAlgorithmia, git_host: 'http://127.0.0.1:3000' },
      { url: 'http://127.0.0.1:3000/git/ada/wine.git', provider: 'algorithmia' },
      'ada',
    ],
    [
      'an organisation of Algorithmia',
      { ...onAlgorithmia, algorithm_owner: 'acme' },
      { url: 'https://git.algorithmia.com/git/acme/wine.git', login: 'ada' },
      'acme',
    ],
    [
      'an organisation of GitHub, with its own login',
      { ...onGitHub, algorithm_owner: 'acme' },
      { url: 'https://github.com/acme/wine.git', login: 'ada-gh' },
      'ada',
    ],
    [
      'an organisation of GitHub, without a user',
      { ...onGitHub, github_username: '', algorithm_owner: 'acme' },
      { url: 'https://github.com/acme/wine.git', login: 'x-access-token' },
      'ada',
    ],
    [
      'any address',
      { ...onGitHub, github_username: '', algorithm_repository: 'https://gitlab.com/a/b/c.git' },
      { url: 'https://gitlab.com/a/b/c.git', login: 'oauth2', provider: 'gitlab' },
      'ada',
    ],
    [
      'any address, of an organisation',
      { ...onGitHub, algorithm_owner: 'acme', algorithm_repository: 'https://bitbucket.org/a/b' },
      { url: 'https://bitbucket.org/a/b', login: 'ada-gh' },
      'acme',
    ],
    [
      'an address for the password, whatever git_host says',
      { ...onAlgorithmia, git_host: 'github.com', algorithm_repository: 'http://127.0.0.1:1/git/x/y.git' },
      { url: 'http://127.0.0.1:1/git/x/y.git', provider: 'algorithmia' },
      'ada',
    ],
    [
      'Gitea, without a user',
      { ...onGitHub, github_username: '', algorithm_repository: 'https://git.acme.example/a/b.git' },
      { url: 'https://git.acme.example/a/b.git', login: 'x-access-token', provider: 'other' },
      'ada',
    ],
    [
      'GitLab, with owner and host',
      { ...onGitHub, github_username: '', git_host: 'gitlab.com', algorithm_owner: 'acme' },
      { url: 'https://gitlab.com/acme/wine.git', login: 'oauth2', provider: 'gitlab' },
      'ada',
    ],
    [
      'a GitLab whose name does not say so',
      { ...onGitHub, github_username: '', git_host: 'git.acme.example', git_provider: 'gitlab', algorithm_owner: 'a' },
      { url: 'https://git.acme.example/a/wine.git', login: 'oauth2', provider: 'gitlab' },
      'ada',
    ],
    [
      'a Gitea whose name says something else',
      { ...onGitHub, git_host: 'gitlab.acme.example', git_provider: 'other' },
      { url: 'https://gitlab.acme.example/ada-gh/wine.git', login: 'x-access-token', provider: 'other' },
      'ada',
    ],
    [
      'Bitbucket, with owner and host',
      { ...onGitHub, github_username: '', git_host: 'bitbucket.org', algorithm_owner: 'acme' },
      { url: 'https://bitbucket.org/acme/wine.git', login: 'x-token-auth', provider: 'bitbucket' },
      'ada',
    ],
    [
      'Bitbucket Data Center, with project and host',
      { ...onGitHub, github_username: 'ada-bb', git_host: 'bitbucket.acme.example', algorithm_owner: 'ML' },
      { url: 'https://bitbucket.acme.example/scm/ML/wine.git', login: 'ada-bb', provider: 'bitbucket' },
      'ada',
    ],
    [
      'any address, with a login of its own',
      { ...onGitHub, algorithm_repository: 'https://gitlab.com/a/b.git', git_login: 'ada@acme.example' },
      { login: 'ada@acme.example', provider: 'gitlab' },
      'ada',
    ],
    [
      'an organisation of Algorithmia, with its repository at an address and a login of its own',
      {
        ...onGitHub,
        github_username: '',
        algorithm_owner: 'acme',
        algorithm_repository: 'https://git.acme.example/ml/the-wine.git',
        git_login: 'bot',
      },
      { url: 'https://git.acme.example/ml/the-wine.git', login: 'bot', provider: 'other' },
      'acme',
    ],
    [
      'Algorithmia, with another login',
      { ...onAlgorithmia, git_login: 'acme-bot', git_provider: 'algorithmia' },
      { url: 'https://git.algorithmia.com/git/ada/wine.git', login: 'acme-bot', provider: 'algorithmia' },
      'ada',
    ],
    [
      'Algorithmia on a host whose name says something else',
      { ...onAlgorithmia, git_host: 'gitlab.acme.example', git_provider: 'algorithmia' },
      { url: 'https://gitlab.acme.example/git/ada/wine.git', provider: 'algorithmia' },
      'ada',
    ],
    [
      'the password wins over a token',
      { ...onAlgorithmia, github_pat: 'ghp_x', github_username: 'ada-gh' },
      { provider: 'algorithmia', secret: 'p@ss w/rd', login: 'ada' },
      'ada',
    ],
  ])('%s', async (_, given, repository, algorithmOwner) => {
    const inputs = await read(given)
    expect(inputs.repository).toMatchObject(repository)
    expect(inputs.platform.owner).toBe(algorithmOwner)
  })
})

describe('what is written is what is read', () => {
  test.each<[With, (inputs: Inputs) => unknown, unknown]>([
    [{ algorithmia_api: 'https://api.acme.example/v1/' }, (i) => i.platform.apiUrl, 'https://api.acme.example'],
    [{ algorithmia_api: 'http://127.0.0.1:9' }, (i) => i.platform.apiUrl, 'http://127.0.0.1:9'],
    [{ algorithmia_api: '' }, (i) => i.platform.apiUrl, action.inputs.algorithmia_api?.default],
    [{ algorithmia_email: 'a@b' }, (i) => i.repository.author.email, 'a@b'],
    [{ algorithmia_email: '' }, (i) => i.repository.author.email, action.inputs.algorithmia_email?.default],
    [{ algorithmia_uploadpath: 's3://b/$ALGORITHMIA_ALGONAME/x/' }, (i) => i.collection.path, 'b/wine/x'],
    [
      { algorithmia_uploadpath: 'data://$ALGORITHMIA_USERNAME/$ALGORITHMIA_USERNAME-$ALGORITHMIA_ALGONAME' },
      (i) => i.collection.path,
      'ada/ada-wine',
    ],
    [{ model_path: './out/../m.tar.gz' }, (i) => i.models.lines[0]?.path.relative, 'm.tar.gz'],
    [{ manifest_format: 'adk' }, (i) => i.manifestFormat, 'adk'],
    [{ notebook_path: '' }, (i) => [i.training, i.trainingSkipped.includes('is empty')], [undefined, true]],
    [{ notebook_path: './model_training.ipynb' }, (i) => i.training, undefined],
    [{ dry_run: 'true' }, (i) => i.dryRun, true],
    [{ dry_run: '' }, (i) => i.dryRun, false],
    [{ algorithm_branch: 'release/1' }, (i) => i.repository.branch, 'release/1'],
    [{ commit_message: '  a "b" $(id)\n\n# c  ' }, (i) => i.repository.message, 'a "b" $(id)\n\n# c'],
    [{ commit_message: ' \n ' }, (i) => i.repository.message, undefined],
    [{ algorithmia_api_key: '  simPadded1\n' }, (i) => i.platform.apiKey, 'simPadded1'],
  ])('%j', async (given, of, expected) => {
    expect(of(await read({ ...onGitHub, ...given }))).toEqual(expected)
  })

  test('of the code', async () => {
    const { code } = await read(
      { ...onGitHub, algorithm_path: 'code', copy_mode: 'mirror', copy_exclude: '*.md\n# no\n\n/data/\n' },
      { files: { 'code/x.py': '' } },
    )
    expect(code).toMatchObject({ folder: { relative: 'code' }, mode: 'mirror' })
    expect(code?.exclude).toEqual(expect.arrayContaining(['*.md', '/data/']))
  })
})

describe('what is to follow the push', () => {
  const cases = '[{"case_name": "a", "input": 1, "expected_output": 2}]'

  test.each<[With, object]>([
    [{ build_timeout_minutes: '90' }, { buildTimeoutMs: 5_400_000 }],
    [{ build_timeout_minutes: '0.5' }, { buildTimeoutMs: 30_000 }],
    [{ build_timeout_minutes: '' }, { buildTimeoutMs: 1_800_000 }],
    [{ wait_for_build: '' }, { publish: 'none' }],
    [{ publish: 'major' }, { publish: 'major' }],
    [{ publish: 'minor' }, { publish: 'minor' }],
    [{ publish: 'revision' }, { publish: 'revision' }],
    // The spellings of the platform's documents and of the original ci-action.
    [{ publish: 'Patch' }, { publish: 'revision' }],
    [{ publish: 'REVISION' }, { publish: 'revision' }],
    [{ publish: '' }, { publish: 'none' }],
    [{ release_notes: '  # New\n\n- wines  ' }, { releaseNotes: '# New\n\n- wines' }],
    [{ release_notes: ' \n' }, { releaseNotes: undefined }],
    [{ algorithm_callability: 'public' }, { callability: 'public' }],
    [{ algorithm_callability: 'private' }, { callability: 'private' }],
    [{ insights_enabled: 'true' }, { insights: true }],
    [{ insights_enabled: 'false' }, { insights: false }],
    [{ algorithmia_management_api_key: 'simOther1' }, { apiKey: 'simOther1' }],
    [{ algorithmia_management_api_key: 'simOther1' }, { keyInput: 'algorithmia_management_api_key' }],
    [{ algorithmia_management_api_key: ' ' }, { apiKey: keys.algorithmia_api_key, keyInput: 'algorithmia_api_key' }],
  ])('%j', async (given, expected) => {
    expect((await read({ ...onGitHub, ...given })).release).toMatchObject(expected)
  })

  test('is nothing when the build is not awaited', async () => {
    const { release, releaseSkipped } = await read({ ...onGitHub, wait_for_build: 'false' })
    expect([release, releaseSkipped]).toEqual([undefined, 'wait_for_build is false'])
  })

  test('a second key does not upload', async () => {
    const { platform } = await read({ ...onGitHub, algorithmia_management_api_key: 'simOther1' })
    expect(platform.apiKey).toBe(keys.algorithmia_api_key)
  })

  test.each<[string, With, Record<string, string>, string]>([
    ['beside the code', {}, { 'wine/TEST_CASES.json': cases, 'TEST_CASES.json': '[]' }, 'wine/TEST_CASES.json'],
    ['in the workspace', {}, { 'wine/x.py': '', 'TEST_CASES.json': cases }, 'TEST_CASES.json'],
    ['without code', {}, { 'TEST_CASES.json': cases }, 'TEST_CASES.json'],
    [
      'beside code of another name',
      { algorithm_path: 'src/code' },
      { 'src/code/TEST_CASES.json': cases, 'wine/TEST_CASES.json': '[]' },
      'src/code/TEST_CASES.json',
    ],
    [
      'beside code that is the workspace',
      { algorithm_path: '.' },
      { 'TEST_CASES.json': cases, 'wine/TEST_CASES.json': '[]' },
      'TEST_CASES.json',
    ],
  ])('test cases %s are found', async (_, given, files, found) => {
    const { release } = await read({ ...onGitHub, ...given }, { files })
    expect(release?.tests).toMatchObject({
      file: { relative: found },
      isDemanded: false,
      onFailure: 'keep',
      cases: [{ name: 'a', line: 1, type: 'EXACT_MATCH', expected: 2 }],
    })
  })

  test('test cases of another name are found only there', async () => {
    const given = { ...onGitHub, test_cases_path: './cases/a.json', on_test_failure: 'revert' }
    const files = { 'cases/a.json': cases, 'wine/cases/a.json': '[]', 'TEST_CASES.json': '[]' }
    const { release } = await read(given, { files })
    expect(release?.tests).toMatchObject({
      file: { relative: 'cases/a.json' },
      isDemanded: true,
      onFailure: 'revert',
      cases: [{ name: 'a' }],
    })
  })

  test('testing can be switched off', async () => {
    const { release } = await read({ ...onGitHub, test_cases_path: '' }, { files: { 'TEST_CASES.json': 'no JSON' } })
    expect(release).toMatchObject({ tests: undefined, testingSkipped: 'test_cases_path is empty' })
  })

  test('a field that is not known is told at its file', async () => {
    await read(onGitHub, { files: { 'wine/TEST_CASES.json': '[\n{"input": 1, "expected": 2}]' } })
    expect(printed.lines()).toContain(
      '::warning file=wine/TEST_CASES.json::case 1 (line 2): the field expected is unknown, and ignored',
    )
  })

  test.each<[With, Record<string, string>, string]>([
    [{ wait_for_build: 'yes' }, {}, 'wait_for_build is "yes"; write true or false'],
    [{ build_timeout_minutes: '1h' }, {}, 'build_timeout_minutes is "1h"'],
    [{ build_timeout_minutes: '0' }, {}, 'build_timeout_minutes is "0"'],
    [{ publish: 'true' }, {}, 'publish is "true"; write one of: none, major, minor, revision, patch'],
    [{ publish: '1.2.3' }, {}, 'publish is "1.2.3"'],
    [{ on_test_failure: 'undo' }, {}, 'on_test_failure is "undo"; write one of: keep, revert'],
    [{ algorithm_callability: 'Public' }, {}, 'algorithm_callability is "Public"; write one of: private, public'],
    [{ insights_enabled: '1' }, {}, 'insights_enabled is "1"; write true or false'],
    [{ publish: 'minor', wait_for_build: 'false' }, {}, 'publish needs the build of the pushed commit; remove'],
    [
      { test_cases_path: 'a.json', wait_for_build: 'false' },
      { 'a.json': cases },
      'test_cases_path needs the build of the pushed commit; remove',
    ],
    [{ test_cases_path: 'a.json' }, {}, 'test_cases_path is "a.json", which does not exist in the workspace'],
    // The default file is skipped when it is missing; the same name in another folder is a wish.
    [{ test_cases_path: 'x/TEST_CASES.json' }, {}, 'test_cases_path is "x/TEST_CASES.json", which does not exist'],
    [{ test_cases_path: '../a.json' }, {}, 'test_cases_path is "../a.json", which leads out of the workspace'],
    [{}, { 'wine/TEST_CASES.json/x': '' }, 'test_cases_path is "wine/TEST_CASES.json", which is a folder'],
    [{}, { 'wine/TEST_CASES.json': '[]' }, 'wine/TEST_CASES.json: the list of test cases is empty'],
    [{}, { 'TEST_CASES.json': '[{"input": 1,}]' }, 'TEST_CASES.json: line 1, column '],
    [{}, { 'TEST_CASES.json': '[{"type": "EXCEPTION"}]' }, 'TEST_CASES.json: case 1 (line 1): input '],
    // Also when they will not run: the next change of the workflow should not fail because of them.
    [{ wait_for_build: 'false' }, { 'TEST_CASES.json': '{}' }, 'TEST_CASES.json: the test cases must be a list'],
  ])('%j with %j is refused before any work', async (given, files, sentence) => {
    const found = await problems({ ...onGitHub, ...given }, { files })
    expect(found).toEqual([expect.stringMatching(/\.$/)])
    expect(found[0]?.slice(0, sentence.length)).toBe(sentence)
  })
})

describe('one problem, in a sentence that names the input', () => {
  test.each<[With, string]>([
    [{ algorithmia_username: '' }, 'algorithmia_username is not set'],
    [{ algorithmia_username: 'a/b' }, 'algorithmia_username is "a/b", which is not an account name'],
    [{ algorithmia_algoname: 'ada/wine' }, 'algorithmia_algoname is "ada/wine", which is not an algorithm name'],
    [{ algorithmia_algoname: '--upload-pack=x' }, 'algorithmia_algoname is "--upload-pack=x"'],
    [{ algorithmia_email: 'ada' }, 'algorithmia_email is "ada"'],
    [{ github_username: '' }, 'github_username is empty'],
    [{ github_username: 'a/b' }, 'github_username is "a/b"'],
    [{ algorithm_owner: '../x' }, 'algorithm_owner is "../x"'],
    [
      { algorithm_owner: 'a/b/c', git_host: 'gitlab.com' },
      'algorithm_owner is "a/b/c", which is not one account; for a group within a group, or a personal project, set algorithm_repository',
    ],
    [{ algorithm_owner: '~ada' }, 'algorithm_owner is "~ada", which is not one account'],
    [
      { github_username: '', git_host: 'gitlab.com' },
      "algorithm_owner is empty; set it to the owner of the algorithm's repository on GitLab, or set algorithm_repository",
    ],
    [{ git_provider: 'gitea' }, 'git_provider is "gitea"; write one of: algorithmia, github, gitlab, bitbucket, other'],
    [
      { git_provider: 'gitlab' },
      'git_host is github.com, but git_provider is gitlab. Set git_host to the host of your GitLab, or remove',
    ],
    [
      { git_provider: 'github', algorithm_repository: 'https://bitbucket.org/a/b' },
      'algorithm_repository is bitbucket.org, but git_provider is github. Set algorithm_repository',
    ],
    [{ git_host: 'bitbucket.acme.example' }, 'git_login is empty, but Bitbucket Data Center takes a token only with'],
    [
      { git_host: 'bitbucket.org', github_pat: 'ATBBabc' },
      'git_login is empty, but github_pat is an app password, which goes with the name of its account',
    ],
    [{ git_login: 'ada:t0pSecret' }, 'git_login holds a colon, a line break or another control character'],
    [{ git_login: 'ada\npassword=x' }, 'git_login holds a colon, a line break or another control character'],
    [{ algorithmia_uploadpath: '' }, 'algorithmia_uploadpath is not set'],
    [{ algorithmia_uploadpath: 'data://a/b/c' }, 'algorithmia_uploadpath is "data://a/b/c"'],
    [{ algorithmia_uploadpath: 'data://$USER/x' }, 'algorithmia_uploadpath is "data://$USER/x": $USER is not known'],
    [{ model_path: '' }, 'model_path is not set'],
    [{ model_path: '../x' }, 'model_path is "../x", which leads out of the workspace'],
    [{ model_path: 'a#b' }, 'model_path is "a#b": '],
    [{ model_path: '.git/config' }, 'model_path is ".git/config", which lies inside a .git folder'],
    [{ notebook_path: 'other.ipynb' }, 'notebook_path is "other.ipynb", which does not exist in the workspace'],
    [{ notebook_path: '/etc/passwd' }, 'notebook_path is "/etc/passwd", which leads out'],
    [{ notebook_path: 'folder' }, 'notebook_path is "folder", which is a folder'],
    [{ requirements_path: 'other.txt' }, 'requirements_path is "other.txt", which does not exist'],
    [{ requirements_path: 'folder' }, 'requirements_path is "folder", which is a folder'],
    [{ executed_notebook_path: '.GIT/hooks/x' }, 'executed_notebook_path is ".GIT/hooks/x", which lies inside a .git'],
    [{ algorithm_path: 'code' }, 'algorithm_path is "code", which does not exist in the workspace'],
    [{ algorithm_path: 'file' }, 'algorithm_path is "file", which is not a folder'],
    [{ algorithm_path: '..' }, 'algorithm_path is "..", which leads out'],
    [{ copy_mode: 'replace' }, 'copy_mode is "replace"; write one of: overlay, mirror'],
    [{ dry_run: 'yes' }, 'dry_run is "yes"; write true or false'],
    [{ notebook_timeout_minutes: '1h' }, 'notebook_timeout_minutes is "1h"'],
    [{ cell_timeout_minutes: '0' }, 'cell_timeout_minutes is "0"'],
    [{ notebook_environment: 'A=1' }, 'notebook_environment holds "A=1"'],
    [{ algorithm_branch: '--upload-pack=x' }, 'algorithm_branch is "--upload-pack=x", which is not a branch name'],
    [{ git_host: 'github.com/ada' }, 'git_host is "github.com/ada"; write only the host'],
    [{ algorithmia_api: 'api.algorithmia.com' }, 'algorithmia_api is "api.algorithmia.com"; write the full address'],
    [{ algorithm_repository: 'git@github.com:a/b.git' }, 'algorithm_repository holds an "@"'],
    [{ algorithm_repository: 'ext::sh -c id' }, 'algorithm_repository is "ext::sh -c id"; write the full address'],
    [{ algorithm_repository: 'https://github.com' }, 'algorithm_repository is only a host'],
  ])('%j', async (given, sentence) => {
    const found = await problems({ ...onGitHub, ...given }, { files: { file: '', 'folder/x': '' } })
    expect(found).toEqual([expect.stringMatching(/\.$/)])
    expect(found[0]?.slice(0, sentence.length)).toBe(sentence)
  })

  test.each([
    [{ GITHUB_WORKSPACE: undefined }, 'GITHUB_WORKSPACE is not set; run actions/checkout'],
    [{ GITHUB_WORKSPACE: '/nowhere/at/all' }, 'GITHUB_WORKSPACE does not exist; run actions/checkout'],
    [{ RUNNER_TEMP: undefined }, 'RUNNER_TEMP is not set'],
  ])('%j', async (variables, sentence) => {
    expect(await problems(onGitHub, { variables })).toEqual([expect.stringContaining(sentence)])
  })

  test('a folder named like the algorithm that leads out', async () => {
    const prepare = (workspace: string) => symlinkSync(tempFolder(), join(workspace, 'wine'), 'junction')
    expect(await problems(onGitHub, { prepare })).toEqual([
      expect.stringMatching(/^algorithm_path is "wine", which leads out/),
    ])
  })
})

test('all problems at once, the empty secrets first', async () => {
  const found = await problems({
    algorithmia_username: 'a/b',
    model_path: '../x',
    notebook_path: 'missing.ipynb',
    copy_mode: 'x',
    dry_run: 'x',
    algorithm_branch: '-x',
    cell_timeout_minutes: 'x',
  })
  expect(found.map((problem) => problem.split(' ')[0])).toEqual([
    'algorithmia_api_key',
    'github_pat',
    'algorithmia_username',
    'algorithmia_algoname',
    'model_path',
    'notebook_path',
    'cell_timeout_minutes',
    'copy_mode',
    'github_username',
    'algorithm_branch',
    'dry_run',
  ])
})

describe('g10: an empty secret', () => {
  test.each<[string, With, InputName]>([
    ['key', { ...onGitHub, algorithmia_api_key: '' }, 'algorithmia_api_key'],
    ['key of spaces', { ...onGitHub, algorithmia_api_key: ' \n' }, 'algorithmia_api_key'],
    ['token', { ...onGitHub, github_pat: '' }, 'github_pat'],
    ['password', { ...onAlgorithmia, algorithmia_password: '' }, 'algorithmia_password'],
  ])('%s: the sentence names the input and the fork', async (_, given, input) => {
    const found = (await problems(given)).filter((problem) => problem.startsWith(input))
    expect(found).toEqual([expect.stringMatching(/is empty.*a fork or Dependabot started.*\$\{\{ secrets\.NAME \}\}/)])
  })
})

test('a model that lies with the member is told of where the algorithm is of an organisation', async () => {
  await read({ ...onAlgorithmia, algorithm_owner: 'acme', algorithmia_uploadpath: 'data://acme/wine' })
  expect(printed.text()).not.toContain('::warning')
  await read({ ...onAlgorithmia, algorithm_owner: 'acme' })
  expect(printed.text()).toContain('belongs to ada, but the algorithm belongs to acme')
})

describe('without secrets, in a dry run', () => {
  const none = { dry_run: 'true', algorithmia_api_key: '', github_pat: '', algorithmia_password: '' }

  test.each<[string, With, object]>([
    ['on GitHub', onGitHub, { url: 'https://github.com/ada-gh/wine.git', secretInput: 'github_pat' }],
    [
      'on the git host of Algorithmia',
      onAlgorithmia,
      { url: 'https://git.algorithmia.com/git/ada/wine.git', secretInput: 'algorithmia_password' },
    ],
    [
      'on a host that tells nothing, without an owner on GitHub',
      { ...onAlgorithmia, git_host: 'code.acme.example' },
      { url: 'https://code.acme.example/git/ada/wine.git', provider: 'algorithmia' },
    ],
    [
      'on the same host with an owner on GitHub',
      { ...onGitHub, git_host: 'code.acme.example' },
      { url: 'https://code.acme.example/ada-gh/wine.git', provider: 'github' },
    ],
  ])('%s the repository is the same', async (_, given, repository) => {
    const inputs = await read({ ...given, ...none })
    expect(inputs.platform.apiKey).toBe('')
    expect(inputs.repository).toMatchObject({ ...repository, secret: '' })
  })

  test('other problems stay', async () => {
    expect(await problems({ ...onGitHub, ...none, dry_run: 'True', model_path: '../x' })).toEqual([
      expect.stringMatching(/^model_path/),
    ])
  })
})

describe('g5: a secret with a line break inside', () => {
  test.each<[InputName, With]>([
    ['algorithmia_api_key', onGitHub],
    ['github_pat', onGitHub],
    ['algorithmia_password', onAlgorithmia],
    ['algorithmia_management_api_key', onGitHub],
  ])('%s is refused once, and shown nowhere', async (input, given) => {
    const lines = [`Fir5tPart of ${input}`, `Sec0ndPart of ${input}`]
    const found = await problems({ ...given, [input]: lines.join('\r\n') })
    expect(found).toEqual([`${input} holds a line break; store the secret again as a single line.`])
    const shown = printed.lines().filter((line) => !line.startsWith('::add-mask::'))
    expect(shown.join('\n')).not.toMatch(/Fir5tPart|Sec0ndPart/)
    expect(printed.lines()).toEqual(expect.arrayContaining(lines.map((line) => `::add-mask::${line}`)))
  })
})

test('g5: white space around a secret is no part of it', async () => {
  const spaced = (text: string) => ` \t${text} \r\n`
  const { repository } = await read({ ...onGitHub, github_pat: spaced('ghp_1') })
  expect(repository.secret).toBe('ghp_1')
  const hosted = await read({ ...onAlgorithmia, algorithmia_password: spaced('p@ss w/rd') })
  expect(hosted.repository.secret).toBe('p@ss w/rd')
})

test.each<[With, string[]]>([
  // Each with its own problem, none that follows from another.
  [{ ...onAlgorithmia, git_provider: 'github' }, ['git_provider is github, but algorithmia_password is set']],
  [
    { ...onAlgorithmia, ...onGitHub, git_host: 'github.com', git_provider: 'github' },
    ['git_provider is github, but algorithmia_password is set'],
  ],
  [
    { ...onAlgorithmia, algorithmia_password: '', git_provider: 'algorithmia' },
    ['algorithmia_password is empty, but git_provider is algorithmia. Secrets are not passed to workflows that a fork'],
  ],
  [
    { ...onGitHub, git_provider: 'algorithmia' },
    ['algorithmia_password is empty, but git_provider is algorithmia.', 'git_host is github.com, but git_provider is'],
  ],
  [
    { ...onAlgorithmia, git_host: 'gitlab.acme.example' },
    ['git_host is gitlab.acme.example, but algorithmia_password is set, which selects Algorithmia-hosted git.'],
  ],
])('%j: what contradicts itself is refused', async (given, sentences) => {
  const found = await problems(given)
  expect(found.map((problem, index) => problem.slice(0, sentences[index]?.length))).toEqual(sentences)
})

describe('a password for a host that does not take it', () => {
  test.each<[string, With]>([
    ['the default git_host', { git_host: action.inputs.git_host?.default ?? '' }],
    ['an empty git_host', { git_host: '' }],
    ['its www', { git_host: 'www.github.com' }],
    ['gitlab.com', { git_host: 'https://gitlab.com' }],
    ['an address', { algorithm_repository: 'https://github.com/ada/wine.git' }],
  ])('%s is refused, and names the host that was meant', async (_, given) => {
    const found = await problems({ ...onAlgorithmia, ...given, algorithmia_api: 'https://api.acme.example' })
    const input = given.algorithm_repository ? 'algorithm_repository' : 'git_host'
    expect(found).toEqual([expect.stringMatching(new RegExp(`^${input} is .*git\\.acme\\.example.*not sent anywhere`))])
    expect(found[0]).not.toContain('p@ss')
  })
})

test.each<[InputName, string]>([
  ['algorithm_repository', 'https://ada:t0pSecret@github.com/ada/wine.git'],
  ['algorithm_repository', 'ada:t0pSecret@github.com/ada/wine.git'],
  ['git_host', 'ada:t0pSecret@github.com'],
  ['algorithmia_api', 'https://ada:t0pSecret@api.algorithmia.com'],
])('%s with credentials is refused without showing them', async (input, text) => {
  const found = await problems({ ...onGitHub, [input]: text })
  expect(found).toEqual([expect.stringContaining(`${input} holds an "@"`)])
  expect(found[0] + printed.text()).not.toContain('t0pSecret')
})

describe('masks', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const masked = () => printed.lines().filter((line) => line.startsWith('::add-mask::'))

  test.each<[InputName, string, With]>([
    ['algorithmia_api_key', '', onGitHub],
    ['algorithmia_password', 'ada', onAlgorithmia],
    ['algorithmia_management_api_key', '', onGitHub],
    ['github_pat', 'x-access-token', onGitHub],
    ['github_pat', 'ada-gh', { ...onGitHub, algorithm_owner: 'acme' }],
    ['github_pat', 'oauth2', { ...onGitHub, git_host: 'gitlab.com' }],
    ['algorithmia_password', 'a bot', { ...onAlgorithmia, git_login: 'a bot' }],
  ])('%s is hidden in every form in which it travels, also with the login %j', async (input, login, given) => {
    const secret = `${input}/${login}+é=`
    await read({ ...given, [input]: ` ${secret}\n` })
    const forms = [secret, encodeURIComponent(secret), base64(secret), ...(login ? [base64(`${login}:${secret}`)] : [])]
    // The runner decodes what it reads.
    expect(masked()).toEqual(expect.arrayContaining(forms.map((form) => `::add-mask::${form.replaceAll('%', '%25')}`)))
  })

  test('come before anything else is printed, and although other inputs are wrong', async () => {
    await problems({
      ...onAlgorithmia,
      algorithmia_password: 'M4sk-me',
      copy_mode: 'x',
      git_host: 'http://plain.example',
    })
    expect(masked()).toContain('::add-mask::M4sk-me')
    expect(printed.lines().findIndex((line) => line !== '' && !line.startsWith('::add-mask::'))).toBe(-1)
  })
})

describe('a warning', () => {
  const warnings = () => printed.lines().filter((line) => line.startsWith('::warning'))

  test.each<[string, With, string]>([
    [
      'plain http to another machine',
      { algorithmia_api: 'http://api.acme.example' },
      'http://api.acme.example is plain',
    ],
    ['plain http git', { git_host: 'http://10.0.0.1' }, 'http://10.0.0.1/ada-gh/wine.git is plain'],
    ['.my', { algorithmia_uploadpath: 'data://.my/wine' }, 'algorithmia_uploadpath uses ".my"'],
  ])('for %s', async (_, given, text) => {
    await read({ ...onGitHub, ...given })
    expect(warnings()).toEqual([expect.stringContaining(text)])
  })

  test.each([
    {},
    { git_host: 'http://127.0.0.1:1' },
    { git_host: 'http://localhost:1', algorithmia_api: 'http://[::1]:1' },
  ])('none for %j', async (given) => {
    await read({ ...onGitHub, ...given })
    expect(warnings()).toEqual([])
  })
})
