import { describe, expect, test } from '@jest/globals'
import { Deployment } from '../../src/deployment.ts'
import { UncertainError } from '../../src/errors.ts'
import type { Inputs } from '../../src/inputs.ts'
import { parseSpelt } from '../../src/json.ts'
import { mask } from '../../src/log.ts'
import type { Reached } from '../../src/outputs.ts'
import { readTestCases } from '../../src/release/test-cases.ts'
import { renderSummary } from '../../src/report/summary.ts'
import { newReport, type TrainingReport } from '../../src/training/report.ts'
import { watchOutput } from '../support/runner.ts'

watchOutput()

const commit = '0123456789abcdef0123456789abcdef01234567'

/** A deployment that knows its target and origin. */
function deployment(message = 'Train on the new vintage'): Deployment {
  const result = new Deployment()
  result.aimAt({
    platform: { owner: 'ada', algorithm: 'wine' },
    repository: { url: 'https://github.com/ada-gh/wine.git', branch: undefined },
  } as Inputs)
  result.origin = {
    repository: 'ada/wine_training',
    ref: 'refs/heads/main',
    commit,
    message,
    repositoryUrl: 'https://github.com/ada/wine_training',
    runUrl: 'https://github.com/ada/wine_training/actions/runs/7',
  }
  return result
}

function stored(result: Deployment): Deployment {
  result.recordModel(0, 'model', {
    uri: { protocol: 'data', path: `ada/wine/model_${commit}.pkl` },
    md5: 'd41d8cd98f00b204e9800998ecf8427e',
    sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    size: 2_100_000,
    uploaded: true,
  })
  return result
}

