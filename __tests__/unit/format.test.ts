import { describe, expect, test } from '@jest/globals'
import { formatBytes, formatDuration } from '../../src/format.ts'

test.each([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [840, '840 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [1000, '1.0 s'],
  [12_345, '12.3 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min 00 s'],
  [60_000, '1 min 00 s'],
  [185_000, '3 min 05 s'],
  [119_700, '2 min 00 s'],
  [3_600_000, '60 min 00 s'],
])('formatDuration(%d) is %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text)
})

describe('formatBytes', () => {
  test.each([
    [0, '0 B'],
    [732, '732 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1500, '1.5 kB'],
    [999_949, '999.9 kB'],
    [999_950, '1.0 MB'],
    [2_100_000_000, '2.1 GB'],
    [5e15, '5000.0 TB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})
