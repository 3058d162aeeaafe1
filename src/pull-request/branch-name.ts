/**
 * The branch of a pull request, after the branch or tag that is deployed: so that each has a pull request of its own, and
 * keeps it.
 *
 * @param ref of the run, such as `refs/heads/main`, `refs/tags/v1` or `refs/pull/7/merge`
 */
export function requestBranchFor(ref: string): string {
  const name = ref
    .replace(/^refs\/pull\/(\d+)\/.*$/, 'pull-$1')
    .replace(/^refs\/(heads|tags)\//, '')
    // git allows none of it; a ref that exists has none.
    .replace(/[\u0000- ~^:?*[\\\u007f]|\.\.|@\{|\/(?=\/|\.|$)|\.(?=$)|\.lock(?=\/|$)/g, '-')
    .replace(/^\/+/, '')
  return `deploy-to-algorithmia/${name}`
}
