import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as log from '../../src/log.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder, writeFiles } from '../support/temp-folder.ts'

const printed = watchOutput()

/** The values that the runner is told to hide, decoded as it decodes them. */
const masked = () =>
  printed
    .lines()
    .filter((line) => line.startsWith('::add-mask::'))
    .map((line) => line.slice('::add-mask::'.length).replaceAll('%0D', '\r').replaceAll('%0A', '\n'))
    .map((value) => value.replaceAll('%25', '%'))

const base64 = (text: string) => Buffer.from(text).toString('base64')

describe('mask', () => {
  const secret = 'p@ss:w/rd%41#x?&=+ é$\'"\\`'
  test('hides each form in which a secret travels', () => {
    log.mask(secret, 'ada')
    expect(masked()).toEqual(
      expect.arrayContaining([
        secret,
        encodeURIComponent(secret),
        encodeURI(secret),
        "p%40ss%3Aw%2Frd%2541%23x%3F%26%3D%2B+%C3%A9%24'%22%5C%60",
        'p@ss:w/rd%41#x?&=+ é$\'\\"\\\\`',
        base64(secret),
        base64(`ada:${secret}`),
        base64(`ada:${secret}`).replace(/=+$/, ''),
      ]),
    )
  })

  test('hides each line of a secret of several lines', () => {
    log.mask('first-line\r\nsecond-line\n\n')
    expect(masked()).toEqual(expect.arrayContaining(['first-line', 'second-line']))
    expect(masked()).not.toContain('')
    expect(log.redact('a second-line b')).toBe('a *** b')
  })

  test('hides no line of a secret that says nothing of it, such as a brace of a JSON key', () => {
    log.mask('{\n  "id": 1,\n  "private_key": "k3y-of-service-account"\n}\n------\n')
    expect(log.redact('{ } "id": 1, ------ k')).toBe('{ } "id": 1, ------ k')
    expect(log.redact('  "private_key": "k3y-of-service-account"')).toBe('***')
    expect(masked().filter((value) => value.trim().length < 6)).toEqual([])
  })

  test('says nothing for an empty secret, or the same one again', () => {
    log.mask('')
    log.mask('', 'ada')
    expect(printed.text()).not.toMatch(/^::add-mask::$/m)
    log.mask('only-once-0')
    const before = printed.text()
    log.mask('only-once-0')
    expect(printed.text()).toBe(before)
  })
})

describe('redact', () => {
  test('replaces the longest secret first, so that no end of it stays', () => {
    log.mask('longsecret')
    log.mask('longsecret-and-its-tail')
    expect(log.redact('<longsecret-and-its-tail|longsecret>')).toBe('<***|***>')
  })

  test('replaces every occurrence and takes nothing for a pattern', () => {
    log.mask('a.c$&(x)[')
    expect(log.redact('a.c$&(x)[ abc$&(x)[ a.c$&(x)[')).toBe('*** abc$&(x)[ ***')
  })
})

describe('neutralise', () => {
  test.each([
    ['::error::x', ': :error::x'],
    ['  ::error::x', '  : :error::x'],
    ['\t::error::x', '\t: :error::x'],
    ['a\n::set-output name=x::1', 'a\n: :set-output name=x::1'],
    ['::a::\n::b::', ': :a::\n: :b::'],
    ['a\r::error::x', 'a\n: :error::x'],
    ['a\r\n::error::x', 'a\n: :error::x'],
    ['::::', ': :::'],
    ['##[error]x', '## [error]x'],
    ['a ##[group]b', 'a ## [group]b'],
    ['###[x]', '### [x]'],
    ['\u0085::error::x', '\\u0085::error::x'],
    ['a\u2028::error::x', 'a\\u2028::error::x'],
    ['a\u2029b', 'a\\u2029b'],
    ['a\u202eb', 'a\\u202eb'],
    ['a\u2066b\u2069', 'a\\u2066b\\u2069'],
    ['\u001b[31mred', '\\u001b[31mred'],
    ['nul\u0000', 'nul\\u0000'],
    ['a\u000b::b', 'a\\u000b::b'],
  ])('%j becomes %j', (text, safe) => {
    expect(log.neutralise(text)).toBe(safe)
  })

  test.each(['plain', 'std::vector', 'a: b', ':single', 'tab\there', 'é 漢字 🙂', '# [x]', 'a\nb'])(
    '%j stays as it is',
    (text) => {
      expect(log.neutralise(text)).toBe(text)
    },
  )
})

