import type { Traceback } from '../traceback.ts'
import type { BuildContext, BuildFailure, Place } from './build-failure.ts'

/** Modules whose package has another name, those that algorithms use most. */
const packages: Record<string, string> = {
  Algorithmia: 'algorithmia',
  Crypto: 'pycryptodome',
  PIL: 'Pillow',
  attr: 'attrs',
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python-headless',
  dateutil: 'python-dateutil',
  distutils: 'setuptools',
  dotenv: 'python-dotenv',
  pkg_resources: 'setuptools',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'PyYAML',
}

/** `No module named ...`: a missing package, a missing file, or an import that should be relative. */
export function explainMissingModule(
  { message, frames }: Traceback,
  place: Place | undefined,
  context: BuildContext,
): string | BuildFailure | undefined {
  const name = /^No module named '?([\w.]+)/.exec(message)?.[1]
  if (name === undefined) return undefined
  if (name.startsWith('src.')) return missingFile(name, place, context)
  if (place === undefined) return undefined
  const { file, line, source } = place
  const verb = /^(?:import|from)\s/.test(source) || source === '' ? 'imports' : 'needs'
  const uses = `${file} ${verb} "${name}" on line ${line}`
  const [top = name] = name.split('.')
  const sibling = siblingOf(top, context)
  if (sibling !== undefined) {
    return `${uses}, which is ${sibling} of the algorithm itself: write \`${relativeImport(top, place)}\``
  }
  if (name !== top) return `${uses}, which the installed "${top}" does not have; another version may have it`
  const needed = packages[top] ?? top
  const user = /\/(?:site|dist)-packages\/([^/.]+)/.exec(frames.at(-1)?.path ?? '')?.[1]
  if (user !== undefined && user !== top) {
    return `"${user}", which ${file} imports on line ${line}, needs "${top}"; add ${needed} to requirements.txt`
  }
  return needed === top
    ? `${uses}, which is not in requirements.txt`
    : `${uses}, whose package ${needed} is not in requirements.txt`
}

function missingFile(name: string, place: Place | undefined, { algorithm }: BuildContext): string | BuildFailure {
  const path = `${name.replaceAll('.', '/')}.py`
  if (place !== undefined) {
    return `${place.file} imports "${name}" on line ${place.line}, but the repository has no ${path}`
  }
  // It is the platform that looks for it, by the name in the configuration.
  if (name === `src.${algorithm}`) {
    return { reason: `${path}, which the platform loads, is missing; upper and lower case count` }
  }
  return {
    reason: `algorithmia.conf names the algorithm "${name.slice('src.'.length)}", but this one is "${algorithm}"`,
    file: 'algorithmia.conf',
  }
}

/** The file of the algorithm that a bare import means: Python 3 does not look for it beside the importing one. */
function siblingOf(module: string, { algorithm, files, lines }: BuildContext): string | undefined {
  const candidates = [`src/${module}.py`, `src/${module}/__init__.py`]
  return candidates.find(
    (path) =>
      files.includes(path) || path === `src/${algorithm}.py` || lines.some((line) => line.includes(`/${path}"`)),
  )
}

function relativeImport(module: string, { file, source }: Place): string {
  const dots = '.'.repeat(file.split('/').length - 1)
  const names = new RegExp(`^from\\s+(${module}[\\w.]*)\\s+import\\s+(.+)$`).exec(source)
  return names ? `from ${dots}${names[1]} import ${names[2]}` : `from ${dots} import ${module}`
}
