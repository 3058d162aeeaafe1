import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { mask } from '../../src/log.ts'
import { renderJUnit } from '../../src/release/junit.ts'
import type { TestResult } from '../../src/release/run-tests.ts'
import { readTestCases } from '../../src/release/test-cases.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

interface Element {
  tag: string
  attributes: Record<string, string>
  text: string
  children: Element[]
}

/** As a strict parser reads it. */
function parse(xml: string): Element {
  const program = `import json, sys, xml.etree.ElementTree as tree
def plain(e): return {'tag': e.tag, 'attributes': e.attrib, 'text': (e.text or '').strip(), 'children': [plain(c) for c in e]}
print(json.dumps(plain(tree.fromstring(sys.stdin.buffer.read()))))`
  return JSON.parse(execFileSync(process.env.PYTHON || 'python3', ['-c', program], { input: xml, encoding: 'utf8' }))
}

function resultOf(name: string, more: Partial<TestResult> = {}): TestResult {
  const [testCase] = readTestCases(`[\n${JSON.stringify({ case_name: name, input: 1, expected_output: 2 })}]`).cases
  if (!testCase) throw new Error('no case')
  return { testCase, passed: true, expected: '2', got: '2', why: '', milliseconds: 1234.4, ...more }
}

const render = (...results: TestResult[]) =>
  renderJUnit({ name: 'ada/wine', file: 'wine/TEST_CASES.json', results, startedAt: new Date('2024-05-01T12:00:00Z') })

const failed = { passed: false, got: '3', why: 'the result is 3, and 2 was expected' }

test('holds what reporters read', () => {
  const xml = render(resultOf('good'), resultOf('bad', { ...failed, milliseconds: 7 }))
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /)
  const counts = { name: 'ada/wine', tests: '2', failures: '1', errors: '0', skipped: '0', time: '1.241' }
  const place = { classname: 'ada/wine', file: 'wine/TEST_CASES.json', line: '2' }
  expect(parse(xml)).toEqual({
    tag: 'testsuites',
    attributes: counts,
    text: '',
    children: [
      {
        tag: 'testsuite',
        attributes: { ...counts, timestamp: '2024-05-01T12:00:00.000Z', file: 'wine/TEST_CASES.json' },
        text: '',
        children: [
          { tag: 'testcase', attributes: { name: 'good', ...place, time: '1.234' }, text: '', children: [] },
          {
            tag: 'testcase',
            attributes: { name: 'bad', ...place, time: '0.007' },
            text: '',
            children: [
              {
                tag: 'failure',
                attributes: { message: 'the result is 3, and 2 was expected', type: 'EXACT_MATCH' },
                text: 'the result is 3, and 2 was expected\nexpected: 2\ngot: 3',
                children: [],
              },
            ],
          },
        ],
      },
    ],
  })
})

describe('texts of others arrive as they are', () => {
  test.each([
    ['markup', '<failure a="b">&amp;\' ]]> <![CDATA[ <!-- -->'],
    ['lines', 'a\nb\tc\r\nd'],
    ['every plane', 'é 😀 \u2028 \u0085'],
  ])('%s', (_, why) => {
    const failure = parse(render(resultOf('x', { ...failed, why }))).children[0]?.children[0]?.children[0]
    expect(failure?.attributes.message).toBe(why)
    expect(failure?.text).toBe(`${why}\nexpected: 2\ngot: 3`)
  })

  test('but for characters that XML does not have', () => {
    const why = 'a\u0000b\u001bc\ud800d\uffffe\ufffef\bg'
    const failure = parse(render(resultOf('x', { ...failed, why }))).children[0]?.children[0]?.children[0]
    expect(failure?.attributes.message).toBe('abcdefg')
  })
})

test.each([
  ['escaped', 'hush<&>"hush', 'a hush<&>"hush b'],
  ['that appears without the characters that XML does not have', 'hush-hush', 'a hu\u0000sh-h\u0001ush b'],
  ['that holds such a character', 'hush\u0001hush', 'a hush\u0001hush b'],
])('hides a secret %s', (_, secret, text) => {
  mask(secret)
  const xml = render(resultOf(text), resultOf('x', { ...failed, why: text, got: text }))
  expect(xml).not.toContain('hush')
  expect(parse(xml).children[0]?.children[0]?.attributes.name).toBe('a *** b')
})
