import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { TrainingOutput } from '../../src/training/driver/output.ts'
import { lastPrinted, tracebackExcerpt } from '../../src/training/report.ts'
import { watchOutput } from '../support/runner.ts'
import { tempFolder } from '../support/temp-folder.ts'

const printed = watchOutput()

describe('the file of what a training prints', () => {
  test('has all of it, and the log as much as it can take', () => {
    const path = join(tempFolder(), 'training.log')
    const output = new TrainingOutput(path, 25)
    const stream = output.stream()
    for (let line = 0; line < 10; line += 1) stream.write(Buffer.from(`line ${line} é\n`))
    output.flush()
    expect(output.close()).toBe('')
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(11)
    expect(printed.text()).toMatch(
      /^line 0 é\nline 1 é\n\(The log shows the first 25 B of the output .* all of it is in/,
    )
    expect(printed.text()).toMatch(/\(\d+ B more were printed; all of it is in /)
  })

  test('ends where it would fill the disk, and says so; the training goes on', () => {
    const path = join(tempFolder(), 'training.log')
    const output = new TrainingOutput(path, 30, 40)
    const stream = output.stream()
    for (let line = 0; line < 10; line += 1) stream.write(Buffer.from(`line number ${line}\n`))
    output.flush()
    expect(readFileSync(path, 'utf8')).toBe('line number 0\nline number 1\n')
    expect(output.close()).toBe(`The training log ${path} is not complete: it ends after 40 B.`)
    expect(printed.text()).toContain(`its file ${path} is not complete: it ends after 40 B.)`)
    expect(output.tail.endsWith('line number 9\n')).toBe(true)
  })
})

describe('the report of a failure', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`)

  test('n35: has a short traceback whole', () => {
    expect(tracebackExcerpt(`\u001b[31m${lines(20).join('\n')}\u001b[0m\n`)).toBe(lines(20).join('\n'))
  })

  test('n35: has both ends of a long one: the own code, and where it happened', () => {
    const excerpt = tracebackExcerpt(lines(100).join('\n')).split('\n')
    expect(excerpt).toHaveLength(20)
    expect(excerpt.slice(5, 8)).toEqual(['line 6', '  ... 81 lines ...', 'line 88'])
    expect(excerpt.at(-1)).toBe('line 100')
  })

  test('n35: names the files of packages without the folders of this run', () => {
    const folder = '/home/runner/_temp/deploy-1/training-2/kernel/lib/python3.12/site-packages/'
    const frames = [
      `File ${folder}pandas/io.py:3, in read`,
      `  File "${folder}a b/c.py", line 1`,
      'File /own/train.py:1',
    ]
    const short = [
      'File site-packages/pandas/io.py:3, in read',
      '  File "site-packages/a b/c.py", line 1',
      'File /own/train.py:1',
    ]
    expect(tracebackExcerpt(frames.join('\n')).split('\n')).toEqual(short)
  })

  test('has the last that was printed, of a progress bar too, and no line without an end', () => {
    expect(lastPrinted(`${lines(50).join('\r')}\n`).split('\n')).toEqual(lines(50).slice(-20))
    expect(lastPrinted(`${'x'.repeat(100_000)}\n`)).toHaveLength(500)
    expect(lastPrinted('')).toBe('')
  })
})
