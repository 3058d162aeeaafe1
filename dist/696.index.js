export const id = 696;
export const ids = [696];
export const modules = {

/***/ 6696:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  deploy: () => (/* binding */ deploy)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/src/errors.js
var errors = __webpack_require__(7406);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/debug-output.js
/**
 * The library `debug`, which simple-git uses, reads this variable when it is loaded. With `*` in it simple-git prints
 * the whole environment of each git, and the secret is there: so the variable is away while simple-git is loaded.
 */
const wanted = process.env.DEBUG;
delete process.env.DEBUG;
/** Puts the variable back for whatever else of the job reads it. */
function restoreDebugVariable() {
    if (wanted !== undefined)
        process.env.DEBUG = wanted;
}
//# sourceMappingURL=debug-output.js.map
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: ./node_modules/simple-git/dist/index.mjs + 2 modules
var dist = __webpack_require__(4724);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/credentials.js
// The names must not begin with GIT_: simple-git drops those.
const loginVariable = 'DEPLOY_REPOSITORY_LOGIN';
const secretVariable = 'DEPLOY_REPOSITORY_SECRET';
/** The settings for `git -c`; they hold no secret. `get` only: git also calls helpers to erase a rejected secret. */
function credentialConfig({ url }) {
    const answer = `printf "username=%s\\npassword=%s\\n" "$${loginVariable}" "$${secretVariable}"`;
    return [
        `http.${url}.extraheader=`,
        'credential.helper=',
        `credential.${new URL(url).origin}.helper=!f() { test "$1" = get && ${answer}; }; f`,
    ];
}
/** Variables for the environment of git. */
function credentialEnvironment({ login, secret }) {
    return { [loginVariable]: login, [secretVariable]: secret };
}
//# sourceMappingURL=credentials.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/git.js
// Loaded before simple-git, for what it does then.







restoreDebugVariable();
/** Variables that git needs and simple-git drops unless it is told not to. */
const kept = [
    'GIT_TERMINAL_PROMPT',
    'GIT_SSL_CAINFO',
    'GIT_SSL_CAPATH',
    'GIT_PROXY_SSL_CAINFO',
    'GIT_HTTP_PROXY_AUTHMETHOD',
];
/** Not for git: editors and pagers (simple-git refuses them), tracing (prints secrets), and the job's own secrets. */
const dropped = /^(GIT_.*|INPUT_.*|ACTIONS_.*|GITHUB_TOKEN|EDITOR|VISUAL|PAGER|PREFIX|SSH_ASKPASS|LANG|LANGUAGE|LC_.*)$/i;
/** Seconds without a byte after which git gives a transfer up. */
const usualStallSeconds = 60;
/**
 * simple-git takes a git that fails without a word for a success, and a git that has ended for one whose output has
 * all been read.
 */
const strict = {
    completion: { onClose: true, onExit: false },
    errors: (error, { exitCode }) => {
        if (error !== undefined || exitCode === 0)
            return error;
        return new Error(`git ${exitCode === null ? 'was ended' : `ended with exit code ${exitCode}`} and did not say why`);
    },
};
/**
 * git for the algorithm's repository, on any machine: nothing is asked, no hook, signature, identity or line-ending conversion
 * of the machine takes part, nothing is written to its configuration, messages are in English.
 */
function openGit({ folder, noHooks, author, credentials, stallSeconds }) {
    return (0,dist/* simpleGit */.Lp)({
        baseDir: folder,
        ...strict,
        // What is set to nothing here is refused all the same.
        unsafe: {
            allowUnsafeAskPass: true,
            allowUnsafeCredentialHelper: true,
            allowUnsafeFsMonitor: true,
            allowUnsafeHooksPath: true,
            allowUnsafeTemplateDir: true,
        },
        allowEnvironment: kept,
        // Last resort only: it ends git, but not git's own children, which the low-speed limit ends.
        timeout: { block: 30 * 60_000, stdErr: false, stdOut: false },
        config: [
            ...credentialConfig(credentials),
            ...(hasNetrc() ? ['http.emptyAuth=true'] : []),
            'core.askPass=',
            `core.hooksPath=${noHooks}`,
            'core.fsmonitor=',
            'core.autocrlf=false',
            'core.safecrlf=false',
            'core.excludesFile=',
            'core.attributesFile=',
            'commit.gpgsign=false',
            'push.gpgSign=false',
            'push.followTags=false',
            'push.pushOption=',
            'push.recurseSubmodules=no',
            'clone.defaultRemoteName=origin',
            'gc.auto=0',
            'maintenance.auto=false',
            'advice.detachedHead=false',
            'http.lowSpeedLimit=1',
            `http.lowSpeedTime=${stallSeconds}`,
            'i18n.commitEncoding=UTF-8',
            ...['user', 'author', 'committer'].flatMap((who) => [
                `${who}.name=${author.name}`,
                `${who}.email=${author.email}`,
            ]),
        ],
    }).env({ ...gitEnvironment(process.env), ...credentialEnvironment(credentials) });
}
/** git for reading the user's own repository, whoever owns the folder. */
function openWorkspaceGit(folder) {
    return (0,dist/* simpleGit */.Lp)({ ...strict, baseDir: folder, config: [`safe.directory=${folder}`], allowEnvironment: kept }).env(gitEnvironment(process.env));
}
/** git lets curl take logins from this file before it asks a helper; with an empty login to begin with it does not. */
function hasNetrc() {
    const home = process.env.HOME ?? (0,external_node_os_.homedir)();
    return ['.netrc', '_netrc'].some((name) => (0,external_node_fs_.existsSync)((0,external_node_path_.join)(home, name)));
}
function gitEnvironment(environment) {
    const entries = Object.entries(environment).filter((entry) => entry[1] !== undefined && (!dropped.test(entry[0]) || kept.includes(entry[0])));
    return { ...Object.fromEntries(entries), GIT_TERMINAL_PROMPT: '0', GCM_INTERACTIVE: 'Never', LC_ALL: 'C' };
}
//# sourceMappingURL=git.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/git-errors.js

/**
 * Two runs pushed at once: the loser hears one of two texts, depending on how simultaneous it was. What the server's
 * rules refuse is no race, though it is worded as a rejection too.
 */
function isLostRace(error) {
    const text = (0,errors/* messageOf */.bD)(error);
    if (/hook declined|GH0\d\d|protected branch/i.test(text))
        return false;
    return /\(fetch first\)|\(non-fast-forward\)|cannot lock ref|failed to update ref|reference already exists|incorrect old value/.test(text);
}
/** No answer, or one that passes: worth another try. */
function isConnectionTrouble(error) {
    const text = (0,errors/* messageOf */.bD)(error);
    // A verdict on the push, or of the server on the request, is an answer whatever else the text holds.
    if (/\[(remote )?rejected\]|returned error: (?!408|429)[34]\d\d/.test(text))
        return false;
    return /Could not resolve host|Failed to connect|Couldn't connect|Connection (was )?reset|Empty reply|timed out|Operation too slow|RPC failed|hung up unexpectedly|early EOF|returned error: (408|429|5\d\d)|Recv failure|Send failure/i.test(text);
}
/** Rewrites a GitError, whose object holds command lines, into a sentence that says what to do. */
function explainGitError(action, error, { url, secretInput, login }) {
    const text = (0,errors/* messageOf */.bD)(error);
    const said = (sentence) => new errors/* DeployError */.sH(`${action} failed: ${sentence}\n${tidy(text)}`.trim());
    if (/spawn git ENOENT|git.*ENOENT/.test(text)) {
        return new errors/* DeployError */.sH(`${action} failed: git is not installed on this runner; install it before this step`);
    }
    if (/refusing to allow .* to create or update workflow/.test(text)) {
        return said(`the code holds a workflow file, and ${secretInput} may not change workflows. Name it in copy_exclude, or use a token with the \`workflow\` scope`);
    }
    if (/Support for password authentication was removed/.test(text)) {
        return said(`${url} takes a token, not a password. Set ${secretInput} to a token with \`contents: write\``);
    }
    if (/Push cannot contain secrets/i.test(text)) {
        return said('the host found a secret in the pushed files. Remove it from the code folder');
    }
    if (/GH0\d\d|hook declined|protected branch/i.test(text)) {
        return said(`a rule of ${url} refused the push. The server says:`);
    }
    if (/returned error: 403|Permission to .* denied|Write access to repository not granted/.test(text)) {
        const [right, needed] = action.startsWith('Reading') ? ['read', 'read and write'] : ['write to', 'write'];
        return said(`${secretInput} (as ${login}) may not ${right} ${url}. It needs ${needed} access to that repository (for GitHub tokens: \`contents: write\`)`);
    }
    const [, scheme = '', host] = /could not read (?:Username|Password) for '(https?:\/\/)(?:[^/'@]*@)?([^/']*)/.exec(text) ?? [];
    const asked = host === undefined ? undefined : scheme + host;
    if (asked !== undefined && asked !== new URL(url).origin) {
        return said(`${url} leads to ${asked}. ${secretInput} was not sent there; if that is where the repository is, set algorithm_repository or git_host to it`);
    }
    if (/Authentication failed|could not read (Username|Password)|Invalid username or token|returned error: 401/.test(text)) {
        return said(secretInput === 'algorithmia_password'
            ? `${url} rejected ${secretInput} (as ${login}). Check the secret; an API key of the account works as the password too`
            : `${url} rejected ${secretInput} (as ${login}), or it has expired (App tokens and GITHUB_TOKEN live about an hour). Check the secret`);
    }
    if (/not found|does not appear to be a git repository/i.test(text)) {
        return said(`the repository ${url} is missing, misspelt, or not visible to ${secretInput}`);
    }
    if (/certificate|SSL CA cert/i.test(text)) {
        return said(`the certificate of ${new URL(url).host} is not trusted on this runner; set GIT_SSL_CAINFO to your CA file`);
    }
    if (/Could not resolve host/.test(text))
        return said(`there is no host ${new URL(url).host}; check git_host`);
    if (isConnectionTrouble(error))
        return said(`${new URL(url).host} could not be reached or broke off`);
    return said('git says:');
}
/** The lines that tell something; progress, hints and the echo of the refspec do not. */
function tidy(text) {
    return text
        .split('\n')
        .filter((line) => !/^(hint:.*|To https?:.*|Done|Cloning into.*|Pushing to .*|remote:|)$/.test(line.trim()))
        .slice(0, 100)
        .join('\n');
}
//# sourceMappingURL=git-errors.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/machine.js

/** The oldest git whose `clone`, `push --porcelain` and scoped credential helpers were tried: Ubuntu 20.04's. */
const oldestGit = [2, 25];
/** @throws DeployError when this machine has no git, or one that is too old */
async function checkGit(git) {
    const { installed, major, minor } = await git.version();
    if (!installed)
        throw new errors/* DeployError */.sH('git is not installed on this runner; install it before this step');
    const [needMajor = 0, needMinor = 0] = oldestGit;
    if (major > needMajor || (major === needMajor && minor >= needMinor))
        return;
    throw new errors/* DeployError */.sH(`git ${major}.${minor} is too old; this action needs git ${oldestGit.join('.')} or newer`);
}
/** `url.<base>.insteadOf` of the machine would send the secret somewhere else. */
async function refuseRewrittenUrl(git, url) {
    refuseOther(url, await git.raw(['ls-remote', '--get-url', '--', url]));
}
/** The same for pushes, which have a setting of their own; it shows only in the clone. */
async function refuseRewrittenPushUrl(git, url) {
    refuseOther(url, await git.raw(['remote', 'get-url', '--push', 'origin']));
}
function refuseOther(url, output) {
    const actual = output.trim();
    if (actual === url)
        return;
    // Not shown with credentials, which such a setting may hold.
    const shown = actual.replace(/\/\/[^/]*@/, '//***@');
    throw new errors/* DeployError */.sH(`This machine's git configuration (url.*.insteadOf or pushInsteadOf) turns ${url} into ${shown}. The secret is not ` +
        'sent there; remove that setting, or set algorithm_repository to the address you mean');
}
//# sourceMappingURL=machine.js.map
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./build/src/pause.js

/** @throws the signal's reason as soon as it is aborted */
async function pause_pause(milliseconds, cancelled) {
    await (0,external_node_timers_promises_.setTimeout)(milliseconds, undefined, cancelled && { signal: cancelled }).catch((error) => {
        cancelled?.throwIfAborted();
        throw error;
    });
}
//# sourceMappingURL=pause.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/persist.js





const connectionTries = 4;
/**
 * Repeats what only reads when the connection fails.
 *
 * @param patienceMs no new try after this time: each may end only at the stall limit
 */
async function persist(patienceMs, work) {
    const deadline = Date.now() + patienceMs;
    for (let number = 1;; number += 1) {
        try {
            return await work();
        }
        catch (error) {
            if (!isConnectionTrouble(error) || number >= connectionTries || Date.now() > deadline)
                throw error;
            const milliseconds = 1000 * 2 ** (number - 1);
            log/* info */.pq(`${lastLine(error)}; try ${number + 1} of ${connectionTries} in ${(0,format/* formatDuration */.a)(milliseconds)}`);
            await pause_pause(milliseconds);
        }
    }
}
function lastLine(error) {
    return (0,errors/* messageOf */.bD)(error).trimEnd().split('\n').at(-1) ?? '';
}
//# sourceMappingURL=persist.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/proxy-secrets.js

/** Hides the passwords of the proxies that the environment names. */
function maskProxyPasswords(environment) {
    for (const [name, value = ''] of Object.entries(environment)) {
        if (!/^(https?|all)_proxy$/i.test(name))
            continue;
        // Not parsed as a URL: what curl accepts is more than that.
        const [, user = '', password] = /^(?:[\w+.-]+:\/\/)?([^:@/]*):(.+)@[^@]*$/.exec(value) ?? [];
        if (password === undefined)
            continue;
        log/* mask */.dK(password, user);
        log/* mask */.dK(decoded(password), decoded(user));
    }
}
function decoded(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}
//# sourceMappingURL=proxy-secrets.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/clone.js









/**
 * @param temp an existing folder of this run; the clone is made below it
 * @param stallSeconds seconds without a byte after which a transfer is given up
 * @throws DeployError when the repository cannot be read
 */
async function makeClone(location, temp, stallSeconds) {
    maskProxyPasswords(process.env);
    const { url, branch } = location;
    const noHooks = (0,external_node_path_.join)(temp, 'no-hooks');
    const folder = (0,external_node_path_.join)(temp, 'algorithm');
    await (0,promises_.mkdir)(noHooks, { recursive: true });
    const options = { folder: temp, noHooks, author: location.author, credentials: location, stallSeconds };
    await checkGit(openGit(options));
    await refuseRewrittenUrl(openGit(options), url);
    const patienceMs = 2 * stallSeconds * 1000;
    // Without a template: the machine's may hold settings, and rules what to ignore.
    const what = ['--depth=1', '--single-branch', '--no-tags', '--template='];
    if (branch !== undefined)
        what.push('--branch', branch);
    try {
        await persist(patienceMs, async () => {
            await (0,promises_.rm)(folder, { recursive: true, force: true });
            await openGit(options).raw(['clone', '--quiet', ...what, '--', url, folder]);
        });
    }
    catch (error) {
        if (branch !== undefined && /Remote branch .* not found/.test((0,errors/* messageOf */.bD)(error))) {
            throw new errors/* DeployError */.sH(`algorithm_branch is "${branch}", which ${url} does not have; create it there first`);
        }
        throw explainGitError('Reading the algorithm repository', error, location);
    }
    const git = openGit({ ...options, folder });
    await refuseRewrittenPushUrl(git, url);
    const head = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim();
    const current = (await git.raw(['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')).trim();
    if (current === '')
        throw new errors/* DeployError */.sH(`algorithm_branch is "${branch}", which is a tag of ${url}; name a branch`);
    log/* info */.pq(`${url}: branch ${current} at ${head || 'no commit yet'}`);
    return { folder: await (0,promises_.realpath)(folder), git, branch: current, head: head || undefined, location, patienceMs };
}
//# sourceMappingURL=clone.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/push-trouble.js






/** Whether a push that failed is worth another one. */
function mayPushAgain(error) {
    return isLostRace(error) || isConnectionTrouble(error);
}
/** Waits longer with each try, and by chance: runs that met once must not meet again. */
async function pauseAfter(error, tries) {
    const milliseconds = Math.random() * Math.min(5000, 250 * 2 ** tries);
    const reason = isLostRace(error) ? 'Another push came first' : lastLine(error);
    log/* info */.pq(`${reason}; looking at the new head in ${(0,format/* formatDuration */.a)(milliseconds)}`);
    await pause_pause(milliseconds);
}
/**
 * The head of a branch after a push that failed.
 *
 * @param failed why this is asked
 * @param unsure a commit of which nobody knows whether it arrived
 * @returns undefined when there is no such branch
 * @throws UncertainError when the repository cannot be read and a commit may have arrived; otherwise `failed`
 */
async function headAfter(failed, { remote, branch, unsure }) {
    try {
        return await remote.head();
    }
    catch (error) {
        log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
        const doubt = `Afterwards the repository could not be read, so whether it arrived is not known: look for commit ${unsure} on ${branch} before the next run`;
        throw unsure === undefined ? failed : new errors/* UncertainError */.On(`${failed.message}\n${doubt}`);
    }
}
//# sourceMappingURL=push-trouble.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/remote-branch.js



/** git's name for the tree without files; it exists in every repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
/** The branch on the server that a clone was made of. Its errors are git's own. */
class RemoteBranch {
    #clone;
    constructor(clone) {
        this.#clone = clone;
    }
    /** Asks for the right to push, without pushing. */
    async checkPush() {
        const { git, head, patienceMs } = this.#clone;
        const commit = head ?? (await git.raw(['commit-tree', emptyTree, '-m', 'Write check'])).trim();
        await persist(patienceMs, () => git.raw(['push', '--dry-run', '--porcelain', 'origin', this.#target(commit)]));
    }
    /** Never forced: the server refuses a commit that is not on top of its head. */
    async push(commit) {
        const said = await this.#clone.git.raw(['push', '--porcelain', 'origin', this.#target(commit)]);
        if (!/^Done$/m.test(said))
            throw new Error(`git did not say that the push is done\n${said}`);
    }
    /** Fetches what is new. @returns the head; undefined when there is no such branch */
    async head() {
        const { git, branch, patienceMs } = this.#clone;
        try {
            // Without a depth: on a shallow clone that would cut the new commits off from ours.
            await persist(patienceMs, () => git.raw(['fetch', '--quiet', '--no-tags', 'origin', `+refs/heads/${branch}:${this.#tracking}`]));
        }
        catch (error) {
            if (!/couldn't find remote ref/.test((0,errors/* messageOf */.bD)(error)))
                throw error;
            log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
            return undefined;
        }
        return (await git.raw(['rev-parse', this.#tracking])).trim();
    }
    /** @returns the first of these commits that the branch holds, as far as it was fetched */
    async findFirst(commits) {
        for (const commit of commits) {
            // Without a common commit git has no answer, and says so by failing.
            const base = await this.#clone.git.raw(['merge-base', commit, this.#tracking]).catch(() => '');
            if (base.trim() === commit)
                return commit;
        }
        return undefined;
    }
    /** Whether it is the branch that the repository's HEAD names; undefined when nobody says. */
    async isDefault() {
        const { git, branch, location, patienceMs } = this.#clone;
        // A clone that names no branch is one of the default branch.
        if (location.branch === undefined)
            return true;
        try {
            const said = await persist(patienceMs, () => git.raw(['ls-remote', '--symref', 'origin', 'HEAD']));
            const name = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said)?.[1];
            return name === undefined ? undefined : name === branch;
        }
        catch (error) {
            log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
            return undefined;
        }
    }
    get #tracking() {
        return `refs/remotes/origin/${this.#clone.branch}`;
    }
    #target(commit) {
        return `${commit}:refs/heads/${this.#clone.branch}`;
    }
}
//# sourceMappingURL=remote-branch.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/revert.js




const action = 'Taking the push to the algorithm repository back';
/**
 * Pushes one commit on top of a delivered one that restores all files as they were before it.
 *
 * @param commit made in this clone, and the head of the branch
 * @returns the new commit
 * @throws DeployError when there is nothing to go back to, when another push came on top, or when the push is refused;
 *   the remote is then as it was
 * @throws UncertainError when nobody can tell whether it arrived
 */
async function revertCommit({ git, branch, location }, remote, commit, message) {
    const tree = await treeBefore();
    await expectHead(await remote.head().catch((error) => {
        throw explainGitError(action, error, location);
    }));
    const undo = (await git.raw(['commit-tree', tree, '-p', commit, '-m', message])).trim();
    let unsure;
    for (let tries = 1;; tries += 1) {
        try {
            await remote.push(undo);
            return undo;
        }
        catch (error) {
            const failed = explainGitError(action, error, location);
            if (!mayPushAgain(error))
                throw failed;
            if (!isLostRace(error))
                unsure = undo;
            await pauseAfter(error, tries);
            const head = await headAfter(failed, { remote, branch, unsure });
            // The answer may be lost although the push arrived; others may have built upon it since.
            if ((await remote.findFirst([undo])) !== undefined)
                return undo;
            await expectHead(head);
            if (tries >= connectionTries)
                throw failed;
        }
    }
    /** The clone is shallow: it has the commit that it began with, and none of those before. */
    async function treeBefore() {
        const [head = ''] = (await git.raw(['cat-file', 'commit', commit])).split('\n\n', 1);
        const parent = /^parent (\w+)$/m.exec(head)?.[1];
        if (parent === undefined) {
            throw new errors/* DeployError */.sH(`${action} is not possible: ${commit} is the first commit of ${branch}, so there is nothing to go back to`);
        }
        try {
            return (await git.raw(['rev-parse', '--verify', '--quiet', `${parent}^{tree}`])).trim();
        }
        catch (error) {
            throw new errors/* DeployError */.sH(`${action} is not possible: ${commit} was not made by this run`, { cause: error });
        }
    }
    async function expectHead(head) {
        if (head === commit)
            return;
        const found = head === undefined ? `${branch} is no longer there` : `another push came after it: ${branch} is at ${head}`;
        throw new errors/* DeployError */.sH(`${action} was not done, because ${found}. Nothing was changed; if ${commit} must go, take it back there by hand`);
    }
}
//# sourceMappingURL=revert.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/staging.js




/**
 * Stages everything that changed in a clone, and refuses what git would take without its content.
 *
 * @param force paths that are staged even if the repository ignores them
 * @returns changed paths
 */
async function stageAll(git, folder, force) {
    await git.raw(['add', '--all', '--', '.']);
    if (force.length > 0)
        await git.raw(['add', '--force', '--', ...force]);
    const changes = (await git.raw(['diff', '--cached', '--raw', '--no-renames', '-z'])).split('\0');
    const files = [];
    for (let index = 0; index + 1 < changes.length; index += 2) {
        const path = changes[index + 1] ?? '';
        if (/^:\d+ 160000 /.test(changes[index] ?? '')) {
            throw new errors/* DeployError */.sH(`${path} in the code folder is a git repository of its own; copy its files or name it in copy_exclude`);
        }
        files.push(path);
    }
    await refuseFilesInSubmodules(git, folder);
    await refuseLargeFileStorage(git, files);
    return files;
}
/** Ignored files in a fresh clone are the ones that were just copied. */
async function warnOfIgnored(git) {
    const ignored = (await git.raw(['ls-files', '--others', '--ignored', '--exclude-standard', '-z'])).split('\0');
    const names = ignored.filter((name) => name !== '');
    if (names.length === 0)
        return;
    const more = names.length > 10 ? ` and ${names.length - 10} more` : '';
    log/* warning */.$e(`Not deployed, because .gitignore of the algorithm's repository excludes them: ${names.slice(0, 10).join(', ')}${more}`);
}
/** git adds nothing below a submodule's folder, and does not say so. */
async function refuseFilesInSubmodules(git, folder) {
    const entries = (await git.raw(['ls-files', '--stage', '-z'])).split('\0');
    for (const entry of entries.filter((line) => line.startsWith('160000 '))) {
        const path = entry.slice(entry.indexOf('\t') + 1);
        const content = await (0,promises_.readdir)((0,external_node_path_.join)(folder, path)).catch(() => []);
        if (content.length === 0)
            continue;
        throw new errors/* DeployError */.sH(`${path} is a submodule in the algorithm's repository and a folder in the code folder; remove the submodule there or name ${path} in copy_exclude`);
    }
}
/** With git-lfs set up, `add` stores a pointer, and the bytes would stay on this machine: no hook runs that sends them. */
async function refuseLargeFileStorage(git, files) {
    const filter = await git.raw(['config', '--get-regexp', '^filter\\.lfs\\.(clean|process)$']).catch(() => '');
    if (filter === '')
        return;
    const stored = [];
    // In portions: the names stand on a command line.
    for (let start = 0; start < files.length; start += 200) {
        const portion = files.slice(start, start + 200);
        const attributes = (await git.raw(['check-attr', '-z', 'filter', '--', ...portion])).split('\0');
        stored.push(...portion.filter((_, index) => attributes[3 * index + 2] === 'lfs'));
    }
    if (stored.length === 0)
        return;
    throw new errors/* DeployError */.sH(`.gitattributes of the algorithm's repository keeps ${stored.slice(0, 5).join(', ')} in Git LFS, which this action ` +
        'does not push. Remove the rule there, or name the files in copy_exclude');
}
//# sourceMappingURL=staging.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/repository.js










const raceDeadlineMs = 10 * 60_000;
/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
class AlgorithmRepository {
    #clone;
    #remote;
    /** The head that changes are applied to; undefined in an empty repository. */
    #head;
    #change = { apply: async () => { }, force: [] };
    #staged = [];
    constructor(clone) {
        this.#clone = clone;
        this.#remote = new RemoteBranch(clone);
        this.#head = clone.head;
    }
    /**
     * @param temp an existing folder of this run; the clone is made below it
     * @param stallSeconds seconds without a byte after which a transfer is given up
     * @throws DeployError when the repository cannot be read
     */
    static async clone(location, temp, { stallSeconds = usualStallSeconds } = {}) {
        return new AlgorithmRepository(await makeClone(location, temp, stallSeconds));
    }
    get folder() {
        return this.#clone.folder;
    }
    get branch() {
        return this.#clone.branch;
    }
    /**
     * Whether the platform builds what is pushed: it does so for the default branch only (platform reference §1).
     *
     * @returns undefined when the server does not say
     */
    async onDefaultBranch() {
        return this.#remote.isDefault();
    }
    /**
     * Asks the server whether this secret may push, without pushing. What a branch rule forbids shows only at the push.
     *
     * @throws DeployError when it may not
     */
    async checkWriteAccess() {
        try {
            await this.#remote.checkPush();
        }
        catch (error) {
            if (!isLostRace(error))
                throw this.#explain('Checking write access to the algorithm repository', error);
        }
    }
    /**
     * Applies a change to the work tree and stages it.
     *
     * @param force paths that are committed even if the repository ignores them
     * @returns changed paths; none when the repository already has it all
     */
    async stage(change, force) {
        this.#change = { apply: change, force };
        this.#staged = await this.#applyChange();
        await warnOfIgnored(this.#clone.git);
        return this.#staged;
    }
    /** The staged difference of one file, as text. */
    async difference(path) {
        return this.#clone.git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--', path]);
    }
    /**
     * Commits what is staged and pushes it. When another push came first, the change is applied again on top of it;
     * nothing is ever forced or merged.
     *
     * @throws DeployError when the push is refused; the remote is then as it was
     * @throws UncertainError when nobody can tell whether it arrived
     */
    async push(message) {
        const deadline = Date.now() + raceDeadlineMs;
        const made = [];
        let troubles = 0;
        for (let tries = 1;; tries += 1) {
            if (this.#staged.length === 0)
                return { changed: false, commit: this.#head ?? '' };
            const commit = await this.#commit(message);
            made.push(commit);
            try {
                await this.#remote.push(commit);
                return { changed: true, commit };
            }
            catch (error) {
                const failed = this.#explain('Pushing to the algorithm repository', error);
                if (!mayPushAgain(error))
                    throw failed;
                await pauseAfter(error, tries);
                const race = isLostRace(error);
                const before = this.#head;
                const head = await this.#headAfter(failed, race ? undefined : commit);
                // The answer may be lost although the push arrived, perhaps that of an earlier try.
                const arrived = await this.#remote.findFirst(made);
                if (arrived !== undefined)
                    return { changed: true, commit: arrived };
                await this.#reset(head);
                // A race that nobody won is trouble too: a lock that was left behind on the server looks like one.
                troubles = race && head !== before ? 0 : troubles + 1;
                if (troubles >= connectionTries || Date.now() > deadline)
                    throw failed;
                this.#staged = await this.#applyChange();
            }
        }
    }
    /**
     * Takes a delivered commit back: pushes one commit on top of it that restores all files as they were before it.
     *
     * @returns the new commit
     * @throws DeployError when it is the first commit or no longer the head, or when the push is refused; the remote is
     *   then as it was
     * @throws UncertainError when nobody can tell whether it arrived
     */
    async revert(commit, message) {
        return revertCommit(this.#clone, this.#remote, commit, message);
    }
    async #applyChange() {
        const { git, folder } = this.#clone;
        // Whatever went wrong before, nothing is ever added to a repository around the clone.
        const top = (await git.raw(['rev-parse', '--show-toplevel'])).trim();
        if ((await (0,promises_.realpath)(top)) !== folder) {
            throw new errors/* DeployError */.sH(`Expected the clone at ${folder}, found a repository at ${top}`);
        }
        await this.#change.apply(folder);
        return stageAll(git, folder, this.#change.force);
    }
    async #commit(message) {
        const { git } = this.#clone;
        await git.raw(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message]);
        const commit = (await git.raw(['rev-parse', 'HEAD'])).trim();
        if (commit === this.#head)
            throw new errors/* DeployError */.sH('git made no commit although files had changed');
        return commit;
    }
    async #headAfter(failed, unsure) {
        const head = await headAfter(failed, { remote: this.#remote, branch: this.branch, unsure });
        // Only a repository that was empty may still be without the branch.
        if (head !== undefined || this.#head === undefined)
            return head;
        throw new errors/* DeployError */.sH(`${failed.message}\nThe branch ${this.branch} is no longer there`);
    }
    async #reset(head) {
        const { git, branch } = this.#clone;
        if (head === undefined) {
            await git.raw(['update-ref', '-d', `refs/heads/${branch}`]);
            await git.raw(['read-tree', '--empty']);
        }
        else {
            await git.raw(['reset', '--hard', '--quiet', head]);
        }
        await git.raw(['clean', '-ffdxq']);
        this.#head = head;
    }
    #explain(action, error) {
        return explainGitError(action, error, this.#clone.location);
    }
}
//# sourceMappingURL=repository.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/workspace.js

/** The message of a commit of the user's own repository; undefined when the checkout does not hold it. */
async function commitMessage(workspace, commit) {
    try {
        const message = await openWorkspaceGit(workspace).raw(['log', '-1', '--format=%B', commit, '--']);
        return message.replace(/\n+$/, '') || undefined;
    }
    catch {
        // No git, no repository, or a shallow checkout of another commit: the caller says what that means.
        return undefined;
    }
}
//# sourceMappingURL=workspace.js.map
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: ./build/src/algorithmia/data-uri.js
var data_uri = __webpack_require__(4686);
;// CONCATENATED MODULE: ./build/src/algorithmia/response.js

/**
 * What the platform says about a failure: `error.message`, a flat `message`, `error` as text, or the header that
 * stands in for the body of a HEAD (platform reference §2.5).
 */
function errorText(response) {
    const { error, message } = parseObject(response.body) ?? {};
    const text = isObject(error) ? error.message : (error ?? message);
    const said = (0,log/* redact */.E$)(typeof text === 'string' ? text : (response.headers['x-error-message'] ?? ''));
    return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`;
}
/** The platform's number for a failure, nested or flat (platform reference §2.5, §3.6). */
function errorCode(response) {
    const body = parseObject(response.body);
    const code = isObject(body?.error) ? body.error.code : body?.code;
    return code === undefined || code === null ? undefined : Number(code);
}
/** The JSON object of a body; undefined when it holds anything else. */
function parseObject(body) {
    try {
        const parsed = JSON.parse(body);
        return isObject(parsed) ? parsed : undefined;
    }
    catch {
        return undefined;
    }
}
function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
//# sourceMappingURL=response.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/data.js




/** Folders and files of the data API (platform reference §2.3). */
class DataApi {
    #http;
    constructor(http) {
        this.#http = http;
    }
    /**
     * One cheap call that tells whether the key is good and the collection is there.
     *
     * @throws DeployError when the key is rejected or may not read
     */
    async findCollection(collection) {
        const response = await this.#http.request('GET', (0,data_uri/* apiPath */.So)(collection));
        if (response.status === 200)
            return 'exists';
        if (response.status === 404)
            return 'missing';
        throw refusal(response, `look into ${(0,data_uri/* formatUri */.QJ)(collection)}`, 'reading');
    }
    /** Creates the collection unless it is there; that somebody else created it meanwhile is fine. */
    async createCollection(collection) {
        const { owner, name } = (0,data_uri/* collectionParts */.D5)(collection);
        const response = await this.#http.postJson(`/v1/data/${encodeURIComponent(owner)}`, { name });
        if (response.status === 200 || response.status === 409)
            return;
        if ((await this.findCollection(collection).catch(() => 'missing')) === 'exists')
            return;
        throw refusal(response, `create the collection ${(0,data_uri/* formatUri */.QJ)(collection)}`, 'writing');
    }
    async exists(file) {
        const response = await this.#http.request('HEAD', (0,data_uri/* apiPath */.So)(file));
        if (response.status === 200)
            return true;
        if (response.status === 404)
            return false;
        throw refusal(response, `look for ${(0,data_uri/* formatUri */.QJ)(file)}`, 'reading');
    }
    /** @returns bytes, or undefined when there is no such object */
    async storedSize(file) {
        const { response, size } = await this.#http.announcedSize((0,data_uri/* apiPath */.So)(file));
        if (response.status === 404)
            return undefined;
        if (response.status === 200 && size !== undefined)
            return size;
        return this.#listedSize(file);
    }
    /** The way that is documented: the listing of the folder, page by page (platform reference §2.3, §2.6). */
    async #listedSize(file) {
        const slash = file.path.lastIndexOf('/');
        const folder = { ...file, path: file.path.slice(0, slash) };
        const name = file.path.slice(slash + 1);
        let marker = '';
        do {
            const response = await this.#http.request('GET', (0,data_uri/* apiPath */.So)(folder) + (marker === '' ? '' : `?marker=${encodeURIComponent(marker)}`));
            if (response.status !== 200)
                throw refusal(response, `list ${(0,data_uri/* formatUri */.QJ)(folder)}`, 'reading');
            const page = parseObject(response.body);
            if (page === undefined || (marker !== '' && page.marker === marker)) {
                throw new errors/* DeployError */.sH(`Algorithmia could not list ${(0,data_uri/* formatUri */.QJ)(folder)}: its answer is not a listing`);
            }
            const entry = page.files?.find((candidate) => candidate.filename === name);
            if (entry)
                return entry.size;
            marker = page.marker ?? '';
        } while (marker !== '');
        return undefined;
    }
    /** Downloads the object and hashes it on the way. */
    async digest(file) {
        let md5 = (0,external_node_crypto_.createHash)('md5');
        let sha256 = (0,external_node_crypto_.createHash)('sha256');
        const response = await this.#http.download((0,data_uri/* apiPath */.So)(file), () => {
            md5 = (0,external_node_crypto_.createHash)('md5');
            sha256 = (0,external_node_crypto_.createHash)('sha256');
            return (chunk) => {
                md5.update(chunk);
                sha256.update(chunk);
            };
        });
        if (response.status !== 200)
            throw refusal(response, `read ${(0,data_uri/* formatUri */.QJ)(file)}`, 'reading');
        return { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
    }
}
/** Says what the platform refused and which right the key lacks. */
function refusal(response, action, right) {
    const said = errorText(response);
    if (response.status === 401) {
        return new errors/* DeployError */.sH(`Algorithmia rejected algorithmia_api_key while trying to ${action} (${said}). Check the key, and that algorithmia_api is the installation it belongs to`);
    }
    if (response.status === 403) {
        return new errors/* DeployError */.sH(`algorithmia_api_key may not ${action} (${said}): it lacks the right of ${right}. In the key's settings set data ` +
            'access to "read + write", and make sure that it belongs to the owner of the collection');
    }
    return new errors/* DeployError */.sH(`Algorithmia could not ${action} (${said})`);
}
/** Connectors have no folders to create, and their rights are set on the platform (platform reference §2.1). */
function needsCollection(collection) {
    return (0,data_uri/* isHosted */.OZ)(collection);
}
//# sourceMappingURL=data.js.map
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: ./node_modules/axios/lib/axios.js + 65 modules
var axios = __webpack_require__(1542);
// EXTERNAL MODULE: ./node_modules/axios/index.js
var node_modules_axios = __webpack_require__(9159);
;// CONCATENATED MODULE: ./build/src/algorithmia/connection-error.js

/** A call that got no answer: refused, cut, timed out. */
class ConnectionError extends errors/* DeployError */.sH {
    transient;
    constructor(message, transient) {
        super(message);
        this.transient = transient;
    }
}
/** Whether the next try may get further: not with a wrong address, nor with a certificate that is not trusted. */
function isTransient(code = '') {
    const final = ['ENOTFOUND', 'EPROTO', 'ERR_INVALID_URL', 'ERR_BAD_OPTION', 'ERR_TLS_CERT_ALTNAME_INVALID'];
    return !(final.includes(code) || /^(HPE_|CERT_|ERR_SSL_|UNABLE_TO_)|SELF_SIGNED/.test(code));
}
/** @returns the rest of the sentence "ADDRESS could not be reached: ..." */
function explain(code, message, protocol) {
    switch (code) {
        case 'ENOTFOUND':
            return 'there is no such host (ENOTFOUND); check algorithmia_api';
        case 'EAI_AGAIN':
            return 'its name could not be looked up (EAI_AGAIN); check algorithmia_api';
        case 'ECONNREFUSED':
            return 'the connection was refused (ECONNREFUSED); check algorithmia_api';
        case 'ECONNRESET':
        case 'EPIPE':
            return `the connection was cut (${code})`;
        case 'ECONNABORTED':
        case 'ETIMEDOUT':
        case 'ERR_CANCELED':
            return `there was no answer in time (${code})`;
    }
    if (code && /^(HPE_|EPROTO|ERR_SSL_)/.test(code))
        return `it does not speak ${protocol} (${code}); check algorithmia_api`;
    return code && !message.includes(code) ? `${message} (${code})` : message;
}
//# sourceMappingURL=connection-error.js.map
// EXTERNAL MODULE: external "node:http"
var external_node_http_ = __webpack_require__(7067);
// EXTERNAL MODULE: external "node:https"
var external_node_https_ = __webpack_require__(4708);
;// CONCATENATED MODULE: ./build/src/algorithmia/expect-continue.js


/**
 * The transport of one upload: axios sends `Expect: 100-continue` but does not wait for the answer, so the body waits
 * instead. Servers that ignore the header (RFC 9110 §10.1.1 allows it) cost one second.
 */
function expectContinue(ready) {
    return {
        request(options, onResponse) {
            const request = (options.protocol === 'https:' ? external_node_https_ : external_node_http_).request(options, onResponse);
            const timer = setTimeout(ready, 1000);
            timer.unref();
            request.once('continue', ready);
            request.once('close', () => clearTimeout(timer));
            return request;
        },
    };
}
//# sourceMappingURL=expect-continue.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/retry.js





/**
 * Makes a call until it gets an answer that is worth having, or the tries are used up.
 *
 * @param call for the log
 * @returns the last answer, whatever its status
 * @throws ConnectionError when the last try got no answer
 */
async function withRetries(call, policy, attempt) {
    const { attempts } = policy;
    for (let number = 1;; number += 1) {
        let reason;
        let retryAfter;
        try {
            const result = await attempt();
            const { status, headers } = result.response;
            if (!isRetryable(status) || number >= attempts)
                return result;
            reason = `answered ${status}`;
            retryAfter = headers['retry-after'];
        }
        catch (error) {
            if (!(error instanceof ConnectionError) || !error.transient)
                throw error;
            if (number >= attempts)
                throw new ConnectionError(`${(0,errors/* messageOf */.bD)(error)} (${attempts} tries)`, false);
            reason = (0,errors/* messageOf */.bD)(error);
        }
        const milliseconds = pauseBefore(number, policy, retryAfter);
        log/* info */.pq(`${call}: ${reason}; try ${number + 1} of ${attempts} in ${(0,format/* formatDuration */.a)(milliseconds)}`);
        await pause_pause(milliseconds, policy.cancelled);
    }
}
function isRetryable(status) {
    return status === 408 || status === 429 || status >= 500;
}
/** Exponential with jitter, and no shorter than the server asks for. @returns milliseconds */
function pauseBefore(number, { firstPauseMs, longestPauseMs }, retryAfter) {
    const ownPause = firstPauseMs * 2 ** (number - 1) * (0.75 + Math.random() / 2);
    return Math.max(ownPause, Math.min(parseRetryAfter(retryAfter) ?? 0, longestPauseMs));
}
function parseRetryAfter(text) {
    if (text === undefined)
        return undefined;
    if (/^\d+$/.test(text))
        return Number(text) * 1000;
    const date = Date.parse(text);
    return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
//# sourceMappingURL=retry.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/watchdog.js
/** Aborts when a counter stands still. axios' own timeout is a deadline for the whole upload, which has no right length. */
function watchProgress(count, limitMs) {
    const controller = new AbortController();
    let last = count();
    let since = performance.now();
    const timer = setInterval(() => {
        const now = count();
        if (now !== last) {
            last = now;
            since = performance.now();
        }
        else if (performance.now() - since >= limitMs()) {
            controller.abort();
        }
    }, Math.min(1000, limitMs() / 4));
    return { signal: controller.signal, stop: () => clearInterval(timer) };
}
//# sourceMappingURL=watchdog.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/http.js









class Http {
    #options;
    constructor(options) {
        const retries = { attempts: 5, firstPauseMs: 1000, longestPauseMs: 120_000 };
        const cancelled = new AbortController().signal;
        this.#options = { timeoutMs: 60_000, stallMs: 60_000, cancelled, ...retries, ...options };
    }
    get apiUrl() {
        return this.#options.apiUrl;
    }
    /**
     * @param path from `/v1/` on, encoded
     * @returns the answer, whatever its status (redirects excepted)
     * @throws ConnectionError when no try got an answer
     */
    async request(method, path, limits = {}) {
        return this.#request({ method, url: path }, limits);
    }
    /** Sends a text as it is; otherwise like `request`. */
    async post(path, { contentType, body }, limits = {}) {
        return this.#request({ method: 'POST', url: path, data: body, headers: { 'Content-Type': contentType } }, limits);
    }
    async postJson(path, value, limits = {}) {
        return this.post(path, { contentType: 'application/json', body: JSON.stringify(value) }, limits);
    }
    async #request(config, limits) {
        const { timeoutMs, signal, ...policy } = { ...this.#options, signal: this.#options.cancelled, ...limits };
        const { response } = await withRetries(`${config.method} ${config.url}`, policy, async () => {
            const response = await this.#send({
                ...config,
                // axios' own timeout is one of silence: an answer that trickles never ends it.
                signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#options.cancelled, signal]),
                maxContentLength: 64 * 1024 * 1024,
            });
            return { response: toResponse(response) };
        });
        return response;
    }
    /** The size of a stored file as its download announces it; the download itself is not made. Undefined if not announced. */
    async announcedSize(path) {
        return withRetries(`GET ${path}`, this.#options, async () => {
            const response = await this.#send({
                method: 'GET',
                url: path,
                headers: { 'Accept-Encoding': 'identity' },
                responseType: 'stream',
                decompress: false,
                signal: AbortSignal.timeout(this.#options.timeoutMs),
            });
            response.data.destroy();
            response.request?.destroy();
            // The length of something compressed is not the size.
            const length = response.headers['content-encoding'] ? undefined : response.headers['content-length'];
            return { response: toResponse(response), size: length === undefined ? undefined : Number(length) };
        });
    }
    /**
     * Streams a stored file.
     *
     * @param start makes the consumer of one try, which gets the file from its first byte
     * @returns the answer; its body is empty when the file was streamed
     */
    async download(path, start) {
        const { response } = await withRetries(`GET ${path}`, this.#options, async () => ({
            response: await this.#downloadOnce(path, start()),
        }));
        return response;
    }
    async #downloadOnce(path, consume) {
        let received = 0;
        const watchdog = watchProgress(() => received, () => this.#options.stallMs);
        try {
            const response = await this.#send({
                method: 'GET',
                url: path,
                headers: { 'Accept-Encoding': 'identity' },
                responseType: 'stream',
                signal: watchdog.signal,
            });
            const refused = [];
            for await (const chunk of (0,external_node_stream_.addAbortSignal)(watchdog.signal, response.data)) {
                received += chunk.length;
                if (response.status === 200)
                    consume(chunk);
                else
                    refused.push(chunk);
            }
            return { ...toResponse(response), body: Buffer.concat(refused).toString() };
        }
        catch (error) {
            if (error instanceof errors/* DeployError */.sH && !(error instanceof ConnectionError))
                throw error;
            const why = watchdog.signal.aborted
                ? `no progress for ${(0,format/* formatDuration */.a)(this.#options.stallMs)}`
                : (0,errors/* messageOf */.bD)(error);
            throw new ConnectionError(`The download of ${path} broke off after ${received} bytes: ${why}`, true);
        }
        finally {
            watchdog.stop();
        }
    }
    /**
     * PUTs a stream of known size. A try starts with `Expect: 100-continue`, so that a refusal arrives before a byte is
     * sent; what makes no progress for `stallMs` is cut. Memory does not grow with the size: redirects, which would make
     * axios keep the body, are not followed.
     *
     * @param size in bytes
     * @param open makes the body of one try; it must not produce bytes before `ready` resolves
     * @returns the answer and the body that was sent with it
     */
    async upload(path, size, open) {
        let expect = size > 0;
        return withRetries(`PUT ${path}`, this.#options, async () => {
            const result = await this.#uploadOnce(path, size, open, expect);
            if (!expect || result.response.status !== 417)
                return result;
            // Old proxies know no expectations (RFC 9110 §10.1.1).
            expect = false;
            return this.#uploadOnce(path, size, open, expect);
        });
    }
    async #uploadOnce(path, size, open, expect) {
        const ready = Promise.withResolvers();
        if (!expect)
            ready.resolve();
        const body = await open(ready.promise);
        // A server that has everything may think: storing a large file elsewhere takes time and shows no progress.
        const limit = () => this.#options.stallMs * (body.bytesRead < size ? 1 : 5);
        const watchdog = watchProgress(() => body.bytesRead, limit);
        try {
            const response = await this.#send({
                method: 'PUT',
                url: path,
                data: body.stream,
                headers: {
                    'Content-Type': 'application/octet-stream',
                    'Content-Length': size,
                    ...(expect ? { Expect: '100-continue' } : {}),
                },
                ...(expect ? { transport: expectContinue(ready.resolve) } : {}),
                signal: watchdog.signal,
            });
            // A confirmation may overtake the end of our own stream. Any other answer may leave a half-sent request, which
            // would keep the process alive.
            if (response.status < 300 && body.bytesRead === size) {
                await (0,external_node_stream_promises_.finished)(body.stream, { writable: false, signal: watchdog.signal });
            }
            else
                response.request?.destroy();
            return { response: toResponse(response), body };
        }
        catch (error) {
            const stalled = watchdog.signal.aborted;
            if (!stalled && !(error instanceof ConnectionError))
                throw error;
            const why = stalled ? `The upload made no progress for ${(0,format/* formatDuration */.a)(limit())}` : (0,errors/* messageOf */.bD)(error);
            const transient = !(error instanceof ConnectionError) || error.transient;
            throw new ConnectionError(`${why}, after ${body.bytesRead} of ${size} bytes`, transient);
        }
        finally {
            watchdog.stop();
            await body.discard();
        }
    }
    async #send(config) {
        try {
            const response = await axios/* default */.A.request({
                baseURL: this.#options.apiUrl,
                responseType: 'text',
                transformResponse: (data) => data,
                adapter: 'http',
                maxRedirects: 0,
                validateStatus: null,
                ...config,
                headers: { Authorization: `Simple ${this.#options.apiKey}`, Accept: '*/*', ...config.headers },
            });
            this.#refuseRedirect(response);
            return response;
        }
        catch (error) {
            this.#options.cancelled.throwIfAborted();
            if (!(0,node_modules_axios/* isAxiosError */.F0)(error) && !axios/* default */.A.isCancel(error))
                throw error;
            const { request, code, message } = error;
            request?.destroy();
            // A body that failed to be read (a model that changed) is our own error, and trying again cannot mend it.
            if ((0,node_modules_axios/* isAxiosError */.F0)(error) && error.cause instanceof errors/* DeployError */.sH)
                throw error.cause;
            // A refusal whose words were lost with the connection is a refusal all the same.
            if ((0,node_modules_axios/* isAxiosError */.F0)(error) && error.response && error.response.status >= 400)
                return { ...error.response, data: '' };
            throw new ConnectionError(`${this.#options.apiUrl} could not be reached: ${explain(code, message, new URL(this.#options.apiUrl).protocol.slice(0, -1))}`, isTransient(code));
        }
    }
    #refuseRedirect(response) {
        if (response.status < 300 || response.status >= 400)
            return;
        response.request?.destroy();
        const target = String(response.headers.location ?? '');
        throw new errors/* DeployError */.sH(`${this.#options.apiUrl} answered with a redirect to ${target.split('?')[0]}. The API key is not sent to another ` +
            'address; if that is the right one, set algorithmia_api to it');
    }
}
function toResponse(response) {
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
    return { status: response.status, headers, body: typeof response.data === 'string' ? response.data : '' };
}
//# sourceMappingURL=http.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/store.js