describe('the page of the job', () => {
  test('of a deployment that succeeded', () => {
    const result = stored(deployment('Train on the new vintage\n\nWith details.'))
    result.skip('Training', 'notebook_path is empty')
    result.stages.push({ name: 'preflight', milliseconds: 840 }, { name: 'store', milliseconds: 12_345 })
    result.recordDelivery({
      changed: true,
      commit: 'f'.repeat(40),
      branch: 'trunk',
      url: 'https://github.com/ada-gh/wine/commit/fff',
      manifest: '{}',
    })
    result.outputs.build_id = 'b-1'
    result.recordRelease('1.2.0', 'https://api.algorithmia.com/v1/algo/ada/wine/1.2.0')
    result.succeed('released')
    expect(renderSummary(result, undefined)).toBe(`### ada/wine: released as 1.2.0

| | |
|---|---|
| Model | <code>data://ada/wine/model_${commit}.pkl</code> (2.1 MB) |
| MD5 | <code>d41d8cd98f00b204e9800998ecf8427e</code> |
| SHA-256 | <code>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855</code> |
| Origin | [ada/wine\\_training@0123456](https://github.com/ada/wine_training/commit/${commit}) Train on the new vintage |
| Algorithm commit | [<code>ffffffffffff</code>](https://github.com/ada-gh/wine/commit/fff) on <code>trunk</code> of <code>https://github.com/ada-gh/wine.git</code> |
| Build | <code>b-1</code> |
| Version | <code>1.2.0</code> |
| Endpoint | <code>https://api.algorithmia.com/v1/algo/ada/wine/1.2.0</code> |

- Training skipped: notebook\\_path is empty.

<sub>preflight 840 ms · store 12.3 s</sub>

`)
  })

  test('of one that failed after the upload', async () => {
    const result = stored(deployment())
    await expect(result.stage('push', 'Commit and push', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    result.fail()
    result.stages.splice(0, 1, { name: 'push', milliseconds: 61_000 })
    expect(
      renderSummary(result, 'Pushing failed: a rule refused the push.\nremote: GH006'),
    ).toBe(`### ada/wine: failed (push), nothing was deployed

\`\`\`text
Pushing failed: a rule refused the push.
remote: GH006
\`\`\`

| | |
|---|---|
| Model | <code>data://ada/wine/model_${commit}.pkl</code> (2.1 MB) |
| MD5 | <code>d41d8cd98f00b204e9800998ecf8427e</code> |
| SHA-256 | <code>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855</code> |
| Origin | [ada/wine\\_training@0123456](https://github.com/ada/wine_training/commit/${commit}) Train on the new vintage |

- Left behind: data://ada/wine/model\\_${commit}.pkl is stored, but no manifest points to it.

<sub>push 1 min 01 s</sub>

`)
  })

  test('of one whose push may have arrived', () => {
    const result = stored(deployment())
    result.phase = 'push'
    result.fail(new UncertainError('The push was cut.'))
    const summary = renderSummary(result, 'The push was cut.')
    expect(summary).toContain('failed (push), and it is not known whether it was deployed')
    expect(summary).not.toMatch(/nothing was deployed|Left behind/)
  })

  test('of one that knew nothing yet', () => {
    const result = new Deployment()
    result.fail()
    expect(renderSummary(result, 'algorithmia_api_key is empty.')).toBe(
      '### Deploy to Algorithmia: failed (inputs), nothing was deployed\n\n```text\nalgorithmia_api_key is empty.\n```\n\n',
    )
  })

  test.each([
    ['built', '### ada/wine: pushed and built\n'],
    ['pushed', '### ada/wine: pushed, whether it is built is not known\n'],
    ['unchanged', '### ada/wine: unchanged, this model and code are already pushed\n'],
    ['planned', '### ada/wine: planned, nothing was trained, uploaded or pushed\n'],
  ])('of one that is %s', (status, headline) => {
    const result = deployment()
    result.succeed(status as Reached)
    expect(renderSummary(result, undefined).startsWith(headline)).toBe(true)
  })

  test('of one that is unchanged says deployed only when its build was seen', () => {
    const result = deployment()
    result.outputs.build_id = 'b'
    result.succeed('unchanged')
    expect(renderSummary(result, undefined)).toContain('unchanged, this model and code are already deployed\n')
  })

  test('of one that was tested says so', () => {
    const result = deployment()
    result.recordTests({ results: [], passed: 0, total: 0 }, '/report.xml')
    result.succeed('built')
    expect(renderSummary(result, undefined)).toContain(': pushed, built and tested\n')
  })

  test.each<[string, (result: Deployment) => void, unknown, string]>([
    ['whose build failed', () => undefined, undefined, 'failed (build), pushed but not released'],
    [
      'whose push was taken back',
      (result) => {
        result.phase = 'test'
        result.revertedBy = 'decaf'
      },
      undefined,
      'failed (test), the push was reverted',
    ],
    [
      'that may be published',
      (result) => {
        result.phase = 'publish'
      },
      new UncertainError('cut'),
      'failed (publish), and it is not known whether it was published',
    ],
    [
      'that is published, but not proven',
      (result) => {
        result.phase = 'publish'
        result.published = { number: '1.2.0', isNew: true }
      },
      undefined,
      'failed (publish), 1.2.0 is published but not proven',
    ],
  ])('of one %s', (_, until, error, headline) => {
    const result = deployment()
    result.recordDelivery({ changed: true, commit: 'f'.repeat(40), branch: 'trunk', url: '', manifest: '' })
    result.phase = 'build'
    until(result)
    result.fail(error)
    const summary = renderSummary(result, 'no')
    expect(summary.split('\n')[0]).toBe(`### ada/wine: ${headline}`)
    expect(summary).not.toMatch(/\| (Version|Endpoint) \|/)
  })

  test('a commit without a web page is no link', () => {
    const result = deployment()
    result.recordDelivery({ changed: false, commit: 'f'.repeat(40), branch: 'trunk', url: '', manifest: '' })
    expect(renderSummary(result, undefined)).toContain('| Algorithm commit | <code>ffffffffffff</code> on ')
  })

  test('a commit that was taken back says by which', () => {
    const result = deployment()
    result.recordDelivery({ changed: true, commit: 'f'.repeat(40), branch: 'trunk', url: '', manifest: '' })
    result.revertedBy = 'e'.repeat(40)
    expect(renderSummary(result, undefined)).toContain('.git</code>, taken back by <code>eeeeeeeeeeee</code> |')
  })
})

describe('the training', () => {
  /** A deployment whose training got as far as this. */
  function trained(report: Partial<TrainingReport>, kind: TrainingReport['kind'] = 'notebook'): Deployment {
    const result = deployment()
    result.training = { ...newReport(kind, kind === 'notebook' ? 'nb/train.ipynb' : 'train.py'), ...report }
    return result
  }
  const section = (result: Deployment, failure?: string) => {
    const lines = renderSummary(result, failure).split('\n')
    return lines.slice(lines.indexOf('**Training**')).join('\n').trimEnd()
  }

  test('of a notebook that ran to its end', () => {
    const result = trained({
      python: '3.11.7',
      installer: 'uv',
      packages: [
        { name: 'numpy', version: '2.1.0' },
        { name: 'scikit-learn', version: '1.5.1' },
      ],
      durationMs: 41_234,
      totalCells: 2,
      cells: [
        { cell: 0, firstLine: '# Parameters', seconds: 0.002 },
        { cell: 1, firstLine: 'import numpy', seconds: 1.25 },
        { cell: 2, firstLine: 'model.fit(x, y)', seconds: 39 },
      ],
      images: ['/temp/cell-2.png', '/temp/cell-9.png'],
    })
    result.outputs.executed_notebook = '/temp/train.executed.ipynb'
    result.outputs.training_log = '/temp/train.log'
    expect(section(result)).toBe(`**Training**

| | |
|---|---|
| Notebook | <code>nb/train.ipynb</code>, 2 cells, 41.2 s |
| Python | 3.11.7 with uv: numpy 2.1.0, scikit-learn 1.5.1 |
| Executed notebook | <code>/temp/train.executed.ipynb</code> |
| Log | <code>/temp/train.log</code> |
| Plots | <code>/temp/cell-2.png</code><br><code>/temp/cell-9.png</code> |

<details>
<summary>Slowest cells</summary>

| Cell | | Time |
|--:|---|--:|
| 2 | <code>model.fit(x, y)</code> | 39.0 s |
| 1 | <code>import numpy</code> | 1.3 s |
| parameters | <code># Parameters</code> | 2 ms |

</details>`)
  })

  test('of a script that could not be installed', () => {
    const result = trained({ python: '3.12.1' }, 'script')
    result.phase = 'train'
    result.fail()
    expect(section(result, 'no such package')).toBe(
      '**Training**\n\n| | |\n|---|---|\n| Script | <code>train.py</code> |\n| Python | 3.12.1 |',
    )
  })

  test('that knew nothing yet names the program', () => {
    expect(section(trained({}))).toBe('**Training**\n\n| | |\n|---|---|\n| Notebook | <code>nb/train.ipynb</code> |')
  })

  test('says what may not be meant', () => {
    const summary = section(trained({ warnings: ['The cell does not set `rate`. Is `rat|e` meant?', 'x'.repeat(900)] }))
    expect(summary).toContain('\n- The cell does not set \\`rate\\`. Is \\`rat\\|e\\` meant?\n- xxx')
    expect(summary).not.toContain('x'.repeat(501))
  })

  test('that failed says where, right below the failure', () => {
    const traceback = 'Traceback:\n  line 1\nError: no'
    const result = trained({
      traceback: `${traceback}\n`,
      given: 'lr = 0.5, name = "a|b"',
      installer: 'pip',
      totalCells: 9,
      cells: [{ cell: 1, firstLine: 'x', seconds: 1 }],
    })
    result.fail()
    const summary = renderSummary(result, 'The notebook failed.')
    expect(summary).toContain(
      `\n\`\`\`text\nThe notebook failed.\n\`\`\`\n\nThe training ended with\n\n\`\`\`text\n${traceback}\n\`\`\`\n`,
    )
    expect(summary).toContain('| Notebook | <code>nb/train.ipynb</code>, 1 of 9 cells |')
    expect(summary).toContain('| Parameters | <code>lr = 0.5, name = "a&#124;b"</code> |')
    expect(summary).not.toContain('Slowest')
  })

  test('shows the slowest five cells', () => {
    const cells = Array.from({ length: 9 }, (_, index) => ({ cell: index + 1, firstLine: 'x', seconds: index }))
    const rows = section(trained({ cells })).match(/^\| \d \|/gm)
    expect(rows).toEqual(['| 9 |', '| 8 |', '| 7 |', '| 6 |', '| 5 |'])
  })

  test.each([
    ['f(*args, **kwargs)', 'f(&#42;args, &#42;&#42;kwargs)'],
    ['if __name__ == "__main__":', 'if &#95;&#95;name&#95;&#95; == "&#95;&#95;main&#95;&#95;":'],
    ['learning_rate = x[0]', 'learning_rate = x&#91;0&#93;'],
    ['a | b <b> `c`', 'a &#124; b &lt;b&gt; &#96;c&#96;'],
    ['', ''],
    ['x'.repeat(200), `${'x'.repeat(79)}…`],
  ])('shows the line %j as it is', (firstLine, shown) => {
    const cells = [1, 2].map((cell) => ({ cell, firstLine, seconds: 1 }))
    expect(section(trained({ cells }))).toContain(`| 1 | <code>${shown}</code> | 1.0 s |`)
  })

  test('holds no secret and no end of its blocks', () => {
    mask('t0ken-of-training')
    const result = trained({
      traceback: '```\n# t0ken-of-training',
      images: ['/t0ken-of-training.png'],
      packages: [{ name: 't0ken-of-training', version: '1' }],
      cells: [1, 2].map((cell) => ({ cell, firstLine: 'key = "t0ken-of-training"', seconds: 1 })),
    })
    const summary = renderSummary(result, 'no')
    expect(summary).not.toContain('t0ken')
    expect(summary).toContain('````text\n```\n# ***\n````')
  })
})

describe('metrics', () => {
  const section = (json: string, source = 'metrics.json') => {
    const result = deployment()
    result.recordMetrics({ values: parseSpelt(json) as Record<string, unknown>, source })
    const lines = renderSummary(result, undefined).split('\n')
    return lines
      .slice(lines.findIndex((line) => line.startsWith('**Metrics**')))
      .join('\n')
      .trimEnd()
  }

  test('are a table, and the parameters a line', () => {
    const json =
      '{"rmse": 53.78123, "val/r2": 0.7930, "by": {"sex": true}, "parameters": {"alpha": "0.5", "l1_ratio": "0.1"}}'
    expect(
      section(json, 'metrics.json and MLflow run sow_1'),
    ).toBe(`**Metrics** from metrics.json and MLflow run sow\\_1

| Metric | Value |
|---|--:|
| rmse | 53.78 |
| val/r2 | 0.793 |
| by.sex | true |

Parameters: alpha = 0.5, l1\\_ratio = 0.1`)
  })

  test('without any but parameters are no table', () => {
    expect(section('{"parameters": {"a": 1}}')).toBe('**Metrics** from metrics.json\n\nParameters: a = 1')
  })

  test('are cut after thirty', () => {
    const many = Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`m${index}`, index]))
    const text = section(JSON.stringify(many))
    expect(text.match(/^\| m\d+/gm)).toHaveLength(30)
    expect(text).toContain('\n\n3 more are in the output `metrics`.')
  })

  test('with many parameters fold them', () => {
    const parameters = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`p${index}`, 'x']))
    const text = section(JSON.stringify({ parameters }))
    expect(text).toContain('<summary>7 parameters</summary>\n\n| Parameter | Value |\n|---|---|\n| p0 | x |\n')
    expect(text).toContain('| p6 | x |\n\n</details>')
  })

  test('show text of others as it is, and cut what is long', () => {
    const text = section(JSON.stringify({ 'a|b <b>': '`x`\n| y', long: 'x'.repeat(500) }), '<i>')
    expect(text).toContain('**Metrics** from &lt;i&gt;')
    expect(text).toContain('| a\\|b &lt;b&gt; | \\`x\\` \\| y |')
    expect(text).toContain(`| long | ${'x'.repeat(99)}… |`)
  })
})

