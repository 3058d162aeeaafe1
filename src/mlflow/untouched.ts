import { linesOf, nameOf } from './requirements.ts'

// The files with which the platform begins the repository of an algorithm. Nobody has written them, so they may be
// replaced. Compared without comments and spacing, in which the platform's own versions differ (platform reference §5.1).

const hello = 'defapply(input):return"hello{}".format(input)'
const starts = ['Algorithmia', 'world'].map((input) => `algorithm=ADK(apply)algorithm.init("${input}")`)
const templates = [`importAlgorithmia${hello}`, ...starts.map((start) => `fromAlgorithmiaimportADK${hello}${start}`)]

/** Whether this is the platform's main file, legacy or of the Algorithm Development Kit. */
export function isTemplateMain(text: string): boolean {
  return templates.includes(bare(text).replace('str(input)', 'input'))
}

/** Whether this is the platform's test of its main file. */
export function isTemplateTest(text: string, algorithm: string): boolean {
  const test = `deftest_${algorithm}():assert${algorithm}.apply("Jane")=="helloJane"`
  return ['', 'from.', 'fromsrc'].some((from) => bare(text) === `${from}import${algorithm}${test}`)
}

/** Whether this asks for nothing but what the platform's templates do. */
export function isTemplateRequirements(text: string): boolean {
  return linesOf(text).every((line) => /^(?:algorithmia(?:-.*)?|six)$/.test(nameOf(line) ?? ''))
}

/** Python source without the comments that fill a line, the text at its beginning, and all spacing. */
function bare(source: string): string {
  return source
    .replace(/^\ufeff/, '')
    .replace(/^[ \t]*#.*$/gm, '')
    .replace(/^\s*("""|''')[\s\S]*?\1/, '')
    .replace(/\s+/g, '')
}
