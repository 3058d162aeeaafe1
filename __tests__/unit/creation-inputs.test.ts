import { describe, expect, test } from '@jest/globals'
import { watchOutput } from '../support/runner.ts'
import { keys, onAlgorithmia, onGitHub, problems, read, type With } from '../support/step-inputs.ts'

watchOutput()

const creating = { ...onAlgorithmia, create_algorithm: 'true' }

describe('an algorithm that is to be created', () => {
  test('has the defaults of the platform', async () => {
    expect((await read(creating)).creation).toEqual({
      apiKey: keys.algorithmia_api_key,
      keyInput: 'algorithmia_api_key',
      runtime: { language: 'python3', environment: 'Python 3.8' },
      sourceVisibility: 'closed',
      networkAccess: 'full',
      pipelineEnabled: true,
    })
  })

  test.each<[With, object]>([
    [{ algorithmia_management_api_key: 'simM' }, { apiKey: 'simM', keyInput: 'algorithmia_management_api_key' }],
    [{ algorithm_environment: 'aa-1' }, { runtime: { language: 'python3', environment: 'aa-1' } }],
    [{ algorithm_language: 'java11' }, { runtime: { language: 'java11', environment: 'Python 3.8' } }],
    [{ algorithm_language: 'python3-1' }, { runtime: { language: 'python3-1', machine: 'cpu' } }],
    [{ algorithm_language: 'r', algorithm_environment: 'GPU' }, { runtime: { language: 'r', machine: 'gpu' } }],
    [
      { source_visibility: 'open', network_access: 'isolated', pipeline_enabled: 'false' },
      { sourceVisibility: 'open', networkAccess: 'isolated', pipelineEnabled: false },
    ],
  ])('is as %j says', async (given, creation) => {
    expect((await read({ ...creating, ...given })).creation).toMatchObject(creation)
  })

  test('has no impossible settings, all of which are told at once', async () => {
    const wrong: With = {
      algorithm_language: 'scala',
      algorithm_environment: 'Python 3.9',
      source_visibility: 'public',
      network_access: 'none',
      pipeline_enabled: 'perhaps',
    }
    expect(await problems({ ...creating, ...wrong })).toEqual([
      'algorithm_environment is "Python 3.9", but the legacy language scala has only cpu and gpu; write one of these.',
      'source_visibility is "public"; write one of: closed, open.',
      'network_access is "none"; write one of: full, isolated.',
      expect.stringMatching(/^pipeline_enabled is "perhaps"/),
    ])
  })

  test('is not on a host on which the platform makes no repositories', async () => {
    const other: With = {
      ...onGitHub,
      create_algorithm: 'true',
      algorithm_repository: 'https://git.example/ada/wine.git',
    }
    expect(await problems(other)).toEqual([
      expect.stringMatching(
        /^create_algorithm is true, but the platform makes repositories only on its own git, .* git_provider/,
      ),
    ])
    expect((await read({ ...other, git_provider: 'gitlab' })).creation).toBeDefined()
    expect((await read({ ...other, create_algorithm: 'false' })).creation).toBeUndefined()
  })
})