/**
 * Stores the model under a name that no live manifest can already point to with other bytes.
 *
 * An existing object is never overwritten: it is reused when the manifest proves that it holds the same bytes, and
 * left alone otherwise, the model going beside it.
 */
async function storeModel(request) {
    const { data, collection, collectionExists, model } = request;
    if (needsCollection(collection) && !collectionExists) {
        await data.createCollection(collection);
        log/* info */.pq(`Created the collection ${(0,data_uri/* formatUri */.QJ)(collection)}`);
    }
    const uri = (0,data_uri/* fileIn */.Ed)(collection, request.name);
    if (!(await data.exists(uri)))
        return upload(request, uri);
    const digest = await model.digest();
    if (request.isProven({ filepath: (0,data_uri/* manifestPath */.ji)(uri), size: model.size, ...digest }) &&
        (await data.storedSize(uri)) === model.size) {
        return reuse(uri, digest, model.size);
    }
    log/* info */.pq(`${(0,data_uri/* formatUri */.QJ)(uri)} exists, and the live manifest does not vouch for its bytes; this model goes beside it`);
    return storeBeside(request, digest);
}
/**
 * Makes sure that an object still holds the model of this run. Two runs of one commit may find the name free at the
 * same time; the platform has no conditional write, so whoever comes second looks again.
 */
