import { AlgorithmRepository, type RepositoryLocation } from '../../src/algorithm-repo/repository.ts'
import { describeError } from '../../src/errors.ts'
import { writes } from './git-changes.ts'

// One deployment in a process of its own, for tests of what the whole process prints: what a module does when it is
// loaded cannot be seen from inside jest. Nothing is masked here.

const { location, temp } = JSON.parse(process.argv[2] ?? '') as { location: RepositoryLocation; temp: string }
location.secret = process.env.TEST_SECRET ?? ''
try {
  const repository = await AlgorithmRepository.clone(location, temp)
  await repository.checkWriteAccess()
  await repository.stage(writes({ 'deployed.py': 'x' }), [])
  const { commit } = await repository.push('Deployed')
  process.stdout.write(`delivered ${commit} with DEBUG=${process.env.DEBUG}\n`)
} catch (error) {
  process.stdout.write(`${describeError(error)}\n`)
  process.exitCode = 1
}
