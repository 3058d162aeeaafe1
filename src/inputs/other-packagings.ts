import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

/** How repositories list packages other than in a requirements file, and how to get one from that. */

interface Packaging {
  names: readonly string[]
  /** Whether a text lists packages at all. Default: it does. */
  lists?: RegExp
  /** Continues "FILE is ...", without an end. */
  advice: string
}

const packagings: readonly Packaging[] = [
  {
    names: ['environment.yml', 'environment.yaml', 'conda.yml', 'conda.yaml'],
    advice:
      'an environment of conda, which is not read: packages are installed with pip or uv. Write them to a ' +
      'requirements.txt (`pip list --format=freeze` in that environment prints them)',
  },
  {
    names: ['uv.lock'],
    advice:
      'a lock file of uv, which is not read. `uv export --no-dev --no-hashes -o requirements.txt` makes a ' +
      'requirements.txt of it',
  },
  {
    names: ['poetry.lock'],
    advice:
      'a lock file of Poetry, which is not read. `poetry export --without-hashes -o requirements.txt` makes a ' +
      'requirements.txt of it (with the plugin poetry-plugin-export)',
  },
  {
    names: ['Pipfile.lock', 'Pipfile'],
    advice: 'for Pipenv, and not read. `pipenv requirements > requirements.txt` makes a requirements.txt of it',
  },
  {
    names: ['pyproject.toml'],
    lists: /^\s*dependencies\s*=\s*\[\s*[^\]\s]|^\s*\[tool\.poetry\.dependencies\]/m,
    advice:
      'a project, whose packages are not installed by themselves. Write the line `-e .` into a requirements.txt: it ' +
      'installs the project with its dependencies',
  },
]

/** What to do about a file that is given as a requirements file, and is of another kind. */
export function adviceFor(path: string): string | undefined {
  const name = basename(path)
  const isConda = /\.ya?ml$/i.test(name)
  return packagings.find(({ names }) => names.includes(isConda ? 'environment.yml' : name))?.advice
}

/** The file of a workspace without requirements file that most likely lists its packages. */
export function otherPackaging(workspace: string): { name: string; advice: string } | undefined {
  for (const { names, lists, advice } of packagings) {
    const name = names.find((name) => statSync(join(workspace, name), { throwIfNoEntry: false })?.isFile())
    if (name === undefined) continue
    if (lists === undefined || lists.test(readFileSync(join(workspace, name), 'utf8'))) return { name, advice }
  }
  return undefined
}