async function confirmStored(request, stored) {
    log/* info */.pq(`Another run of this commit stored a model of the same name: reading ${(0,data_uri/* formatUri */.QJ)(stored.uri)} again`);
    const { md5, sha256 } = stored;
    const present = await request.data.digest(stored.uri);
    return present.md5 === md5 && present.sha256 === sha256 ? stored : storeBeside(request, { md5, sha256 });
}
async function storeBeside(request, digest) {
    const { data, collection, model } = request;
    const beside = (0,data_uri/* fileIn */.Ed)(collection, request.nameWithDigest(digest.md5.slice(0, 8)));
    if (!(await data.exists(beside)))
        return upload(request, beside, digest);
    // Left by a run that failed after its upload, most likely whole; its bytes are the proof.
    const stored = await data.digest(beside);
    if (stored.md5 === digest.md5 && stored.sha256 === digest.sha256)
        return reuse(beside, digest, model.size);
    throw new errors/* DeployError */.sH(`${(0,data_uri/* formatUri */.QJ)(beside)} exists with other bytes than its name says, perhaps left half-written. Delete it and run again`);
}
function reuse(uri, digest, size) {
    log/* info */.pq(`${(0,data_uri/* formatUri */.QJ)(uri)} is already stored with the same bytes: nothing to upload`);
    return { uri, size, uploaded: false, ...digest };
}
async function upload(request, uri, expected) {
    const { http, data, model } = request;
    const started = performance.now();
    log/* info */.pq(`Uploading ${model.name} (${(0,format/* formatBytes */.z)(model.size)}) to ${(0,data_uri/* formatUri */.QJ)(uri)}`);
    const progress = reportProgress(model.size, request.progressEveryMs ?? 5000);
    const { response, body } = await http
        .upload((0,data_uri/* apiPath */.So)(uri), model.size, async (ready) => {
        const body = await model.open(ready);
        progress.follow(body);
        return body;
    })
        .finally(progress.stop);
    if (response.status !== 200)
        throw refusal(response, `store ${(0,data_uri/* formatUri */.QJ)(uri)}`, 'writing');
    if (body.bytesRead !== model.size) {
        throw new errors/* DeployError */.sH(`Algorithmia answered that ${(0,data_uri/* formatUri */.QJ)(uri)} is stored after only ${body.bytesRead} of ${model.size} bytes were sent`);
    }
    const digest = await body.digest();
    if (expected && expected.md5 !== digest.md5)
        throw new errors/* DeployError */.sH(`${model.name} changed while it was deployed`);
    checkAnswer(response.body, uri);
    await checkStored(data, uri, model);
    const elapsed = performance.now() - started;
    log/* info */.pq(`Stored ${(0,format/* formatBytes */.z)(model.size)} in ${(0,format/* formatDuration */.a)(elapsed)}` +
        `${elapsed < 1000 ? '' : ` (${formatRate(model.size, elapsed)})`}, MD5 ${digest.md5}`);
    return { uri, size: model.size, uploaded: true, ...digest };
}
/** An answer without the object's own URI is no success: an empty 200 has been seen for a refusal (platform reference §2.5). */
function checkAnswer(body, uri) {
    let result;
    try {
        result = JSON.parse(body)?.result;
    }
    catch {
        result = undefined;
    }
    if (typeof result === 'string' && (0,data_uri/* sameObject */.Qr)(result, uri))
        return;
    const shown = body.length > 200 ? `${body.slice(0, 200)}...` : body;
    throw new errors/* DeployError */.sH(`Algorithmia did not confirm that ${(0,data_uri/* formatUri */.QJ)(uri)} is stored; it answered: ${shown || 'nothing'}`);
}
async function checkStored(data, uri, model) {
    const stored = await data.storedSize(uri);
    if (stored === model.size)
        return;
    // Not removed: another run of this commit may have stored its own model there a moment ago.
    throw new errors/* DeployError */.sH(stored === undefined
        ? `${(0,data_uri/* formatUri */.QJ)(uri)} is not there although Algorithmia confirmed it`
        : `${(0,data_uri/* formatUri */.QJ)(uri)} is stored with ${stored} bytes instead of ${model.size}; a new run stores the model beside it`);
}
/** A line every few seconds for uploads that take long: percent, rate, time left. */
function reportProgress(size, everyMs) {
    let body;
    let started = performance.now();
    const timer = setInterval(() => {
        if (body === undefined || body.bytesRead === 0)
            return;
        const elapsed = performance.now() - started;
        const left = (elapsed / body.bytesRead) * (size - body.bytesRead);
        const percent = Math.floor((body.bytesRead / size) * 100);
        log/* info */.pq(`${percent} % sent, ${formatRate(body.bytesRead, elapsed)}, ${(0,format/* formatDuration */.a)(left)} left`);
    }, everyMs);
    return {
        follow(next) {
            body = next;
            started = performance.now();
        },
        stop: () => clearInterval(timer),
    };
}
function formatRate(bytes, milliseconds) {
    return `${(bytes / 1e6 / (Math.max(milliseconds, 1) / 1000)).toFixed(1)} MB/s`;
}
//# sourceMappingURL=store.js.map
// EXTERNAL MODULE: ./node_modules/jsonc-parser/lib/umd/main.js
var main = __webpack_require__(9547);
// EXTERNAL MODULE: ./build/src/json.js
var json = __webpack_require__(4715);
;// CONCATENATED MODULE: ./build/src/manifest/manifest.js



/** File name in the root of the algorithm's repository (platform reference §6.1). */
const manifestName = 'model_manifest.json';
/** What changes with every run, even if nothing else does. */
const perRun = ['model_uploaded_utc', 'model_origin_run_url'];
/**
 * The manifest's text with this entry in it: present keys are replaced in place, missing ones appended in order,
 * metrics of another model are removed, everything else stays as it is spelt. Two-space indent, final newline.
 *
 * @param text the manifest so far; undefined when there is none
 * @throws DeployError when `text` is not a JSON object
 */
function updateManifest(text, entry) {
    const { model_metrics, ...always } = entry;
    const present = text === undefined ? '{}' : objectText(text);
    const base = model_metrics === undefined ? without(present, 'model_metrics') : present;
    const root = (0,main.parseTree)(base);
    const properties = root?.children ?? [];
    const edits = [];
    const missing = [];
    for (const [key, value] of Object.entries(model_metrics === undefined ? always : entry)) {
        const present = properties.filter((property) => keyOf(property) === key);
        if (present.length === 0)
            missing.push(`${JSON.stringify(key)}: ${asciiJson(value)}`);
        for (const property of present) {
            const node = property.children?.[1];
            if (node)
                edits.push({ offset: node.offset, length: node.length, content: asciiJson(value) });
        }
    }
    if (missing.length > 0 && root) {
        const last = properties.at(-1);
        const offset = last ? last.offset + last.length : root.offset + 1;
        edits.push({ offset, length: 0, content: (last ? ',' : '') + missing.join(',') });
    }
    const updated = (0,main.applyEdits)(base, edits);
    const options = { insertSpaces: true, tabSize: 2, eol: '\n' };
    return `${(0,main.applyEdits)(updated, (0,main.format)(updated, undefined, options)).trimEnd()}\n`;
}
/** The entry that a manifest holds, as far as it has one. */
function readManifest(text) {
    return text === undefined ? {} : (0,json/* parseSpelt */.y7)(objectText(text));
}
/**
 * The entry to write: the present one, when it says the same but for what changes with every run, measured metrics
 * included. So a deployment that changes nothing leaves no trace. A model whose metrics this run does not know keeps
 * those that it has.
 */
function keepUnchanged(present, next) {
    const { model_metrics, ...facts } = next;
    const keys = Object.keys(facts);
    const same = keys.every((key) => perRun.includes(key) || present[key] === next[key]);
    const complete = perRun.every((key) => typeof present[key] === 'string');
    if (same && complete) {
        return withMetrics({ ...facts, ...pick(present, perRun) }, present.model_metrics ?? model_metrics);
    }
    const isSameModel = ['model_md5_hash', 'model_sha256_hash'].every((key) => present[key] === next[key]);
    return withMetrics(facts, model_metrics ?? (isSameModel ? present.model_metrics : undefined));
}
function withMetrics(entry, metrics) {
    return metrics === undefined ? entry : { ...entry, model_metrics: metrics };
}
/** Whether the manifest vouches that the object holds exactly these bytes. */
function provesObject(present, object) {
    const { model_filepath, model_md5_hash, model_sha256_hash, model_size_bytes } = present;
    return (model_filepath === object.filepath &&
        model_md5_hash === object.md5 &&
        // Manifests of the original action have neither of these.
        (model_sha256_hash === undefined || model_sha256_hash === object.sha256) &&
        (model_size_bytes === undefined || model_size_bytes === object.size));
}
/** As Python prints a naive UTC datetime; JavaScript's clock knows no microseconds. */
function manifestTime(date) {
    return `${date.toISOString().replace('T', ' ').replace('Z', '')}000`;
}
function objectText(text) {
    // Line ends are never inside a JSON string, so only the layout changes; the formatter stumbles over CR.
    const base = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
    let value;
    try {
        value = JSON.parse(base);
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`${manifestName} in the algorithm's repository is not JSON (${error.message}). Repair or delete it there`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new errors/* DeployError */.sH(`${manifestName} in the algorithm's repository is not a JSON object. Repair or delete it there`);
    }
    return base;
}
/** The text without a key of the outermost object, however often it is there. */
function without(text, key) {
    const edits = (0,main.modify)(text, [key], undefined, {});
    return edits.length === 0 ? text : without((0,main.applyEdits)(text, edits), key);
}
function keyOf(property) {
    return property.children?.[0]?.value;
}
/** JSON in ASCII, as the original action wrote it: inference code may read the file in any locale. */
function asciiJson(value) {
    return JSON.stringify(value).replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
function pick(object, keys) {
    return Object.fromEntries(keys.map((key) => [key, object[key]]));
}
//# sourceMappingURL=manifest.js.map
;// CONCATENATED MODULE: ./build/src/model/check.js





/** How to deploy a model without training it. */
const withoutTraining = { notebook: "set notebook_path to ''", script: 'remove training_script' };
/**
 * Makes sure that there is a model worth shipping.
 *
 * @throws DeployError for a missing or empty file, a folder, a Git LFS pointer, a path out of the workspace
 */
async function checkModel({ absolute: path, relative: shown, workspace, trainedSince, trainedBy = 'notebook', trainedIn = [], }) {
    const found = await (0,promises_.stat)(path).catch(() => undefined);
    if (found === undefined) {
        const written = trainedSince && (await findWritten((0,external_node_path_.basename)(path), [(0,external_node_path_.dirname)(path), ...trainedIn], trainedSince));
        const remedy = trainedSince === undefined
            ? 'nothing was trained in this step: commit the model, download it in an earlier step, or set notebook_path or training_script'
            : written === undefined
                ? `the training ran, but did not save a model there: compare the path that the ${trainedBy} writes to with model_path`
                : `the training ran, and wrote ${(0,external_node_path_.relative)(workspace, written).split(external_node_path_.sep).join('/')}: if that is the model, set model_path to it`;
        throw new errors/* DeployError */.sH(`Model file not found at ${shown}; ${remedy}`);
    }
    const real = await (0,promises_.realpath)(path);
    // Checked again here, because training may have put a link in its place.
    const root = await (0,promises_.realpath)(workspace);
    if (real !== root && !real.startsWith(root + external_node_path_.sep))
        throw new errors/* DeployError */.sH(`model_path ${shown} leads out of the workspace, to ${real}`);
    if (found.isDirectory())
        throw new errors/* DeployError */.sH(`model_path ${shown} is a folder; name one file (an archive of it, say)`);
    if (!found.isFile())
        throw new errors/* DeployError */.sH(`model_path ${shown} is not a regular file`);
    if (found.size === 0)
        throw new errors/* DeployError */.sH(`The model ${shown} is empty (0 bytes)`);
    await refuseLfsPointer(real, shown, found.size);
    // The time of the change counts too, for what was moved or unpacked there with an old date of its own. Two seconds
    // are what some file systems round to.
    if (trainedSince && Math.max(found.mtimeMs, found.ctimeMs) < trainedSince.getTime() - 2000) {
        throw new errors/* DeployError */.sH(`The training ran, but did not write ${shown}: the file is from ${found.mtime.toISOString()}, the training began at ` +
            `${trainedSince.toISOString()}. An old model is not deployed as the result of this commit; ` +
            `let the ${trainedBy} save the model to model_path, or ${withoutTraining[trainedBy]} to deploy the file as it is`);
    }
    log/* info */.pq(`${shown}: ${(0,format/* formatBytes */.z)(found.size)}, written ${found.mtime.toISOString()}`);
    return { path: real, size: found.size };
}
/** What this training wrote in one of these folders under the model's name, also with another ending. */
async function findWritten(name, folders, since) {
    const stem = (0,external_node_path_.parse)(name).name;
    for (const folder of folders) {
        const names = await (0,promises_.readdir)(folder).catch(() => []);
        const similar = names.filter((one) => one === name || ((0,external_node_path_.parse)(one).name === stem && !/\.(ipynb|py)$/i.test(one)));
        for (const path of similar.map((one) => (0,external_node_path_.join)(folder, one))) {
            const found = await (0,promises_.stat)(path).catch(() => undefined);
            if (found?.isFile() && found.mtimeMs >= since.getTime() - 2000)
                return path;
        }
    }
    return undefined;
}
/** The text that stands in for a file when git-lfs did not fetch it. */
async function refuseLfsPointer(path, shown, size) {
    const signature = 'version https://git-lfs.github.com/spec/';
    if (size > 1024)
        return;
    const file = await (0,promises_.open)(path);
    try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(signature.length), 0, signature.length, 0);
        if (buffer.subarray(0, bytesRead).toString('latin1') !== signature)
            return;
    }
    finally {
        await file.close();
    }
    throw new errors/* DeployError */.sH(`${shown} is a Git LFS pointer, not the model: set \`lfs: true\` on the actions/checkout step of this job`);
}
//# sourceMappingURL=check.js.map
;// CONCATENATED MODULE: ./build/src/model/names.js
/** A compressed file keeps the extension of what is inside: `.tar.gz`, `.pkl.xz`, `.onnx.zst`. */
const compressions = ['gz', 'bz2', 'xz', 'zst', 'lz4', 'br', 'lzma', 'Z'];
/**
 * Stem and extension, as the original action split them (from the last dot; leading dots do not count), except that a
 * multi-part extension stays whole.
 */
function splitName(name) {
    const compressed = new RegExp(`^(.*[^.])(\\.[A-Za-z][A-Za-z0-9]{0,9}\\.(?:${compressions.join('|')}))$`, 's').exec(name);
    const match = compressed ?? /^(.*[^.])(\.[^.]*)$/s.exec(name);
    return { stem: match?.[1] ?? name, extension: match?.[2] ?? '' };
}
/** Object name `<stem>_<commit>[_<digest>]<ext>`. */
function remoteName(name, commit, digest) {
    const { stem, extension } = splitName(name);
    return `${stem}_${commit}${digest === undefined ? '' : `_${digest}`}${extension}`;
}
//# sourceMappingURL=names.js.map
// EXTERNAL MODULE: external "node:worker_threads"
var external_node_worker_threads_ = __webpack_require__(5919);
;// CONCATENATED MODULE: ./build/src/model/hashers.js