describe('the table of test cases', () => {
  /** Results of cases as the file has them; a case whose name begins with "bad" has failed. */
  function withTests(names: string[], texts: { expected?: string; got?: string } = {}): string[] {
    const { cases } = readTestCases(JSON.stringify(names.map((name) => ({ case_name: name, input: 1 }))))
    const results = cases.map((testCase) => {
      const passed = !testCase.name.startsWith('bad')
      return { testCase, passed, expected: 'null', got: '7', why: passed ? '' : 'no', milliseconds: 12.6, ...texts }
    })
    const result = deployment()
    result.recordTests(
      { results, passed: results.filter(({ passed }) => passed).length, total: results.length },
      '/temp/wine.test-report.xml',
    )
    const lines = renderSummary(result, undefined).split('\n')
    return lines.slice(lines.findIndex((line) => line.endsWith('test cases passed**')))
  }

  test('says how many passed, and shows each', () => {
    expect(withTests(['good', 'bad'])).toEqual([
      '**1 of 2 test cases passed**',
      '',
      '| | Test case | Expected | Got | ms |',
      '|---|---|---|---|--:|',
      '| passed | good | null | 7 | 13 |',
      '| **failed** | bad | null | 7 | 13 |',
      '',
      '',
    ])
  })

  test('ends after fifty, and says where the others are', () => {
    const lines = withTests(Array.from({ length: 53 }, (_, index) => `n${index}`))
    expect(lines.filter((line) => line.startsWith('| passed'))).toHaveLength(50)
    expect(lines.slice(-4)).toEqual(['', '3 more are in <code>/temp/wine.test-report.xml</code>.', '', ''])
  })

  test('cuts what is long', () => {
    const row = withTests(['n'], { got: 'x'.repeat(5000) })[4]
    expect(row).toMatch(/^\| passed \| n \| null \| x{199}… \| 13 \|$/)
  })

  test('shows text of others as it is', () => {
    const row = withTests(['a|b <b> `c`'], { expected: '[x](http://evil)', got: '"\n| passed"' })[4]
    expect(row).toBe('| passed | a\\|b &lt;b&gt; \\`c\\` | \\[x\\](http://evil) | " \\| passed" | 13 |')
  })

  test('holds no secret, also none that is cut', () => {
    const secret = `t0ken-${'s'.repeat(40)}`
    mask(secret)
    const text = withTests(['n'], { got: `${'x'.repeat(180)}${secret}`, expected: secret }).join('\n')
    expect(text).not.toContain('t0ken')
  })
})

