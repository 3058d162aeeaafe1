import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { AlgorithmRepository } from '../../src/algorithm-repo/repository.ts'
import { writes } from '../support/git-changes.ts'
import {
  contentsBelow,
  deploy,
  failure,
  formsOf,
  hideLfs,
  locate,
  login,
  loginsOf,
  secret,
  useLab,
} from '../support/git-lab.ts'
import { LfsStore, pointerTo } from '../support/lfs-store.ts'

const lab = useLab()
const stores: LfsStore[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

const attributes = { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' }

/** A repository that keeps *.bin in LFS; the store has lost `old.bin`, so that nobody can download it. */
async function serve(files: Record<string, string> = {}) {
  const server = await lab.start()
  const store = await LfsStore.start(server)
  stores.push(store)
  const origin = server.create('owner/algo.git')
  origin.commit({ ...attributes, 'old.bin': pointerTo('old'), ...files })
  return { server, store, origin }
}

const clone = (origin: Parameters<typeof locate>[0]) => AlgorithmRepository.clone(locate(origin), lab.temp)

const isInstalled = spawnSync('git', ['lfs', 'version']).status === 0
const here = isInstalled ? describe : describe.skip

here(`g40: with git-lfs${isInstalled ? '' : ' (skipped: this machine has none)'}`, () => {
  test('a tracked file is stored through the scoped helper before the commit with its pointer arrives', async () => {
    const { server, store, origin } = await serve()
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, index) => index % 256))
    const repository = await clone(origin)
    let stored: number | undefined
    server.reply = ({ method, service }) => {
      if (method === 'POST' && service === 'git-receive-pack') stored ??= store.objects.size
      return undefined
    }
    await repository.stage(writes({ 'big.bin': bytes, 'a.py': 'a' }), [])
    expect(store.batches).toEqual([])
    await repository.push('Deployed')
    expect(stored).toBe(1)
    expect([...store.objects.values()]).toEqual([bytes])
    expect(origin.read('big.bin').toString()).toBe(pointerTo(bytes))
    expect(origin.read('old.bin').toString()).toBe(pointerTo('old'))
    // Nothing else was sent, and nothing was downloaded.
    expect(store.batches.map(({ operation, objects }) => [operation, objects.length])).toEqual([['upload', 1]])
    expect(loginsOf(server.requests)).toEqual([`${login}:${secret}`])
    expect(store.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined])
    const written = contentsBelow(join(repository.folder, '.git'))
    for (const form of formsOf(secret)) expect(written + lab.output()).not.toContain(form)

    const requests = store.batches.length
    const again = await deploy(locate(origin), lab.temp, { 'big.bin': bytes })
    expect([again.changed, store.batches.length]).toEqual([false, requests])
  })

  test('what the machine has configured for git-lfs changes nothing', async () => {
    const elsewhere = join(lab.home, 'elsewhere')
    const { server, store, origin } = await serve()
    lab.gitconfig(`[filter "lfs"]
\tclean = false
\tsmudge = false
\tprocess = false
\trequired = true
[lfs]
\tstorage = ${elsewhere}
\tallowincompletepush = true
[http "${server.url}/"]
\textraheader = AUTHORIZATION: basic bWFjaGluZTpzZWNyZXQ=
[credential]
\thelper = "!f() { echo username=machine; echo password=secret; }; f"
`)
    writeFileSync(join(lab.home, '.netrc'), 'machine 127.0.0.1 login netrc password secret\n')
    await deploy(locate(origin), lab.temp, { 'big.bin': 'bytes' })
    expect(store.objects.size).toBe(1)
    // git begins with an empty login where there is a .netrc.
    expect(loginsOf(server.requests).filter((given) => given !== ':')).toEqual([`${login}:${secret}`])
    expect(store.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([])
    expect(existsSync(elsewhere)).toBe(false)
  })

  type Prepare = (store: LfsStore, server: Awaited<ReturnType<typeof lab.start>>) => void
  test.each<[string, Prepare]>([
    [
      'the store refuses the file',
      (store) => {
        store.status = 403
      },
    ],
    [
      'the host has no LFS',
      (_, server) => {
        server.alsoServe = () => false
      },
    ],
    [
      'the secret is not accepted',
      (_, server) => {
        server.reply = ({ url }) => (url.includes('/lfs/') ? { status: 401 } : undefined)
      },
    ],
    [
      'the secret may not write',
      (_, server) => {
        server.reply = ({ url }) => (url.includes('/lfs/') ? { status: 403 } : undefined)
      },
    ],
  ])('nothing is pushed when %s', async (_, prepare) => {
    lab.gitconfig('[lfs "transfer"]\n\tmaxretries = 1\n')
    const { server, store, origin } = await serve()
    const head = origin.head()
    prepare(store, server)
    const message = await failure(deploy(locate(origin), lab.temp, { 'big.bin': 'bytes' }))
    expect(message).toMatch(
      /^Uploading to Git LFS of http.*algo\.git failed, so nothing was pushed\. .*github_pat may write.*copy_exclude/,
    )
    expect(message.split('git-lfs says:\n')[1]).toMatch(/\w/)
    expect(origin.head()).toBe(head)
  })

  test('after a lost race the file is stored for the commit that is made then', async () => {
    const { store, origin } = await serve()
    const repository = await clone(origin)
    await repository.stage(writes({ 'big.bin': 'bytes', 'model.bin': 'theirs' }), [])
    origin.commit({ 'model.bin': pointerTo('theirs'), 'other.bin': pointerTo('other') })
    await repository.push('Deployed')
    expect(repository.staged.files).toEqual([{ path: 'big.bin', kind: 'added' }])
    expect(origin.read('big.bin').toString()).toBe(pointerTo('bytes'))
    expect([...store.objects.values()].map(String)).toContain('bytes')
  })

  test('a pointer in the code folder is no file, whether or not the repository keeps it in LFS', async () => {
    const { origin } = await serve()
    for (const path of ['new.bin', 'data.csv']) {
      const message = await failure(deploy(locate(origin), lab.temp, { [path]: pointerTo('never fetched') }))
      expect(message).toContain(`${path} in the code folder is a Git LFS pointer`)
      expect(message).toContain('`lfs: true` on the actions/checkout step')
    }
    // One that is there already is what the repository has.
    const same = await deploy(locate(origin), lab.temp, { 'old.bin': pointerTo('old'), 'a.py': 'a' })
    expect(same.changed).toBe(true)
  })
})

describe('g40: without git-lfs', () => {
  const required =
    '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tprocess = git-lfs filter-process\n\trequired = true\n'

  test('a tracked file that has changed is refused, for its bytes would break the clones of everybody', async () => {
    const { server, origin } = await serve()
    hideLfs(lab.home)
    const message = await failure(deploy(locate(origin), lab.temp, { 'big.bin': 'bytes', 'old.bin': 'new' }))
    expect(message).toMatch(/keeps big\.bin, old\.bin in Git LFS, and git-lfs is not installed on this runner/)
    expect(server.pushes.length).toBeLessThan(2)
    expect(origin.history()).toHaveLength(1)
  })

  test('one that is unchanged stays a pointer, and everything else is deployed', async () => {
    const { origin } = await serve()
    hideLfs(lab.home)
    lab.gitconfig(required)
    const repository = await clone(origin)
    const { files } = await repository.stage(writes({ 'old.bin': 'old', 'a.py': 'a' }), [])
    expect(files).toEqual([{ path: 'a.py', kind: 'added' }])
    await repository.push('Deployed')
    expect(origin.read('old.bin').toString()).toBe(pointerTo('old'))
  })
})