/** Hashes on the calling thread: for files that are hashed before a thread would have started. */
class InlineHasher {
    #bytes;
    #slotSize;
    #md5 = (0,external_node_crypto_.createHash)('md5');
    #sha256 = (0,external_node_crypto_.createHash)('sha256');
    constructor(memory, slotSize) {
        this.#bytes = Buffer.from(memory);
        this.#slotSize = slotSize;
    }
    async update(slot, length) {
        const chunk = this.#bytes.subarray(slot * this.#slotSize, slot * this.#slotSize + length);
        this.#md5.update(chunk);
        this.#sha256.update(chunk);
    }
    async digest() {
        return { md5: this.#md5.digest('hex'), sha256: this.#sha256.digest('hex') };
    }
    async stop() { }
}
/** One thread for each hash, both reading the same shared memory: MD5 alone keeps a core busy at 0.7 GB/s. */
class ThreadedHasher {
    #md5;
    #sha256;
    constructor(memory, slotSize) {
        this.#md5 = new HashThread(memory, slotSize, 'md5');
        this.#sha256 = new HashThread(memory, slotSize, 'sha256');
    }
    async update(slot, length) {
        await Promise.all([this.#md5.update(slot, length), this.#sha256.update(slot, length)]);
    }
    async digest() {
        const [md5, sha256] = await Promise.all([this.#md5.digest(), this.#sha256.digest()]);
        return { md5, sha256 };
    }
    async stop() {
        await Promise.all([this.#md5.stop(), this.#sha256.stop()]);
    }
}
class HashThread {
    #worker;
    #pending = [];
    #ended;
    constructor(memory, slotSize, algorithm) {
        this.#worker = new external_node_worker_threads_.Worker((0,external_node_path_.join)(import.meta.dirname, 'digest-worker.js'), {
            workerData: { memory, slotSize, algorithm },
        });
        // Answers come in the order of the questions.
        this.#worker.on('message', (answer) => this.#pending.shift()?.resolve(answer.digest ?? ''));
        const giveUp = (error) => {
            this.#ended ??= error;
            for (const { reject } of this.#pending.splice(0))
                reject(error);
        };
        this.#worker.on('error', (error) => giveUp(error));
        this.#worker.on('exit', () => giveUp(new Error('the hash thread ended')));
    }
    async update(slot, length) {
        await this.#ask(slot, length);
    }
    digest() {
        return this.#ask(0, 0);
    }
    async stop() {
        await this.#worker.terminate();
    }
    #ask(slot, length) {
        if (this.#ended)
            return Promise.reject(this.#ended);
        return new Promise((resolve, reject) => {
            this.#pending.push({ resolve, reject });
            this.#worker.postMessage({ slot, length });
        });
    }
}
//# sourceMappingURL=hashers.js.map
;// CONCATENATED MODULE: ./build/src/model/reader.js




const slotSize = 1024 * 1024;
const slots = 8;
/** Below this size (bytes) starting the hash threads costs more than they save. */
const threadedFrom = 16 * 1024 * 1024;
/**
 * One pass over a model file: its bytes as a stream, each read once and hashed on the way, in a ring of shared memory
 * that stays the same size for any file. A file that changes while it is read makes the stream fail.
 */
class ModelReader {
    stream;
    #file;
    #path;
    #before;
    #ready;
    #size;
    #memory;
    #hasher;
    /** For each slot, when its bytes have been hashed. */
    #hashed = [];
    #position = 0;
    #chunk = 0;
    #digest;
    #discarded = false;
    constructor(path, file, before, ready) {
        this.#path = path;
        this.#file = file;
        this.#before = before;
        this.#ready = ready;
        this.#size = Number(before.size);
        this.#memory = new SharedArrayBuffer(Math.min(slots, Math.max(1, Math.ceil(this.#size / slotSize))) * slotSize);
        this.#hasher =
            this.#size < threadedFrom ? new InlineHasher(this.#memory, slotSize) : new ThreadedHasher(this.#memory, slotSize);
        // A slot is filled again only `slots` chunks later. With this mark the stream holds one chunk back and asks for the
        // next only when the consumer took it, so by then the socket has long let go of the slot's bytes.
        this.stream = new external_node_stream_.Readable({ highWaterMark: 1, read: () => void this.#read() });
    }
    /** @param ready no byte is read before it resolves */
    static async open(path, expectedSize, ready = Promise.resolve()) {
        const file = await (0,promises_.open)(path).catch((error) => {
            throw error.code === 'ENOENT' ? changed(path, 'it was removed') : unreadable(path, error);
        });
        const before = await file.stat({ bigint: true });
        if (before.size !== BigInt(expectedSize)) {
            await file.close();
            throw changed(path, `it had ${expectedSize} bytes and now has ${before.size}`);
        }
        return new ModelReader(path, file, before, ready);
    }
    /** The same for two passes that find the file untouched. */
    get version() {
        return versionOf(this.#before);
    }
    /** Bytes handed out so far. */
    get bytesRead() {
        return this.#position;
    }
    /**
     * Digest of the bytes handed out. Known once the stream has ended.
     *
     * @throws DeployError when the file changed meanwhile
     */
    digest() {
        return this.#digest ?? Promise.reject(new Error('the model has not been read to its end'));
    }
    /** Releases file and threads; safe to call at any time, and more than once. */
    async discard() {
        this.#discarded = true;
        // A finished pass keeps its digest.
        await this.#digest?.catch(() => undefined);
        this.stream.destroy();
        await this.#hasher.stop();
        await this.#file.close().catch(() => undefined);
    }
    async #read() {
        try {
            await this.#ready;
            if (this.#position >= this.#size) {
                await this.#refuseChange();
                // A pass that nobody wants any more must not wait for hash threads that have been stopped.
                if (this.#discarded)
                    return;
                this.#digest = Promise.all(this.#hashed).then(() => this.#hasher.digest());
                this.#digest.catch(() => undefined);
                this.stream.push(null);
                return;
            }
            const slot = this.#chunk % slots;
            await this.#hashed[slot];
            const buffer = Buffer.from(this.#memory, slot * slotSize, Math.min(slotSize, this.#size - this.#position));
            await this.#fill(buffer);
            if (this.#discarded)
                return;
            this.#position += buffer.length;
            this.#chunk += 1;
            const hashed = this.#hasher.update(slot, buffer.length);
            hashed.catch(() => undefined);
            this.#hashed[slot] = hashed;
            this.stream.push(buffer);
        }
        catch (error) {
            this.stream.destroy(error);
        }
    }
    /** Reads as often as it takes: a system may hand out less than was asked for. */
    async #fill(buffer) {
        for (let filled = 0; filled < buffer.length;) {
            const position = this.#position + filled;
            const { bytesRead } = await this.#file
                .read(buffer, filled, buffer.length - filled, position)
                .catch((error) => {
                throw unreadable(this.#path, error);
            });
            if (bytesRead === 0)
                throw changed(this.#path, `it ends after ${position} of ${this.#size} bytes`);
            filled += bytesRead;
        }
    }
    async #refuseChange() {
        const now = await (0,promises_.stat)(this.#path, { bigint: true }).catch(() => undefined);
        if (now && versionOf(now) === this.version)
            return;
        throw changed(this.#path, now ? 'something wrote to it' : 'it was removed');
    }
}
function versionOf({ ino, size, mtimeNs }) {
    return `${ino} ${size} ${mtimeNs}`;
}
function unreadable(path, error) {
    return new errors/* DeployError */.sH(`The model ${path} could not be read: ${(0,errors/* messageOf */.bD)(error)}`);
}
function changed(path, how) {
    return new errors/* DeployError */.sH(`The model ${path} changed while it was read: ${how}. Make sure that nothing writes to it during the deployment`);
}
//# sourceMappingURL=reader.js.map
;// CONCATENATED MODULE: ./build/src/model/source.js


/** A model that can be read as often as somebody needs its bytes; all passes must find the same bytes. */
function modelSource({ path, size }) {
    let known;
    let version;
    async function pass(ready) {
        const reader = await ModelReader.open(path, size, ready);
        version ??= reader.version;
        if (reader.version === version)
            return reader;
        await reader.discard();
        throw changed(path, 'something wrote to it');
    }
    return {
        name: (0,external_node_path_.basename)(path),
        size,
        open: pass,
        /** Hashes the file without sending it anywhere. */
        async digest() {
            if (known)
                return known;
            const reader = await pass();
            try {
                for await (const _ of reader.stream)
                    ;
                known = await reader.digest();
                return known;
            }
            finally {
                await reader.discard();
            }
        },
    };
}
//# sourceMappingURL=source.js.map
;// CONCATENATED MODULE: ./build/src/origin.js



/**
 * Facts of the run, from the runner's variables and the event. On `pull_request` the commit is the head of the branch:
 * the merge commit that GITHUB_SHA names exists nowhere else.
 *
 * @returns the message too, if variables or event know it: HEAD_COMMIT_MSG as in the original action, else the payload
 * @throws DeployError naming the variables that are missing
 */
function originOf(environment, payload) {
    const need = ['GITHUB_REPOSITORY', 'GITHUB_REF', 'GITHUB_SHA', 'GITHUB_RUN_ID'];
    const missing = need.filter((name) => !environment[name]);
    if (missing.length > 0) {
        throw new errors/* DeployError */.sH(`${missing.join(', ')} not set: this action runs inside GitHub Actions`);
    }
    const { GITHUB_REPOSITORY = '', GITHUB_REF = '', GITHUB_SHA = '', GITHUB_RUN_ID = '' } = environment;
    const head = environment.GITHUB_EVENT_NAME === 'pull_request' ? payload.pull_request?.head?.sha : undefined;
    const commit = head ?? GITHUB_SHA;
    if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) {
        throw new errors/* DeployError */.sH(`The commit of this run is ${JSON.stringify(commit)}, which is not a commit hash`);
    }
    const repositoryUrl = `${environment.GITHUB_SERVER_URL || 'https://github.com'}/${GITHUB_REPOSITORY}`;
    return {
        repository: GITHUB_REPOSITORY,
        ref: GITHUB_REF,
        commit,
        message: environment.HEAD_COMMIT_MSG || messageIn(payload, commit),
        repositoryUrl,
        runUrl: `${repositoryUrl}/actions/runs/${GITHUB_RUN_ID}`,
    };
}
function messageIn(payload, commit) {
    return payload.head_commit?.id === commit ? payload.head_commit.message : undefined;
}
/**
 * The origin of this run.
 *
 * @param messageInHistory looks the message up in the workspace's git history; undefined when it is not there
 */
async function readOrigin(environment, messageInHistory) {
    const origin = originOf(environment, await readPayload(environment));
    const message = origin.message ?? (await messageInHistory(origin.commit));
    if (message === undefined) {
        log/* warning */.$e(`The message of commit ${origin.commit} is not known: the event does not carry it and the checkout does not hold ` +
            'that commit. The manifest gets an empty message; check out with `fetch-depth: 2`, or set HEAD_COMMIT_MSG in the ' +
            '`env:` of this step');
    }
    return { ...origin, message: message ?? '' };
}
async function readPayload(environment) {
    // Without the file @actions/github complains on standard output.
    if (!environment.GITHUB_EVENT_PATH || !(0,external_node_fs_.existsSync)(environment.GITHUB_EVENT_PATH))
        return {};
    const { context } = await __webpack_require__.e(/* import() */ 413).then(__webpack_require__.bind(__webpack_require__, 2413));
    return context.payload;
}
//# sourceMappingURL=origin.js.map
// EXTERNAL MODULE: ./node_modules/ignore/index.js
var ignore = __webpack_require__(298);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/copy.js





/** Never part of the code: a repository of its own, and what Python and Jupyter leave behind. */
const neverCopied = new Set(['.git', '__pycache__', '.ipynb_checkpoints']);
/** Files of the algorithm's repository that mirror mode keeps: the deployment's own, and the platform's. */
const neverRemoved = ['model_manifest.json', 'model_manifest.json.freeze', 'algorithmia.conf'];
/**
 * Copies the inference code over the clone. Dot files are copied; links stay links and must lead inside the folder;
 * executable bits are kept; nothing is written through a link of the target.
 *
 * @throws DeployError for links that lead out of the folder, and where a file would replace a folder or the reverse
 */
async function copyCode({ source, target, mode, exclude }) {
    const excluded = exclusion(exclude);
    const files = await listFiles(source, excluded);
    for (const file of files)
        await copyEntry(source, target, file);
    const removed = mode === 'mirror' ? await removeOthers(target, new Set(files), excluded) : [];
    return { copied: files.length, removed };
}
/** Refuses early what the copy would refuse: links that lead out of the code folder. */
async function checkCode({ source, exclude }) {
    for (const path of await listFiles(source, exclusion(exclude))) {
        if ((await (0,promises_.lstat)((0,external_node_path_.join)(source, path))).isSymbolicLink())
            await readLinkInside(source, path);
    }
}
function exclusion(patterns) {
    const rules = ignore({ ignorecase: false }).add([...patterns]);
    return (path) => rules.ignores(path);
}
/** Files and links below a folder, as paths with forward slashes, sorted. */
async function listFiles(root, excluded, folder = '') {
    const entries = await (0,promises_.readdir)((0,external_node_path_.join)(root, folder), { withFileTypes: true });
    const lists = await Promise.all(entries.map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (neverCopied.has(entry.name.toLowerCase()) || excluded(entry.isDirectory() ? `${path}/` : path))
            return [];
        if (entry.isDirectory())
            return listFiles(root, excluded, path);
        if (entry.isFile() || entry.isSymbolicLink())
            return [path];
        throw new errors/* DeployError */.sH(`${path} in the code folder is neither a file nor a folder; remove it or name it in copy_exclude`);
    }));
    return lists.flat().sort();
}
async function copyEntry(source, target, path) {
    const from = (0,external_node_path_.join)(source, path);
    const to = (0,external_node_path_.join)(target, path);
    await makeParents(target, path);
    const present = await (0,promises_.lstat)(to).catch(() => undefined);
    if (present?.isDirectory()) {
        throw new errors/* DeployError */.sH(`${path} is a file in the code folder and a folder in the algorithm's repository; remove it there`);
    }
    const entry = await (0,promises_.lstat)(from);
    if (entry.isSymbolicLink()) {
        const link = await readLinkInside(source, path);
        if (present)
            await (0,promises_.rm)(to);
        await (0,promises_.symlink)(link, to);
        return;
    }
    if (present?.isSymbolicLink())
        await (0,promises_.rm)(to);
    await (0,promises_.copyFile)(from, to, external_node_fs_.constants.COPYFILE_FICLONE);
    if (process.platform !== 'win32') {
        // git knows one bit of the mode; the rest would be the user's umask.
        const { mode } = await (0,promises_.stat)(from);
        await (0,promises_.chmod)(to, mode & 0o100 ? 0o755 : 0o644);
    }
}
/** Makes the folders of a path one by one: a link in the target must not lead the copy out of the clone. */
async function makeParents(target, path) {
    const parents = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parents.length; depth += 1) {
        const folder = parents.slice(0, depth).join('/');
        const present = await (0,promises_.lstat)((0,external_node_path_.join)(target, folder)).catch(() => undefined);
        if (present === undefined)
            await (0,promises_.mkdir)((0,external_node_path_.join)(target, folder));
        else if (!present.isDirectory()) {
            throw new errors/* DeployError */.sH(`${folder} is a folder in the code folder and a file or link in the algorithm's repository; remove it there`);
        }
    }
}
/** @returns where a link points, as it is written */
async function readLinkInside(root, path) {
    const link = await (0,promises_.readlink)((0,external_node_path_.join)(root, path));
    const inside = (0,external_node_path_.relative)(root, (0,external_node_path_.resolve)((0,external_node_path_.dirname)((0,external_node_path_.join)(root, path)), link));
    if (!(0,external_node_path_.isAbsolute)(link) && inside !== '..' && !inside.startsWith(`..${external_node_path_.sep}`))
        return link;
    throw new errors/* DeployError */.sH(`${path} in the code folder is a link to ${link}, which would lead nowhere in the algorithm's repository. Replace it with the file`);
}
/** Mirror mode: removes what the code folder no longer has. */
async function removeOthers(target, keep, excluded) {
    const present = await listFiles(target, excluded);
    const others = present.filter((path) => !keep.has(path) && !neverRemoved.includes(path));
    for (const path of others)
        await (0,promises_.rm)((0,external_node_path_.join)(target, path));
    return others;
}
//# sourceMappingURL=copy.js.map
// EXTERNAL MODULE: ./build/src/inputs/values.js
var values = __webpack_require__(7745);
;// CONCATENATED MODULE: ./build/src/stages/delivery.js








/**
 * The manifest's entry for a stored model. What was stored by an earlier run keeps its time.
 *
 * @param metrics of the training in this run, if it told any
 */
function manifestEntry(origin, stored, present, metrics) {
    const path = (0,data_uri/* manifestPath */.ji)(stored.uri);
    const storedBefore = !stored.uploaded && present.model_filepath === path ? present.model_uploaded_utc : undefined;
    return keepUnchanged(present, {
        model_filepath: path,
        model_md5_hash: stored.md5,
        model_origin_commit_SHA: origin.commit,
        model_origin_commit_msg: origin.message,
        model_origin_repo: origin.repository,
        model_origin_ref: origin.ref,
        model_uploaded_utc: storedBefore ?? manifestTime(new Date()),
        model_sha256_hash: stored.sha256,
        model_size_bytes: stored.size,
        model_origin_run_url: origin.runUrl,
        model_metrics: metrics?.values,
    });
}
/** Whether a manifest points to the same object and says that it is another model. */
function namesOtherModel(present, stored) {
    return present.model_filepath === (0,data_uri/* manifestPath */.ji)(stored.uri) && present.model_md5_hash !== stored.md5;
}
/** Checked again before it is read: training may have put a link in the folder's place. */
function confineCode({ code, workspace }) {
    if (code === undefined)
        return;
    try {
        (0,values/* workspacePath */.X5)(code.folder.relative, workspace);
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`algorithm_path ${(0,errors/* messageOf */.bD)(error)}`);
    }
}
/**
 * Changes a clone: the code first and the manifest last, so that nothing copied can replace it.
 *
 * @returns the manifest's text
 */
async function applyTo(folder, code, entry) {
    if (code !== undefined) {
        const { copied, removed } = await copyCode({ ...code, source: code.folder.absolute, target: folder });
        log/* info */.pq(`Code: ${copied} ${copied === 1 ? 'file' : 'files'} from ${code.folder.relative}`);
        if (removed.length > 0)
            log/* info */.pq(`Not in ${code.folder.relative} any more: ${removed.slice(0, 20).join(', ')}`);
    }
    const text = updateManifest(await readManifestText(folder), entry);
    await (0,promises_.writeFile)((0,external_node_path_.join)(folder, manifestName), text);
    return text;
}
/** The manifest of a clone; undefined when there is none. A link is not followed: it may lead out of the clone. */
async function readManifestText(folder) {
    const path = (0,external_node_path_.join)(folder, manifestName);
    const present = await (0,promises_.lstat)(path).catch(() => undefined);
    if (present === undefined)
        return undefined;
    if (present.isFile())
        return (0,promises_.readFile)(path, 'utf8');
    throw new errors/* DeployError */.sH(`${manifestName} in the algorithm's repository is a link or a folder; replace it there by a file`);
}
/** The original action's message, with a body that leads back to the model's origin. */
function commitText(origin) {
    return [
        'Automated deployment via Github CI',
        '',
        `Repository: ${origin.repositoryUrl}`,
        `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
        `Run: ${origin.runUrl}`,
        '',
    ].join('\n');
}
/** Web page of a commit of the algorithm's repository. Algorithmia's own git has none (platform reference §1). */
function commitUrl({ url, hosting }, commit) {
    if (hosting === 'algorithmia' || commit === '')
        return '';
    const { hostname } = new URL(url);
    const folder = hostname.includes('gitlab') ? '/-/commit/' : hostname === 'bitbucket.org' ? '/commits/' : '/commit/';
    return url.replace(/\.git$/, '') + folder + commit;
}
//# sourceMappingURL=delivery.js.map
;// CONCATENATED MODULE: ./build/src/stages/plan.js









/** What a deployment of the present workspace would change. Nothing is trained, stored, committed or pushed. */
async function plan(inputs, deployment, origin, repository, present, { release, releaseSkipped }) {
    const { model, workspace, training, collection } = inputs;
    if (training)
        deployment.note(`Would run ${training.program.relative}.`);
    if (training && !(0,external_node_fs_.existsSync)(model.absolute)) {
        deployment.note(`${model.relative} does not exist yet, so its upload and the manifest cannot be shown.`);
    }
    else {
        deployment.phase = 'model';
        if (training)
            deployment.note(`Its model is not known yet; what follows is of the ${model.relative} that is there now.`);
        const source = modelSource(await checkModel({ ...model, workspace, trainedSince: undefined }));
        const uri = (0,data_uri/* fileIn */.Ed)(collection, remoteName(source.name, origin.commit));
        const facts = { size: source.size, ...(await source.digest()) };
        const uploaded = !provesObject(present, { filepath: (0,data_uri/* manifestPath */.ji)(uri), ...facts });
        const shown = `${model.relative} (${(0,format/* formatBytes */.z)(facts.size)}, MD5 ${facts.md5})`;
        deployment.note(uploaded ? `Would store ${shown} as ${(0,data_uri/* formatUri */.QJ)(uri)}.` : `${shown} is stored already as ${(0,data_uri/* formatUri */.QJ)(uri)}.`);
        deployment.phase = 'copy';
        const entry = manifestEntry(origin, { uri, uploaded, ...facts }, present);
        const files = await repository.stage(async (folder) => {
            await applyTo(folder, inputs.code, entry);
        }, [manifestName]);
        const target = `${repository.branch} of ${inputs.repository.url}`;
        deployment.note(files.length === 0
            ? `Would commit nothing: ${target} has it all.`
            : `Would commit to ${target}: ${shorten(files)}.`);
        const difference = await repository.difference(manifestName);
        if (difference !== '')
            log/* info */.pq(difference);
    }
    if (release)
        noteRelease(release, deployment);
    else
        deployment.skip('Build, test and publication', releaseSkipped);
    deployment.succeed('planned');
}
function noteRelease({ tests, publish }, deployment) {
    const steps = [
        'wait for the build of the pushed commit',
        ...(tests
            ? [
                `run the ${tests.cases.length === 1 ? 'test case' : `${tests.cases.length} test cases`} of ${tests.file.relative} against it`,
            ]
            : []),
        ...(publish === 'none' ? [] : [`publish it as a ${publish} version, unless it is published already`]),
    ];
    deployment.note(`Would ${steps.join(', then ')}.`);
}
function shorten(files) {
    return files.slice(0, 20).join(', ') + (files.length > 20 ? ` and ${files.length - 20} more` : '');
}
//# sourceMappingURL=plan.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/algorithms.js


function algorithmPath({ owner, name }) {
    return `/v1/algorithms/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}
/**
 * Whether the algorithm exists. Keys without "may manage my algorithms" may be refused an answer; a deployment does
 * not need it, so that is no error.
 *
 * @throws DeployError when the platform is in trouble
 */
async function findAlgorithm(algorithm) {
    const response = await algorithm.http.request('GET', algorithmPath(algorithm));
    if (response.status === 200)
        return 'exists';
    if (response.status === 404)
        return 'missing';
    if (response.status === 401 || response.status === 403)
        return 'unknown';
    const { owner, name } = algorithm;
    throw new errors/* DeployError */.sH(`Algorithmia could not look for the algorithm ${owner}/${name} (${errorText(response)})`);
}
/** What the platform would not do, and which right the key lacks for it (platform reference §1, "Keys"). */
function refusedBy({ keyInput }, response, action) {
    const said = errorText(response);
    if (response.status === 401) {
        return new errors/* RefusedError */.fk(`Algorithmia rejected ${keyInput} while trying to ${action} (${said}). Check the key, and that algorithmia_api is the installation it belongs to`);
    }
    if (response.status === 403) {
        const other = keyInput === 'algorithmia_management_api_key' ? '' : ', or set algorithmia_management_api_key to such a key';
        return new errors/* RefusedError */.fk(`${keyInput} may not ${action} (${said}). Switch on "may manage my algorithms" in the settings of the key, which must ` +
            `belong to the algorithm's owner or to a member of the organisation that owns it${other}`);
    }
    return new errors/* DeployError */.sH(`Algorithmia could not ${action} (${said})`);
}
//# sourceMappingURL=algorithms.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/builds.js



/** Builds of one algorithm (platform reference §3.3). */
class BuildApi {
    #algorithm;
    #path;
    #once;
    /** @param timeoutMs of one question about builds */
    constructor(algorithm, timeoutMs = 30_000) {
        this.#algorithm = algorithm;
        this.#path = `${algorithmPath(algorithm)}/builds`;
        this.#once = { attempts: 1, timeoutMs };
    }
    /**
     * Whether the key may read builds: those that may not manage the algorithm are refused.
     *
     * @returns why not, or undefined
     * @throws DeployError when the platform is in trouble
     */
    async whyUnreadable() {
        const response = await this.#algorithm.http.request('GET', `${this.#path}?limit=1`);
        if (response.status === 200 || response.status === 404)
            return undefined;
        const refused = refusedBy(this.#algorithm, response, 'read the builds of the algorithm');
        if (refused instanceof errors/* RefusedError */.fk)
            return refused.message;
        throw refused;
    }
    /**
     * One page of the list, newest first. Asked once: whoever waits asks again.
     *
     * @param marker of the page before
     * @throws RefusedError when the key may not read builds
     */
    async page(marker) {
        return this.#page(marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`, this.#once);
    }
    /** Asked once, like a page. */
    async get(id) {
        const build = buildIn(await this.#get(`/${encodeURIComponent(id)}`, this.#once));
        if (build === undefined)
            throw new errors/* DeployError */.sH('Algorithmia answered with something else than a build');
        return build;
    }
    async newest() {
        return (await this.#page('')).builds[0];
    }
    /** @returns undefined when there is none: not before the build is finished, or at all */
    async log(id) {
        const { http } = this.#algorithm;
        const response = await http.request('GET', `${this.#path}/${encodeURIComponent(id)}/logs`);
        const logs = response.status === 200 ? parseObject(response.body)?.logs : undefined;
        return typeof logs === 'string' ? logs : undefined;
    }
    async #page(query, limits) {
        const { results, marker: next } = await this.#get(`?limit=50${query}`, limits);
        if (!Array.isArray(results))
            throw new errors/* DeployError */.sH('Algorithmia answered with something else than a list of builds');
        // One broken record must not hide the others.
        const builds = results.flatMap((result) => buildIn(result) ?? []);
        return { builds, next: typeof next === 'string' && next !== '' ? next : undefined };
    }
    async #get(path, limits) {
        const response = await this.#algorithm.http.request('GET', this.#path + path, limits);
        if (response.status !== 200)
            throw refusedBy(this.#algorithm, response, 'read the builds of the algorithm');
        const answer = parseObject(response.body);
        if (answer === undefined)
            throw new errors/* DeployError */.sH('Algorithmia answered with something else than JSON about builds');
        return answer;
    }
}
function buildIn(value) {
    const { build_id: id, commit_sha: commit, status, finished_at: finished } = Object(value);
    if (typeof id !== 'string' || typeof commit !== 'string')
        return undefined;
    return { id, commit: commit.toLowerCase(), state: stateOf(String(status), finished) };
}
/** Words that nobody has documented mean a failure only once the build is finished. */
function stateOf(status, finished) {
    if (status === 'succeeded' || status === 'failed')
        return status;
    return status === 'in-progress' || typeof finished !== 'string' ? 'in-progress' : 'failed';
}
//# sourceMappingURL=builds.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/versions.js




/** The code of "this build is published already" (platform reference §3.6). */
const alreadyPublished = 1007;
/** Nobody reads a list that never ends. */
const mostPages = 200;
/** Versions of one algorithm, and publishing them (platform reference §3.2, §3.4). */
class VersionApi {
    #algorithm;
    #http;
    #path;
    #timeoutMs;
    /** @param timeoutMs of a publication, which may run the sample input, which may load the model */
    constructor(algorithm, timeoutMs = 330_000) {
        this.#algorithm = algorithm;
        this.#timeoutMs = timeoutMs;
        this.#http = algorithm.http;
        this.#path = algorithmPath(algorithm);
    }
    /** @returns the version that a commit is; undefined when the platform knows none */
    async ofCommit(commit) {
        const response = await this.#http.request('GET', `${this.#path}/versions/${commit}`);
        if (response.status === 404)
            return undefined;
        return versionIn(this.#object(response, 'read the versions of the algorithm'));
    }
    /** @returns the published version with this number, with the commit that the platform has for it */
    async withNumber(number) {
        let marker = '';
        for (let page = 0; page < mostPages; page += 1) {
            const query = marker === '' ? '' : `&marker=${encodeURIComponent(marker)}`;
            const response = await this.#http.request('GET', `${this.#path}/versions?limit=50&published=true${query}`);
            const { results, marker: next } = this.#object(response, 'list the versions of the algorithm');
            const versions = Array.isArray(results) ? results.map(versionIn) : [];
            const found = versions.find((version) => version.number === number);
            if (found || typeof next !== 'string' || next === '' || next === marker)
                return found;
            marker = next;
        }
        return undefined;
    }
    /** @returns who may call the newest published version; undefined when there is none, or nobody says */
    async callability() {
        const response = await this.#http.request('GET', `${this.#path}/versions?limit=1&published=true`);
        const { results } = this.#object(response, 'list the versions of the algorithm');
        const { settings } = Object(Array.isArray(results) ? results[0] : undefined);
        const { algorithm_callability: callability } = Object(settings);
        return callability === 'private' || callability === 'public' ? callability : undefined;
    }
    /** Publishes one commit, in one try: what to do about a failure depends on what it was. */
    async publish(request) {
        const body = await this.#publication(request);
        const limits = { attempts: 1, timeoutMs: this.#timeoutMs };
        try {
            return this.#publishAnswer(await this.#http.postJson(`${this.#path}/versions`, body, limits));
        }
        catch (error) {
            if (error instanceof ConnectionError)
                return { outcome: 'no-answer', message: (0,errors/* messageOf */.bD)(error) };
            throw error;
        }
    }
    #publishAnswer(response) {
        const { status } = response;
        const message = errorText(response);
        if (errorCode(response) === alreadyPublished)
            return { outcome: 'already-published', message };
        if (status >= 200 && status < 300) {
            const answer = parseObject(response.body);
            if (answer?.error)
                return { outcome: 'failed', message };
            const { commit, number } = versionIn(answer);
            return number === undefined
                ? { outcome: 'no-answer', message: `${message}, without a version` }
                : { outcome: 'published', commit, number };
        }
        // These are of a proxy: the platform behind it may still be publishing.
        if ([408, 502, 504].includes(status) || (status >= 520 && status <= 530))
            return { outcome: 'no-answer', message };
        if (status >= 500 || status === 429)
            return { outcome: 'failed', message };
        throw refusedBy(this.#algorithm, response, 'publish a version of the algorithm');
    }
    /**
     * Builds the head of the algorithm's repository once more, and waits for it.
     *
     * @param timeoutMs for the build, which the answer waits for
     * @returns the commit that was built
     */
    async compile(timeoutMs = 30 * 60_000) {
        const limits = { attempts: 1, timeoutMs };
        const response = await this.#http.postJson(`${this.#path}/compile`, {}, limits);
        return versionIn(this.#object(response, 'build the algorithm again')).commit;
    }
    /** Nothing but what the user gave: what a publication sets stays with the algorithm (platform reference §3.4). */
    async #publication({ commit, increment, releaseNotes, sampleInput, callability, insights }) {
        const settings = {
            ...(callability !== undefined && { algorithm_callability: callability }),
            ...(insights !== undefined && { insights_enabled: insights }),
        };
        const label = await this.#label();
        return {
            // The reference demands a label; the present one changes nothing.
            ...(label !== '' && { details: { label } }),
            ...(Object.keys(settings).length > 0 && { settings }),
            version_info: {
                version_type: increment,
                git_hash: commit,
                release_notes: releaseNotes,
                ...(sampleInput !== undefined && { sample_input: sampleInput }),
            },
        };
    }
    async #label() {
        const response = await this.#http.request('GET', this.#path);
        const { details } = parseObject(response.body) ?? {};
        const { label } = Object(details);
        return response.status === 200 && typeof label === 'string' ? label : '';
    }
    #object(response, action) {
        if (response.status !== 200)
            throw refusedBy(this.#algorithm, response, action);
        const object = parseObject(response.body);
        if (object === undefined)
            throw new errors/* DeployError */.sH(`Algorithmia could not ${action}: its answer is not JSON`);
        return object;
    }
}
function versionIn(value) {
    const { version_info: info } = Object(value);
    const { git_hash: commit, semantic_version: number } = Object(info);
    return {
        commit: typeof commit === 'string' && /^[0-9a-f]{40}$/i.test(commit) ? commit.toLowerCase() : '',
        number: typeof number === 'string' && /^\d+\.\d+\.\d+$/.test(number) ? number : undefined,
    };
}
//# sourceMappingURL=versions.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook/check-notebook.js


/**
 * Checks, before minutes are spent on packages, that a file is a notebook that can be run here.
 *
 * @param notebook an existing file: its absolute path, and the one that messages show
 * @throws DeployError when it is not a notebook, or one for another language than Python
 */
async function checkNotebook({ absolute, relative }) {
    const problem = problemOf(await (0,promises_.readFile)(absolute));
    if (problem === undefined)
        return;
    throw new errors/* DeployError */.sH(`${relative} ${problem}`, {
        annotation: { title: 'Not a notebook that can be run', file: relative },
    });
}
/** Names of kernels for other languages, for notebooks that do not say their language. */
const FOREIGN_KERNELS = /^(ir|julia.*|bash|scala|almond|javascript|jslab|deno|xc.*|java|gophernotes|ruby|octave|sagemath.*)$/i;
function problemOf(bytes) {
    // PowerShell's `>` writes such files.
    if (bytes.subarray(0, 100).includes(0))
        return 'is saved as UTF-16. Save it as UTF-8.';
    let text;
    try {
        // Without a byte order mark.
        text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    }
    catch {
        return 'is not a notebook: it is not UTF-8.';
    }
    if (text.trim() === '')
        return 'is empty.';
    if (text.startsWith('version https://git-lfs.github.com/')) {
        return 'is a Git LFS pointer, not the notebook. Set `lfs: true` on actions/checkout.';
    }
    if (/^(<<<<<<<|=======|>>>>>>>)/m.test(text))
        return 'holds merge conflict markers. Resolve the conflict and commit.';
    const notebook = parse(text);
    if (notebook === undefined)
        return 'is not a notebook: it is not JSON.';
    const { nbformat, nbformat_minor = 0, metadata } = notebook;
    if (typeof nbformat !== 'number')
        return 'is not a notebook: it has no `nbformat`.';
    if (!Number.isInteger(nbformat_minor))
        return 'is not a notebook: its `nbformat_minor` is not a whole number.';
    if (nbformat !== 3 && nbformat !== 4)
        return `has notebook format ${nbformat}; formats 3 and 4 can be run.`;
    const content = nbformat < 4 ? 'worksheets' : 'cells';
    if (!Array.isArray(notebook[content]))
        return `is not a notebook: it has no \`${content}\`.`;
    const problem = nbformat === 4
        ? cellProblem(notebook.cells, ['code', 'markdown', 'raw'])
        : cellProblem(cellsOfSheets(notebook.worksheets), ['code', 'markdown', 'raw', 'heading', 'html']);
    return problem ?? languageProblem(metadata ?? {});
}
/** Those of format 3; what is no sheet counts as a cell that is none. */
function cellsOfSheets(sheets) {
    return sheets.flatMap((sheet) => {
        const { cells = [] } = Object(sheet);
        return typeof sheet === 'object' && sheet !== null && Array.isArray(cells) ? cells : [undefined];
    });
}
function cellProblem(cells, kinds) {
    const place = (index) => `is not a notebook: cell ${index + 1} of ${cells.length}`;
    const odd = cells.findIndex((cell) => !kinds.includes(cell?.cell_type));
    if (odd >= 0)
        return `${place(odd)} is not one of ${kinds
            .slice(0, 3)
            .join(', ')
            .replace(/, (?=\w+$)/, ' or ')}.`;
    const wrong = cells.findIndex((cell) => !isText(cell.source ?? cell.input ?? ''));
    return wrong < 0 ? undefined : `${place(wrong)} has a \`source\` that is neither a text nor a list of texts.`;
}
function isText(value) {
    return typeof value === 'string' || (Array.isArray(value) && value.every((line) => typeof line === 'string'));
}
function parse(text) {
    for (const prepare of [String, withoutNaN]) {
        try {
            const value = JSON.parse(prepare(text));
            return typeof value === 'object' && value !== null ? value : {};
        }
        catch { }
    }
    return undefined;
}
/** Jupyter writes numbers into saved outputs that JSON does not have, and reads them again. */
function withoutNaN(text) {
    return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g, (part) => part.startsWith('"') ? part : 'null');
}
function languageProblem({ kernelspec, language_info }) {
    const language = kernelspec?.language ?? language_info?.name;
    const name = String(kernelspec?.name ?? '');
    const foreign = language === undefined ? FOREIGN_KERNELS.test(name) : !/^i?python/i.test(String(language));
    if (!foreign)
        return undefined;
    const kernel = String(kernelspec?.display_name ?? name);
    return `is written for the kernel "${kernel}"${language === undefined ? '' : ` (${language})`}. Only Python notebooks can be run.`;
}
//# sourceMappingURL=check-notebook.js.map
;// CONCATENATED MODULE: ./build/src/stages/preflight.js











/**
 * Everything that can fail early fails here, in seconds and all at once: the notebook's file, the key, the algorithm,
 * reading and writing the algorithm's repository, the manifest that is there, the links of the code.
 *
 * @param opened the clone, under way
 */
async function preflight(inputs, algorithm, data, opened) {
    const looking = findAlgorithm(algorithm);
    const required = looking.then((found) => requireAlgorithm(found, algorithm));
    const checked = opened.then(checkRepository).catch(async (error) => {
        // A missing algorithm has no repository either: one mistake, one message.
        if ((await looking.catch(() => 'unknown')) === 'missing')
            await required;
        throw error;
    });
    const unreadable = inputs.release && new BuildApi(algorithm).whyUnreadable();
    const releasing = Promise.all([checked, unreadable]).then(([{ whyNoBuild }, whyUnreadable]) => releasable(inputs, whyNoBuild, whyUnreadable));
    const [collection, found, { repository, present }, { release, releaseSkipped }] = await allChecks([
        data.findCollection(inputs.collection),
        required,
        checked,
        releasing,
        inputs.release && checkCallability(inputs.release, algorithm),
        inputs.code && checkCode({ source: inputs.code.folder.absolute, exclude: inputs.code.exclude }),
        inputs.training?.kind === 'notebook' ? checkNotebook(inputs.training.program) : undefined,
    ]);
    const missing = needsCollection(inputs.collection) ? 'will be created' : 'is not there yet';
    log/* info */.pq(`The key is accepted; ${(0,data_uri/* formatUri */.QJ)(inputs.collection)} ${collection === 'exists' ? 'exists' : missing}`);
    const { owner, name, keyInput } = algorithm;
    if (found === 'unknown') {
        log/* warning */.$e(`${keyInput} may not read algorithms, so whether ${owner}/${name} exists was not checked`);
    }
    return { collection, repository, present, release, releaseSkipped };
}
/**
 * Whether what is to follow the push can be done, and why not.
 *
 * @throws DeployError when it cannot, although the workflow demands it
 */
function releasable({ release, releaseSkipped }, whyNoBuild, whyUnreadable) {
    const why = whyNoBuild ?? whyUnreadable;
    if (release === undefined || why === undefined)
        return { release, releaseSkipped };
    const { publish, tests, keyInput } = release;
    if (whyUnreadable !== undefined && keyInput !== 'algorithmia_api_key')
        throw new errors/* DeployError */.sH(whyUnreadable);
    if (publish !== 'none')
        throw new errors/* DeployError */.sH(`publish is "${publish}", which cannot be done: ${why}`);
    if (tests?.isDemanded)
        throw new errors/* DeployError */.sH(`test_cases_path is ${tests.file.relative}, but nothing can be tested: ${why}`);
    if (whyUnreadable !== undefined)
        log/* warning */.$e(`The build will not be awaited, nor tested: ${whyUnreadable}`);
    return { release: undefined, releaseSkipped: why };
}
/** Minor versions and revisions keep the visibility of earlier ones (platform reference §3.4). */
async function checkCallability({ publish, callability }, algorithm) {
    if (callability === undefined || (publish !== 'minor' && publish !== 'revision'))
        return;
    // Whether the key may look is another check's question.
    const present = await new VersionApi(algorithm).callability().catch(() => undefined);
    if (present === undefined || present === callability)
        return;
    throw new errors/* DeployError */.sH(`algorithm_callability is "${callability}", but the published versions are ${present}, which only \`publish: major\` may ` +
        'change; remove algorithm_callability, or publish a major version');
}
function requireAlgorithm(found, { http, owner, name }) {
    if (found !== 'missing')
        return found;
    throw new errors/* DeployError */.sH(`There is no algorithm ${owner}/${name} on ${http.apiUrl}; create it there first, or correct algorithmia_algoname or its owner`);
}
async function checkRepository(repository) {
    await repository.checkWriteAccess();
    const whyNoBuild = (await repository.onDefaultBranch()) === false
        ? `algorithm_branch is "${repository.branch}", and Algorithmia builds only the repository's default branch`
        : undefined;
    return { repository, present: readManifest(await readManifestText(repository.folder)), whyNoBuild };
}
/** Waits for all checks and reports all failures at once. */
async function allChecks(checks) {
    const results = await Promise.allSettled(checks);
    const failures = results.filter((result) => result.status === 'rejected').map((result) => result.reason);
    // A server that is down fails several checks with the same words.
    const messages = [...new Set(failures.map(errors/* messageOf */.bD))];
    if (messages.length === 1)
        throw failures[0];
    if (messages.length > 1)
        throw new errors/* DeployError */.sH(`${messages.length} checks failed:\n- ${messages.join('\n- ')}`);
    return results.map((result) => result.value);
}
//# sourceMappingURL=preflight.js.map
;// CONCATENATED MODULE: ./build/src/cancellation.js

const signals = ['SIGINT', 'SIGTERM'];
/**
 * Runs work that ends soon after the run is cancelled, instead of the process ending at once without a word: the
 * runner sends a signal and kills seconds later.
 *
 * @param work gets a signal that is aborted with a DeployError
 */
async function untilCancelled(work) {
    const controller = new AbortController();
    const cancel = (signal) => controller.abort(new errors/* DeployError */.sH(`The run was cancelled (${signal})`));
    for (const signal of signals)
        process.on(signal, cancel);
    try {
        return await work(controller.signal);
    }
    finally {
        for (const signal of signals)
            process.off(signal, cancel);
    }
}
/** Waits for what cannot be interrupted, but no longer than until the run is cancelled. */
async function orCancelled(work, cancelled) {
    const { promise, reject } = Promise.withResolvers();
    const abort = () => {
        reject(cancelled.reason);
        // What goes on must not keep the process, once all is said that there is to say.
        setTimeout(() => process.exit(), 2000).unref();
    };
    cancelled.addEventListener('abort', abort, { once: true });
    try {
        cancelled.throwIfAborted();
        return await Promise.race([work, promise]);
    }
    finally {
        cancelled.removeEventListener('abort', abort);
    }
}
//# sourceMappingURL=cancellation.js.map
// EXTERNAL MODULE: ./build/src/outputs.js
var outputs = __webpack_require__(8919);
;// CONCATENATED MODULE: ./build/src/release/build.js




/** A line about a build that takes long, every so often. */
const reportEveryMs = 60_000;
/** Nobody waits for a list that never ends. */
const build_mostPages = 200;
/**
 * Waits until a commit is built. What goes wrong while asking is tried again until the deadline: the build goes on
 * meanwhile.
 *
 * @throws RefusedError when the key may not read builds
 * @throws DeployError when no build of the commit appears, or it is not finished in time
 */
async function awaitBuild(builds, commit, wait) {
    const { timeoutMs, firstPauseMs = 1000, longestPauseMs = 15_000, cancelled } = wait;
    const appearMs = Math.min(wait.appearMs ?? 10 * 60_000, timeoutMs);
    log/* info */.pq(`Waiting for the build of ${commit}, for ${(0,format/* formatDuration */.a)(timeoutMs)} at most`);
    const watch = new BuildWatch(builds, commit, timeoutMs);
    for (let pauseMs = firstPauseMs;; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
        const build = await watch.look(cancelled);
        if (build !== undefined)
            wait.onFound?.(build.id);
        const milliseconds = watch.elapsed();
        if (build !== undefined && build.state !== 'in-progress') {
            log/* info */.pq(`Build ${build.id} ${build.state} after ${(0,format/* formatDuration */.a)(milliseconds)}`);
            return { ...build, state: build.state };
        }
        const left = (build === undefined ? appearMs : timeoutMs) - milliseconds;
        if (left <= 0)
            throw watch.timedOut();
        await pause_pause(Math.min(pauseMs, left), cancelled);
    }
}
/** What is known of a build so far, and what was said of it. */
class BuildWatch {
    #builds;
    #commit;
    #timeoutMs;
    #started = performance.now();
    #build;
    /** The newest build, when it is of another commit. */
    #newest;
    #pages = build_mostPages;
    #trouble = '';
    #said = { text: '', at: 0 };
    constructor(builds, commit, timeoutMs) {
        this.#builds = builds;
        this.#commit = commit;
        this.#timeoutMs = timeoutMs;
    }
    /** Milliseconds since the wait began. */
    elapsed() {
        return performance.now() - this.#started;
    }
    async look(cancelled) {
        try {
            this.#build = this.#build === undefined ? await this.#find() : await this.#builds.get(this.#build.id);
            this.#trouble = '';
        }
        catch (error) {
            cancelled?.throwIfAborted();
            if (error instanceof errors/* RefusedError */.fk || !(error instanceof errors/* DeployError */.sH))
                throw error;
            this.#trouble = (0,errors/* messageOf */.bD)(error);
        }
        this.#report();
        return this.#build;
    }
    timedOut() {
        const commit = this.#commit.slice(0, 12);
        const waited = (0,format/* formatDuration */.a)(this.elapsed());
        const trouble = this.#trouble === '' ? '' : ` Asking for it failed at last: ${this.#trouble}.`;
        if (this.#build !== undefined) {
            return new errors/* DeployError */.sH(`The build of ${commit} is not finished after ${waited} (build_timeout_minutes).${trouble} It goes on by itself: ` +
                'run this job again to wait for it, or set a higher limit');
        }
        const others = this.#newest ? `; the newest build is of ${this.#newest.commit}, perhaps a later push` : '';
        return new errors/* DeployError */.sH(`No build of ${commit} has appeared within ${waited}${others}.${trouble} Algorithmia builds each push to the default ` +
            "branch of the algorithm's repository: check that this is that repository, and its webhook if it is not hosted " +
            'by Algorithmia');
    }
    /** The list cannot be asked for a commit: page by page (platform reference §3.3). */
    async #find() {
        let marker;
        for (let number = 0; number < this.#pages && this.elapsed() < this.#timeoutMs; number += 1) {
            const page = await this.#builds.page(marker);
            const found = page.builds.find((build) => build.commit === this.#commit);
            if (number === 0)
                this.#newest = page.builds[0]?.commit === this.#commit ? undefined : page.builds[0];
            if (found !== undefined && this.#newest) {
                log/* info */.pq(`Another push came after this one: the newest build is of ${this.#newest.commit}`);
            }
            if (found !== undefined)
                return found;
            if (page.next === undefined || page.next === marker)
                break;
            marker = page.next;
        }
        // What appears later is on top.
        this.#pages = 2;
        return undefined;
    }
    #report() {
        if (this.#build !== undefined && this.#build.state !== 'in-progress')
            return;
        const state = this.#build ? `Build ${this.#build.id} is in progress` : 'It is not in the list of builds yet';
        const text = this.#trouble === '' ? state : `${state}; asking for it failed: ${this.#trouble}`;
        const now = this.elapsed();
        if (text === this.#said.text && now - this.#said.at < reportEveryMs)
            return;
        log/* info */.pq(`${text} (${(0,format/* formatDuration */.a)(now)})`);
        this.#said = { text, at: now };
    }
}
//# sourceMappingURL=build.js.map
// EXTERNAL MODULE: ./build/src/pip-failure.js
var pip_failure = __webpack_require__(5459);
// EXTERNAL MODULE: ./build/src/traceback.js
var src_traceback = __webpack_require__(6695);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
;// CONCATENATED MODULE: ./build/src/release/log-lines.js

/** The end of a log says why a build failed; more of it is not looked at. */
const longestLog = 1024 * 1024;
/** What builders put before each line: the number of the step and its seconds, the time, the stream, the container. */
const prefix = /^(?:#\d+ (?:\d+\.\d+ )?|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?\]?:? |\[?(?:stdout|stderr)\]?:? |[\w.-]{1,64} +\| )/;
/** As pip, conda and docker draw them. */
const progressBar = /^\s*(?:[━╸╺─█▏▎▍▌▋▊▉#=|>.[\]-]{5}|\d+%)/;
const size = /\d\s?[kKMG]i?B\b/;
const longestLine = 4000;
/** Of each import, a traceback has many such lines, which say nothing. */
const importMachinery = /^ +File "<frozen importlib/;
/**
 * A build log as lines that say something: without colours, blank lines, progress bars, and what the builder puts before
 * each line. Indentation stays: it tells what belongs together.
 */
function logLines(log) {
    return (0,external_node_util_.stripVTControlCharacters)(log.slice(-longestLog))
        .split(/\r*\n/)
        .map((line) => withoutPrefixes(shownOf(line).slice(0, longestLine)).trimEnd())
        .filter((line) => line !== '' && !(progressBar.test(line) && size.test(line)));
}
/** The last lines of a build log that say something. */
function lastLines(log, count) {
    const lines = logLines(log).filter((line) => !importMachinery.test(line));
    return count > 0 ? lines.slice(-count) : [];
}
/** What a terminal shows in the end of a line that was written over. */
function shownOf(line) {
    return line.split('\r').findLast((part) => part.trim() !== '') ?? '';
}
function withoutPrefixes(line) {
    let rest = line;
    // A time and a stream, for instance.
    for (let count = 0; count < 3; count += 1)
        rest = rest.replace(prefix, '');
    return rest;
}
//# sourceMappingURL=log-lines.js.map
;// CONCATENATED MODULE: ./build/src/release/missing-module.js
/** Modules whose package has another name, those that algorithms use most. */
const missing_module_packages = {
    Algorithmia: 'algorithmia',
    Crypto: 'pycryptodome',
    PIL: 'Pillow',
    attr: 'attrs',
    bs4: 'beautifulsoup4',
    cv2: 'opencv-python-headless',
    dateutil: 'python-dateutil',
    distutils: 'setuptools',
    dotenv: 'python-dotenv',
    pkg_resources: 'setuptools',
    skimage: 'scikit-image',
    sklearn: 'scikit-learn',
    yaml: 'PyYAML',
};
/** `No module named ...`: a missing package, a missing file, or an import that should be relative. */
function explainMissingModule({ message, frames }, place, context) {
    const name = /^No module named '?([\w.]+)/.exec(message)?.[1];
    if (name === undefined)
        return undefined;
    if (name.startsWith('src.'))
        return missingFile(name, place, context);
    if (place === undefined)
        return undefined;
    const { file, line, source } = place;
    const verb = /^(?:import|from)\s/.test(source) || source === '' ? 'imports' : 'needs';
    const uses = `${file} ${verb} "${name}" on line ${line}`;
    const [top = name] = name.split('.');
    const sibling = siblingOf(top, context);
    if (sibling !== undefined) {
        return `${uses}, which is ${sibling} of the algorithm itself: write \`${relativeImport(top, place)}\``;
    }
    if (name !== top)
        return `${uses}, which the installed "${top}" does not have; another version may have it`;
    const needed = missing_module_packages[top] ?? top;
    const user = /\/(?:site|dist)-packages\/([^/.]+)/.exec(frames.at(-1)?.path ?? '')?.[1];
    if (user !== undefined && user !== top) {
        return `"${user}", which ${file} imports on line ${line}, needs "${top}"; add ${needed} to requirements.txt`;
    }
    return needed === top
        ? `${uses}, which is not in requirements.txt`
        : `${uses}, whose package ${needed} is not in requirements.txt`;
}
function missingFile(name, place, { algorithm }) {
    const path = `${name.replaceAll('.', '/')}.py`;
    if (place !== undefined) {
        return `${place.file} imports "${name}" on line ${place.line}, but the repository has no ${path}`;
    }
    // It is the platform that looks for it, by the name in the configuration.
    if (name === `src.${algorithm}`) {
        return { reason: `${path}, which the platform loads, is missing; upper and lower case count` };
    }
    return {
        reason: `algorithmia.conf names the algorithm "${name.slice('src.'.length)}", but this one is "${algorithm}"`,
        file: 'algorithmia.conf',
    };
}
/** The file of the algorithm that a bare import means: Python 3 does not look for it beside the importing one. */
function siblingOf(module, { algorithm, files, lines }) {
    const candidates = [`src/${module}.py`, `src/${module}/__init__.py`];
    return candidates.find((path) => files.includes(path) || path === `src/${algorithm}.py` || lines.some((line) => line.includes(`/${path}"`)));
}
function relativeImport(module, { file, source }) {
    const dots = '.'.repeat(file.split('/').length - 1);
    const names = new RegExp(`^from\\s+(${module}[\\w.]*)\\s+import\\s+(.+)$`).exec(source);
    return names ? `from ${dots}${names[1]} import ${names[2]}` : `from ${dots} import ${module}`;
}
//# sourceMappingURL=missing-module.js.map
;// CONCATENATED MODULE: ./build/src/release/python-failure.js

const installed = /\/(?:site|dist)-packages\/|\/lib(?:64)?\/python\d|^</;
const packageIn = /\/(?:site|dist)-packages\/([^/.]+)/;
const unreadableModel = /^(?:UnpicklingError|PickleError|BadZipFile)$|invalid load key|Ran out of input|pickle data was truncated|unsupported pickle protocol|Can't get attribute/;
const whyUnreadable = [
    [/invalid load key, 'v'/, 'a Git LFS pointer in place of the file begins so'],
    [/Ran out of input/, 'the file is empty'],
    [/was truncated/, 'the file is not whole'],
    [/unsupported pickle protocol/, 'a newer Python has saved it'],
    [/Can't get attribute/, 'what it was trained with must be in a module that the algorithm has too'],
];
const manifestKey = /^'(model_\w+|required_files|optional_files|lock_checksum)'$/;
/** What an exception while loading the algorithm means. */
function explainTraceback(traceback, context) {
    const place = ownPlace(traceback.frames, context.algorithm);
    const reason = explainMissingModule(traceback, place, context) ??
        explainImport(traceback, place) ??
        explainSyntax(traceback, place) ??
        explainFile(traceback, place) ??
        explainModel(traceback, place);
    if (reason === undefined)
        return { reason: failed(traceback, place), ...where(place) };
    return typeof reason === 'string' ? { reason, ...where(place) } : reason;
}
const where = (place) => (place === undefined ? {} : { file: place.file, line: place.line });
function failed({ type, message }, place) {
    const what = message === '' ? type : `${type}: ${message}`;
    if (place === undefined)
        return what;
    const how = /^(?:MemoryError|OutOfMemoryError)$/.test(type) ? 'ran out of memory' : 'failed';
    return `${place.file} ${how} on line ${place.line}: ${what}`;
}
/** `cannot import name`, and libraries of the system that packages need. */
function explainImport({ type, message, frames }, place) {
    if (type !== 'ImportError' || place === undefined)
        return undefined;
    const outside = packageIn.exec(frames.at(-1)?.path ?? '')?.[1];
    const library = /^(\S+\.so\S*): cannot open shared object file/.exec(message)?.[1];
    if (library !== undefined) {
        const remedy = outside === 'cv2' ? '; the package opencv-python-headless works without it' : '';
        const who = outside ?? place.file;
        return `${place.file}, line ${place.line}: ${who} needs the system library ${library}, which is not on the platform${remedy}`;
    }
    const [, name, module = ''] = /^cannot import name '(.+?)' from (?:partially initialized module )?'(.+?)'/.exec(message) ?? [];
    if (name === undefined)
        return undefined;
    if (outside !== undefined) {
        return `${outside}, which ${place.file} imports on line ${place.line}, does not fit the installed ${module}: ${message.replace(/ \(\/.*$/, '')}`;
    }
    const imports = `${place.file} imports "${name}" from "${module}" on line ${place.line}`;
    if (message.includes('circular import'))
        return `${imports} while that is still being loaded: they import each other`;
    const lacks = module.startsWith('src.')
        ? 'which does not define it'
        : 'which does not have it in the installed version';
    return `${imports}, ${lacks}`;
}
function explainSyntax({ type, message, frames }, place) {
    if (!/^(?:Syntax|Indentation|Tab)Error$/.test(type))
        return undefined;
    const outside = packageIn.exec(frames.at(-1)?.path ?? '')?.[1];
    if (outside !== undefined)
        return `the installed ${outside} is not for this Python (${type}: ${message})`;
    return (place && `${place.file} has ${type === 'IndentationError' ? 'an' : 'a'} ${type} on line ${place.line}: ${message}`);
}
function explainFile({ type, message }, place) {
    const path = type === 'FileNotFoundError' ? /'([^']+)'$/.exec(message)?.[1] : undefined;
    if (path === 'algorithmia.conf')
        return { reason: 'algorithmia.conf is missing in the root of the repository' };
    if (path === undefined || place === undefined)
        return undefined;
    const hint = path.startsWith('/') ? '' : ' (paths are relative to the root of the repository)';
    return `${place.file} opens "${path}" on line ${place.line}, which is not there${hint}`;
}
function explainModel({ type, message }, place) {
    if (/Manifest FreezeFile Tamper Detected/i.test(message)) {
        const file = 'model_manifest.json.freeze';
        return { reason: `${file} was changed after it was frozen: its lock_checksum does not match`, file };
    }
    if (place === undefined)
        return undefined;
    const key = type === 'KeyError' ? manifestKey.exec(message)?.[1] : undefined;
    if (key !== undefined)
        return `${place.file} reads "${key}" on line ${place.line}, which the model manifest does not have`;
    const said = `${place.file} on line ${place.line}: ${type}: ${message}`;
    if (type === 'JSONDecodeError' && /manifest/i.test(place.source))
        return `the model manifest cannot be read by ${said}`;
    if (!unreadableModel.test(type) && !unreadableModel.test(message))
        return undefined;
    const hint = whyUnreadable.find(([pattern]) => pattern.test(message))?.[1];
    return `a model file cannot be read by ${said.replace(/\.$/, '')}${hint === undefined ? '' : ` (${hint})`}`;
}
function ownPlace(frames, algorithm) {
    const main = frames.find(({ path }) => path === `src/${algorithm}.py` || path.endsWith(`/src/${algorithm}.py`));
    const root = main?.path.slice(0, -`src/${algorithm}.py`.length);
    const own = frames.flatMap(({ path, line, source }) => {
        const file = repositoryPath(path, root);
        return file === undefined ? [] : [{ file, line, source }];
    });
    return own.at(-1);
}
/** @param root the folder of the repository as the traceback writes it, with a slash in the end; undefined if unknown */
function repositoryPath(path, root) {
    if (installed.test(path))
        return undefined;
    if (root !== undefined && root !== '')
        return path.startsWith(root) ? path.slice(root.length) : undefined;
    const tail = /(?:^|\/)(src\/(?!.*\/src\/).+)$/.exec(path)?.[1];
    return tail ?? (root === '' && /^[^./]/.test(path) ? path : undefined);
}
//# sourceMappingURL=python-failure.js.map
;// CONCATENATED MODULE: ./build/src/release/build-log.js




const longestReason = 400;
/** From here on a build is over with pip. */
const packagesInstalled = /^(?:Successfully installed |Loading src\/)/;
const pipWords = /^(?:.*\bpip3? install\b|Collecting |Processing |Looking in (?:indexes|links): |ERROR: (?:Invalid requirement|Could not (?:find a version|open requirements|install packages)|No matching distribution))/;
const diskFull = /No space left on device|Disk quota exceeded/;
const killed = /\bKilled$|SIGKILL|signal: killed|exit(?:ed with)? (?:code|status):? 137\b|returned a non-zero code: 137\b|OOMKilled|Killed signal terminated/i;
const noMemory = /\bMemoryError\b|Cannot allocate memory|\bout of memory\b/i;
const timedOut = /\btimed out\b|time limit|deadline exceeded|\bdid not (?:load|finish|start) within\b/i;
/** What docker adds when a step has failed. */
const builderWords = /^(?:The command '.*' returned a non-zero code|-+$|ERROR: failed to (?:solve|build)|executor failed running)/;
/**
 * What the log of a failed build says (platform reference §3.2, §5.1).
 *
 * @param algorithm name of the algorithm, without its owner
 */
function explainBuildLog(log, algorithm, repository = {}) {
    const all = logLines(log);
    const lines = all.slice(all.findLastIndex((line) => packagesInstalled.test(line)) + 1);
    const traceback = (0,src_traceback/* lastTraceback */.T)(lines);
    const failure = endOfMachine(lines, traceback) ??
        wrongConfiguration(lines) ??
        failedInstallation(lines, traceback, repository.requirements ?? '') ??
        (traceback && explainTraceback(traceback, { algorithm, lines: all, files: repository.files ?? [] })) ??
        lastWords(lines.length > 0 ? lines : all);
    return { ...failure, reason: clip(failure.reason) };
}
/** The machine ended the build, wherever it was. */
function endOfMachine(lines, traceback) {
    if (lines.some((line) => diskFull.test(line)))
        return { reason: 'the disk of the build machine is full' };
    const installing = isPip(lines, traceback);
    const doing = installing ? 'while pip installed the packages' : 'while the algorithm was loaded';
    const since = installing ? lines : lines.slice((traceback?.end ?? -1) + 1);
    if (since.some((line) => killed.test(line)) || (installing && since.some((line) => noMemory.test(line)))) {
        return { reason: `the build was killed ${doing}, most likely because it ran out of memory` };
    }
    const late = installing ? undefined : since.slice(-3).find((line) => timedOut.test(line));
    return late === undefined ? undefined : { reason: `the build took too long ${doing}: ${plain(late)}` };
}
/** The platform's own words for an `algorithmia.conf` that is not this algorithm's. */
function wrongConfiguration(lines) {
    const said = lines.slice(-3).findLast((line) => /(?:^|: )algorithmia\.conf (?:names|is) /.test(line));
    return said === undefined
        ? undefined
        : { reason: plain(said), ...(!said.includes('missing') && { file: 'algorithmia.conf' }) };
}
function failedInstallation(lines, traceback, requirements) {
    if (!isPip(lines, traceback))
        return undefined;
    const output = lines.join('\n');
    const { reason, line: known } = (0,pip_failure/* explainPipFailure */.p2)(output, requirements);
    const named = requirementNamed(output, reason);
    const file = named?.file ?? 'requirements.txt';
    const line = file === 'requirements.txt' ? (known ?? named?.line) : named?.line;
    const where = line === undefined ? file : `line ${line} of ${file}`;
    return { reason: `pip could not install ${where}: ${reason}`, file, ...(line !== undefined && { line }) };
}
/** Whether it was pip that ended the build, and not the algorithm that was loaded afterwards. */
function isPip(lines, traceback) {
    if (!lines.some((line) => pipWords.test(line)))
        return false;
    if (traceback?.frames.some(({ path }) => /\/pip\/_(?:internal|vendor)\//.test(path)))
        return true;
    return lines
        .slice((traceback?.end ?? -1) + 1)
        .some((line) => (/^\s*(?:ERROR|error): /.test(line) && !builderWords.test(line)) || killed.test(line));
}
/** Where the requirement stands that pip complains of: `(from line 2 of requirements.txt)`, `(from -r base.txt (line 3))`. */
function requirementNamed(output, reason) {
    const invalid = /\(from line (\d+) of ([^)]+)\)/.exec(output);
    if (invalid)
        return { file: inRepository(invalid[2] ?? ''), line: Number(invalid[1]) };
    const places = [...output.matchAll(/^(ERROR: |\w+ (?:\S*\/)?([\w.-]+)).*\(from (?:.*->)?-r (\S+) \(line (\d+)\)\)/gm)];
    const words = reason.match(/[\w.-]+/g) ?? [];
    const place = places.find(([, start]) => start === 'ERROR: ') ??
        words.map((word) => places.find(([, , name]) => name === word)).find((found) => found !== undefined);
    return place && { file: inRepository(place[3] ?? ''), line: Number(place[4]) };
}
/** Requirements files stand in the root, where pip runs. */
const inRepository = (path) => (path.startsWith('/') ? path.slice(path.lastIndexOf('/') + 1) : path);
/** What there is when nothing is known: the end of the log. */
function lastWords(lines) {
    const last = lines.findLast((line) => !builderWords.test(line)) ?? lines.at(-1);
    if (last === undefined)
        return { reason: 'its log is empty' };
    const file = /\bsrc\/[\w/]+\.py\b/.exec(last)?.[0];
    return { reason: plain(last), ...(file !== undefined && { file }) };
}
const plain = (line) => line.trim().replace(/^(?:Build failed|ERROR|error|fatal): /, '');
const clip = (text) => {
    const sentence = text.replace(/[\s.]+$/, '');
    return sentence.length > longestReason ? `${sentence.slice(0, longestReason)}…` : sentence;
};
//# sourceMappingURL=build-log.js.map
;// CONCATENATED MODULE: ./build/src/stages/build.js











/**
 * Waits until the commit is built.
 *
 * @returns false when the key may not see whether it is
 * @throws DeployError when it is not built, with what its log says about that
 */
async function buildCommit(released) {
    const { release, deployment, algorithm, commit, cancelled } = released;
    // Told before the wait: a later step wants to know most what was pushed when this run is killed.
    (0,outputs/* publish */.mk)(deployment.outputs);
    const builds = new BuildApi(algorithm);
    const onFound = (id) => {
        deployment.outputs.build_id = id;
    };
    const wait = { timeoutMs: release.buildTimeoutMs, cancelled, onFound };
    const waitForIt = () => awaitBuild(builds, commit, wait);
    let finished;
    try {
        finished = await log/* group */.Os('Wait for the build', waitForIt);
        // What failed in an earlier run may have failed for a passing reason, and no push will ever begin another build.
        if (finished.state === 'failed' && !deployment.pushed) {
            finished = await log/* group */.Os('Build it again', () => buildAgain(released).then(waitForIt));
        }
    }
    catch (error) {
        if (!(error instanceof errors/* RefusedError */.fk) || release.publish !== 'none' || release.tests?.isDemanded)
            throw error;
        log/* warning */.$e(`Whether ${commit} is built is not known, and it was not tested: ${error.message}`);
        deployment.skip('Build and test', `${algorithm.keyInput} may not read builds`);
        return false;
    }
    if (finished.state === 'failed')
        throw await buildFailure(builds, finished, released);
    // Who publishes asks again at the last moment.
    if (release.publish === 'none')
        await noteNewerPush(builds, released);
    return true;
}
/** How it ends is read from the list of builds. */
async function buildAgain({ algorithm, release, cancelled }) {
    log/* info */.pq('This build failed in an earlier run, and nothing was pushed by this one: asking for another build');
    await new VersionApi(algorithm).compile(release.buildTimeoutMs).catch((error) => {
        cancelled.throwIfAborted();
        log/* info */.pq((0,errors/* messageOf */.bD)(error));
    });
}
/** That nobody answers is no reason to fail. */
async function noteNewerPush(builds, { deployment, commit, cancelled }) {
    const page = await builds.page().catch((error) => {
        cancelled.throwIfAborted();
        log/* info */.pq(`Whether another push came after this one is not known: ${(0,errors/* messageOf */.bD)(error)}`);
    });
    const newest = page?.builds[0];
    if (newest === undefined || newest.commit === commit)
        return;
    deployment.note(`Another push came after this one: callers of the newest build get ${newest.commit}.`);
}
async function buildFailure(builds, { id, commit }, { inputs, repository }) {
    const what = `The build of ${commit.slice(0, 12)} failed`;
    const said = await builds.log(id).catch((error) => void log/* info */.pq((0,errors/* messageOf */.bD)(error)));
    if (said === undefined)
        return new errors/* DeployError */.sH(`${what}, and its log could not be read: look at build ${id}`);
    // Before anything is cut: half of a secret would not be known again.
    const text = log/* redact */.E$(said);
    await log/* group */.Os(`Log of build ${id}`, async () => log/* info */.pq(text));
    const { reason, file, line } = explainBuildLog(text, inputs.platform.algorithm, await contentOf(repository.folder));
    return new errors/* DeployError */.sH(`${what}: ${reason}.\nThe end of its log:\n${lastLines(text, 15).join('\n')}`, {
        annotation: { ...placeOf(file, line, inputs), title: 'The build failed' },
    });
}
/** What was built, as far as it helps to read the log. */
async function contentOf(folder) {
    const entries = await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true });
    const files = entries
        .filter((entry) => entry.isFile())
        .map((entry) => (0,external_node_path_.relative)(folder, (0,external_node_path_.join)(entry.parentPath, entry.name)).split(external_node_path_.sep).join('/'))
        .filter((path) => !path.startsWith('.git/'));
    const requirements = await (0,promises_.readFile)((0,external_node_path_.join)(folder, 'requirements.txt'), 'utf8').catch(() => undefined);
    return { files, ...(requirements !== undefined && { requirements }) };
}
/** A file of the algorithm's repository as the one in the workspace that it was copied from. */
function placeOf(file, line, { code }) {
    if (file === undefined || code === undefined || !(0,external_node_fs_.existsSync)((0,external_node_path_.join)(code.folder.absolute, file)))
        return {};
    const path = code.folder.relative === '.' ? file : `${code.folder.relative}/${file}`;
    return { file: path, ...(line !== undefined && { startLine: line }) };
}
//# sourceMappingURL=build.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/calls.js





/** The platform's own limit of a call unless it is told otherwise, in seconds (platform reference §4). */
const limitSeconds = 300;
/** What a queue, the loading of the model and the way may add. */
const patienceMs = 60_000;
/** The codes of "there is no such algorithm" (platform reference §3.6). */
const missingCodes = [1000, 1001];
/**
 * Calls one version of an algorithm (platform reference §4). A call is made once: it may have effects of its own.
 *
 * @param version a number such as `1.2.3`, or a commit
 * @param timeoutMs for the answer; by default what the platform may take
 */
function callTo(algorithm, version, timeoutMs = limitSeconds * 1000 + patienceMs) {
    const { http, owner, name } = algorithm;
    const path = `/v1/algo/${encodeURIComponent(owner)}/${encodeURIComponent(name)}/${version}?timeout=${limitSeconds}`;
    return async (input, signal) => {
        const limits = { attempts: 1, timeoutMs, ...(signal && { signal }) };
        const started = performance.now();
        const elapsed = () => performance.now() - started;
        let response;
        try {
            response = await http.post(path, input, limits);
        }
        catch (error) {
            if (!(error instanceof ConnectionError))
                throw error;
            return { outcome: 'no-answer', message: (0,errors/* messageOf */.bD)(error), milliseconds: elapsed() };
        }
        const milliseconds = elapsed();
        const answer = answerIn(response);
        if (answer !== 'refused')
            return { ...answer, milliseconds };
        const other = algorithm.keyInput === 'algorithmia_management_api_key'
            ? ''
            : ', or set algorithmia_management_api_key to a key that may';
        throw new errors/* RefusedError */.fk(`${algorithm.keyInput} may not call ${owner}/${name} at ${version} (${errorText(response)}). In the key's settings ` +
            `allow it to call algo://${owner}/${name}/*${other}`);
    };
}
function answerIn(response) {
    const { status, body } = response;
    if (status === 401 || status === 403)
        return 'refused';
    const answer = objectIn(body);
    const failure = answer?.error ?? undefined;
    const { error_type: type, message, ...rest } = Object(failure);
    // The platform's programs disagree on the name (platform reference §4).
    const trace = rest.stacktrace ?? rest.stack_trace;
    // Failures of an algorithm have a type; without one the platform itself speaks.
    if (typeof type === 'string' && type !== '') {
        const where = typeof trace === 'string' && trace.trim() !== '' ? { trace } : {};
        return { outcome: 'error', type, message: typeof message === 'string' ? message : '', ...where };
    }
    const said = typeof message === 'string' ? message : errorText(response);
    if (failure !== undefined && said.includes('authorization required'))
        return 'refused';
    if (isNotReady(response, failure !== undefined, said))
        return { outcome: 'not-ready', message: said };
    if (status !== 200)
        return { outcome: 'no-answer', message: said };
    if (failure !== undefined)
        return { outcome: 'error', type: undefined, message: said };
    if (answer !== undefined && 'result' in answer)
        return { outcome: 'result', result: answer.result ?? null };
    return { outcome: 'no-answer', message: calls_whyUnreadable(body) };
}
/** `algorithm algo://... not found`, as it is documented; how an unfinished build is put is not known. */
function isNotReady(response, isFailure, said) {
    const { status } = response;
    if (status === 429 || status === 503)
        return true;
    if (status >= 500 || (status === 200 && !isFailure))
        return false;
    const words = /not (yet )?(found|ready|available|built|compiled)|no such algorithm|still (building|in progress)/i;
    return words.test(said) || missingCodes.includes(errorCode(response) ?? 0);
}
/** Python writes NaN and Infinity, which are no JSON; a person who reads only "no JSON" looks in vain. */
function calls_whyUnreadable(body) {
    const [notANumber] = /\bNaN\b|-?\bInfinity\b/.exec(body.replace(/"(?:[^"\\]|\\.)*"?/g, '""')) ?? [];
    if (notANumber !== undefined && /^\s*\{/.test(body)) {
        return `a result with ${notANumber}, which JSON does not have: return null or a text in its place`;
    }
    return `an answer without a result: ${(0,log/* shorten */.ml)(body, 200)}`;
}
function objectIn(body) {
    try {
        const parsed = (0,json/* parseJson */.qF)(body);
        return (0,json/* isObject */.Gv)(parsed) ? parsed : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=calls.js.map
;// CONCATENATED MODULE: ./build/src/release/publish.js




/**
 * Publishes the build of a commit: never another one, and never twice.
 *
 * @returns the version's number, and whether this call made it
 * @throws DeployError when it is not published
 * @throws UncertainError when nobody can tell whether it is
 */
async function publishBuild(publisher, request, patience = {}) {
    const { commit } = request;
    const present = (await publisher.ofCommit(commit))?.number;
    if (present !== undefined) {
        log/* info */.pq(`${commit} is published already, as ${present}`);
        return { number: present, isNew: false };
    }
    const first = await publishOnce(publisher, request, patience);
    if ('number' in first)
        return { number: first.number, isNew: true };
    if (first.outcome === 'already-published')
        await compileAgain(publisher, commit);
    const second = await publishOnce(publisher, request, patience).catch((error) => {
        // The first one may still take effect.
        if (first.outcome !== 'failed' || error instanceof errors/* UncertainError */.On)
            throw error;
        throw unanswered(commit, `${first.message}; then ${(0,errors/* messageOf */.bD)(error)}`);
    });
    if ('number' in second)
        return { number: second.number, isNew: true };
    // Then it was the first publication that took effect.
    if (first.outcome === 'failed' && second.outcome === 'already-published')
        throw unanswered(commit, second.message);
    throw new errors/* DeployError */.sH(`Algorithmia could not publish ${commit.slice(0, 12)} (${second.message}; 2 tries)`);
}
/** Sends the publication once, and looks for its effect when the answer does not tell. */
async function publishOnce(publisher, request, patience) {
    const { commit } = request;
    await requireNewest(publisher, commit);
    const answer = await publisher.publish(request).catch((error) => {
        throw patience.cancelled?.aborted ? unanswered(commit, (0,errors/* messageOf */.bD)(error)) : error;
    });
    if (answer.outcome === 'published') {
        requireCommit(answer, commit);
        log/* info */.pq(`Published ${commit} as ${answer.number}`);
        return answer;
    }
    const { outcome, message } = answer;
    log/* info */.pq(`Publishing was answered: ${message}. Looking whether it took effect`);
    const number = await numberOf(publisher, commit, outcome, patience).catch((error) => {
        throw unanswered(commit, `${message}; then ${(0,errors/* messageOf */.bD)(error)}`);
    });
    if (number !== undefined) {
        log/* info */.pq(`${commit} is published, as ${number}`);
        return { number };
    }
    if (outcome === 'no-answer')
        throw unanswered(commit, message);
    return { outcome, message };
}
/** Without it, a publication may mean what was pushed meanwhile (platform reference §3.4). */
async function requireNewest(publisher, commit) {
    const newest = await publisher.newestBuild();
    if (newest !== undefined && newest.commit !== commit)
        throw overtaken(commit, newest.commit);
}
function overtaken(commit, newer) {
    return new errors/* DeployError */.sH(`Not published: ${newer} was pushed after ${commit.slice(0, 12)}, which was built and tested here. The run that pushed ` +
        'it publishes it; if it was pushed by hand, run this job again');
}
function unanswered(commit, reason) {
    return new errors/* UncertainError */.On(`Publishing ${commit.slice(0, 12)} got no clear answer (${reason}). It was not sent again, because ` +
        "it may still take effect: look at the algorithm's versions, or run this job again later, which publishes only what " +
        'is not published');
}
/** An answer that names no commit is confirmed by reading the version back. */
function requireCommit({ commit, number }, wanted) {
    if (commit === wanted || commit === '')
        return;
    throw new errors/* UncertainError */.On(`Algorithmia published ${commit} as ${number}, where ${wanted} was asked for. Look at this version before it is used`);
}
/** "Published already", though no version shows: the platform wants a build of its own for each version. */
async function compileAgain(publisher, commit) {
    log/* info */.pq('Algorithmia asks for another build of this commit first');
    const built = await publisher.compile();
    // One that is not named is looked for before the next try.
    if (built !== '' && built !== commit)
        throw overtaken(commit, built);
}
/** The number under which a commit is published, as soon as it shows. */
async function numberOf(publisher, commit, outcome, { cancelled, afterErrorMs = 5000, showMs = 60_000, pauseMs = 1000 }) {
    const deadline = performance.now() + (outcome === 'failed' ? afterErrorMs : showMs);
    for (;;) {
        const number = (await publisher.ofCommit(commit))?.number;
        if (number !== undefined || performance.now() >= deadline)
            return number;
        await pause_pause(pauseMs, cancelled);
    }
}
/**
 * Reads a version back as soon as it shows, and checks which commit it is.
 *
 * @throws DeployError when it does not show, or is another commit
 */
async function confirmVersion(publisher, number, commit, { cancelled, showMs = 60_000, pauseMs = 1000 } = {}) {
    const deadline = performance.now() + showMs;
    for (;;) {
        const { version, trouble } = await look(publisher, number);
        if (version?.commit === commit) {
            log/* info */.pq(`Version ${number} is ${commit}`);
            return;
        }
        if (version !== undefined) {
            throw new errors/* DeployError */.sH(`Version ${number} is ${version.commit || 'of no commit'}, not ${commit}, the commit deployed here`);
        }
        if (performance.now() >= deadline) {
            const why = trouble === undefined ? '' : `: ${trouble}`;
            throw new errors/* DeployError */.sH(`Version ${number} does not show among the versions after ${(0,format/* formatDuration */.a)(showMs)}${why}`);
        }
        await pause_pause(pauseMs, cancelled);
    }
}
/** What goes wrong while looking may pass: the version is there already, only its proof waits. */
async function look(publisher, number) {
    try {
        return { version: await publisher.withNumber(number) };
    }
    catch (error) {
        if (!(error instanceof errors/* DeployError */.sH) || error instanceof errors/* RefusedError */.fk)
            throw error;
        return { trouble: (0,errors/* messageOf */.bD)(error) };
    }
}
//# sourceMappingURL=publish.js.map
;// CONCATENATED MODULE: ./build/src/release/compare.js

/** The first difference between two values; undefined when they are equal. */
function difference(expected, got, tolerance) {
    if (Array.isArray(expected) && Array.isArray(got)) {
        if (got.length !== expected.length) {
            return here(`has ${count(got.length, 'element')}, and ${expected.length} were expected`);
        }
        return firstIn(expected.keys(), (index) => difference(at(expected, index), at(got, index), tolerance));
    }
    if ((0,json/* isObject */.Gv)(expected) && (0,json/* isObject */.Gv)(got)) {
        const extra = keyOnlyIn(got, expected);
        return (missingKey(expected, got) ??
            (extra === undefined ? undefined : here(`has the key ${show(extra)}, which was not expected`)) ??
            firstIn(Object.keys(expected), (key) => difference(at(expected, key), at(got, key), tolerance)));
    }
    return unequal(expected, got, tolerance);
}
/**
 * Why a value does not contain another: an object needs the keys, a list the elements (in any order), a text the text,
 * each as far as the expected value goes; everything else has to be equal.
 */
function lack(expected, got, tolerance) {
    if (Array.isArray(expected) && Array.isArray(got)) {
        const missing = expected.find((item) => got.every((candidate) => lack(item, candidate, tolerance)));
        return missing === undefined ? undefined : here(`has no element that contains ${show(missing)}`);
    }
    if ((0,json/* isObject */.Gv)(expected) && (0,json/* isObject */.Gv)(got)) {
        return (missingKey(expected, got) ??
            firstIn(Object.keys(expected), (key) => lack(at(expected, key), at(got, key), tolerance)));
    }
    if (typeof expected === 'string' && typeof got === 'string') {
        return got.includes(expected) ? undefined : here(`is ${show(got)}, which does not contain ${show(expected)}`);
    }
    return unequal(expected, got, tolerance);
}
/** The number that Python sees: True is 1. Undefined for everything that has no order among numbers. */
function compare_numberOf(value) {
    if (typeof value === 'boolean')
        return Number(value);
    return isNumber(value) ? value : undefined;
}
/** A value of others in a sentence. */
function show(value) {
    return (0,json/* showJson */.qN)(value, 120);
}
/** `1 element`, `2 elements` */
function count(number, noun) {
    return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
function unequal(expected, got, tolerance) {
    const [a, b] = [compare_numberOf(expected), compare_numberOf(got)];
    const equal = a === undefined || b === undefined ? expected === got : sameNumber(a, b);
    if (equal || isClose(expected, got, tolerance))
        return undefined;
    return here(`is ${show(got)}, and ${show(expected)} was expected`);
}
/** JavaScript orders a bigint and a number exactly, as Python does; `===` would compare their types. */
function sameNumber(a, b) {
    return a <= b && a >= b;
}
/** Booleans do not deviate. */
function isClose(expected, got, { absolute, relative }) {
    if (!isNumber(expected) || !isNumber(got))
        return false;
    const limit = Math.max(absolute, relative * Math.abs(Number(expected)));
    const bothBig = typeof expected === 'bigint' && typeof got === 'bigint';
    const deviation = Math.abs(bothBig ? Number(got - expected) : Number(got) - Number(expected));
    // Without a limit the exact comparison stands. Any share of infinity is infinity.
    return limit > 0 && Number.isFinite(deviation) && deviation <= limit;
}
function isNumber(value) {
    return typeof value === 'number' || typeof value === 'bigint';
}
function missingKey(expected, got) {
    const key = keyOnlyIn(expected, got);
    return key === undefined ? undefined : here(`has no key ${show(key)}`);
}
function keyOnlyIn(one, other) {
    return Object.keys(one).find((key) => !Object.hasOwn(other, key));
}
/** The first difference of the items, each of which is the first step of the path to it. */
function firstIn(items, search) {
    for (const item of items) {
        const found = search(item);
        if (found)
            return { ...found, path: [item, ...found.path] };
    }
    return undefined;
}
function here(how) {
    return { path: [], how };
}
/** For keys that are there. */
function at(value, key) {
    return value[key];
}
//# sourceMappingURL=compare.js.map
// EXTERNAL MODULE: external "node:vm"
var external_node_vm_ = __webpack_require__(714);
;// CONCATENATED MODULE: ./build/src/release/search.js

/**
 * Whether a regular expression (flag u) is found in a text. Some expressions take longer than the universe on texts
 * that almost match, so there is a limit.
 *
 * @throws SearchFailure
 */
function search(pattern, text, limitMs = 500) {
    try {
        return (0,external_node_vm_.runInNewContext)("new RegExp(pattern, 'u').test(text)", { pattern, text }, { timeout: limitMs });
    }
    catch (error) {
        const isSlow = error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
        throw new SearchFailure(isSlow ? 'it takes too long' : String(error.message));
    }
}
/** The expression could not be applied to the text. */
class SearchFailure extends Error {
    name = 'SearchFailure';
}
//# sourceMappingURL=search.js.map
;// CONCATENATED MODULE: ./build/src/release/judge.js





/** The characters of a value in a table. */
const cellLength = 200;
/** Judges one answer by one case (platform reference §7.2). Texts of the verdict hold no secrets. */
function judge(testCase, answer) {
    const target = answer.outcome === 'result' ? follow(testCase, answer.result) : undefined;
    const why = judge_problemOf(testCase, answer, target) ?? slowness(testCase, answer) ?? '';
    return { passed: why === '', expected: describeExpected(testCase), got: describeAnswer(answer, target), why };
}
function judge_problemOf(testCase, answer, target) {
    switch (answer.outcome) {
        case 'no-answer':
            return `there was no usable answer: ${(0,log/* shorten */.ml)(answer.message, cellLength)}`;
        case 'not-ready':
            return `the build cannot be called yet: ${(0,log/* shorten */.ml)(answer.message, cellLength)}`;
        case 'error':
            return problemOfError(testCase, answer);
        case 'result':
            return problemOfResult(testCase, answer, target);
    }
}
function problemOfError(testCase, error) {
    if (testCase.type === 'EXCEPTION')
        return undefined;
    if (testCase.type !== 'ERROR_MATCHES')
        return `the algorithm failed: ${describeError(error)}`;
    const { expected } = testCase;
    if (typeof expected === 'string') {
        if (error.type === expected)
            return undefined;
        const wrong = searchProblem(expected, error.message, `the message of the error`);
        return wrong === undefined ? undefined : `the type of the error is ${show(error.type ?? null)}, and ${wrong}`;
    }
    if (expected.type !== undefined && expected.type !== error.type) {
        return `the type of the error is ${show(error.type ?? null)}, and ${show(expected.type)} was expected`;
    }
    return expected.message === undefined
        ? undefined
        : searchProblem(expected.message, error.message, `the message of the error`);
}
function problemOfResult(testCase, { result }, target) {
    if (testCase.type === 'NO_EXCEPTION')
        return undefined;
    if (testCase.type === 'EXCEPTION' || testCase.type === 'ERROR_MATCHES') {
        return `the algorithm answered ${show(result)}, and an error was expected`;
    }
    if (target === undefined || 'problem' in target)
        return target?.problem;
    const { value } = target;
    switch (testCase.type) {
        case 'EXACT_MATCH':
            return sentence(testCase.tree, difference(testCase.expected, value, testCase.tolerance));
        case 'CONTAINS':
            return sentence(testCase.tree, lack(testCase.expected, value, testCase.tolerance));
        case 'MATCHES':
            if (typeof value !== 'string')
                return `${judge_placeOf(testCase.tree)} is ${show(value)}, and MATCHES needs a text`;
            return searchProblem(testCase.expected, value, judge_placeOf(testCase.tree));
        case 'GREATER_OR_EQUAL':
        case 'LESS_OR_EQUAL':
            return disorder(testCase, value);
    }
}
function disorder(testCase, value) {
    const number = compare_numberOf(value);
    const place = judge_placeOf(testCase.tree);
    if (number === undefined)
        return `${place} is ${show(value)}, which has no order with ${show(testCase.expected)}`;
    const atLeast = testCase.type === 'GREATER_OR_EQUAL';
    if (atLeast ? number >= testCase.expected : number <= testCase.expected)
        return undefined;
    return `${place} is ${show(value)}, which is ${atLeast ? 'less' : 'greater'} than ${show(testCase.expected)}`;
}
function searchProblem(pattern, text, place) {
    try {
        if (search(pattern, text))
            return undefined;
        return `${place}, ${show(text)}, does not match /${(0,log/* shorten */.ml)(pattern, cellLength)}/`;
    }
    catch (error) {
        if (!(error instanceof SearchFailure))
            throw error;
        return `the regular expression /${(0,log/* shorten */.ml)(pattern, cellLength)}/ cannot be applied to ${place} (${error.message}): write it without repetitions inside repetitions`;
    }
}
function slowness({ maxLatencyMs }, { milliseconds }) {
    if (maxLatencyMs === undefined || milliseconds <= maxLatencyMs)
        return undefined;
    return `the answer took ${(0,format/* formatDuration */.a)(milliseconds)}, which is longer than ${(0,format/* formatDuration */.a)(maxLatencyMs)} (max_latency_ms)`;
}
/** The value that `tree` leads to, by Python's rules. */
function follow({ tree }, result) {
    let value = result;
    for (const [index, key] of tree.entries()) {
        const next = step(value, key);
        if (next === undefined)
            return { problem: `${judge_placeOf(tree.slice(0, index))} ${whyNoStep(value, key)}` };
        value = next;
    }
    return { value };
}
function step(value, key) {
    if (typeof key === 'string')
        return (0,json/* isObject */.Gv)(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (Array.isArray(value))
        return value.at(key);
    return typeof value === 'string' ? [...value].at(key) : undefined;
}
function whyNoStep(value, key) {
    const fits = typeof key === 'string' ? (0,json/* isObject */.Gv)(value) : Array.isArray(value) || typeof value === 'string';
    if (!fits)
        return `is ${show(value)}, which has no ${typeof key === 'string' ? 'key' : 'index'} ${show(key)}`;
    if (Array.isArray(value))
        return `has only ${count(value.length, 'element')}, and no index ${key}`;
    if (typeof value === 'string')
        return `is the text ${show(value)}, which has no index ${key}`;
    const keys = Object.keys(value);
    return `has no key ${show(key)}; it has ${keys.length === 0 ? 'none' : (0,json/* showJson */.qN)(keys, 120).slice(1, -1)}`;
}
function sentence(tree, found) {
    return found && `${judge_placeOf([...tree, ...found.path])} ${found.how}`;
}
/** `["probabilities", 0]` */
function judge_placeOf(path) {
    return path.length === 0 ? 'the result' : `[${path.map((key) => show(key)).join(', ')}]`;
}
function describeExpected(testCase) {
    const limit = testCase.maxLatencyMs === undefined ? '' : ` within ${(0,format/* formatDuration */.a)(testCase.maxLatencyMs)}`;
    return `${describeExpectation(testCase)}${limit}`;
}
function describeExpectation(testCase) {
    const shown = () => (0,json/* showJson */.qN)(testCase.expected, cellLength);
    switch (testCase.type) {
        case 'EXACT_MATCH':
            return `${shown()}${describeTolerance(testCase.tolerance)}`;
        case 'CONTAINS':
            return `contains ${shown()}${describeTolerance(testCase.tolerance)}`;
        case 'GREATER_OR_EQUAL':
            return `at least ${shown()}`;
        case 'LESS_OR_EQUAL':
            return `at most ${shown()}`;
        case 'MATCHES':
            return `matches ${shown()}`;
        case 'NO_EXCEPTION':
            return 'any result';
        case 'EXCEPTION':
            return 'an error';
        case 'ERROR_MATCHES':
            return `an error like ${shown()}`;
    }
}
function describeTolerance({ absolute, relative }) {
    const parts = [
        ...(absolute > 0 ? [`${absolute}`] : []),
        ...(relative > 0 ? [`${Number((relative * 100).toPrecision(6))} %`] : []),
    ];
    return parts.length === 0 ? '' : ` ± ${parts.join(' or ')}`;
}
function describeAnswer(answer, target) {
    if (answer.outcome === 'result') {
        return (0,json/* showJson */.qN)(target && 'value' in target ? target.value : answer.result, cellLength);
    }
    return answer.outcome === 'error' ? describeError(answer) : `no answer: ${(0,log/* shorten */.ml)(answer.message, cellLength)}`;
}
function describeError({ type, message }) {
    return `${(0,log/* shorten */.ml)(type ?? 'error', 60)}: ${(0,log/* shorten */.ml)(message, cellLength)}`;
}
//# sourceMappingURL=judge.js.map
;// CONCATENATED MODULE: ./build/src/release/run-tests.js






/** Calls at the same time; an account has 80 on the platform (reference §4), and others need some too. */
const concurrency = 4;
/** Pauses before a call is made again grow by a second up to this. */
const longestPauseSeconds = 10;
/**
 * Calls the algorithm with every case and judges the answers. A build that cannot be called yet is asked again; no other
 * answer is. The cases with a latency run at the end and alone, so that nothing disturbs them.
 *
 * @throws DeployError when the build does not become callable, or when no case could be answered (see Call)
 */
async function runTestCases(cases, call, options = {}) {
    const stopped = new AbortController();
    const signal = AbortSignal.any([stopped.signal, ...(options.signal ? [options.signal] : [])]);
    const { readyWithinMs = 120_000, pause = pause_pause } = options;
    const results = new Map();
    let callable = false;
    const run = async (testCase) => {
        const result = await runTestCase(testCase, async () => {
            const answer = await callWhenReady(() => call(testCase.input, signal), { signal, readyWithinMs, pause });
            callable = true;
            return answer;
        });
        results.set(testCase, result);
        log/* info */.pq(describe(result));
    };
    const timed = cases.filter((testCase) => testCase.maxLatencyMs !== undefined);
    const queue = cases.filter((testCase) => testCase.maxLatencyMs === undefined).values();
    try {
        // As long as nobody knows whether the build can be called, one call at a time asks, not four. The iterator of a list
        // goes on where a loop left it.
        for (const testCase of queue) {
            await run(testCase);
            if (callable)
                break;
        }
        const work = async () => {
            for (const testCase of queue)
                await run(testCase);
        };
        await Promise.all(Array.from({ length: concurrency }, work));
        for (const testCase of timed)
            await run(testCase);
    }
    finally {
        // When one case throws, the others start no further call.
        stopped.abort();
    }
    const inOrder = cases.flatMap((testCase) => results.get(testCase) ?? []);
    return { results: inOrder, passed: inOrder.filter(({ passed }) => passed).length, total: inOrder.length };
}
async function runTestCase(testCase, ask) {
    let answer = await ask();
    // The first call of a fresh build loads the model.
    let verdict = judge(testCase, answer);
    if (isOnlySlow(testCase, answer, verdict)) {
        answer = await ask();
        verdict = judge(testCase, answer);
    }
    const trace = !verdict.passed && answer.outcome === 'error' ? answer.trace : undefined;
    return { testCase, ...verdict, milliseconds: answer.milliseconds, ...(trace !== undefined && { trace }) };
}
function isOnlySlow(testCase, answer, { passed }) {
    if (passed || testCase.maxLatencyMs === undefined)
        return false;
    return judge({ ...testCase, maxLatencyMs: undefined }, answer).passed;
}
async function callWhenReady(call, { signal, readyWithinMs, pause }) {
    let waited = 0;
    for (let seconds = 1;; seconds = Math.min(seconds + 1, longestPauseSeconds)) {
        signal.throwIfAborted();
        const answer = await call();
        signal.throwIfAborted();
        if (answer.outcome !== 'not-ready')
            return answer;
        waited += answer.milliseconds;
        if (waited >= readyWithinMs)
            throw neverReady(answer.message, waited);
        if (seconds === 1)
            log/* info */.pq(`The build cannot be called yet (${log/* shorten */.ml(answer.message, 200)}); asking again`);
        const rest = Math.min(seconds * 1000, readyWithinMs - waited);
        await pause(rest, signal);
        waited += rest;
    }
}
function neverReady(message, waited) {
    return new errors/* DeployError */.sH(`The build succeeded, but it cannot be called, not even after ${(0,format/* formatDuration */.a)(waited)}. The platform says: ` +
        `${log/* shorten */.ml(message, 500)}. Run the job again in some minutes; if it ends like this again, ask who runs the platform`);
}
function describe({ testCase, passed, why, milliseconds, trace }) {
    if (passed)
        return `passed  ${testCase.name} (${(0,format/* formatDuration */.a)(milliseconds)})`;
    const lines = lastLines(trace ?? '', 20).map((line) => `        ${line}`);
    return [`FAILED  ${testCase.name}: ${why}`, ...lines].join('\n');
}
//# sourceMappingURL=run-tests.js.map
;// CONCATENATED MODULE: ./build/src/release/junit.js

/**
 * The results as JUnit XML, as test reporters of CI systems read it.
 *
 * @see https://github.com/testmoapp/junitxml
 */
function renderJUnit({ name, file, results, startedAt }) {
    const milliseconds = results.reduce((sum, result) => sum + result.milliseconds, 0);
    const counts = {
        tests: results.length,
        failures: results.filter(({ passed }) => !passed).length,
        errors: 0,
        skipped: 0,
        time: seconds(milliseconds),
    };
    const cases = results.map((result) => renderCase(name, file, result));
    const suite = junit_element('testsuite', { name, ...counts, timestamp: startedAt.toISOString(), file }, cases);
    return `<?xml version="1.0" encoding="UTF-8"?>\n${junit_element('testsuites', { name, ...counts }, [suite])}\n`;
}
function renderCase(classname, file, { testCase, ...result }) {
    const { name, line, type } = testCase;
    const failures = result.passed
        ? []
        : [
            junit_element('failure', { message: result.why, type }, [
                escapeXml([result.why, `expected: ${result.expected}`, `got: ${result.got}`, result.trace ?? ''].join('\n').trimEnd()),
            ]),
        ];
    return junit_element('testcase', { name, classname, file, line, time: seconds(result.milliseconds) }, failures);
}
/** @param children XML */
function junit_element(name, attributes, children) {
    const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
    return children.length === 0
        ? `<${name}${pairs.join('')}/>`
        : `<${name}${pairs.join('')}>${children.join('\n')}</${name}>`;
}
function escapeXml(text) {
    // XML 1.0 has no way to write the other characters. Without them a text may become a secret, so it is looked at twice.
    const possible = (0,log/* redact */.E$)(text).replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '');
    return (0,log/* redact */.E$)(possible).replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
function seconds(milliseconds) {
    return (milliseconds / 1000).toFixed(3);
}
//# sourceMappingURL=junit.js.map
;// CONCATENATED MODULE: ./build/src/stages/test.js










/** GitHub shows ten errors of a step, and one says how the run ended. */
const mostAnnotations = 9;
const mostInMessage = 5;
/**
 * Runs the test cases against the built commit. When that fails and the workflow wants it, the push is taken back.
 *
 * @throws DeployError unless every case has passed
 */
async function testCommit(released, tests) {
    const failure = await runCases(released, tests);
    if (failure === undefined)
        return;
    if (tests.onFailure === 'revert')
        await revert(released);
    throw failure;
}
/** @returns what is wrong, when not all cases have passed */
async function runCases(released, tests) {
    const { algorithm, commit, cancelled } = released;
    const startedAt = new Date();
    const call = callTo(algorithm, commit);
    const run = await log/* group */.Os('Run the test cases', () => runTestCases(tests.cases, call, { signal: cancelled }));
    await recordRun(released, tests, run, startedAt);
    return run.passed < run.total ? failureOf(run, tests) : undefined;
}
async function recordRun({ inputs, deployment }, { file }, run, startedAt) {
    const { owner, algorithm } = inputs.platform;
    const path = (0,external_node_path_.join)(inputs.temp, `${owner}.${algorithm}.test-report.xml`);
    // Without the commit: reporters follow a test by its name.
    const name = `${owner}/${algorithm}`;
    // What an earlier step left there may be a link.
    await (0,promises_.rm)(path, { force: true });
    await (0,promises_.writeFile)(path, renderJUnit({ name, file: file.relative, results: run.results, startedAt }));
    deployment.recordTests(run, path);
}
function failureOf({ results, passed, total }, { file }) {
    const failed = results.filter((result) => !result.passed);
    const lines = failed.map(({ testCase, why }) => `- ${testCase.name}: ${why}`);
    for (const { testCase, why } of failed.slice(0, mostAnnotations)) {
        const place = { file: file.relative, startLine: testCase.line };
        log/* error */.z3(`${testCase.name}: ${why}`, { title: 'Test case failed', ...place });
    }
    const more = lines.length > mostInMessage ? [`- and ${lines.length - mostInMessage} more`] : [];
    const message = [`${total - passed} of ${total} test cases failed:`, ...lines.slice(0, mostInMessage), ...more];
    return new errors/* DeployError */.sH(message.join('\n'));
}
/** Gives callers of the newest build what they had before. A failure of this does not hide why it was done. */
async function revert({ deployment, repository, release, algorithm, commit, cancelled }) {
    if (!deployment.pushed)
        return deployment.note('Nothing was reverted, because this run had pushed nothing.');
    cancelled.throwIfAborted();
    try {
        const message = `Revert the deployment ${commit.slice(0, 12)}\n\nIt did not pass its test cases. This restores what was there before.\n`;
        const restored = await log/* group */.Os('Revert the push', async () => {
            const restored = await orCancelled(repository.revert(commit, message), cancelled);
            log/* info */.pq(`Pushed ${restored}, which restores what was there before`);
            return restored;
        });
        deployment.revertedBy = restored;
        const wait = { timeoutMs: release.buildTimeoutMs, cancelled };
        const { state } = await log/* group */.Os('Wait for the build of the revert', () => awaitBuild(new BuildApi(algorithm), restored, wait));
        deployment.revertIsBuilt = state === 'succeeded';
        const outcome = `Reverted by ${restored}, which has the files from before; its build ${state}`;
        if (state === 'failed')
            log/* warning */.$e(`${outcome}: callers of the newest build are left without one`);
        deployment.note(`${outcome}.`);
    }
    catch (error) {
        deployment.revertIsUnknown = deployment.revertedBy === '' && (cancelled.aborted || error instanceof errors/* UncertainError */.On);
        cancelled.throwIfAborted();
        const undone = deployment.revertIsUnknown
            ? 'Whether the push was reverted is not known'
            : 'The push could not be reverted';
        const doing = deployment.revertedBy === '' ? undone : 'The build of the revert is not proven';
        log/* warning */.$e(`${doing}: ${(0,errors/* messageOf */.bD)(error)}`);
        deployment.note(`${doing}: ${(0,errors/* messageOf */.bD)(error)}`);
    }
}
//# sourceMappingURL=test.js.map
;// CONCATENATED MODULE: ./build/src/stages/publish.js








/** Publishes the built and tested commit. */
async function publishVersion(released, increment) {
    const { release, deployment, origin, commit, cancelled } = released;
    const request = {
        commit,
        increment,
        releaseNotes: release.releaseNotes ?? releaseNotes(origin, deployment),
        sampleInput: sampleOf(release.tests?.cases[0]?.input),
        callability: release.callability,
        insights: release.insights,
    };
    deployment.published = await publishBuild(publisherFor(released), request, { cancelled });
}
/**
 * A version is live when the platform has this commit for it, and it answers the first test case.
 *
 * @throws DeployError when it is not
 */
async function proveVersion(released) {
    const { release, deployment, inputs, algorithm, commit, cancelled } = released;
    const number = deployment.published?.number ?? '';
    await confirmVersion(publisherFor(released), number, commit, { cancelled });
    const first = release.tests?.cases.slice(0, 1);
    if (first === undefined) {
        const uncalled = `Version ${number} was not called: there are no test cases (${release.testingSkipped})`;
        log/* warning */.$e(uncalled);
        deployment.note(`${uncalled}.`);
    }
    else {
        const { results } = await runTestCases(first, callTo(algorithm, number), { signal: cancelled });
        const failed = results.find(({ passed }) => !passed);
        if (failed)
            throw new errors/* DeployError */.sH(`Version ${number} does not answer as its build did: ${failed.testCase.name}: ${failed.why}`);
    }
    deployment.recordRelease(number, `${inputs.platform.apiUrl}/v1/algo/${algorithm.owner}/${algorithm.name}/${number}`);
}
function publisherFor(released) {
    const { algorithm, deployment, release, commit } = released;
    const builds = new BuildApi(algorithm);
    const versions = new VersionApi(algorithm);
    return {
        newestBuild: () => builds.newest(),
        ofCommit: (commit) => versions.ofCommit(commit),
        withNumber: (number) => versions.withNumber(number),
        publish: (request) => versions.publish(request),
        compile: async () => {
            const built = await versions.compile(release.buildTimeoutMs);
            deployment.outputs.build_id = (await builds.newest())?.id ?? '';
            // It may have newer packages than the one that was tested.
            const failure = built === commit && release.tests ? await runCases(released, release.tests) : undefined;
            if (failure)
                throw failure;
            return built;
        },
    };
}
/** A sample is shown to people. */
const longestSample = 10_000;
/** As JSON in any case: a text such as `5` would be taken for a number. */
function sampleOf(input) {
    if (input === undefined || input.body.length > longestSample)
        return undefined;
    return input.contentType === 'text/plain' ? JSON.stringify(input.body) : input.body;
}
/** What the version is, for somebody who knows only the platform. */
function releaseNotes(origin, { outputs }) {
    return [
        origin.message.trim(),
        '',
        `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
        `Run: ${origin.runUrl}`,
        `Model: ${outputs.model_uri} (MD5 ${outputs.model_md5_hash})`,
    ]
        .join('\n')
        .trim();
}
//# sourceMappingURL=publish.js.map
;// CONCATENATED MODULE: ./build/src/stages/release.js






/**
 * From the pushed commit to a version that is live. When the run is cancelled, it ends with an error within seconds.
 *
 * @returns how far it got
 */
async function releaseCommit(work) {
    return untilCancelled(async (cancelled) => {
        const { release, deployment } = work;
        const released = { ...work, algorithm: algorithmOf(work.inputs, cancelled), cancelled };
        const isBuilt = await deployment.stage('build', undefined, () => buildCommit(released));
        if (!isBuilt)
            return 'pushed';
        const { tests } = release;
        if (tests === undefined)
            deployment.skip('Testing', release.testingSkipped);
        else
            await deployment.stage('test', undefined, () => testCommit(released, tests));
        const { publish } = release;
        if (publish === 'none')
            return 'built';
        await deployment.stage('publish', undefined, async () => {
            await log/* group */.Os('Publish', () => publishVersion(released, publish));
            await log/* group */.Os('Prove that it is live', () => proveVersion(released));
        });
        return 'released';
    });
}
/** The algorithm, as the key for everything after the push sees it. */
function algorithmOf({ platform, release }, cancelled) {
    const { apiUrl, owner, algorithm } = platform;
    const { apiKey, keyInput } = release ?? { apiKey: platform.apiKey, keyInput: 'algorithmia_api_key' };
    return { http: new Http({ apiUrl, apiKey, ...(cancelled && { cancelled }) }), owner, name: algorithm, keyInput };
}
//# sourceMappingURL=release.js.map
// EXTERNAL MODULE: ./build/src/metrics.js
var src_metrics = __webpack_require__(8372);
;// CONCATENATED MODULE: ./build/src/stages/train.js







/**
 * Runs the training notebook or script. The stage is loaded only here: most start-ups do not get this far.
 *
 * @returns when the training began
 */
async function trainModel(training, inputs, deployment, temp) {
    warnOfForeignCode(process.env);
    const { train } = await __webpack_require__.e(/* import() */ 954).then(__webpack_require__.bind(__webpack_require__, 5954));
    const { newReport } = await __webpack_require__.e(/* import() */ 560).then(__webpack_require__.bind(__webpack_require__, 2560));
    const { maskVariables } = await __webpack_require__.e(/* import() */ 337).then(__webpack_require__.bind(__webpack_require__, 1337));
    const { name } = (0,external_node_path_.parse)(training.program.absolute);
    const evidence = {
        executed_notebook: training.kind === 'script'
            ? ''
            : (training.executedNotebook?.absolute ?? freePath(inputs.temp, name, '.executed.ipynb')),
        training_log: freePath(inputs.temp, name, '.training.log'),
    };
    // What an earlier run left there is not evidence of this one.
    if (training.executedNotebook)
        await (0,promises_.rm)(training.executedNotebook.absolute, { force: true });
    // Told before it runs: a later step wants it most when this one was killed.
    Object.assign(deployment.outputs, evidence);
    (0,outputs/* publish */.mk)(deployment.outputs);
    maskVariables(training.passThrough, process.env);
    const absent = training.passThrough.filter((name) => process.env[name] === undefined);
    if (absent.length > 0) {
        deployment.warn(`notebook_environment names ${absent.join(', ')}, which this step does not have: set it in \`env\`.`);
    }
    if (training.requirements === undefined)
        deployment.skip('Installing packages', training.requirementsSkipped);
    deployment.training = newReport(training.kind, training.program.relative);
    const workshop = await (0,promises_.mkdtemp)((0,external_node_path_.join)(temp, 'training-'));
    try {
        const request = {
            ...training,
            workspace: inputs.workspace,
            program: training.program.absolute,
            workingDirectory: training.workingDirectory.absolute,
            requirements: training.requirements?.absolute,
            executedNotebook: evidence.executed_notebook,
            logFile: evidence.training_log,
            temp: workshop,
            environment: process.env,
        };
        const { training: report } = deployment;
        const since = await untilCancelled((cancelled) => train({ ...request, cancelled }, report));
        // Thousands of files: they go while the model is uploaded. The end of the deployment removes what is left.
        void (0,promises_.rm)(workshop, { recursive: true, force: true }).catch(() => { });
        return since;
    }
    finally {
        for (const name of ['executed_notebook', 'training_log']) {
            if (!(0,external_node_fs_.existsSync)(evidence[name]))
                deployment.outputs[name] = '';
        }
    }
}
/** Where a training may write what is looked for elsewhere. */
function foldersOf({ workingDirectory, program }) {
    return [workingDirectory.absolute, (0,external_node_path_.dirname)(program.absolute)];
}
/** Another step of the job may have trained with a program of this name, and its evidence is kept. */
function freePath(folder, name, ending) {
    for (let number = 1;; number += 1) {
        const path = (0,external_node_path_.join)(folder, `${name}${number === 1 ? '' : `-${number}`}${ending}`);
        if (!(0,external_node_fs_.existsSync)(path))
            return path;
    }
}
/** The most that are shown in the log; all of them are in the output. */
const mostMetrics = 30;
const longestMetric = 200;
/**
 * Records what the training said of its model.
 *
 * @param trainedSince when the training began; undefined when nothing was trained in this step
 * @throws DeployError when the file named by the workflow is missing, old or not usable
 */
async function gatherMetrics({ workspace, metrics, training }, deployment, trainedSince) {
    if (trainedSince === undefined && !metrics?.isDemanded)
        return;
    const { readMetrics } = await __webpack_require__.e(/* import() */ 418).then(__webpack_require__.bind(__webpack_require__, 1418));
    const found = await readMetrics({
        workspace,
        file: metrics?.file,
        isDemanded: metrics?.isDemanded ?? false,
        training: training &&
            trainedSince && {
            since: trainedSince,
            workingDirectory: training.workingDirectory.absolute,
            program: training.program.absolute,
            trackingUri: training.passThrough.includes(trackingVariable)
                ? process.env[trackingVariable] || undefined
                : undefined,
        },
        note: (sentence) => deployment.note(sentence),
        warn: (sentence, place) => deployment.warn(sentence, place),
    });
    if (found === undefined)
        return;
    deployment.recordMetrics(found);
    // Told before the rest: a run that is killed later has trained all the same.
    (0,outputs/* publish */.mk)(deployment.outputs);
    (0,log/* info */.pq)(`Metrics from ${found.source}:`);
    const rows = (0,src_metrics/* metricRows */.IN)(found.values);
    for (const { name, value } of rows.slice(0, mostMetrics))
        (0,log/* info */.pq)(`  ${(0,log/* shorten */.ml)(`${name} = ${value}`, longestMetric)}`);
    if (rows.length > mostMetrics)
        (0,log/* info */.pq)(`  and ${rows.length - mostMetrics} more`);
}
const trackingVariable = 'MLFLOW_TRACKING_URI';
/** A pull request from a fork brings the code that is run here, and this event gives it the secrets of the repository. */
function warnOfForeignCode({ GITHUB_EVENT_NAME: event }) {
    if (event !== 'pull_request_target')
        return;
    (0,log/* warning */.$e)('This job runs on pull_request_target: if it checked out the code of the pull request, a stranger trains here, next ' +
        'to the secrets of this repository. Train on `push`, after the merge.', { title: 'Training with code of a pull request' });
}
//# sourceMappingURL=train.js.map
;// CONCATENATED MODULE: ./build/src/deploy.js



















/**
 * The deployment, top to bottom. Any failure ends it, and until the push nothing that production reads has changed.
 * What becomes known goes into `deployment`, which is reported in either case.
 */
async function deploy(inputs, deployment) {
    const temp = await (0,promises_.mkdtemp)((0,external_node_path_.join)(inputs.temp, 'deploy-to-algorithmia-'));
    const http = new Http(inputs.platform);
    const data = new DataApi(http);
    try {
        const { origin, repository, collection, present, release, releaseSkipped } = await deployment.stage('preflight', 'Preflight', async () => {
            deployment.origin = await readOrigin(process.env, (commit) => commitMessage(inputs.workspace, commit));
            const opened = AlgorithmRepository.clone(inputs.repository, temp);
            return { origin: deployment.origin, ...(await preflight(inputs, algorithmOf(inputs), data, opened)) };
        });
        if (inputs.dryRun)
            return await deployment.stage('copy', 'Plan', () => plan(inputs, deployment, origin, repository, present, { release, releaseSkipped }));
        const { training } = inputs;
        const trainedSince = training
            ? await deployment.stage('train', undefined, () => trainModel(training, inputs, deployment, temp))
            : deployment.skip('Training', inputs.trainingSkipped);
        const model = await deployment.stage('model', 'Check the model', async () => {
            await gatherMetrics(inputs, deployment, trainedSince);
            const { workspace } = inputs;
            const by = training && { trainedBy: training.kind, trainedIn: foldersOf(training) };
            return modelSource(await checkModel({ ...inputs.model, workspace, trainedSince, ...by }));
        });
        const request = {
            http,
            data,
            collection: inputs.collection,
            collectionExists: collection === 'exists',
            model,
            name: remoteName(model.name, origin.commit),
            nameWithDigest: (digest) => remoteName(model.name, origin.commit, digest),
            isProven: (object) => provesObject(present, object),
        };
        let stored = await deployment.stage('store', 'Store the model', () => storeModel(request));
        deployment.recordModel(stored);
        // Done again on top of the new head when another push comes first.
        let manifest = '';
        const change = async (folder) => {
            const head = readManifest(await readManifestText(folder));
            if (namesOtherModel(head, stored))
                stored = await confirmStored(request, stored);
            confineCode(inputs);
            manifest = await applyTo(folder, inputs.code, manifestEntry(origin, stored, head, deployment.metrics));
        };
        if (inputs.code === undefined)
            deployment.skip('Copying code', inputs.codeSkipped);
        await deployment.stage('copy', 'Copy the code and write the manifest', () => repository.stage(change, [manifestName]));
        const delivery = await deployment.stage('push', 'Commit and push', async () => repository.push(inputs.repository.message ?? commitText(origin)));
        deployment.recordModel(stored);
        deployment.recordDelivery({
            ...delivery,
            branch: repository.branch,
            url: commitUrl(inputs.repository, delivery.commit),
            manifest,
        });
        log/* info */.pq(delivery.changed
            ? `Pushed ${delivery.commit} to ${repository.branch} of ${inputs.repository.url}`
            : `Unchanged: ${delivery.commit} on ${repository.branch} already holds this model and code`);
        const { commit } = delivery;
        if (release === undefined)
            deployment.skip('Build, test and publication', releaseSkipped);
        const reached = release
            ? await releaseCommit({ inputs, release, deployment, repository, origin, commit })
            : 'pushed';
        deployment.succeed(delivery.changed || deployment.published?.isNew ? reached : 'unchanged');
    }
    finally {
        // What is left there must not hide how the deployment ended.
        await (0,promises_.rm)(temp, { recursive: true, force: true, maxRetries: 3 }).catch((error) => log/* warning */.$e(`${temp} could not be removed: ${(0,errors/* messageOf */.bD)(error)}`));
    }
}
//# sourceMappingURL=deploy.js.map

/***/ }),

/***/ 4715:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   DS: () => (/* binding */ spelling),
/* harmony export */   Gv: () => (/* binding */ isObject),
/* harmony export */   kS: () => (/* binding */ locateElements),
/* harmony export */   qF: () => (/* binding */ parseJson),
/* harmony export */   qN: () => (/* binding */ showJson),
/* harmony export */   y7: () => (/* binding */ parseSpelt)
/* harmony export */ });
/* harmony import */ var jsonc_parser__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9547);
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6671);


function isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/**
 * Like JSON.parse, but an integer that a number cannot hold becomes a bigint.
 *
 * @throws Error that says in words what is wrong, and in which line and column
 */
function parseJson(text) {
    try {
        // Most texts hold no such integer, and the plain parser is many times faster.
        return /\d{16}/.test(text) ? JSON.parse(text, exactInteger) : JSON.parse(text);
    }
    catch (error) {
        const { message } = error;
        throw new Error(error instanceof RangeError ? tooDeep : (withinStack(() => syntaxProblem(text)) ?? message));
    }
}
function exactInteger(_key, value, { source }) {
    if (typeof value !== 'number' || Number.isSafeInteger(value))
        return value;
    return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
/** Additions to JSON of which the library of TypeScript does not know yet. */
const { rawJSON, isRawJSON } = JSON;
/**
 * Like JSON.parse, but a number that JavaScript would print in another way keeps its spelling, such as `1.0`:
 * JSON.stringify writes it as it was, and `spelling` tells what that is.
 *
 * @throws Error as parseJson does
 */
function parseSpelt(text) {
    parseJson(text);
    return withinStack(() => JSON.parse(text, keepSpelling));
}
function keepSpelling(_key, value, { source }) {
    return typeof value !== 'number' || source === undefined || source === String(value) ? value : rawJSON(source);
}
/** The digits of a number, also of one from parseSpelt; undefined for any other value. */
function spelling(value) {
    if (typeof value === 'number')
        return String(value);
    return isRawJSON(value) ? value.rawJSON : undefined;
}
const syntaxProblems = {
    InvalidSymbol: 'this is no JSON value',
    InvalidNumberFormat: 'this is no JSON number',
    PropertyNameExpected: 'a key in double quotes is missing',
    ValueExpected: 'a value is missing',
    ColonExpected: 'a colon is missing',
    CommaExpected: 'a comma is missing',
    CloseBraceExpected: 'a closing } is missing',
    CloseBracketExpected: 'a closing ] is missing',
    EndOfFileExpected: 'nothing may follow the value',
    InvalidCommentToken: 'JSON has no comments',
    UnexpectedEndOfComment: 'JSON has no comments',
    UnexpectedEndOfString: 'the closing quotes of a text are missing',
    UnexpectedEndOfNumber: 'a number is incomplete',
    InvalidUnicode: 'an escape after \\u needs four hex digits',
    InvalidEscapeCharacter: 'JSON has no such escape',
    InvalidCharacter: 'a control character in a text must be escaped',
};
function syntaxProblem(text) {
    let first;
    const onError = (code, offset, length, line, column) => {
        const near = (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .shorten */ .ml)(text.slice(offset, offset + length).replace(/\s+/g, ' '), 40);
        const words = syntaxProblems[(0,jsonc_parser__WEBPACK_IMPORTED_MODULE_0__.printParseErrorCode)(code)] ?? 'this is not JSON';
        first ??= `line ${line + 1}, column ${column + 1}: ${words}${near.trim() === '' ? '' : ` (at ${near})`}`;
    };
    (0,jsonc_parser__WEBPACK_IMPORTED_MODULE_0__.visit)(text, { onError }, { disallowComments: true });
    return first;
}
const tooDeep = 'the value is nested too deeply';
/** The parser of jsonc-parser is recursive. */
function withinStack(work) {
    try {
        return work();
    }
    catch (error) {
        throw error instanceof RangeError ? new Error(tooDeep) : error;
    }
}
/**
 * Where the elements of a JSON list stand.
 *
 * @param text a list that parseJson can read
 * @throws Error when it is nested too deeply
 */
function locateElements(text) {
    const newlines = [...text.matchAll(/\n/g)].map((match) => match.index);
    let line = 1;
    return (withinStack(() => (0,jsonc_parser__WEBPACK_IMPORTED_MODULE_0__.parseTree)(text))?.children ?? []).map((element) => {
        while ((newlines[line - 1] ?? element.offset) < element.offset)
            line += 1;
        return { line, fields: new Map(fieldsOf(text, element)) };
    });
}
function fieldsOf(text, element) {
    const properties = element.type === 'object' ? (element.children ?? []) : [];
    return properties.flatMap(({ children: [key, value] = [] }) => key && value ? [[String(key.value), text.slice(value.offset, value.offset + value.length)]] : []);
}
/** Characters beyond the cut, so that a secret is whole when it is looked for: half of one would not be known again. */
const redactionMargin = 16_384;
/** A value as compact JSON of at most `maxLength` characters, for tables and sentences; secrets are hidden. */
function showJson(value, maxLength) {
    return (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .shorten */ .ml)(compact(value, maxLength + redactionMargin, 0), maxLength);
}
/** Ends soon after `enough` characters, and at a depth that nobody reads: values of others may outgrow the stack. */
function compact(value, enough, depth) {
    if (typeof value === 'string')
        return JSON.stringify(value);
    if (typeof value !== 'object' || value === null)
        return String(value);
    if (depth === 50)
        return '…';
    const parts = [];
    let length = 0;
    for (const [key, item] of Object.entries(value)) {
        if (length > enough) {
            parts.push('…');
            break;
        }
        const part = compact(item, enough - length, depth + 1);
        parts.push(Array.isArray(value) ? part : `${JSON.stringify(key)}:${part}`);
        length += part.length + key.length;
    }
    return Array.isArray(value) ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
//# sourceMappingURL=json.js.map

/***/ }),

/***/ 8372:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   IN: () => (/* binding */ metricRows),
/* harmony export */   IZ: () => (/* binding */ isGroup),
/* harmony export */   nM: () => (/* binding */ withoutParameters)
/* harmony export */ });
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4715);

/** The values as a person reads them: one row for each that is no object, with numbers cut to four digits. */
function metricRows(values) {
    return Object.entries(values).flatMap(([name, value]) => isGroup(value)
        ? metricRows(value).map((row) => ({ ...row, name: `${name}.${row.name}` }))
        : { name, value: readable(value) });
}
/** Splits off what is called `parameters`, which a person looks at in another way. */
function withoutParameters(values) {
    const { parameters, ...metrics } = values;
    return isGroup(parameters) ? { metrics, parameters } : { metrics: values, parameters: {} };
}
/** Whether a value holds others by name. */
function isGroup(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value) && (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .spelling */ .DS)(value) === undefined;
}
function readable(value) {
    const digits = (0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .spelling */ .DS)(value);
    if (digits === undefined)
        return typeof value === 'string' ? value : JSON.stringify(value);
    const number = Number(digits);
    if (!Number.isFinite(number) || /^-?\d+$/.test(digits))
        return digits;
    return Math.abs(number) >= 1000 ? number.toFixed(0) : String(Number(number.toPrecision(4)));
}
//# sourceMappingURL=metrics.js.map

/***/ }),

/***/ 5459:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Cp: () => (/* binding */ refusingIndexes),
/* harmony export */   Ew: () => (/* binding */ canonicalName),
/* harmony export */   p2: () => (/* binding */ explainPipFailure)
/* harmony export */ });
const network = /WARNING: Retrying \(Retry\(total=0|NewConnectionError|NameResolutionError|Max retries exceeded|SSLError|^Could not fetch URL \S+: 5\d\d /m;
/** As pip's own crash ends when a download breaks off. */
const brokenOff = /^\S*\b(?:ReadTimeoutError|ConnectTimeoutError|ProtocolError|IncompleteRead|Connection\w*Error): (.+)$/m;
/** What pip only tells its log, which a caller may have it print: an index that refuses, or cannot answer. */
const unfetched = /^Could not fetch URL (\S+): (\d{3}) \w+ Error: (.+?) for url/gm;
const noMatch = /^ERROR: No matching distribution found for (.+?)(?: \(from .*\))?$/m;
const causes = [
    {
        find: /^ERROR: Invalid requirement: ('[^'\n]*'|"[^"\n]*"|.+)/m,
        say: (it, output) => {
            const hint = /^Hint: .*Did you mean (\S+) \?/m.exec(output)?.[1];
            return `${it} is not a requirement${hint === undefined ? '' : ` (did you mean ${hint})`}`;
        },
    },
    { find: /Could not open requirements file: (.+)$/m, say: (it) => `a requirements file cannot be opened: ${it}` },
    { find: /(No space left on device)/, say: (it) => it },
    {
        find: /^ERROR: Cannot install (.+?) because these package versions have conflicting dependencies/m,
        say: (it, output) => conflict(output) ?? `${it} need versions of other packages that exclude each other`,
    },
    {
        find: /DO NOT MATCH THE HASHES.*\n(?:\s*\n)?\s+(\S+)/,
        say: (it) => `${it} does not have the hash that the file asks for`,
    },
    {
        find: /^ERROR: Package '?([^'\s]+)'? requires a different Python: /m,
        say: (it, output) => {
            const [, here, needed] = /requires a different Python: (\S+) not in '?([^'\n]+)/.exec(output) ?? [];
            return `${it} needs Python ${needed}, and this is ${here}`;
        },
    },
    {
        find: (output) => (neededPython(output) === undefined ? undefined : noMatch.exec(output)?.[1]),
        say: (it, output) => `${it} needs Python ${neededPython(output)}`,
    },
    {
        find: /^WARNING: The repository located at (\S+) is not a trusted or secure host and is being ignored/m,
        say: (it) => `pip ignores the package index at ${it}, which is not https: use https, or set PIP_TRUSTED_HOST: ${it}`,
    },
    {
        find: (output) => (refusal(output) === undefined ? undefined : noMatch.exec(output)?.[1]),
        say: (it, output) => `the package index ${refusal(output)} while looking for ${it}; check its user and password`,
    },
    {
        find: noMatch,
        say: (it) => `there is no package ${it}, or none for this Python and platform; check spelling and version`,
    },
    {
        find: /^\s*× git clone .*?(\w+:\/\/\S+)/m,
        say: (it, output) => `git could not clone ${it}${after(/^\s*fatal: (.+)$/m.exec(output)?.[1])}`,
    },
    {
        find: /^\s*ERROR: Failed to build installable wheels for some pyproject.toml based projects \(?([^)\s]+)\)?/m,
        say: unbuilt,
    },
    { find: /^\s*ERROR: Failed building wheel for (\S+)/m, say: unbuilt },
    { find: /^ERROR: Failed to build '?(?:file:\S*\/)?([^\s']+)'?/m, say: unbuilt },
    { find: /^\s*Running setup\.py install for (\S+): finished with status 'error'/m, say: unbuilt },
    { find: packageWhoseBuildFailed, say: unbuilt },
    { find: (output) => crash(output)?.[0], say: (it, output) => crash(output)?.[1] ?? `pip itself failed: ${it}` },
    { find: /^\s*ERROR: (.+)$/m, say: (it) => it },
    { find: /^\s*error: (.+)$/m, say: (it) => it },
];
/**
 * What pip's output says about a failure.
 *
 * @param output all that pip printed
 * @param requirements text of the requirements file
 */