describe('text of others', () => {
  const rowOf = (message: string) =>
    renderSummary(deployment(message), undefined)
      .split('\n')
      .filter((line) => line.startsWith('| Origin'))
      .map((line) => line.slice(line.indexOf(') ') + 2, -2))

  test.each([
    ['a | b', 'a \\| b'],
    ['`code`', '\\`code\\`'],
    ['<script>alert(1)</script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
    ['&lt; &amp;', '&amp;lt; &amp;amp;'],
    ['[link](http://evil)', '\\[link\\](http://evil)'],
    ['![image](x)', '!\\[image\\](x)'],
    ['*a* _b_ ~c~', '\\*a\\* \\_b\\_ \\~c\\~'],
    ['back\\|slash', 'back\\\\\\|slash'],
    ['tab\tand  spaces', 'tab and spaces'],
    ['first\nsecond | line', 'first'],
    ['first\r\nsecond', 'first'],
    ['first\rsecond', 'first second'],
  ])('in the message %j is shown as it is', (message, cell) => {
    expect(rowOf(message)).toEqual([cell])
  })

  test.each(['', '\n\nbody'])('an empty message %j leaves the link alone', (message) => {
    const summary = renderSummary(deployment(message), undefined)
    expect(summary).toContain(`/commit/${commit}) |\n`)
  })

  test.each([
    ['```\n# out', '````'],
    ['a ````` b', '``````'],
    ['plain', '```'],
  ])('in the failure %j cannot end its block', (failure, fence) => {
    const result = new Deployment()
    result.fail()
    expect(renderSummary(result, failure)).toContain(`\n${fence}text\n${failure}\n${fence}\n`)
  })

  test('in a note is no HTML and no other paragraph', () => {
    const result = deployment()
    result.note('<b>a</b> & b\n\n# c')
    expect(renderSummary(result, undefined)).toContain('\n- &lt;b&gt;a&lt;/b&gt; &amp; b # c\n')
  })

  test.each(['t0k_en_summary', 't0ken<&>summary', 't0ken|*summary', '`t0ken`'])(
    'holds no secret, although %j would look another way when escaped',
    (secret) => {
      mask(secret)
      const result = stored(deployment(`Leak ${secret} here`))
      result.note(`Leak ${secret} there`)
      result.training = newReport('notebook', 'x.ipynb')
      result.outputs.executed_notebook = `/tmp/${secret}`
      const summary = renderSummary(result, `Leak ${secret} everywhere`)
      expect(summary).not.toMatch(/t0k|en_summary/)
      expect(summary).toContain('Leak \\*\\*\\* here')
      expect(summary).toContain('Leak *** everywhere')
      expect(summary).toContain('Leak \\*\\*\\* there')
    },
  )
})
