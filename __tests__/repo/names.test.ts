import { describe, expect, test } from '@jest/globals'
import { inputNames } from '../../src/inputs.ts'
import { outputNames } from '../../src/outputs.ts'
import { action, read } from './repository.ts'

/** The names in the first column of a generated table of the README. */
function rows(section: 'inputs' | 'outputs'): string[] {
  const table = read('README.md').split(`<!-- ${section}:start -->`)[1]?.split(`<!-- ${section}:end -->`)[0] ?? ''
  return [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1] ?? '')
}

// The same names in the contract, in the code and on the page.
describe.each([
  { section: 'inputs', inCode: inputNames },
  { section: 'outputs', inCode: outputNames },
] as const)('$section', ({ section, inCode }) => {
  const inContract = Object.keys(action[section])

  test('of the code are those of action.yml', () => {
    expect([...inCode].sort()).toEqual([...inContract].sort())
  })

  test('of the README are those of action.yml, in the same order', () => {
    expect(rows(section)).toEqual(inContract)
  })
})