function explainPipFailure(output, requirements) {
    if (requirements.includes('\0'))
        return { reason: 'the file is saved as UTF-16; save it as UTF-8' };
    for (const { find, say } of causes) {
        const detail = find instanceof RegExp ? find.exec(output)?.[1] : find(output);
        if (detail === undefined)
            continue;
        const reason = isUnreachable(output, detail)
            ? `the package index cannot be reached${isRequirement(detail) ? ` (while looking for ${detail})` : `: ${detail}`}`
            : say(detail, output);
        const line = lineOf(detail, output, requirements);
        return { reason, ...(line === undefined ? {} : { line }) };
    }
    return { reason: 'pip gave no reason' };
}
function isRequirement(detail) {
    return /^[A-Za-z0-9][\w.-]*(\[.*\])?\s*([<>=!~].*)?$/.test(detail);
}
/** How an index refused the package that is missing. */
function refusal(output) {
    const name = canonicalName(/^[\w.-]+/.exec(noMatch.exec(output)?.[1] ?? '')?.[0] ?? '');
    const answers = [...output.matchAll(unfetched)].map(([, url = '', status, words]) => ({ url, status, words }));
    const about = answers.filter(({ url }) => url.endsWith(`/${name}/`));
    const refused = about.find(({ status }) => status === '401' || status === '407');
    // Some indexes answer 403 for what they do not have: it counts where no other index was asked with success.
    const isOnlyOne = about.every(({ status }) => status === '403') && /\(from versions: none\)/.test(output);
    const found = refused ?? (isOnlyOne ? about[0] : undefined);
    return found && `${found.url.slice(0, -name.length - 1)} refuses access (${found.status} ${found.words})`;
}
/**
 * The indexes that did not let pip in, for lack of a user and password or for wrong ones.
 *
 * @param output all that pip printed, with what it only tells its log
 */
