import { readdirSync } from 'node:fs'
import { canonicalName } from '../../pip-failure.ts'

export interface InstalledPackage {
  name: string
  version: string
}

const MOST = 15

/** What decides how a model comes out, also when it came with something else. */
const WELL_KNOWN = [
  ...['numpy', 'pandas', 'scipy', 'scikit-learn', 'torch', 'tensorflow', 'keras', 'jax', 'transformers', 'xgboost'],
  ...[
    'lightgbm',
    'catboost',
    'joblib',
    'cloudpickle',
    'onnx',
    'mlflow',
    'polars',
    'pyarrow',
    'statsmodels',
    'ipykernel',
  ],
]

/**
 * The packages of an environment that matter to its model: those that were asked for, then well-known ones; at most 15.
 *
 * @param sitePackages folder of the environment's packages
 * @param asked names in their canonical form
 */
export function installedPackages(sitePackages: string, asked: readonly string[]): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>()
  for (const entry of readdirSync(sitePackages)) {
    const [, name, version] = /^(.+?)-([^-]+)\.(?:dist|egg)-info$/.exec(entry) ?? []
    if (name !== undefined && version !== undefined) {
      const canonical = canonicalName(name)
      found.set(canonical, { name: canonical, version })
    }
  }
  const wanted = [...new Set([...asked, ...WELL_KNOWN])]
  const packages = wanted.flatMap((name) => found.get(name) ?? [])
  return packages.slice(0, MOST).sort((a, b) => (a.name < b.name ? -1 : 1))
}
