import { basename } from 'node:path'
import { DeployError, messageOf } from '../errors.ts'
import type { ModelInputs } from '../inputs.ts'
import { type CheckedModel, checkModel, type ModelCheck } from './check.ts'
import { findModels, type ModelPlace } from './find.ts'
import { splitName } from './names.ts'

export interface DeployableModel extends CheckedModel {
  /** Of its entry in the manifest. */
  name: string
  /** Whether the ADK loads it only when it is asked for. */
  isOptional: boolean
  /** Path relative to the workspace, with forward slashes. */
  shown: string
}

/**
 * Finds and checks everything that `model_path` means. The first one is the model: a training must have written it. What
 * goes with it, such as a list of labels, may be as old as the commit.
 *
 * @throws DeployError that tells all problems, each with the line that has it
 */
export async function checkModels(
  inputs: ModelInputs,
  check: Omit<ModelCheck, 'absolute' | 'relative' | 'mayBeOlder'>,
): Promise<DeployableModel[]> {
  const { places, problems } = await findModels(inputs, check.workspace)
  const models: DeployableModel[] = []
  for (const [index, place] of places.entries()) {
    try {
      const { absolute, shown, line } = place
      const checked = await checkModel({ ...check, absolute, relative: shown, mayBeOlder: index > 0 })
      models.push({ ...checked, name: nameOf(place, checked), isOptional: line.isOptional, shown })
    } catch (error) {
      if (!(error instanceof DeployError) || places.length + problems.length === 1) throw error
      problems.push(`${place.line.place}: ${messageOf(error)}`)
    }
  }
  problems.push(...twins(models))
  if (problems.length === 1) throw new DeployError(problems[0] ?? '')
  if (problems.length > 1) {
    throw new DeployError(`${problems.length} problems with model_path:\n- ${problems.join('\n- ')}`)
  }
  return models
}

/** A folder's name has no extension: `v1.2` is one. */
function nameOf({ line, absolute }: ModelPlace, { listing }: CheckedModel): string {
  const file = basename(absolute)
  return line.name ?? (listing ? file : splitName(file).stem)
}

function twins(models: readonly DeployableModel[]): string[] {
  return models.flatMap(({ name, shown }, index) => {
    const twin = models.slice(0, index).find((model) => model.name === name)
    if (twin === undefined) return []
    return [
      `${twin.shown} and ${shown} would both be called ${JSON.stringify(name)} in the manifest; give one another name in ` +
        `model_path, such as \`${name}-2: ${shown}\``,
    ]
  })
}
