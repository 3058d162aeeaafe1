import { redact } from '../log.ts'
import type { TestResult } from './run-tests.ts'

export interface Report {
  /** What was tested: `ada/wine`. */
  name: string
  /** The file with the cases, relative to the workspace. */
  file: string
  results: TestResult[]
  startedAt: Date
}

/**
 * The results as JUnit XML, as test reporters of CI systems read it.
 *
 * @see https://github.com/testmoapp/junitxml
 */
export function renderJUnit({ name, file, results, startedAt }: Report): string {
  const milliseconds = results.reduce((sum, result) => sum + result.milliseconds, 0)
  const counts = {
    tests: results.length,
    failures: results.filter(({ passed }) => !passed).length,
    errors: 0,
    skipped: 0,
    time: seconds(milliseconds),
  }
  const cases = results.map((result) => renderCase(name, file, result))
  const suite = element('testsuite', { name, ...counts, timestamp: startedAt.toISOString(), file }, cases)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name, ...counts }, [suite])}\n`
}

function renderCase(classname: string, file: string, { testCase, ...result }: TestResult): string {
  const { name, line, type } = testCase
  const failures = result.passed
    ? []
    : [
        element('failure', { message: result.why, type }, [
          escapeXml(
            [result.why, `expected: ${result.expected}`, `got: ${result.got}`, result.trace ?? ''].join('\n').trimEnd(),
          ),
        ]),
      ]
  return element('testcase', { name, classname, file, line, time: seconds(result.milliseconds) }, failures)
}

/** @param children XML */
function element(name: string, attributes: Record<string, string | number>, children: string[]): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
  return children.length === 0
    ? `<${name}${pairs.join('')}/>`
    : `<${name}${pairs.join('')}>${children.join('\n')}</${name}>`
}

function escapeXml(text: string): string {
  // XML 1.0 has no way to write the other characters. Without them a text may become a secret, so it is looked at twice.
  const possible = redact(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
  return redact(possible).replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}