function refusingIndexes(output) {
    const refused = [...output.matchAll(unfetched)].filter(([, , status]) => status === '401' || status === '407');
    return [...new Set(refused.map(([, url = '']) => url.replace(/[^/]+\/$/, '')))];
}
function isUnreachable(output, detail) {
    // A retry that was not the last one may have helped.
    const final = output.replace(/^WARNING: Retrying \(Retry\(total=[1-9].*$/gm, '');
    return network.test(final) && !/Invalid requirement|No space left|:\/\//.test(detail);
}
/** What pip names as the two or more sides of a conflict. */
function conflict(output) {
    const [, causes = ''] = /^The conflict is caused by:\n([\s\S]*)/m.exec(output) ?? [];
    const sides = [...causes.matchAll(/^\s+(The user requested .+|\S+ \S+ depends on .+)$/gm)].map(([, side = '']) => side.replace(/^The user requested (?:\(constraint\) )?/, 'the file asks for '));
    if (sides.length < 2)
        return undefined;
    return `packages exclude each other: ${[...new Set(sides)].slice(0, 4).join(', ')}`;
}
/** The Python that the asked version needs, when pip left that version out for it. */
function neededPython(output) {
    const version = /==([\w.!+-]+)/.exec(noMatch.exec(output)?.[1] ?? '')?.[1];
    const ignored = /^ERROR: Ignored the following versions that require a different python version: (.+)$/m;
    const entries = ignored.exec(output)?.[1]?.split('; ') ?? [];
    return entries.find((entry) => entry.startsWith(`${version} `))?.replace(/^\S+ Requires-Python /, '');
}
function unbuilt(name, output) {
    const told = toldByBuild(output);
    // As the package `sklearn` has it.
    const instead = /\bdeprecated,? use '?([\w.-]+)'?\s+(?:rather than|instead)/i.exec(told ?? '')?.[1];
    if (instead !== undefined)
        return `${name} is not to be installed; write ${instead} in its place`;
    // The compiler's first error counts, and Python's last.
    const fatal = /fatal error: (.+)$/m.exec(told ?? '')?.[1];
    const errors = [...(told ?? output).matchAll(/^[ \t╰─>]*((?:[\w.]+(?:Error|Exception)): .+)$/gm)];
    return `${name} could not be built${after(fatal ?? errors.at(-1)?.[1])}`;
}
/** What the build of a package printed, between the marks that pip sets around it. */
function toldByBuild(output) {
    const start = output.search(/lines? of output\]$|Complete output \(.*\):$/m);
    if (start < 0)
        return undefined;
    const told = output.slice(start);
    const end = told.search(/^[ \t]*(?:\[end of output\]|-{20,})/m);
    return end < 0 ? told : told.slice(0, end);
}
/** The package stands in no message of its own: it is the last one that pip took up. */
function packageWhoseBuildFailed(output) {
    const at = output.search(/Command errored out with exit status|subprocess-exited-with-error|metadata-generation-failed/);
    if (at < 0)
        return undefined;
    const taken = [...output.slice(0, at).matchAll(/^(?:Collecting|Processing|Obtaining) (?:\S*\/)?([^\s/]+)/gm)];
    return taken.at(-1)?.[1] ?? 'a package';
}
/** @returns how pip's own traceback ends, and what that means if it is known */
function crash(output) {
    const [, trace] = /^ERROR: Exception:\n([\s\S]+)/m.exec(output) ?? [];
    const last = trace?.trimEnd().split('\n').at(-1);
    if (trace === undefined || last === undefined)
        return undefined;
    const broken = brokenOff.exec(trace)?.[1];
    return [last, broken === undefined ? undefined : `the connection to the package index broke off: ${broken}`];
}
const after = (detail) => (detail === undefined ? '' : `: ${detail}`);
/** The form of a package's name that all its spellings share. */
function canonicalName(name) {
    return name.toLowerCase().replace(/[-_.]+/g, '-');
}
function lineOf(detail, output, requirements) {
    const named = /\(from line (\d+) of /.exec(output.slice(output.search(/^\s*(ERROR|error):/m)))?.[1];
    if (named !== undefined)
        return Number(named);
    const name = /^[\w.-]+/.exec(detail)?.[0];
    if (name === undefined)
        return undefined;
    const index = requirements
        .split(/\r?\n/)
        .findIndex((line) => canonicalName(/^\s*([\w.-]+)/.exec(line)?.[1] ?? '') === canonicalName(name));
    return index < 0 ? undefined : index + 1;
}
//# sourceMappingURL=pip-failure.js.map

/***/ }),

