import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { warning } from '../../src/log.ts'
import { readMetrics } from '../../src/training/metrics/read-metrics.ts'
import { captured, makeEnvironments, newFolder, removeFolders } from './training-lab.ts'

afterAll(removeFolders)

/** Logs what is hard to read back, and prints what MLflow itself says of it. */
const program = `
import json, math, mlflow
with mlflow.start_run() as run:
    mlflow.log_params({"alpha": 0.5, "model/depth": 3, "text": "a: 'b'\\n"})
    for step, value in [(0, 1.0), (2, 0.25), (1, 0.5)]:
        mlflow.log_metric("val/rmse", value, step=step)
    mlflow.log_metrics({"tiny": 1e-300, "third": 1 / 3, "whole": 5, "nan": math.nan, "far": -math.inf})
    with mlflow.start_run(nested=True):
        mlflow.log_metric("fold", 1)
data = mlflow.MlflowClient().get_run(run.info.run_id).data
metrics = {name: value if math.isfinite(value) else {"nan": "NaN", "-inf": "-Infinity"}[str(value)] for name, value in data.metrics.items()}
print(json.dumps({"name": run.info.run_name, "values": {**metrics, "parameters": data.params}}))
`

test('the file store of MLflow 2 is read as MLflow reads it', async () => {
  const workspace = newFolder('workspace')
  const { outcome } = await captured(() => makeEnvironments('mlflow-skinny==2.22.5\n'))
  if (outcome instanceof Error) throw outcome
  writeFileSync(join(workspace, 'train.py'), program)
  const since = new Date()
  const said = execFileSync(outcome.kernelPython, ['train.py'], { cwd: workspace, encoding: 'utf8' })
  const { name, values } = JSON.parse(said)

  const notes: string[] = []
  const metrics = await readMetrics({
    workspace,
    file: undefined,
    isDemanded: false,
    training: { since, workingDirectory: workspace, program: join(workspace, 'train.py'), trackingUri: undefined },
    note: (sentence) => notes.push(sentence),
    warn: warning,
  })
  expect(metrics).toEqual({ values, source: `MLflow run ${name}` })
  expect(Object.keys(values)).toHaveLength(7)
  expect(notes).toEqual([])
}, 300_000)