describe('what is printed', () => {
  test.each([
    ['info', () => log.info('x\n::error::evil t0ken-info'), 'x\n: :error::evil ***\n'],
    ['debug', () => log.debug('x\r##[evil t0ken-info'), '::debug::x%0A## [evil ***\n'],
    ['warning', () => log.warning('x t0ken-info', { file: 'a' }), '::warning file=a::x ***\n'],
    ['fail', () => log.fail('x t0ken-info'), '::error::x ***\n'],
  ])('by %s is redacted and harmless', (_, print, expected) => {
    log.mask('t0ken-info')
    const before = printed.text().length
    print()
    expect(printed.text().slice(before)).toBe(expected)
  })

  test('only fail makes the step fail', () => {
    process.exitCode = 0
    log.warning('w')
    expect(process.exitCode).toBe(0)
    log.fail('f')
    expect(process.exitCode).toBe(1)
  })
})

describe('group', () => {
  test('folds what is printed inside and returns the result', async () => {
    await expect(
      log.group('Train\n::error::x', async () => {
        log.info('inside')
        return 42
      }),
    ).resolves.toBe(42)
    const [first, second, third, ...rest] = printed.lines()
    expect([first, second, third]).toEqual(['::group::Train%0A: :error::x', 'inside', '::endgroup::'])
    expect(rest.join('\n')).toMatch(/^Train\n: :error::x: \d+ ms\n$/)
  })

  test('is closed when the work throws', async () => {
    await expect(log.group('Train', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(printed.lines().slice(0, 2)).toEqual(['::group::Train', '::endgroup::'])
  })
})

describe('withoutCommands', () => {
  const token = () => /^::stop-commands::(.+)$/m.exec(printed.text())?.[1] ?? 'none'

  test('stops commands, and resumes them on a line of its own', async () => {
    const result = await log.withoutCommands(async () => {
      process.stdout.write('::error::foreign, without a newline')
      return 'done'
    })
    expect(result).toBe('done')
    expect(printed.lines()).toEqual([
      `::stop-commands::${token()}`,
      '::error::foreign, without a newline',
      `::${token()}::`,
      '',
    ])
  })

  test('resumes when the work throws, with another token each time', async () => {
    await expect(log.withoutCommands(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(printed.text()).toMatch(new RegExp(`\n::${token()}::\n$`))
    const first = token()
    await log.withoutCommands(async () => {})
    expect(printed.text().match(/::stop-commands::(.+)/g)).toHaveLength(2)
    expect(printed.text().match(new RegExp(first, 'g'))).toHaveLength(2)
  })
})

describe('summarise', () => {
  test('adds redacted Markdown to the page of the job, without what GitHub would drop the page for', async () => {
    const page = join(writeFiles(tempFolder(), { summary: '' }), 'summary')
    process.env.GITHUB_STEP_SUMMARY = page
    log.mask('t0ken-summary')
    await log.summarise('### Done t0ken-summary\n')
    expect(readFileSync(page, 'utf8')).toBe('### Done ***\n')

    await log.summarise(`| é${'x'.repeat(998)} |\n`.repeat(2000))
    const { length } = readFileSync(page)
    expect(length).toBeLessThan(1024 * 1024)
    expect(length).toBeGreaterThan(900_000)
    const end = '\n\n(The rest is too long for this page; it is in the log.)\n'
    expect(readFileSync(page, 'utf8').endsWith(`x |${end}`)).toBe(true)
  })

  test('does nothing where there is no page', async () => {
    delete process.env.GITHUB_STEP_SUMMARY
    await log.summarise('### Done\n')
    expect(printed.text()).toBe('')
  })
})
