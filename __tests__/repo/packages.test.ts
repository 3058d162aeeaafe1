import { expect, test } from '@jest/globals'
import { readJson } from './repository.ts'

type Dependencies = Record<string, string>

interface Lockfile {
  packages: Record<string, { integrity?: string; optionalDependencies?: Dependencies }>
}

const { packages } = readJson('package-lock.json') as Lockfile
const manifest = readJson('package.json') as { dependencies: Dependencies; devDependencies: Dependencies }

test('package.json names exact versions', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
})

// `npm ci` refuses a lockfile without them, and npm leaves out what the registry at hand does not have.
test('the lockfile holds the platform packages of every platform', () => {
  const wanted = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
  expect(wanted).not.toEqual([])
  const locked = Object.keys(packages)
  expect(wanted.filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)))).toEqual([])
})

test('every locked package has a checksum', () => {
  const installed = Object.entries(packages).filter(([path]) => path !== '')
  expect(installed.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path)).toEqual([])
})
