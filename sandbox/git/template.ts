/** The files with which the repository of a new algorithm begins, by path. */
export function pythonTemplate(owner: string, name: string): Record<string, string> {
  const conf = { username: owner, algoname: name, language: 'python3' }
  return {
    'algorithmia.conf': `${JSON.stringify(conf, null, 2)}\n`,
    'requirements.txt': 'algorithmia>=1.0.0,<2.0\nsix\n',
    'src/__init__.py': '',
    [`src/${name}.py`]: algorithmSource,
    [`src/${name}_test.py`]: testSource(name),
  }
}

// The `python3-1` template of the platform: a module with `apply`, which says hello (platform reference §5.1).
const algorithmSource = `import Algorithmia

# API calls will begin at the apply() method, with the request body passed as 'input'
# For more details, see algorithmia.com/developers/algorithm-development/languages


def apply(input):
    return "hello {}".format(input)
`

const testSource = (name: string) => `from . import ${name}


def test_${name}():
    assert ${name}.apply("Jane") == "hello Jane"
`
