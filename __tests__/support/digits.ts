/**
 * An algorithm that tells which model it answers with: the commit of the manifest, and the model as it is stored. It
 * needs no package, and the text `fail` makes it fail.
 */
export const tellingAlgorithm = `import json
import os
import urllib.request
from pathlib import Path

manifest = json.loads((Path(__file__).parents[1] / "model_manifest.json").read_text())


def load():
    address = os.environ["ALGORITHMIA_API"] + "/v1/data/" + manifest["model_filepath"]
    key = {"Authorization": "Simple " + os.environ["ALGORITHMIA_API_KEY"]}
    without_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return without_proxy.open(urllib.request.Request(address, headers=key)).read().decode()


model = load()


def apply(input):
    if input == "fail":
        raise ValueError("as you wish")
    return {"echo": input, "commit": manifest["model_origin_commit_SHA"], "model": model, "scores": [0.75, 0.5, 0.25]}
`

/** The same with a mistake that only test cases find. */
export const deafAlgorithm = tellingAlgorithm.replace('{"echo": input,', '{"echo": None,')

/** What both the official ci-action and this one understand: its five types, `tree`, and equality as in Python. */
export const originalCases = [
  { case_name: 'echoes', input: 'hello', expected_output: 'hello', type: 'EXACT_MATCH', tree: ['echo'] },
  { case_name: 'equal as in Python', input: { a: 1, b: true }, expected_output: { b: 1, a: 1.0 }, tree: ['echo'] },
  { case_name: 'sure', input: 'a', expected_output: 0.7, type: 'GREATER_OR_EQUAL', tree: ['scores', 0] },
  { case_name: 'unsure', input: [1], expected_output: 0.25, type: 'LESS_OR_EQUAL', tree: ['scores', -1] },
  { case_name: 'takes null', input: null, type: 'NO_EXCEPTION' },
  { case_name: 'refuses', input: 'fail', type: 'EXCEPTION' },
]

/** As a person writes them: each case begins on a line of its own, the first on line 2. */
export function casesFile(cases: object[]): string {
  return `[\n${cases.map((testCase) => `  ${JSON.stringify(testCase)}`).join(',\n')}\n]\n`
}