/***/ 6695:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   T: () => (/* binding */ lastTraceback)
/* harmony export */ });
const header = /Traceback \(most recent call last\):$/;
const frameLine = /^[\s|+]*File "(.+?)", line (\d+)(?:, in (.*))?$/;
const exceptionLine = /^[\s|+]*((?:(?:[\p{L}_][\p{L}\p{N}_]*|<locals>)\.)*([\p{L}_][\p{L}\p{N}_]*))(?:: ?(.*))?$/u;
/**
 * The last traceback of a log: of chained exceptions that is the one that ended the process. A syntax error in the file
 * that Python was started with has no header.
 */
function lastTraceback(lines) {
    const start = lines.findLastIndex((line) => header.test(line));
    if (start >= 0)
        return readTraceback(lines, start, columnOf(lines[start] ?? ''));
    const first = lines.findIndex((line) => frameLine.test(line));
    return first < 0 ? undefined : readTraceback(lines, first, Math.max(0, columnOf(lines[first] ?? '') - 2));
}
/** @param column where the word `Traceback` stands: what belongs to it stands further right */
function readTraceback(lines, start, column) {
    const frames = [];
    for (let index = start; index < lines.length; index += 1) {
        const line = lines[index] ?? '';
        const [, path, number, scope = ''] = frameLine.exec(line) ?? [];
        if (path !== undefined) {
            frames.push({ path, line: Number(number), scope, source: sourceBelow(lines, index) });
            continue;
        }
        const [, , type, message = ''] = columnOf(line) <= column ? (exceptionLine.exec(line) ?? []) : [];
        if (type === undefined)
            continue;
        // A message may begin with a line break.
        return {
            type,
            message: (message || (/:\s*$/.test(line) ? (lines[index + 1] ?? '') : '')).trim(),
            frames,
            start,
            end: index,
        };
    }
    return undefined;
}
function sourceBelow(lines, index) {
    const [frame = '', next = ''] = lines.slice(index, index + 2);
    return columnOf(next) > columnOf(frame) ? next.trim() : '';
}
/** Where a line begins; groups of exceptions are drawn with a frame on the left. */
function columnOf(line) {
    const column = line.search(/[^\s|+]/);
    return column < 0 ? line.length : column;
}
//# sourceMappingURL=traceback.js.map

/***/ })

};
