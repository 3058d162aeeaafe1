import type { HostedData } from './store.ts'

/** The account of a sandbox for which nobody asked for another one. */
export const demoAccount = 'demo'

/**
 * Stores the public file `data://demo/collection/somefile.json`, which the suites of official clients read (platform
 * reference §11). For a new account only: what its user deletes stays deleted.
 */
export async function seedDemo(data: HostedData): Promise<void> {
  if (data.collectionsOf(demoAccount).values().length > 0) return
  await data.putText(data.create(demoAccount, 'collection', 'public'), 'somefile.json', '{"foo":"bar"}')
}
