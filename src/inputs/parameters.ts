import { type Document, isAlias, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { warning } from '../log.ts'
import { quote } from './values.ts'

/**
 * Names and values in YAML 1.2, of which JSON is a part. Whole numbers become bigint, other numbers number, and mappings
 * below the first level Map, as their keys need not be texts.
 *
 * @throws Error whose message completes the sentence "`<input>` ..."
 */
export function parseParameters(text: string, input: string): Record<string, unknown> {
  const lines = new LineCounter()
  const document = parseDocument(text, { intAsBigInt: true, lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `line ${line}, column ${col}`
  }
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) {
    const usual = text.startsWith('{') ? checkBraces : writeLines
    const [what, remedy] = whatToDo[problem.code] ?? [problem.message.replace(/\.$/, ''), usual]
    throw new Error(`cannot be read: ${at(problem.pos[0])}: ${what}; ${remedy}`)
  }
  checkReferences(document, at)
  const values: unknown = document.toJS({ mapAsMap: true })
  if (!(values instanceof Map)) {
    throw new Error('is not a mapping; write one `name: value` a line, or a JSON object')
  }
  const unusable = [...values.keys()].find((name) => typeof name !== 'string')
  if (unusable !== undefined) throw new Error(`sets ${quote(String(unusable))}, which is not a name but a value`)
  const wrong = [...values.keys()].filter((name) => !isPythonName(name))
  if (wrong.length > 0) {
    throw new Error(
      `sets ${wrong.map(quote).join(', ')}, which no Python variable can be called: letters, digits and _, no digit first, ` +
        'and no word of the language',
    )
  }
  warnOfLookAlikes(document, at, input)
  return Object.fromEntries(values)
}

const keywords = new Set(
  (
    'False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
)

function isPythonName(name: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !keywords.has(name)
}

const writeLines =
  'write one `name: value` a line, and quotes around a text that holds `: ` or ` #` or begins with a sign (name: "a: b")'

const checkBraces = 'check the commas, quotes and braces around it'

/** The library's words for some mistakes are for programmers. */
const whatToDo: Record<string, [what: string, remedy: string] | undefined> = {
  BLOCK_AS_IMPLICIT_KEY: [
    'a value holds `: `, or the line after it is indented',
    'put quotes around the value (name: "a: b"), and begin all names in the same column',
  ],
  DUPLICATE_KEY: ['this name is set twice', 'remove one of the two'],
  MULTIPLE_DOCS: ['a second document begins', 'remove the line with `---`'],
  TAG_RESOLVE_FAILED: ['this tag is not known', 'remove it, or put quotes around a text that begins with `!`'],
}

/** `*.csv` is meant as a text, but is a reference to what has been named `&.csv`. */
function checkReferences(document: Document, at: (offset: number) => string): void {
  visit(document, (_key, node, path) => {
    if (!isAlias(node)) return
    const target = node.resolve(document)
    if (target !== undefined && !path.includes(target)) return
    const what = target === undefined ? `nothing is named &${node.source}` : `*${node.source} is a part of itself`
    throw new Error(
      `cannot be read: ${at(startOf(node))}: ${what}; put quotes around a text that begins with \`*\` ("*${node.source}")`,
    )
  })
}

/** Words that are a text, though who writes them may mean something else: other YAML readers, or Python, take them so. */
const lookAlikes: [word: RegExp, instead: string][] = [
  [/^(yes|on)$/i, 'true'],
  [/^(no|off)$/i, 'false'],
  [/^None$/, 'null'],
  [/^nan$/i, '.nan'],
  [/^\+?inf(inity)?$/i, '.inf'],
  [/^-inf(inity)?$/i, '-.inf'],
  [/^[-+]?\d[\d_]*_\d[\d_]*$/, 'the digits without _'],
]

function warnOfLookAlikes(document: Document, at: (offset: number) => string, input: string): void {
  visit(document, {
    Scalar(key, { value, type, range }, path) {
      const isName = key === 'key' && isPair(path.at(-1))
      if (isName || type !== 'PLAIN' || typeof value !== 'string') return
      const instead = lookAlikes.find(([word]) => word.test(value))?.[1]
      if (instead === undefined) return
      warning(
        `${input}, ${at(range?.[0] ?? 0)}: ${value} is a text, as YAML 1.2 has it. Write ${instead}, or "${value}" if the text is meant.`,
      )
    },
  })
}

const startOf = (node: Node) => node.range?.[0] ?? 0
