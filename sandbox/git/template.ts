/**
 * The files with which the repository of a new algorithm begins, by path: a module with `apply`, which says hello, as in
 * the platform's `python3-1` template (platform reference §5.1).
 */
export function legacyTemplate(owner: string, name: string, language = 'python3'): Record<string, string> {
  return {
    ...commonFiles(owner, name, language),
    'requirements.txt': 'algorithmia>=1.0.0,<2.0\nsix\n',
    [`src/${name}.py`]: legacySource,
  }
}

/** The same for the Algorithm Development Kit, whose marker file says so (platform reference §5.1). */
export function adkTemplate(owner: string, name: string): Record<string, string> {
  return {
    ...commonFiles(owner, name, 'python3'),
    '.adk': '',
    'requirements.txt': 'algorithmia>=1.0.0,<2.0\nsix\n',
    [`src/${name}.py`]: adkSource,
  }
}

function commonFiles(username: string, algoname: string, language: string): Record<string, string> {
  return {
    'algorithmia.conf': `${JSON.stringify({ username, algoname, language }, null, 2)}\n`,
    'src/__init__.py': '',
    [`src/${algoname}_test.py`]: testSource(algoname),
  }
}

const legacySource = `import Algorithmia

# API calls will begin at the apply() method, with the request body passed as 'input'
# For more details, see algorithmia.com/developers/algorithm-development/languages


def apply(input):
    return "hello {}".format(input)
`

const adkSource = `from Algorithmia import ADK

# API calls will begin at the apply() method, with the request body passed as 'input'
# For more details, see algorithmia.com/developers/algorithm-development/languages


def apply(input):
    return "hello {}".format(input)


algorithm = ADK(apply)
algorithm.init("Algorithmia")
`

const testSource = (name: string) => `from . import ${name}


def test_${name}():
    assert ${name}.apply("Jane") == "hello Jane"
`
