// The tables of inputs and outputs in README.md, made from action.yml: a comment above an input starts a group.
// `--check` only says whether they are up to date.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const action = parseDocument(readFileSync('action.yml', 'utf8'))

const cell = (text) => String(text).trim().replace(/\s+/g, ' ').replaceAll('|', '\\|')
const defaultOf = ({ required, default: value }) =>
  value === undefined ? (required ? '**required**' : '') : `\`${cell(value)}\``

function table(section) {
  const entries = action.get(section)
  const withDefaults = section === 'inputs'
  const head = withDefaults ? '| Input | Meaning | Default |\n|---|---|---|' : '| Output | Meaning |\n|---|---|'
  const lines = entries.commentBefore || entries.items[0].key.commentBefore ? [] : [head]
  entries.items.forEach(({ key, value }, index) => {
    const { description, ...rest } = value.toJSON()
    if (!description) throw new Error(`action.yml: ${section}.${key.value} has no description`)
    const title = key.commentBefore ?? (index === 0 ? entries.commentBefore : undefined)
    if (title) lines.push(`${lines.length > 0 ? '\n' : ''}**${title.trim()}**\n`, head)
    lines.push(`| \`${key.value}\` | ${cell(description)} |${withDefaults ? ` ${defaultOf(rest)} |` : ''}`)
  })
  return lines.join('\n')
}

const before = readFileSync('README.md', 'utf8')
const after = ['inputs', 'outputs'].reduce((text, section) => {
  const block = new RegExp(`(<!-- ${section}:start -->\n)[^]*?(<!-- ${section}:end -->)`)
  if (!block.test(text)) throw new Error(`README.md has no <!-- ${section}:start --> and <!-- ${section}:end -->`)
  return text.replace(block, (_, start, end) => `${start}\n${table(section)}\n\n${end}`)
}, before)

if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('The tables of README.md differ from action.yml. Run `npm run docs` and commit README.md.')
    process.exit(1)
  }
} else if (after !== before) writeFileSync('README.md', after)
