import * as z from 'zod/mini'

/** The schema of a test case: platform reference §7.2, and what this action adds to it. */

/** Any JSON value, but a value. */
const anyValue = z.custom((value) => value !== undefined, 'is missing; any JSON value is allowed')

/** Integers that a number cannot hold arrive as bigint. */
const number = z.custom(
  (value) => typeof value === 'number' || typeof value === 'bigint',
  'must be a number for this type',
)

const notNegative = z
  .number('must be a number that is not negative')
  .check(z.nonnegative('must be a number that is not negative'))
const deviations = 'must be a number that is not negative, or {"absolute": x, "relative": y} with such numbers'
const tolerance = z.union(
  [notNegative, z.strictObject({ absolute: z.optional(notNegative), relative: z.optional(notNegative) }, deviations)],
  deviations,
)

const expression = (message: string) =>
  z.string(message).check(z.refine(compiles, { error: ({ input }) => `is not a regular expression: ${whyNot(input)}` }))

const errorText =
  'must be a text (the type of the error, or a regular expression for its message), or {"type": "...", "message": "..."}'
const expectedError = z.union(
  [
    expression(errorText),
    z
      .strictObject({ type: z.optional(z.string(errorText)), message: z.optional(expression(errorText)) }, errorText)
      .check(z.refine((error) => error.type !== undefined || error.message !== undefined, errorText)),
  ],
  errorText,
)

const key = 'must be a text (the key of an object) or a whole number (the index in a list, negative from its end)'
const milliseconds = 'must be a positive number of milliseconds'

const common = z.object({
  case_name: z.nullish(z.union([z.string(), z.number()], 'must be a text')),
  input: anyValue,
  /** What to judge of the result: keys and indexes that are applied one after another. */
  tree: z.nullish(z.array(z.union([z.string(), z.int()], key), 'must be a list of keys and indexes, or absent')),
  max_latency_ms: z.optional(z.number(milliseconds).check(z.positive(milliseconds))),
})

const noTolerance = z.optional(z.undefined('is only for EXACT_MATCH and CONTAINS'))
const kinds = [
  z.object({
    type: z.optional(z.literal('EXACT_MATCH')),
    expected_output: z.optional(anyValue),
    tolerance: z.optional(tolerance),
  }),
  z.object({ type: z.literal('CONTAINS'), expected_output: anyValue, tolerance: z.optional(tolerance) }),
  z.object({
    type: z.enum(['GREATER_OR_EQUAL', 'LESS_OR_EQUAL']),
    expected_output: number,
    tolerance: noTolerance,
  }),
  z.object({
    type: z.literal('MATCHES'),
    expected_output: expression('must be a regular expression, as a text'),
    tolerance: noTolerance,
  }),
  z.object({ type: z.literal('ERROR_MATCHES'), expected_output: expectedError, tolerance: noTolerance }),
  z.object({
    type: z.enum(['NO_EXCEPTION', 'EXCEPTION']),
    expected_output: z.optional(anyValue),
    tolerance: noTolerance,
  }),
] as const

const types = 'EXACT_MATCH, GREATER_OR_EQUAL, LESS_OR_EQUAL, CONTAINS, MATCHES, NO_EXCEPTION, EXCEPTION, ERROR_MATCHES'

export const schema = z.intersection(common, z.discriminatedUnion('type', kinds, `must be one of ${types}`))

/** All fields of all types. */
export const fieldNames = new Set([common, ...kinds].flatMap((part) => Object.keys(part.shape)))

function compiles(pattern: string): boolean {
  return whyNot(pattern) === undefined
}

function whyNot(pattern: unknown): string | undefined {
  try {
    new RegExp(String(pattern), 'u')
    return undefined
  } catch (error) {
    return (error as Error).message.replace('Invalid regular expression: ', '')
  }
}
