import { describe, expect, test } from '@jest/globals'
import { action, filesBelow, read } from './repository.ts'

// Nothing but Linux runs these tests, so what would stop Windows or macOS is looked for in the sources.

interface Obstacle {
  name: string
  pattern: RegExp
  /** No obstacle in a file that asks which system it runs on. */
  unlessAsked: boolean
}

const obstacles: Obstacle[] = [
  { name: 'a path of Unix', pattern: /['"`]\/(?:dev|proc|sys|tmp|bin|usr|etc|var|home)\b/, unlessAsked: true },
  {
    name: 'a program that Windows lacks',
    pattern: programs('sh|bash|cp|rm|mv|tar|ps|kill|which|env|python3'),
    unlessAsked: true,
  },
  { name: 'permissions, which Windows has not', pattern: /\b(?:f?chmod|l?chown)(?:Sync)?\(/, unlessAsked: true },
  { name: 'the user, whom Windows does not number', pattern: /\bprocess\.get(?:e?[ug]id|groups)\(/, unlessAsked: true },
  { name: 'a group of processes', pattern: /\bprocess\.kill\(-/, unlessAsked: true },
  {
    name: 'a path made of strings',
    pattern: /\b(?:workspace|temp|absolute)\}\/|\b(?:workspace|temp|absolute) \+ ['"]\//,
    unlessAsked: true,
  },
  { name: 'a list of folders split at a colon', pattern: /PATH\b.*\.split\(['"]:['"]\)/, unlessAsked: true },
]

/** A call that starts one of these programs. */
function programs(names: string): RegExp {
  return new RegExp(`\\b(?:spawn|exec|execFile|getExecOutput)(?:Sync)?\\(\\s*['"\`](?:${names})\\b`)
}

function obstaclesIn(source: string): string[] {
  const code = source.replace(/^\s*\/\*.*?\*\//gms, '').replace(/^\s*\/\/.*$/gm, '')
  const asks = /\bwin32\b|\bprocess\.platform\b/.test(code)
  return obstacles
    .filter(({ pattern, unlessAsked }) => pattern.test(code) && !(unlessAsked && asks))
    .map(({ name }) => name)
}

describe('g55: any runner', () => {
  test('needs no container: the action is JavaScript', () => {
    expect(action.runs.using).toBe('node24')
    expect(action.runs).not.toHaveProperty('image')
  })

  test.each([
    ["writeFile('/dev/null', '')", 'a path of Unix'],
    ["readFile('/proc/self/stat')", 'a path of Unix'],
    ["spawnSync('bash', ['-c', text])", 'a program that Windows lacks'],
    ['await chmod(file, 0o755)', 'permissions, which Windows has not'],
    ['if (process.getuid() === 0) {}', 'the user, whom Windows does not number'],
    ["process.kill(-pid, 'SIGKILL')", 'a group of processes'],
    ['open(`${temp}/model.pkl`)', 'a path made of strings'],
    ["process.env.PATH.split(':')", 'a list of folders split at a colon'],
  ])('%s would stop one', (source, name) => {
    expect(obstaclesIn(source)).toEqual([name])
  })

  test('is not stopped by what is only for others', () => {
    expect(obstaclesIn("if (process.platform !== 'win32') await chmod(file, 0o755) // '/x'")).toEqual([])
  })

  test.each(filesBelow('src', '.ts'))('%s stops none', (path) => {
    expect(obstaclesIn(read(path))).toEqual([])
  })
})
