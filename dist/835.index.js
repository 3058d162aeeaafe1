export const id = 835;
export const ids = [835];
export const modules = {

/***/ 9835:
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
// EXTERNAL MODULE: ./node_modules/simple-git/dist/index.mjs + 2 modules
var dist = __webpack_require__(4724);
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/credentials.js



// The names must not begin with GIT_: simple-git drops those.
const loginVariable = 'DEPLOY_REPOSITORY_LOGIN';
const secretVariable = 'DEPLOY_REPOSITORY_SECRET';
/** What the helper does, in a shell. `get` only: git also calls helpers to erase a rejected secret. */
const answerGet = `test "$1" = get && printf "username=%s\\npassword=%s\\n" "$${loginVariable}" "$${secretVariable}"`;
/** The settings for `git -c`; they hold no secret. */
function credentialConfig({ url, secret }) {
    const nobody = [`http.${url}.extraheader=`, 'credential.helper='];
    if (secret === '')
        return nobody;
    return [...nobody, `credential.${new URL(url).origin}.helper=!f() { ${answerGet}; }; f`];
}
/** Variables for the environment of git. */
function credentialEnvironment({ login, secret }) {
    return { [loginVariable]: login, [secretVariable]: secret };
}
/** git lets curl take logins from this file before it asks a helper; with an empty login to begin with it does not. */
function hasNetrc() {
    return ['.netrc', '_netrc'].some((name) => (0,external_node_fs_.existsSync)((0,external_node_path_.join)(homeOfMachine(), name)));
}
function homeOfMachine() {
    return process.env.HOME ?? (0,external_node_os_.homedir)();
}
//# sourceMappingURL=credentials.js.map
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
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
// EXTERNAL MODULE: ./build/src/git-hosts.js
var git_hosts = __webpack_require__(1547);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/git-errors.js


/** The server says that there is no such repository, or hides one from this secret. */
class MissingRepositoryError extends errors/* DeployError */.sH {
    name = 'MissingRepositoryError';
}
/** The repository is there, but has no commit yet, and what is wanted of it takes one. */
class EmptyRepositoryError extends errors/* DeployError */.sH {
    name = 'EmptyRepositoryError';
}
/** A rule of the host about branches or contents, in the words of GitHub, GitLab and Bitbucket. */
const ruled = /hook declined|GH0\d\d|protected branch/i;
/** git keeps a branch as a file, so none has a name below that of another one. */
const clashing = /'refs\/heads\/([^']+)' exists; cannot create|directory file conflict/;
/** The server cannot write the branch down, which no other push has to do with. */
const unwritable = /Unable to create '[^']*\.lock': (?!File exists)/;
/**
 * Two runs pushed at once: the loser hears one of two texts, depending on how simultaneous it was. What the server's
 * rules refuse is no race, though it is worded as a rejection too.
 */
function isLostRace(error) {
    const text = (0,errors/* messageOf */.bD)(error);
    if (ruled.test(text) || clashing.test(text) || unwritable.test(text))
        return false;
    return /\(fetch first\)|\(non-fast-forward\)|cannot lock ref|failed to update ref|reference already exists|incorrect old value/.test(text);
}
/** No answer, or one that passes: worth another try. */
function isConnectionTrouble(error) {
    const text = (0,errors/* messageOf */.bD)(error);
    // A verdict on the push, or of the server on the request, is an answer whatever else the text holds.
    if (/\[(remote )?rejected\]|returned error: (?!408|429)[34]\d\d|does not support/.test(text))
        return false;
    return /Could not resolve host|Failed to connect|Couldn't connect|Connection (was )?reset|Empty reply|timed out|Operation too slow|RPC failed|hung up unexpectedly|early EOF|returned error: (408|429|5\d\d)|Recv failure|Send failure/i.test(text);
}
/** Whether the host shows the repository only to others, if it has it. */
function isUnseen(error) {
    return /returned error: 40[134]|\brepository .*not found|Authentication failed|could not read (Username|Password)/i.test((0,errors/* messageOf */.bD)(error));
}
/** Rewrites a GitError, whose object holds command lines, into a sentence that says what to do. */
function explainGitError(action, error, context) {
    const text = (0,errors/* messageOf */.bD)(error);
    if (/spawn git ENOENT|git.*ENOENT/.test(text)) {
        return new errors/* DeployError */.sH(`${action} failed: git is not installed on this runner; install it before this step`);
    }
    const sentence = explainRule(text, context) ?? explainRefusal(action, text, context) ?? explainTrouble(error, text, context);
    const Failure = sentence === missing(context) ? MissingRepositoryError : errors/* DeployError */.sH;
    return new Failure(`${action} failed: ${sentence}\n${tidy(text)}`.trim());
}
function missing({ url, secretInput, login }) {
    return `the repository ${url} is missing, misspelt, or not visible to ${secretInput} (as ${login})`;
}
/** What the host does not take, from anybody. */
function explainRule(text, { url, secretInput, login }) {
    if (/refusing to allow .* to create or update workflow/.test(text)) {
        const file = /workflow `([^`]+)`/.exec(text)?.[1];
        return (`the code holds ${file === undefined ? 'a workflow file' : `the workflow file ${file}`}, and ${secretInput} may not ` +
            'change workflows. Name it in copy_exclude, or use a token with the `workflow` scope (App tokens: `workflows: write`)');
    }
    if (/Push cannot contain secrets/i.test(text)) {
        return 'the host found a secret in the pushed files. Remove it from the code folder';
    }
    if (/must have verified signatures|must be signed/i.test(text)) {
        return `a rule of ${url} wants signed commits, which a plain push cannot satisfy: this action signs nothing. Let ${login} bypass that rule, or push to a branch it does not cover (algorithm_branch). The server says:`;
    }
    const clash = clashing.exec(text);
    if (clash !== null) {
        const other = clash[1] === undefined ? 'another branch' : `the branch ${clash[1]}`;
        return (`${other} of ${url} is in the way: git has no branch whose name goes on with "/" after that of ` +
            'another one. Delete that branch there, or name another one in pull_request_branch or algorithm_branch. The server says:');
    }
    return ruled.test(text) ? `a rule of ${url} refused the push. The server says:` : undefined;
}
/** What the host does not take from this secret. */
function explainRefusal(action, text, context) {
    const { url, secretInput, login, provider } = context;
    const words = git_hosts/* providerWords */.hC[provider];
    if (/Support for password authentication was removed|stopped supporting account passwords|^remote: You must use a personal access token/im.test(text)) {
        return `${words.name} takes a token, not a password. Set ${secretInput} to a token with ${words.right}`;
    }
    // Bitbucket says so with 401 and 403, GitLab with 404.
    if (/could not be found or you don't have permission|does not exist or you do not have access|may not have access to this repository/i.test(text)) {
        return missing(context);
    }
    if (/returned error: 403|Permission to .* denied|Write access to repository not granted/.test(text)) {
        const [right, needed] = action.startsWith('Reading') ? ['read', 'read and write'] : ['write to', 'write'];
        const detail = provider === 'other' ? '' : ` (${words.name}: ${words.right})`;
        return `${secretInput} (as ${login}) may not ${right} ${url}. It needs ${needed} access to that repository${detail}`;
    }
    const [, scheme = '', host] = /could not read (?:Username|Password) for '(https?:\/\/)(?:[^/'@]*@)?([^/']*)/.exec(text) ?? [];
    const asked = host === undefined ? undefined : scheme + host;
    if (asked !== undefined && asked !== new URL(url).origin) {
        return `${url} leads to ${asked}. ${secretInput} was not sent there; if that is where the repository is, set algorithm_repository or git_host to it`;
    }
    if (/Authentication failed|could not read (Username|Password)|Invalid username or token|HTTP Basic: Access denied|Invalid credentials|returned error: 401/.test(text)) {
        return explainRejection(context);
    }
    if (/not found|does not appear to be a git repository/i.test(text)) {
        return missing(context);
    }
    return undefined;
}
function explainRejection({ url, secretInput, login, provider }) {
    const rejected = `${url} rejected ${secretInput} (as ${login})`;
    if (secretInput === 'algorithmia_password') {
        return `${rejected}. Check the secret; an API key of the account works as the password too`;
    }
    if (provider === 'gitlab')
        return `${rejected}, or it has expired, as each token of GitLab does. Check the secret`;
    if (provider === 'bitbucket') {
        return `${rejected}, or it has expired. Check the secret, and git_login: each kind of token of Bitbucket goes with a user name of its own`;
    }
    if (provider === 'other') {
        return `${rejected}, or it has expired. Check the secret, and git_login, the user name that goes with it`;
    }
    return `${rejected}, or it has expired (App tokens and GITHUB_TOKEN live about an hour). Check the secret`;
}
/** What has nothing to do with rights. */
function explainTrouble(error, text, { url }) {
    const { host } = new URL(url);
    if (/RPC failed; HTTP (400|408|413)/.test(text)) {
        return `${host}, or a proxy before it, broke the push off. It may limit how large a push is, or how long it takes; keep large files out of it with copy_exclude, or raise that limit`;
    }
    if (/hash algorithm|object format/.test(text)) {
        return `git on this runner and ${url} do not name commits by the same hash (SHA-1 or SHA-256). An empty repository does not tell older gits which it uses: make a first commit there, or update git`;
    }
    if (/certificate|SSL CA cert/i.test(text)) {
        return `the certificate of ${host} is not trusted on this runner; set GIT_SSL_CAINFO to your CA file`;
    }
    if (/Could not resolve host/.test(text))
        return `there is no host ${host}; check git_host or algorithm_repository`;
    return isConnectionTrouble(error) ? `${host} could not be reached or broke off` : 'git says:';
}
/** In lines; more than any rule of a host was seen to say. */
const longest = 1000;
/** The lines that tell something; progress, hints and the echo of the refspec do not. */
function tidy(text) {
    const lines = text
        .split('\n')
        .filter((line) => !/^(hint:.*|To https?:.*|Done|Cloning into.*|Pushing to .*|remote:|)$/.test(line.trim()));
    const rest = lines.length - longest;
    return [...lines.slice(0, longest), ...(rest > 0 ? [`(and ${rest} more lines)`] : [])].join('\n');
}
//# sourceMappingURL=git-errors.js.map
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
;// CONCATENATED MODULE: ./build/src/algorithm-repo/lfs.js








/** Git LFS: the repository holds a pointer, and the file itself goes to a store of its own, by HTTP. */
/** Names in one command line. */
const portionSize = 200;
/**
 * Settings for `git -c`, which take the place of the machine's. Checkouts never download: what the deployment does not
 * touch stays a pointer. Without git-lfs a filter that the machine still names would fail each checkout.
 */
function lfsConfig(isInstalled, stallSeconds) {
    const [process, clean, smudge] = isInstalled
        ? ['git-lfs filter-process --skip', 'git-lfs clean -- %f', 'git-lfs smudge --skip -- %f']
        : ['', '', ''];
    return [
        `filter.lfs.process=${process}`,
        `filter.lfs.clean=${clean}`,
        `filter.lfs.smudge=${smudge}`,
        `filter.lfs.required=${isInstalled}`,
        'lfs.storage=',
        'lfs.locksverify=false',
        'lfs.allowincompletepush=false',
        `lfs.activitytimeout=${stallSeconds}`,
    ];
}
async function hasLfs(git) {
    return /^git-lfs\//.test(await git.raw(['lfs', 'version']).catch(() => ''));
}
/** @returns those of the paths that .gitattributes of the work tree keeps in Git LFS */
async function pathsInLfs(git, paths) {
    const found = [];
    for (const portion of portionsOf(paths)) {
        const attributes = (await git.raw(['check-attr', '-z', 'filter', '--', ...portion])).split('\0');
        found.push(...portion.filter((_, index) => attributes[3 * index + 2] === 'lfs'));
    }
    return found;
}
/** @returns the names of the objects that staged files point to */
async function stagedObjects(git, paths) {
    const objects = new Set();
    for (const portion of portionsOf(paths)) {
        const difference = ['diff', '--cached', '--text', '--unified=0', '--no-color', '--no-ext-diff', '--no-textconv'];
        const text = await git.raw([...difference, '--', ...portion.map((path) => `:(top,literal)${path}`)]);
        for (const [, object = ''] of text.matchAll(/^\+oid sha256:([0-9a-f]{64})$/gm))
            objects.add(object);
    }
    return [...objects];
}
/**
 * Sends objects to the store, which must have them before the commit that points to them is pushed. No hook does that here.
 *
 * @throws DeployError when the store does not take them
 */
async function pushObjects({ gitForLfs, location: { url, secretInput }, patienceMs }, objects) {
    for (const portion of portionsOf(objects)) {
        try {
            await persist(patienceMs, () => gitForLfs.raw(['lfs', 'push', '--object-id', 'origin', ...portion]));
        }
        catch (error) {
            throw new errors/* DeployError */.sH(`Uploading to Git LFS of ${url} failed, so nothing was pushed. Check that this host offers Git LFS, that ` +
                `${secretInput} may write, that the quota is not used up, and that no .lfsconfig in the repository sends them elsewhere; or name the files in copy_exclude. git-lfs says:\n` +
                (0,errors/* messageOf */.bD)(error).trim());
        }
    }
    log/* info */.pq(`Git LFS: ${objects.length} ${objects.length === 1 ? 'object is' : 'objects are'} stored`);
}
/**
 * Without git-lfs, `add` stages a file itself instead of its pointer, which would break the clones of everybody else. A file
 * that is the one the present pointer means is put back.
 *
 * @param paths staged, and kept in Git LFS
 * @throws DeployError for those that have changed
 */
async function restorePointers(git, folder, paths) {
    const changed = [];
    for (const path of paths) {
        const pointer = await git.raw(['cat-file', 'blob', `HEAD:${path}`]).catch(() => '');
        const object = /^version https:\/\/git-lfs\..*\noid sha256:([0-9a-f]{64})\n/.exec(pointer)?.[1];
        if (object !== undefined && object === (await sha256Of((0,external_node_path_.join)(folder, path)))) {
            await git.raw(['reset', '--quiet', '--', `:(top,literal)${path}`]);
        }
        else
            changed.push(path);
    }
    if (changed.length === 0)
        return;
    throw new errors/* DeployError */.sH(`.gitattributes of the algorithm's repository keeps ${shown(changed)} in Git LFS, and git-lfs is not installed on this ` +
        'runner. Install it before this step, or name the files in copy_exclude');
}
/**
 * A checkout without `lfs: true` leaves pointers in the code folder. As code they would arrive without what they mean.
 *
 * @param paths staged
 * @throws DeployError when one of them is a pointer in the work tree
 */
async function refusePointers(folder, paths) {
    const pointers = [];
    for (const path of paths) {
        // A name that is not UTF-8 is not found; such a pointer passes.
        const entry = await (0,promises_.lstat)((0,external_node_path_.join)(folder, path)).catch(() => undefined);
        if (!entry?.isFile() || entry.size > 1024)
            continue;
        const text = await (0,promises_.readFile)((0,external_node_path_.join)(folder, path), 'latin1');
        if (/^version https:\/\/git-lfs\.github\.com\/spec\/.*\noid /.test(text))
            pointers.push(path);
    }
    if (pointers.length === 0)
        return;
    throw new errors/* DeployError */.sH(`${shown(pointers)} in the code folder ${pointers.length === 1 ? 'is a Git LFS pointer' : 'are Git LFS pointers'}, not ` +
        'the file itself: set `lfs: true` on the actions/checkout step of this job, or name it in copy_exclude');
}
async function sha256Of(path) {
    const hash = (0,external_node_crypto_.createHash)('sha256');
    await (0,external_node_stream_promises_.pipeline)((0,external_node_fs_.createReadStream)(path), hash);
    return hash.digest('hex');
}
function shown(paths) {
    return paths.slice(0, 5).join(', ') + (paths.length > 5 ? ` and ${paths.length - 5} more` : '');
}
function portionsOf(names) {
    const count = Math.ceil(names.length / portionSize);
    return Array.from({ length: count }, (_, index) => names.slice(index * portionSize, (index + 1) * portionSize));
}
//# sourceMappingURL=lfs.js.map
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:diagnostics_channel"
var external_node_diagnostics_channel_ = __webpack_require__(3053);
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/process-tree.js




const run = (0,external_node_util_.promisify)(external_node_child_process_.execFile);
/** The gits that run. simple-git does not say which process it has started; Node does. */
const running = new Set();
(0,external_node_diagnostics_channel_.channel)('child_process').subscribe((message) => {
    const { process: child } = message;
    child.once('spawn', () => {
        if (child.spawnfile !== 'git')
            return;
        running.add(child);
        child.once('exit', () => running.delete(child));
    });
});
/**
 * Ends each git that this process has started, with all that it has started itself: a git that is ended alone leaves a
 * transfer behind that goes on.
 */
async function endGit() {
    const started = [...running].flatMap(({ pid }) => pid ?? []);
    if (process.platform === 'win32') {
        for (const pid of started)
            await run('taskkill', ['/F', '/T', '/PID', String(pid)]).catch(() => { });
        return;
    }
    // Without `ps`, or a /proc that may be read, at least what was started here ends.
    const parents = await parentsOf().catch(() => []);
    const doomed = new Set(started);
    // A child may be listed before its parent.
    for (let size = 0; size < doomed.size;) {
        size = doomed.size;
        for (const [pid, parent] of parents)
            if (doomed.has(parent))
                doomed.add(pid);
    }
    for (const pid of doomed) {
        try {
            process.kill(pid, 'SIGKILL');
        }
        catch {
            // It is gone.
        }
    }
}
/** The parent of each process. Containers often have no `ps`; only Linux has the folder. */
async function parentsOf() {
    if (process.platform !== 'linux') {
        const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
        return stdout
            .trim()
            .split('\n')
            .map((line) => line.trim().split(/\s+/).map(Number));
    }
    const pids = (await (0,promises_.readdir)('/proc')).filter((name) => /^\d+$/.test(name));
    const stats = await Promise.all(pids.map((pid) => (0,promises_.readFile)(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
    return stats.flatMap((stat) => {
        // The name of the program, in parentheses, may hold any character.
        const [, pid, parent] = /^(\d+) \(.*\) \S (\d+)/s.exec(stat) ?? [];
        return pid === undefined || parent === undefined ? [] : [[Number(pid), Number(parent)]];
    });
}
//# sourceMappingURL=process-tree.js.map
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
/** Of a server that sends a byte now and then: how many times as long a command may take. */
const stallsAtMost = 30;
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
function openGit({ folder, noHooks, author, credentials, hasLfs, stallSeconds, more }) {
    const git = (0,dist/* simpleGit */.Lp)({
        baseDir: folder,
        ...strict,
        // What is set to nothing here is refused all the same.
        unsafe: {
            allowUnsafeAskPass: true,
            allowUnsafeCredentialHelper: true,
            allowUnsafeFilter: true,
            allowUnsafeFsMonitor: true,
            allowUnsafeHooksPath: true,
            allowUnsafeTemplateDir: true,
        },
        allowEnvironment: kept,
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
            'fetch.recurseSubmodules=no',
            'submodule.recurse=false',
            'clone.defaultRemoteName=origin',
            'gc.auto=0',
            'maintenance.auto=false',
            'advice.detachedHead=false',
            // Older gits, and machines that say so, ask for the list of all branches and tags each time.
            'protocol.version=2',
            'http.lowSpeedLimit=1',
            `http.lowSpeedTime=${Math.ceil(stallSeconds)}`,
            'i18n.commitEncoding=UTF-8',
            ...lfsConfig(hasLfs, stallSeconds),
            ...(more?.config ?? []),
            ...['user', 'author', 'committer'].flatMap((who) => [
                `${who}.name=${author.name}`,
                `${who}.email=${author.email}`,
            ]),
        ],
    }).env({
        ...gitEnvironment(process.env),
        ...credentialEnvironment(credentials),
        ...more?.environment,
    });
    // Uploads to Git LFS end by its own limit for stalls: they may be as large as they like.
    return more === undefined ? limited(git, stallSeconds * stallsAtMost) : git;
}
/** Commands that take too long are ended as a whole, which simple-git's own time limit cannot do. */
function limited(git, seconds) {
    const raw = git.raw.bind(git);
    const guarded = async (args) => {
        let late = false;
        const timer = setTimeout(() => {
            late = true;
            void endGit();
        }, seconds * 1000);
        try {
            return await raw(args);
        }
        catch (error) {
            throw late ? new Error(`timed out: not done after ${(0,format/* formatDuration */.a)(seconds * 1000)}`, { cause: error }) : error;
        }
        finally {
            clearTimeout(timer);
        }
    };
    return Object.assign(git, { raw: guarded });
}
/** git for reading the user's own repository, whoever owns the folder. What is not there is not fetched. */
function openWorkspaceGit(folder) {
    const noFetch = 'GIT_NO_LAZY_FETCH';
    return (0,dist/* simpleGit */.Lp)({
        ...strict,
        baseDir: folder,
        config: [`safe.directory=${folder}`],
        allowEnvironment: [...kept, noFetch],
    }).env({ ...gitEnvironment(process.env), [noFetch]: '1' });
}
function gitEnvironment(environment) {
    const entries = Object.entries(environment).filter((entry) => entry[1] !== undefined && (!dropped.test(entry[0]) || kept.includes(entry[0])));
    return { ...Object.fromEntries(entries), GIT_TERMINAL_PROMPT: '0', GCM_INTERACTIVE: 'Never', LC_ALL: 'C' };
}
//# sourceMappingURL=git.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/lfs-access.js



const refusedVariable = 'DEPLOY_REPOSITORY_REFUSED';
/**
 * How git-lfs gets the secret: from the same helper as git, but once it is rejected no more, since git-lfs would try it again
 * for ever. And never from the machine's `.netrc`, which it would ask first.
 *
 * @param temp an existing folder of this run
 * @returns settings for `git -c` and variables for its environment, beside those of git
 */
async function lfsAccess({ url }, temp) {
    const helper = `credential.${new URL(url).origin}.helper`;
    const refused = `"$${refusedVariable}"`;
    return {
        // The empty one takes git's own off the list.
        config: [
            `${helper}=`,
            `${helper}=!f() { test "$1" = erase && : > ${refused}; test -e ${refused} || { ${answerGet}; }; }; f`,
        ],
        environment: {
            [refusedVariable]: (0,external_node_path_.join)(temp, 'refused').split(external_node_path_.sep).join('/'),
            ...(hasNetrc() && { HOME: await makeHome(temp) }),
        },
    };
}
/** A home with the machine's git configuration, whose proxies and certificates are needed, and nothing else. */
async function makeHome(temp) {
    const home = (0,external_node_path_.join)(temp, 'home');
    await (0,promises_.mkdir)(home, { recursive: true });
    const files = ['.config/git/config', '.gitconfig'].map((name) => (0,external_node_path_.join)(homeOfMachine(), name).split(external_node_path_.sep).join('/'));
    const includes = files.map((file) => `[include]\n\tpath = ${JSON.stringify(file)}\n`);
    await (0,promises_.writeFile)((0,external_node_path_.join)(home, '.gitconfig'), includes.join(''));
    return home;
}
//# sourceMappingURL=lfs-access.js.map
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
 * @throws RefusedError when that takes a secret, and there is none
 */
async function makeClone(location, temp, stallSeconds) {
    maskProxyPasswords(process.env);
    const { url, branch } = location;
    const noHooks = (0,external_node_path_.join)(temp, 'no-hooks');
    const folder = (0,external_node_path_.join)(temp, 'algorithm');
    await (0,promises_.writeFile)(noHooks, '');
    const options = {
        folder: temp,
        noHooks,
        author: location.author,
        credentials: location,
        hasLfs: false,
        stallSeconds,
    };
    await checkGit(openGit(options));
    options.hasLfs = await hasLfs(openGit(options));
    await refuseRewrittenUrl(openGit(options), url);
    const patienceMs = 2 * stallSeconds * 1000;
    // Without a template: the machine's may hold settings, and rules what to ignore.
    const what = ['--depth=1', '--single-branch', '--no-tags', '--template='];
    const download = (named) => persist(patienceMs, async () => {
        await (0,promises_.rm)(folder, { recursive: true, force: true });
        await openGit(options).raw(['clone', '--quiet', ...what, ...named, '--', url, folder]);
    });
    let isMissing = false;
    try {
        await download(branch === undefined ? [] : ['--branch', branch]).catch(async (error) => {
            isMissing = /Remote branch .* not found/.test((0,errors/* messageOf */.bD)(error));
            if (!isMissing)
                throw error;
            if (!mayMakeBranch(location)) {
                const listed = await persist(patienceMs, () => openGit(options).raw(['ls-remote', '--heads', '--', url]));
                throw missingBranch(location, listed);
            }
            return download([]);
        });
    }
    catch (error) {
        if (error instanceof errors/* DeployError */.sH)
            throw error;
        if (location.secret === '' && isUnseen(error)) {
            throw new errors/* RefusedError */.fk(`${url} cannot be read without ${location.secretInput}, which is empty, or it does not exist`);
        }
        throw explainGitError('Reading the algorithm repository', error, location);
    }
    const git = openGit({ ...options, folder });
    const gitForLfs = openGit({ ...options, folder, more: await lfsAccess(location, temp) });
    await refuseRewrittenPushUrl(git, url);
    const head = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim();
    const current = (await git.raw(['symbolic-ref', '--quiet', '--short', 'HEAD']).catch(() => '')).trim();
    if (current === '') {
        throw new errors/* DeployError */.sH(branch === undefined
            ? `HEAD of ${url} names no branch; set algorithm_branch to the one you mean`
            : `algorithm_branch is "${branch}", which is a tag of ${url}; name a branch`);
    }
    if (head === '') {
        const listed = await persist(patienceMs, () => git.raw(['ls-remote', '--heads', 'origin']));
        refuseOrphan(url, current, listed);
    }
    const clone = {
        folder: await (0,promises_.realpath)(folder),
        git,
        gitForLfs,
        head: head || undefined,
        location,
        hasLfs: options.hasLfs,
        patienceMs,
    };
    if (!isMissing || branch === undefined) {
        log/* info */.pq(`${url}: branch ${current} at ${head || 'no commit yet'}`);
        return { ...clone, branch: current, madeFrom: undefined };
    }
    if (head !== '') {
        await git.raw(['update-ref', `refs/heads/${branch}`, head]).catch((error) => {
            throw explainGitError('Making algorithm_branch', error, location);
        });
    }
    await git.raw(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
    log/* info */.pq(`${url}: branch ${branch} will be made from ${current} at ${head || 'no commit yet'}`);
    return { ...clone, branch, madeFrom: current };
}
function mayMakeBranch({ createBranch, requestBranch }) {
    return createBranch === true && requestBranch === undefined;
}
function missingBranch({ url, branch, requestBranch }, listed) {
    const remedy = requestBranch === undefined
        ? 'create it there first, or set `create_branch: true`'
        : 'a pull request needs a branch to merge into, so create it there first';
    const Failure = listed === '' ? EmptyRepositoryError : errors/* DeployError */.sH;
    return new Failure(`algorithm_branch is "${branch}", which ${url} does not have; ${remedy}`);
}
/** A first commit on a branch of its own would leave out all that the other branches hold. */
function refuseOrphan(url, current, listed) {
    const branches = [...listed.matchAll(/\trefs\/heads\/(.+)$/gm)].map(([, name]) => name);
    // Made since, by another first deployment: the push is then on top of it.
    if (branches.length === 0 || branches.includes(current))
        return;
    throw new errors/* DeployError */.sH(`The default branch of ${url} is ${current}, which does not exist there. Set algorithm_branch to the branch you mean (${branches.slice(0, 5).join(', ')}), or change the default branch`);
}
//# sourceMappingURL=clone.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/push-trouble.js






/** A push that was broken off while the server took it. */
class BrokenPush extends Error {
    /** Whether another one, in another version of HTTP, has not been tried yet. */
    isFirst;
    constructor(cause, size, isFirst) {
        const held = size === undefined ? '' : `\nThe push held ${(0,format/* formatBytes */.z)(size)}.`;
        super((0,errors/* messageOf */.bD)(cause).trimEnd() + held, { cause });
        this.isFirst = isFirst;
    }
}
function isBrokenPush(error) {
    return /RPC failed(?!; HTTP 4(?!00|08|13|29))/.test((0,errors/* messageOf */.bD)(error));
}
/**
 * What a push of a commit sends, in bytes.
 *
 * @returns undefined where git is too old to tell (before 2.31)
 */
async function sizeOfPush(git, commit) {
    const known = ['--not', '--remotes=origin'];
    const said = await git.raw(['rev-list', '--objects', '--disk-usage', commit, ...known]).catch(() => '');
    return /^\d+$/.test(said.trim()) ? Number(said) : undefined;
}
/** Whether a push that failed is worth another one. */
function mayPushAgain(error) {
    // What a server makes of a request does not change, unless the request does.
    if (error instanceof BrokenPush && /returned error: (400|408)/.test(error.message))
        return error.isFirst;
    return isLostRace(error) || isConnectionTrouble(error);
}
/** Whether git saw by itself that the branch has moved on, and sent nothing. */
function wasNotSent(error) {
    return /\t\[rejected\] /.test((0,errors/* messageOf */.bD)(error));
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




/** How many commits deep a push of unknown outcome is looked for. */
const searchDepths = [1, 4, 16, 64];
/** A branch on the server that is pushed to. Its errors are git's own. */
class RemoteBranch {
    #clone;
    name;
    /** Settings that a push which broke off has taught. */
    #lessons = [];
    /** @param name the branch that the clone was made of, or is to become, unless another one is meant */
    constructor(clone, name = clone.branch) {
        this.#clone = clone;
        this.name = name;
    }
    /** Asks for the right to push, without pushing. */
    async checkPush() {
        const { git, head, patienceMs } = this.#clone;
        const commit = head ?? (await this.#emptyCommit());
        await persist(patienceMs, () => git.raw(['push', '--dry-run', '--porcelain', 'origin', this.#target(commit)]));
    }
    /** Never forced: the server refuses a commit that is not on top of its head. */
    async push(commit) {
        const { git } = this.#clone;
        try {
            const said = await git.raw([...this.#lessons, 'push', '--porcelain', 'origin', this.#target(commit)]);
            if (!/^Done$/m.test(said))
                throw new Error(`git did not say that the push is done\n${said}`);
        }
        catch (error) {
            if (!isBrokenPush(error))
                throw error;
            const isFirst = this.#lessons.length === 0;
            // Proxies and servers that break HTTP/2 off, or large bodies in it, often take them in the older version.
            this.#lessons = ['-c', 'http.version=HTTP/1.1'];
            throw new BrokenPush(error, await sizeOfPush(git, commit), isFirst);
        }
    }
    /**
     * Fetches the head, and nothing below it: of a branch that was rewritten, or that has merged a long history, that
     * could be all there is. Nothing is rebased or merged here, so what a shallow clone lacks is not missed.
     *
     * @returns the head; undefined when there is no such branch
     */
    async head() {
        try {
            await this.#fetch(1);
        }
        catch (error) {
            if (!isNoSuchBranch(error))
                throw error;
            log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
            return undefined;
        }
        return (await this.#clone.git.raw(['rev-parse', this.#tracking])).trim();
    }
    /**
     * Looks for commits below the head that was fetched last, no deeper than where this clone began.
     *
     * @param head undefined when there is no such branch
     * @returns the first of these commits that the branch holds
     * @throws UncertainError when the history cannot be read far enough
     */
    async findFirst(commits, head) {
        if (commits.length === 0 || head === undefined)
            return undefined;
        for (const depth of searchDepths) {
            try {
                if (depth > 1)
                    await this.#fetch(depth);
            }
            catch (error) {
                if (isNoSuchBranch(error))
                    return undefined;
                throw new errors/* UncertainError */.On(`The repository could not be read after the push of ${commits.join(' or ')}, so whether it arrived is not known: look ` +
                    `for it on ${this.name} before the next run`, { cause: error });
            }
            for (const commit of commits)
                if (await this.#holds(commit))
                    return commit;
            if (this.#clone.head !== undefined && (await this.#holds(this.#clone.head)))
                return undefined;
        }
        return undefined;
    }
    /** Whether it is the branch that the repository's HEAD names; undefined when nobody says. */
    async isDefault() {
        const { git, location, head, madeFrom, patienceMs } = this.#clone;
        // A clone that names no branch is one of the default branch.
        if (location.branch === undefined)
            return true;
        // Nobody answers for a branch without a commit.
        if (head === undefined && madeFrom !== undefined)
            return madeFrom === this.name;
        try {
            const said = await persist(patienceMs, () => git.raw(['ls-remote', '--symref', 'origin', 'HEAD']));
            const name = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(said)?.[1];
            return name === undefined ? undefined : name === this.name;
        }
        catch (error) {
            log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
            return undefined;
        }
    }
    async #fetch(depth) {
        const { git, patienceMs } = this.#clone;
        const what = [`--depth=${depth}`, '--no-tags', 'origin', `+refs/heads/${this.name}:${this.#tracking}`];
        await persist(patienceMs, () => git.raw(['fetch', '--quiet', ...what]));
    }
    async #holds(commit) {
        // Without a common commit git has no answer, and says so by failing.
        const base = await this.#clone.git.raw(['merge-base', commit, this.#tracking]).catch(() => '');
        return base.trim() === commit;
    }
    /** The clone is empty, and so is its index. */
    async #emptyCommit() {
        const { git } = this.#clone;
        const tree = (await git.raw(['write-tree'])).trim();
        return (await git.raw(['commit-tree', tree, '-m', 'Write check'])).trim();
    }
    get #tracking() {
        return `refs/remotes/origin/${this.name}`;
    }
    #target(commit) {
        return `${commit}:refs/heads/${this.name}`;
    }
}
function isNoSuchBranch(error) {
    return /couldn't find remote ref/.test((0,errors/* messageOf */.bD)(error));
}
//# sourceMappingURL=remote-branch.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/request-branch.js







const action = 'Pushing the branch of the pull request';
/**
 * The branch that a pull request comes from. What is pushed there is the head of the branch it is to be merged into,
 * and the change: so it merges without a conflict, however both branches came about, and no manifest is ever merged as
 * text. Nothing is forced: the commits that were there stay in the history.
 */
class RequestBranch {
    #clone;
    #base;
    #branch;
    #head;
    constructor(clone, base, name) {
        this.#clone = clone;
        this.#base = base;
        this.#branch = new RemoteBranch(clone, name);
    }
    /**
     * @throws EmptyRepositoryError when there is nothing to merge into
     * @throws DeployError when the branch cannot be read
     */
    static async open(clone, base, name) {
        const { location, head, branch } = clone;
        if (head === undefined) {
            throw new EmptyRepositoryError(`push_to is pull_request, but ${location.url} has no commit yet that a pull request could be merged into; ` +
                'deploy the first time with `push_to: branch`');
        }
        if (name === branch) {
            throw new errors/* DeployError */.sH(`pull_request_branch is "${name}", which is the branch that the pull request is to be merged into; name another one`);
        }
        const request = new RequestBranch(clone, base, name);
        await request.#fetch();
        return request;
    }
    get name() {
        return this.#branch.name;
    }
    async checkPush() {
        return this.#branch.checkPush();
    }
    /** Its head, as it was fetched last; undefined where there is no branch. */
    get head() {
        return this.#head;
    }
    /**
     * Pushes the change, made on the head that the base has by then.
     *
     * @returns undefined when the base has it all
     * @throws DeployError when the push is refused; the remote is then as it was
     * @throws UncertainError when nobody can tell whether it arrived
     */
    async push(bench, message, deadline) {
        const { location } = this.#clone;
        const branch = this.name;
        const made = [];
        let base = bench.head;
        let { staged } = bench;
        let troubles = 0;
        for (let tries = 1;; tries += 1) {
            // The base last: whoever pushed that head must not have built it on a newer base than is known here.
            await this.#fetch();
            const before = this.#head;
            const newest = await this.#newestBase();
            if (newest !== base)
                staged = await bench.applyOn(newest);
            base = newest;
            const { files } = staged;
            if (files.length === 0)
                return undefined;
            if (before !== undefined && made.includes(before))
                return { changed: true, commit: before, branch, files };
            if (before !== undefined)
                await bench.beforeReplacing();
            if (before !== undefined && (await this.#mayHold(before, base, bench.ofRun))) {
                const rest = await bench.applyOn(before);
                if (rest.files.length === 0)
                    return { changed: false, commit: before, branch, files };
                staged = await bench.applyOn(base);
            }
            const commit = await this.#commit(before, base, message);
            made.push(commit);
            if (staged.objects.length > 0)
                await pushObjects(this.#clone, staged.objects);
            try {
                await this.#branch.push(commit);
                return { changed: true, commit, branch, files };
            }
            catch (error) {
                const failed = explainGitError(action, error, location);
                if (!mayPushAgain(error))
                    throw failed;
                await pauseAfter(error, tries);
                const race = isLostRace(error);
                const head = await headAfter(failed, { remote: this.#branch, branch, unsure: race ? undefined : commit });
                troubles = race && head !== before ? 0 : troubles + 1;
                if (head === commit)
                    return { changed: true, commit, branch, files };
                if (troubles >= connectionTries || Date.now() > deadline)
                    throw failed;
            }
        }
    }
    async #fetch() {
        this.#head = await this.#branch.head().catch((error) => {
            throw explainGitError('Reading the branch of the pull request', error, this.#clone.location);
        });
    }
    async #newestBase() {
        const head = await this.#base.head().catch((error) => {
            throw explainGitError('Reading the algorithm repository', error, this.#clone.location);
        });
        if (head !== undefined)
            return head;
        throw new errors/* DeployError */.sH(`${action} failed: the branch ${this.#base.name}, to be merged into, is no longer there`);
    }
    /** Whether the head is this very change on this base, but perhaps for what tells of the run. */
    async #mayHold(head, base, ofRun) {
        const { git } = this.#clone;
        if (!(await request_branch_parentsOf(git, head)).includes(base))
            return false;
        const differing = (await git.raw(['diff', '--cached', '--name-only', '--no-renames', '-z', head])).split('\0');
        return differing.every((path) => path === '' || ofRun.includes(path));
    }
    /**
     * What is staged, as a commit. The base is always a parent, so that its head alone tells next time whether the branch
     * has it: the clone has no history to look that up in.
     */
    async #commit(head, base, message) {
        const { git } = this.#clone;
        const tree = (await git.raw(['write-tree'])).trim();
        const replaced = head === base ? undefined : head;
        if (replaced !== undefined)
            await this.#warnOfOthers(replaced, tree);
        const parents = [...(replaced === undefined ? [] : [replaced]), base].flatMap((parent) => ['-p', parent]);
        return (await git.raw(['commit-tree', tree, ...parents, '-m', message])).trim();
    }
    /** Of the head alone: the commits below it were told of when they were replaced. */
    async #warnOfOthers(head, tree) {
        const { git, location } = this.#clone;
        const said = await git.raw(['log', '-1', '--no-show-signature', '--format=%T%n%an <%ae>%n%ae%n%ce', head]);
        const [theirs, author, ...addresses] = said.trimEnd().split('\n');
        if (theirs === tree || addresses.every((address) => address === location.author.email))
            return;
        log/* warning */.$e(`${this.name} belongs to this action, but ${author} has committed to it (${head}). That commit stays in the ` +
            'history, and what it changed is replaced; to keep such changes, put them into the code that is deployed');
    }
}
/** Also those that the clone does not have. */
async function request_branch_parentsOf(git, commit) {
    try {
        const [header = ''] = (await git.raw(['cat-file', 'commit', commit])).split('\n\n', 1);
        return [...header.matchAll(/^parent (\w+)$/gm)].map((match) => match[1] ?? '');
    }
    catch (error) {
        log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
        return [];
    }
}
//# sourceMappingURL=request-branch.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/revert.js




const revert_action = 'Taking the push to the algorithm repository back';
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
        throw explainGitError(revert_action, error, location);
    }));
    const undo = (await git.raw(['commit-tree', tree, '-p', commit, '-m', message])).trim();
    let unsure;
    for (let tries = 1;; tries += 1) {
        try {
            await remote.push(undo);
            return undo;
        }
        catch (error) {
            const failed = explainGitError(revert_action, error, location);
            if (!mayPushAgain(error))
                throw failed;
            if (!isLostRace(error))
                unsure = undo;
            await pauseAfter(error, tries);
            const head = await headAfter(failed, { remote, branch, unsure });
            // The answer may be lost although the push arrived; others may have built upon it since.
            if ((await remote.findFirst([undo], head)) !== undefined)
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
            throw new errors/* DeployError */.sH(`${revert_action} is not possible: ${commit} is the first commit of ${branch}, so there is nothing to go back to`);
        }
        try {
            return (await git.raw(['rev-parse', '--verify', '--quiet', `${parent}^{tree}`])).trim();
        }
        catch (error) {
            throw new errors/* DeployError */.sH(`${revert_action} is not possible: ${commit} was not made by this run`, { cause: error });
        }
    }
    async function expectHead(head) {
        if (head === commit)
            return;
        const found = head === undefined ? `${branch} is no longer there` : `another push came after it: ${branch} is at ${head}`;
        throw new errors/* DeployError */.sH(`${revert_action} was not done, because ${found}. Nothing was changed; if ${commit} must go, take it back there by hand`);
    }
}
//# sourceMappingURL=revert.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/large-files.js




/**
 * In bytes: github.com warns of files above the first and refuses a push with files above the second, after the upload.
 *
 * @see https://docs.github.com/repositories/working-with-files/managing-large-files/about-large-files-on-github
 */
const limits = { advised: 50 * 2 ** 20, allowed: 100 * 2 ** 20 };
/**
 * Files that are too large for the host. Other hosts than github.com, also GitHub Enterprise, have limits of their own.
 *
 * @param url of the repository
 * @param isInLfs finds the paths whose files go to Git LFS instead; asked only where it matters
 * @returns those that may be pushed but are above the advised size, with their sizes in words
 * @throws DeployError when some are above the limit
 */
async function checkSizes(url, { root, paths }, isInLfs) {
    if (new URL(url).hostname !== 'github.com')
        return [];
    const large = [];
    for (const path of paths) {
        // A name that is not UTF-8 is not found: then the host says it.
        const entry = await (0,promises_.lstat)((0,external_node_path_.join)(root, path)).catch(() => undefined);
        if (entry?.isFile() && entry.size > limits.advised)
            large.push({ path, size: entry.size });
    }
    if (large.length === 0)
        return [];
    const stored = await isInLfs(large.map(({ path }) => path));
    const plain = large.filter(({ path }) => !stored.includes(path));
    const inWords = (files) => files.map(({ path, size }) => `${path} (${(0,format/* formatBytes */.z)(size)})`);
    const refused = inWords(plain.filter(({ size }) => size > limits.allowed));
    if (refused.length > 0) {
        throw new errors/* DeployError */.sH(`github.com takes no files over 100 MiB, and the code holds ${refused.join(', ')}. Name them in copy_exclude, keep ` +
            "them in Git LFS in the algorithm's repository, or let the algorithm load them from Hosted Data");
    }
    return inWords(plain);
}
//# sourceMappingURL=large-files.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/staging.js







/**
 * Stages everything that changed in a clone, and refuses what git would take without its content.
 *
 * @param force paths that are staged even if the repository ignores them, as far as they exist
 */
async function stageAll({ git, folder, location, hasLfs }, force) {
    await git.raw(['add', '--all', '--', '.']);
    const forced = force.filter((path) => (0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, path)));
    if (forced.length > 0)
        await git.raw(['add', '--force', '--', ...forced]);
    let files = await stagedFiles(git);
    await refuseFilesInSubmodules(git, folder);
    const present = files.filter(({ kind }) => kind !== 'deleted').map(({ path }) => path);
    await refusePointers(folder, present);
    const inLfs = await pathsInLfs(git, present);
    await checkSizes(location.url, { root: folder, paths: present }, async () => inLfs);
    if (inLfs.length > 0 && !hasLfs) {
        await restorePointers(git, folder, inLfs);
        files = await stagedFiles(git);
    }
    const objects = hasLfs ? await stagedObjects(git, inLfs) : [];
    return { files, skipped: await ignoredFiles(git), objects };
}
/** @throws DeployError when one of them is a new link to another repository */
async function stagedFiles(git) {
    const changes = (await git.raw(['diff', '--cached', '--raw', '--no-renames', '-z'])).split('\0');
    const files = [];
    for (let index = 0; index + 1 < changes.length; index += 2) {
        const [what = '', path = ''] = changes.slice(index, index + 2);
        if (/^:\d+ 160000 /.test(what)) {
            throw new errors/* DeployError */.sH(`${path} in the code folder is a git repository of its own; copy its files or name it in copy_exclude`);
        }
        const letter = what.slice(-1);
        files.push({ path, kind: letter === 'A' ? 'added' : letter === 'D' ? 'deleted' : 'changed' });
    }
    return files;
}
/** Ignored files in a fresh clone are the ones that were just copied. */
async function ignoredFiles(git) {
    const ignored = await git.raw(['ls-files', '--others', '--ignored', '--exclude-standard', '-z']);
    const paths = ignored.split('\0').filter((path) => path !== '');
    return paths.map((path) => ({ path, why: 'a .gitignore excludes it' }));
}
function warnOfIgnored(skipped) {
    if (skipped.length === 0)
        return;
    const names = skipped.slice(0, 10).map(({ path }) => path);
    const more = skipped.length > 10 ? ` and ${skipped.length - 10} more` : '';
    log/* warning */.$e(`Not deployed, because a .gitignore of the algorithm's repository, or one that the code brings, excludes them: ${names.join(', ')}${more}`);
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
//# sourceMappingURL=staging.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/repository.js












const raceDeadlineMs = 10 * 60_000;
/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
class AlgorithmRepository {
    #clone;
    #remote;
    #request;
    /** Whether the branch is still to be made on the server. */
    #isNew;
    /** The head that changes are applied to; undefined in an empty repository. */
    #head;
    #change = { apply: async () => { }, force: [] };
    #staged = { files: [], skipped: [], objects: [] };
    constructor(clone, remote, request) {
        this.#clone = clone;
        this.#remote = remote;
        this.#request = request;
        this.#isNew = clone.madeFrom !== undefined;
        this.#head = clone.head;
    }
    /**
     * @param temp an existing folder of this run; the clone is made below it
     * @param stallSeconds seconds without a byte after which a transfer is given up
     * @throws DeployError when the repository cannot be read, or has nothing that a pull request could be merged into
     * @throws RefusedError when that takes a secret, and there is none
     */
    static async clone(location, temp, { stallSeconds = usualStallSeconds } = {}) {
        const clone = await makeClone(location, temp, stallSeconds);
        const remote = new RemoteBranch(clone);
        const { requestBranch } = location;
        const request = requestBranch === undefined ? undefined : await RequestBranch.open(clone, remote, requestBranch);
        return new AlgorithmRepository(clone, remote, request);
    }
    get folder() {
        return this.#clone.folder;
    }
    /** The branch that is deployed to, or that a pull request is to be merged into. */
    get branch() {
        return this.#clone.branch;
    }
    /** Whether it was without a commit when it was cloned. */
    get isEmpty() {
        return this.#clone.head === undefined;
    }
    /** The default branch, when `branch` is not on the server yet and is made from it. */
    get madeFrom() {
        return this.#isNew ? this.#clone.madeFrom : undefined;
    }
    /** The branch of the pull request that is pushed in place of `branch`. */
    get requestBranch() {
        return this.#request?.name;
    }
    /** What that branch has, as it was fetched last; undefined where there is none. */
    async lookAtRequest(paths) {
        const commit = this.#request?.head;
        return commit === undefined ? undefined : this.#look(commit, paths);
    }
    /** Undefined in an empty repository. */
    get head() {
        return this.#head;
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
            await (this.#request ?? this.#remote).checkPush();
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
     * @returns what changes; nothing when the repository already has it all
     */
    async stage(change, force) {
        this.#change = { apply: change, force };
        this.#staged = await this.#applyChange();
        warnOfIgnored(this.#staged.skipped);
        return this.#staged;
    }
    /** What the newest commit of this clone changes: another list than before when another push came first. */
    get staged() {
        return this.#staged;
    }
    /** @returns those of the paths that the repository keeps in Git LFS, as it is now */
    async pathsInLfs(paths) {
        return pathsInLfs(this.#clone.git, paths);
    }
    /** The staged difference of one file, as text. */
    async difference(path) {
        return this.#clone.git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--', path]);
    }
    /**
     * What the server has by now, with files that it has there; the work tree stays as it is.
     *
     * @returns undefined when there is no such branch any more
     * @throws DeployError when the repository cannot be read
     */
    async lookAgain(paths) {
        const commit = await this.#remote.head().catch((error) => {
            throw this.#explain('Reading the algorithm repository again', error);
        });
        return commit === undefined ? undefined : this.#look(commit, paths);
    }
    /**
     * Commits what is staged and pushes it. When another push came first, the change is applied again on top of it;
     * nothing is ever forced or merged. A new branch is pushed even if it does not differ from the default branch.
     *
     * @param beforeReplacing told before something takes the place of what the branch of a pull request has; throws to
     *   prevent it
     * @throws DeployError when the push is refused; the remote is then as it was
     * @throws UncertainError when nobody can tell whether it arrived
     */
    async push(message, beforeReplacing = async () => { }) {
        const deadline = Date.now() + raceDeadlineMs;
        if (this.#request)
            return this.#pushRequest(this.#request, { message, deadline, beforeReplacing });
        /** Commits of which nobody knows whether they arrived. */
        const doubtful = new Map();
        let troubles = 0;
        for (let tries = 1;; tries += 1) {
            const isSame = this.#staged.files.length === 0;
            if (isSame && (!this.#isNew || this.#head === undefined))
                return { changed: false, commit: this.#head ?? '' };
            const commit = isSame ? (this.#head ?? '') : await this.#commit(message);
            if (this.#staged.objects.length > 0)
                await pushObjects(this.#clone, this.#staged.objects);
            try {
                await this.#remote.push(commit);
                return { changed: true, commit };
            }
            catch (error) {
                const failed = this.#explain('Pushing to the algorithm repository', error);
                if (!mayPushAgain(error))
                    throw failed;
                if (!isSame && !wasNotSent(error))
                    doubtful.set(commit, this.#staged);
                await pauseAfter(error, tries);
                const race = isLostRace(error);
                const before = this.#head;
                const head = await this.#headAfter(failed, race ? undefined : commit);
                // The answer may be lost although the push arrived, perhaps that of an earlier try.
                const arrived = await this.#remote.findFirst([...doubtful.keys()], head);
                if (arrived !== undefined) {
                    this.#staged = doubtful.get(arrived) ?? this.#staged;
                    return { changed: true, commit: arrived };
                }
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
    async #pushRequest(request, { message, deadline, beforeReplacing }) {
        const bench = {
            beforeReplacing,
            head: this.#head ?? '',
            staged: this.#staged,
            ofRun: this.#change.force,
            applyOn: async (commit) => {
                await this.#reset(commit);
                this.#staged = await this.#applyChange();
                return this.#staged;
            },
        };
        const delivered = await request.push(bench, message, deadline);
        if (delivered === undefined)
            return { changed: false, commit: this.#head ?? '' };
        return { changed: delivered.changed, commit: delivered.commit, request: delivered };
    }
    async #look(commit, paths) {
        const read = (path) => this.#clone.git.raw(['cat-file', 'blob', `${commit}:${path}`]).catch(() => undefined);
        return { commit, texts: await Promise.all(paths.map(read)) };
    }
    async #applyChange() {
        const { git, folder } = this.#clone;
        // Whatever went wrong before, nothing is ever added to a repository around the clone.
        const top = (await git.raw(['rev-parse', '--show-toplevel'])).trim();
        if ((await (0,promises_.realpath)(top)) !== folder) {
            throw new errors/* DeployError */.sH(`Expected the clone at ${folder}, found a repository at ${top}`);
        }
        await this.#change.apply(folder);
        return stageAll(this.#clone, this.#change.force).catch((error) => {
            if (error instanceof errors/* DeployError */.sH)
                throw error;
            throw new errors/* DeployError */.sH(`git could not add what changed to the clone. It says:\n${(0,errors/* messageOf */.bD)(error).trim()}`);
        });
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
        if (head !== undefined)
            this.#isNew = false;
        // Nobody else has made it either.
        if (this.#isNew)
            return this.#clone.head;
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

/** Of a commit of the user's own repository; both are undefined when the checkout does not hold it. */
async function commitFacts(workspace, commit) {
    try {
        const said = await openWorkspaceGit(workspace).raw([
            'log',
            '-1',
            '--no-show-signature',
            '--format=%ct%n%B',
            commit,
            '--',
        ]);
        const [seconds = '', ...lines] = said.split('\n');
        const committedAt = /^\d{1,11}$/.test(seconds) ? new Date(Number(seconds) * 1000) : undefined;
        return { message: lines.join('\n').replace(/\n+$/, '') || undefined, committedAt };
    }
    catch {
        // No git, no repository, or a shallow checkout of another commit: the caller says what that means.
        return { message: undefined, committedAt: undefined };
    }
}
/**
 * Where one commit of the user's own repository stands to another, as far as the checkout knows. That neither leads to
 * the other proves nothing where the history is cut off.
 */
async function relationOf(workspace, ours, theirs) {
    const git = openWorkspaceGit(workspace);
    try {
        const counts = await git.raw(['rev-list', '--left-right', '--count', `${ours}...${theirs}`, '--']);
        const [onlyOurs, onlyTheirs] = counts.trim().split(/\s+/);
        if (onlyOurs === '0')
            return 'ancestor';
        if (onlyTheirs === '0')
            return 'descendant';
        return (await git.raw(['rev-parse', '--is-shallow-repository'])).trim() === 'false' ? 'diverged' : 'unknown';
    }
    catch {
        return 'unknown';
    }
}
//# sourceMappingURL=workspace.js.map
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
/** A list that the platform sends bare or, as other documents have it, as a member (platform reference §3.5). */
function listIn(response, member) {
    const list = parse(response.body);
    const found = isObject(list) ? list[member] : list;
    return response.status === 200 && Array.isArray(found) ? found : [];
}
/** The JSON object of a body; undefined when it holds anything else. */
function parseObject(body) {
    const parsed = parse(body);
    return isObject(parsed) ? parsed : undefined;
}
function parse(body) {
    try {
        return JSON.parse(body);
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
    get hasKey() {
        return this.#http.hasKey;
    }
    /**
     * One cheap call that tells whether the key is good and the collection is there.
     *
     * @returns `unknown` without a key
     * @throws DeployError when the key is rejected or may not read
     */
    async findCollection(collection) {
        if (!this.hasKey)
            return 'unknown';
        const response = await this.#http.request('GET', (0,data_uri/* apiPath */.So)(collection));
        if (response.status === 200)
            return 'exists';
        if (response.status === 404)
            return 'missing';
        throw refusal(response, 'look into', collection, 'reading');
    }
    /** Creates the collection unless it is there; that somebody else created it meanwhile is fine. */
    async createCollection(collection) {
        const { owner, name } = (0,data_uri/* collectionParts */.D5)(collection);
        const response = await this.#http.postJson(`/v1/data/${encodeURIComponent(owner)}`, { name });
        if (response.status === 200 || response.status === 409)
            return;
        if ((await this.findCollection(collection).catch(() => 'missing')) === 'exists')
            return;
        throw refusal(response, 'create the collection', collection, 'writing');
    }
    async exists(file) {
        const response = await this.#http.request('HEAD', (0,data_uri/* apiPath */.So)(file));
        if (response.status === 200)
            return true;
        if (response.status === 404)
            return false;
        throw refusal(response, 'look for', file, 'reading');
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
                throw refusal(response, 'list', folder, 'reading');
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
            throw refusal(response, 'read', file, 'reading');
        return { md5: md5.digest('hex'), sha256: sha256.digest('hex') };
    }
}
/** Says what the platform refused, which right is lacking, and where it is given. */
function refusal(response, action, uri, right) {
    const said = errorText(response);
    const what = `${action} ${(0,data_uri/* formatUri */.QJ)(uri)}`;
    if (response.status === 401) {
        return new errors/* DeployError */.sH(`Algorithmia rejected algorithmia_api_key while trying to ${what} (${said}). Check the key, and that algorithmia_api is the installation it belongs to`);
    }
    if (response.status === 403) {
        return new errors/* DeployError */.sH(`algorithmia_api_key may not ${what} (${said}): it lacks the right of ${right}. ${whereToGrant(uri)}`);
    }
    return new errors/* DeployError */.sH(`Algorithmia could not ${what} (${said})`);
}
/** The platform does not say which of the two refused, the key or the connector (platform reference §2.1). */
function whereToGrant(uri) {
    const key = `In the key's settings set data access to "read + write"`;
    return (0,data_uri/* isHosted */.OZ)(uri)
        ? `${key}, and make sure that it belongs to the owner of the collection`
        : `Data connectors are read-only by default: in the settings of the data connector ${uri.protocol} on Algorithmia ` +
            `allow writing, and look whether its path restrictions include this path. ${key}`;
}
/** Connectors have no folders to create, and their rights are set on the platform (platform reference §2.1). */
function needsCollection(collection) {
    return (0,data_uri/* isHosted */.OZ)(collection);
}
//# sourceMappingURL=data.js.map
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
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
    /** Without one nothing is to be asked: a plan says what it could not check. */
    get hasKey() {
        return this.#options.apiKey !== '';
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
                signal: AbortSignal.any([AbortSignal.timeout(this.#options.timeoutMs), this.#options.cancelled]),
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
        const signal = AbortSignal.any([watchdog.signal, this.#options.cancelled]);
        try {
            const response = await this.#send({
                method: 'GET',
                url: path,
                headers: { 'Accept-Encoding': 'identity' },
                responseType: 'stream',
                signal,
            });
            const refused = [];
            for await (const chunk of (0,external_node_stream_.addAbortSignal)(signal, response.data)) {
                received += chunk.length;
                if (response.status === 200)
                    consume(chunk);
                else
                    refused.push(chunk);
            }
            return { ...toResponse(response), body: Buffer.concat(refused).toString() };
        }
        catch (error) {
            this.#options.cancelled.throwIfAborted();
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
        const signal = AbortSignal.any([watchdog.signal, this.#options.cancelled]);
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
                signal,
            });
            // A confirmation may overtake the end of our own stream. Any other answer may leave a half-sent request, which
            // would keep the process alive.
            if (response.status < 300 && body.bytesRead === size) {
                await (0,external_node_stream_promises_.finished)(body.stream, { writable: false, signal });
            }
            else
                response.request?.destroy();
            return { response: toResponse(response), body };
        }
        catch (error) {
            this.#options.cancelled.throwIfAborted();
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
        message: environment.HEAD_COMMIT_MSG || headIn(payload, commit)?.message,
        committedAt: timeOf(headIn(payload, commit)?.timestamp),
        repositoryUrl,
        runUrl: `${repositoryUrl}/actions/runs/${GITHUB_RUN_ID}`,
    };
}
function headIn(payload, commit) {
    return payload.head_commit?.id === commit ? payload.head_commit : undefined;
}
function timeOf(timestamp) {
    const time = new Date(typeof timestamp === 'string' ? timestamp : Number.NaN);
    return Number.isNaN(time.getTime()) ? undefined : time;
}
/**
 * The origin of this run. The time is first looked up in the history: only a push tells it in its event, and every run of
 * a commit must write the same.
 *
 * @param inHistory looks a commit up in the workspace's git history
 */
async function readOrigin(environment, inHistory) {
    const origin = originOf(environment, await readPayload(environment));
    const found = await inHistory(origin.commit);
    const message = origin.message ?? found.message;
    if (message === undefined) {
        log/* warning */.$e(`The message of commit ${origin.commit} is not known: the event does not carry it and the checkout does not hold ` +
            'that commit. The manifest gets an empty message; check out with `fetch-depth: 2`, or set HEAD_COMMIT_MSG in the ' +
            '`env:` of this step');
    }
    return { ...origin, message: message ?? '', committedAt: found.committedAt ?? origin.committedAt };
}
async function readPayload(environment) {
    // Without the file @actions/github complains on standard output.
    if (!environment.GITHUB_EVENT_PATH || !(0,external_node_fs_.existsSync)(environment.GITHUB_EVENT_PATH))
        return {};
    const { context } = await __webpack_require__.e(/* import() */ 413).then(__webpack_require__.bind(__webpack_require__, 2413));
    return context.payload;
}
//# sourceMappingURL=origin.js.map
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
/** The same for work that cannot be interrupted, and is left to itself. */
async function endWhenCancelled(work) {
    return untilCancelled((cancelled) => orCancelled(work(), cancelled));
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
// EXTERNAL MODULE: ./build/src/json.js
var json = __webpack_require__(4715);
;// CONCATENATED MODULE: ./build/src/manifest/json-tree.js

/** What tells a node from a plain object that has the same fields. */
const mark = Symbol('a value of a JSON text');
function node(fields) {
    return { [mark]: true, ...fields };
}
function isNode(value) {
    return mark in value;
}
function isContainer(node) {
    return node.type === 'object' || node.type === 'array';
}
function childrenOf(container) {
    return container.type === 'object' ? container.members : container.items;
}
/**
 * The value as JavaScript has it. A number that JavaScript would print in another way keeps its spelling, as with
 * parseSpelt; of members with the same key the last one counts.
 */
function plainValue(node) {
    switch (node.type) {
        case 'object':
            return Object.fromEntries(node.members.map(({ key, value }) => [key, plainValue(value)]));
        case 'array':
            return node.items.map(plainValue);
        case 'number': {
            const number = Number(node.spelling);
            return String(number) === node.spelling ? number : (0,json/* parseSpelt */.y7)(node.spelling);
        }
        default:
            return node.value;
    }
}
//# sourceMappingURL=json-tree.js.map
;// CONCATENATED MODULE: ./build/src/manifest/json-layout.js

/**
 * How the value should lie that becomes a child of the last container: as the value whose place it takes or, in a list,
 * as the last of its kind; otherwise as the container does.
 *
 * @param trail the containers around the value, from the outside; none around the whole text
 * @param present the value whose place it takes
 */
function layoutFor(text, trail, value, present) {
    const parent = trail.at(-1);
    const kind = kindOf(value);
    const isModel = (node) => node !== undefined && node.type === kind && isContainer(node) && childrenOf(node).length > 0;
    const siblings = parent?.type === 'array' ? parent.items : [];
    const model = isModel(present) ? present : siblings.findLast(isModel);
    if (model)
        return layoutOf(text, [...trail, model]);
    if (!parent)
        return { newline: newlineIn(text) ?? '\n', indent: '', unit: '  ', comma: ', ', colon: ': ' };
    const layout = layoutOf(text, trail);
    return { ...layout, indent: layout.indent + layout.unit };
}
/** How the last of these containers lies, which must not be empty. */
function layoutOf(text, trail) {
    const container = trail.at(-1);
    const gaps = gapsOf(text, container);
    const end = gaps.pop() ?? '';
    const colon = colonIn(text, trail);
    const newline = newlineIn(gaps.join(''));
    if (newline === undefined) {
        const comma = gaps.length > 1 ? (gaps.at(-1) ?? '') : /\s$/.test(colon) ? ', ' : ',';
        return { newline, indent: '', unit: '', comma, colon };
    }
    const inner = indentIn(gaps.findLast((gap) => newlineIn(gap) !== undefined) ?? '');
    const outer = newlineIn(end) === undefined ? indentOfLine(text, container.start) : indentIn(end);
    const indent = inner.startsWith(outer) ? outer : '';
    return { newline, indent, unit: inner.slice(indent.length), comma: ', ', colon };
}
function kindOf(value) {
    if (typeof value !== 'object' || value === null)
        return undefined;
    return isNode(value) ? value.type : Array.isArray(value) ? 'array' : 'object';
}
/** What is before, between and behind the children. */
function gapsOf(text, container) {
    let from = container.start + 1;
    const gaps = childrenOf(container).map(({ start, end }) => {
        const gap = text.slice(from, start);
        from = end;
        return gap;
    });
    return [...gaps, text.slice(from, container.end - 1)];
}
/** What is between key and value in the nearest object. */
function colonIn(text, trail) {
    for (const container of trail.toReversed()) {
        const member = container.type === 'object' ? container.members.at(-1) : lastMemberIn(container.items);
        if (!member)
            continue;
        const colon = text.slice(member.keyEnd, member.value.start);
        return newlineIn(colon) === undefined ? colon : ': ';
    }
    return ': ';
}
function lastMemberIn(items) {
    const object = items.findLast((item) => item.type === 'object' && item.members.length > 0);
    return object?.type === 'object' ? object.members.at(-1) : undefined;
}
function newlineIn(text) {
    return /\r\n|\r|\n/.exec(text)?.[0];
}
/** What follows the last newline. */
function indentIn(blanks) {
    return /[ \t]*$/.exec(blanks)?.[0] ?? '';
}
function indentOfLine(text, offset) {
    const line = text
        .slice(0, offset)
        .split(/[\r\n]/)
        .at(-1) ?? '';
    return /^[ \t]*/.exec(line)?.[0] ?? '';
}
//# sourceMappingURL=json-layout.js.map
;// CONCATENATED MODULE: ./build/src/manifest/json-parser.js


/** Python gives up at a depth of about 1000, and the code that reads the manifest takes a few of these levels itself. */
const deepest = 900;
/** The digits of an integer that Python reads, in all versions since a security fix of 2022. */
const mostDigits = 4300;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity/y;
const blanks = /[ \t\n\r]*/y;
const literals = { true: true, false: false, null: null };
/**
 * Reads a text that Python's `json.loads` accepts: JSON, and the numbers NaN, Infinity and -Infinity.
 *
 * @throws Error that says in words what is wrong, and in which line and column
 */
function parseTree(text) {
    const parser = new Parser(text);
    const root = parser.value(0);
    if (parser.next() !== '')
        parser.fail();
    return root;
}
/** 1-based; a column is a UTF-16 unit. */
function lineAndColumn(text, offset) {
    const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
class Parser {
    #text;
    #at = 0;
    /** The numbers that are none in JSON. */
    #words = [];
    constructor(text) {
        this.#text = text;
    }
    /** The next character that is not blank; empty at the end. */
    next() {
        blanks.lastIndex = this.#at;
        blanks.test(this.#text);
        this.#at = blanks.lastIndex;
        return this.#text.charAt(this.#at);
    }
    value(depth) {
        const first = this.next();
        if (first === '{' || first === '[') {
            if (depth === deepest)
                this.fail('the value is nested too deeply');
            return first === '{' ? this.#object(depth + 1) : this.#array(depth + 1);
        }
        if (first === '"')
            return node({ type: 'string', ...this.#string() });
        return this.#literal() ?? this.#number();
    }
    #object(depth) {
        const start = this.#at;
        this.#at += 1;
        const members = [];
        while (!this.#closes('}', members.length)) {
            if (this.next() !== '"')
                this.fail();
            const { value: key, end: keyEnd, ...rest } = this.#string();
            this.#expect(':');
            const value = this.value(depth);
            members.push({ ...rest, key, keyEnd, value, end: value.end });
        }
        return node({ type: 'object', start, end: this.#at, members });
    }
    #array(depth) {
        const start = this.#at;
        this.#at += 1;
        const items = [];
        while (!this.#closes(']', items.length))
            items.push(this.value(depth));
        return node({ type: 'array', start, end: this.#at, items });
    }
    /** Goes beyond the bracket, or the comma that there must be before every child but the first. */
    #closes(bracket, children) {
        const closes = this.next() === bracket;
        if (closes)
            this.#at += 1;
        else if (children > 0)
            this.#expect(',');
        return closes;
    }
    #expect(character) {
        if (this.next() !== character)
            this.fail();
        this.#at += 1;
    }
    #string() {
        const start = this.#at;
        let last = start + 1;
        for (; this.#text[last] !== '"'; last += this.#text[last] === '\\' ? 2 : 1) {
            if (last >= this.#text.length)
                this.fail();
        }
        const end = last + 1;
        const spelling = this.#text.slice(start, end);
        try {
            const value = JSON.parse(spelling);
            this.#at = end;
            return { start, end, value, spelling };
        }
        catch {
            return this.fail();
        }
    }
    #literal() {
        for (const [spelling, value] of Object.entries(literals)) {
            if (this.#text.startsWith(spelling, this.#at)) {
                return node({ type: 'literal', value, spelling, ...this.#pass(spelling) });
            }
        }
        return undefined;
    }
    #number() {
        numberPattern.lastIndex = this.#at;
        const spelling = numberPattern.exec(this.#text)?.[0] ?? this.fail();
        if (spelling.length > mostDigits && /^-?\d+$/.test(spelling) && spelling.replace('-', '').length > mostDigits) {
            this.fail(`Python reads no integer of more than ${mostDigits} digits`);
        }
        const place = this.#pass(spelling);
        if (/[NI]/.test(spelling))
            this.#words.push(place);
        return node({ type: 'number', spelling, ...place });
    }
    #pass(spelling) {
        const start = this.#at;
        this.#at += spelling.length;
        return { start, end: this.#at };
    }
    fail(problem) {
        const { line, column } = lineAndColumn(this.#text, this.#at);
        const words = problem ?? this.#problem();
        throw new Error(words.startsWith('line ') ? words : `line ${line}, column ${column}: ${words}`);
    }
    /** What is wrong, in the words of parseJson, which would stumble over the numbers that it does not know. */
    #problem() {
        let rest = 0;
        const known = this.#words.map(({ start, end }) => {
            const before = this.#text.slice(rest, start);
            rest = end;
            return before + '0'.padEnd(end - start);
        });
        try {
            (0,json/* parseJson */.qF)(known.join('') + this.#text.slice(rest));
        }
        catch (error) {
            return error.message;
        }
        return 'this is not JSON';
    }
}
//# sourceMappingURL=json-parser.js.map
;// CONCATENATED MODULE: ./build/src/manifest/python-text.js
/**
 * The text that Python's `str` makes of the parsed JSON, of which the lock of a freeze is the checksum (platform
 * reference §6.3). Which characters are printable, and stand there as they are, says the Unicode version of Node.
 */
function pythonText(node) {
    switch (node.type) {
        case 'object': {
            const last = new Map(node.members.map(({ key, value }) => [key, value]));
            return `{${[...last].map(([key, value]) => `${pythonString(key)}: ${pythonText(value)}`).join(', ')}}`;
        }
        case 'array':
            return `[${node.items.map(pythonText).join(', ')}]`;
        case 'string':
            return pythonString(node.value);
        case 'number':
            return /^-?\d+$/.test(node.spelling) ? String(BigInt(node.spelling)) : pythonFloat(Number(node.spelling));
        default:
            return node.value === null ? 'None' : node.value ? 'True' : 'False';
    }
}
function pythonFloat(value) {
    if (Number.isNaN(value))
        return 'nan';
    const sign = value < 0 || Object.is(value, -0) ? '-' : '';
    if (!Number.isFinite(value))
        return `${sign}inf`;
    const [mantissa = '', power] = Math.abs(value).toExponential().split('e');
    const exponent = Number(power);
    if (exponent < -4 || exponent >= 16) {
        return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
    }
    const digits = mantissa.replace('.', '');
    if (exponent < 0)
        return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
    return `${sign}${digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')}.${digits.slice(exponent + 1) || '0'}`;
}
const shortEscapes = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
function pythonString(text) {
    const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
    const escaped = text.replace(/['"\\]|(?! )[\p{C}\p{Z}]/gu, (character) => {
        if (character === "'" || character === '"')
            return character === quote ? `\\${quote}` : character;
        return shortEscapes[character] ?? escapeCode(character.codePointAt(0) ?? 0);
    });
    return quote + escaped + quote;
}
function escapeCode(code) {
    const hex = code.toString(16);
    if (code < 0x100)
        return `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
//# sourceMappingURL=python-text.js.map
;// CONCATENATED MODULE: ./build/src/manifest/spell-json.js



/** As Python's `json.dump` writes it. */
const oneLine = { newline: undefined, indent: '', unit: '', comma: ', ', colon: ': ' };
/** As this action writes a new manifest. */
const twoSpaces = { newline: '\n', indent: '', unit: '  ', comma: ', ', colon: ': ' };
/**
 * A value as JSON. What comes from another text (a node) keeps its spelling, but not its layout; all else is ASCII, and
 * spelt as Python's `json.dump` does: inference code may read the file in any locale.
 *
 * @param value may hold nodes, Maps (objects whose keys keep their order), bigints, and numbers from parseSpelt
 * @throws Error when it is nested too deeply, or a function or the like
 */
function spellJson(value, layout, depth = 0) {
    const digits = (0,json/* spelling */.DS)(value);
    if (digits !== undefined)
        return digits;
    if (typeof value === 'string')
        return spellString(value);
    if (typeof value === 'bigint' || typeof value === 'boolean' || value === null)
        return String(value);
    if (typeof value !== 'object')
        throw new TypeError(`JSON has no ${typeof value}`);
    if (isNode(value) && !isContainer(value))
        return value.spelling;
    if (depth === deepest)
        throw new Error('the value is nested too deeply');
    const inner = { ...layout, indent: layout.indent + layout.unit };
    const spell = (child) => spellJson(child, inner, depth + 1);
    if (Array.isArray(value))
        return enclose('[', value.map(spell), ']', layout);
    if (isNode(value) && isContainer(value)) {
        if (value.type === 'array')
            return enclose('[', value.items.map(spell), ']', layout);
        const members = value.members.map((member) => `${member.spelling}${layout.colon}${spell(member.value)}`);
        return enclose('{', members, '}', layout);
    }
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    const members = entries.flatMap(([key, child]) => child === undefined ? [] : [`${spellString(key)}${layout.colon}${spell(child)}`]);
    return enclose('{', members, '}', layout);
}
function spellString(text) {
    return JSON.stringify(text).replace(/[^\u0020-\u007e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
function enclose(open, children, close, layout) {
    if (children.length === 0)
        return open + close;
    if (layout.newline === undefined)
        return open + children.join(layout.comma) + close;
    const line = layout.newline + layout.indent;
    return `${open}${children.map((child) => line + layout.unit + child).join(',')}${line}${close}`;
}
//# sourceMappingURL=spell-json.js.map
;// CONCATENATED MODULE: ./build/src/manifest/document.js
var _a;





/**
 * A JSON text that stays as it is where it is not edited: its layout, its spelling, the order of its keys and those that
 * are there twice. Every edit returns another document. What is inserted lies as its surroundings do.
 */
class JsonDocument {
    /** Without a byte order mark, which Python's `json.load` refuses. */
    text;
    root;
    constructor(text) {
        this.text = text;
        this.root = parseTree(text);
    }
    /** @throws Error that says in words what is wrong, and in which line and column, for all that Python refuses */
    static parse(text) {
        return new _a(text.replace(/^\ufeff/, ''));
    }
    /** An object without members: those that it gets are indented by two spaces. */
    static empty() {
        return new _a('{}\n');
    }
    /** The value there, if there is one. Of members with the same key the last one counts, as for Python. */
    get(path) {
        let node = this.root;
        for (const step of path)
            node = node && placesOf(node, step).at(-1)?.value;
        return node;
    }
    /**
     * Replaces a value, in each of the members with this key, or appends a member. A value that is already there stays as
     * it is spelt.
     *
     * @param value as spellJson takes it
     * @throws Error when there is no object around it, or no such element of a list
     */
    set(path, value) {
        const present = this.get(path);
        if (present && isSame(present, value))
            return this;
        const key = path.at(-1);
        if (key === undefined)
            return this.#replace([], [this.root], value);
        const trail = this.#trailTo(path.slice(0, -1));
        const container = trail.at(-1);
        const places = placesOf(container, key);
        if (places.length > 0) {
            return this.#replace(trail, places.map((place) => place.value), value);
        }
        if (container.type !== 'object' || typeof key === 'number')
            throw new Error(`there is nothing at ${show(path)}`);
        return this.#insert(trail, value, key);
    }
    /**
     * Sets many values at once, as `set` does one by one: a long text is parsed again after each edit.
     *
     * @param values none of the paths may lead into another one
     */
    setAll(values) {
        const missing = values.filter(([path]) => this.get(path) === undefined);
        const edits = values.flatMap(([path, value]) => {
            const present = this.get(path);
            const key = path.at(-1);
            if (present === undefined || key === undefined || isSame(present, value))
                return [];
            const trail = this.#trailTo(path.slice(0, -1));
            return placesOf(trail.at(-1), key).map(({ value: node }) => this.#replacement(trail, node, value));
        });
        const edited = edits.length === 0 ? this : this.#edit(edits.sort((one, other) => one.start - other.start));
        return missing.reduce((next, [path, value]) => next.set(path, value), edited);
    }
    /**
     * Appends an element to a list.
     *
     * @param value as spellJson takes it
     * @throws Error when there is no list
     */
    append(path, value) {
        const trail = this.#trailTo(path);
        if (trail.at(-1)?.type !== 'array')
            throw new Error(`there is no list at ${show(path)}`);
        return this.#insert(trail, value);
    }
    /** Removes an element, or each of the members with this key; nothing happens when there is none. */
    remove(path) {
        const key = path.at(-1);
        if (key === undefined)
            throw new Error('a JSON text has a value');
        const container = this.get(path.slice(0, -1));
        const gone = container ? placesOf(container, key).map(({ index }) => index) : [];
        if (!container || !isContainer(container) || gone.length === 0)
            return this;
        const children = childrenOf(container);
        const firstKept = children.findIndex((_, index) => !gone.includes(index));
        if (firstKept === -1)
            return this.#edit([{ start: container.start + 1, end: container.end - 1, text: '' }]);
        const removals = gone.map((index) => {
            // With the comma before it, so that what was appended leaves no trace; only the first ones have none.
            const start = index < firstKept ? children[index]?.start : children[index - 1]?.end;
            const end = index < firstKept ? children[index + 1]?.start : children[index]?.end;
            return { start: start ?? 0, end: end ?? 0, text: '' };
        });
        return this.#edit(removals);
    }
    /** The containers from the outermost one to the one at the path. */
    #trailTo(path) {
        const nodes = Array.from({ length: path.length + 1 }, (_, length) => this.get(path.slice(0, length)));
        return nodes.map((node) => {
            if (!node || !isContainer(node))
                throw new Error(`there is no object or list at ${show(path)}`);
            return node;
        });
    }
    #replace(trail, nodes, value) {
        return this.#edit(nodes.map((node) => this.#replacement(trail, node, value)));
    }
    #replacement(trail, node, value) {
        const { start, end } = node;
        return { start, end, text: spellJson(value, layoutFor(this.text, trail, value, node)) };
    }
    #insert(trail, value, key) {
        const container = trail.at(-1);
        const last = childrenOf(container).at(-1);
        if (!last) {
            const filled = key === undefined ? [value] : new Map([[key, value]]);
            return this.#replace(trail.slice(0, -1), [container], filled);
        }
        const { newline, indent, unit, comma, colon } = layoutOf(this.text, trail);
        const separator = newline === undefined ? comma : `,${newline}${indent}${unit}`;
        const start = key === undefined ? '' : `${spellString(key)}${colon}`;
        const spelt = spellJson(value, layoutFor(this.text, trail, value));
        return this.#edit([{ start: last.end, end: last.end, text: `${separator}${start}${spelt}` }]);
    }
    #edit(edits) {
        let rest = 0;
        const parts = edits.map(({ start, end, text }) => {
            const before = this.text.slice(rest, start);
            rest = end;
            return before + text;
        });
        return new _a(parts.join('') + this.text.slice(rest));
    }
}
_a = JsonDocument;
/** The values at a step, and which children of the node they are: several for members with the same key. */
function placesOf(node, step) {
    if (node.type === 'object') {
        return node.members.flatMap(({ key, value }, index) => (key === step ? [{ index, value }] : []));
    }
    const value = node.type === 'array' && typeof step === 'number' ? node.items[step] : undefined;
    return value && typeof step === 'number' ? [{ index: step, value }] : [];
}
/** Whether Python sees no difference, also none in the order of keys, nor between 1 and 1.0. */
function isSame(node, value) {
    return pythonText(node) === pythonText(parseTree(spellJson(value, oneLine)));
}
function show(path) {
    return path.length === 0 ? 'the top' : path.map((step) => JSON.stringify(step)).join(', ');
}
//# sourceMappingURL=document.js.map
;// CONCATENATED MODULE: ./build/src/manifest/printability.js
/*
 * The characters that `str` of some Pythons leaves as they are, and that others escape because their Unicode does not know
 * them: 3.7 has Unicode 11, 3.14 has 16. Made from `str.isprintable` of Python 3.7 to 3.13, and from the tables of Unicode
 * 16 and 17 that the package unicodedata2 has; ranges go on over what no version knows.
 */
/** Below U+10000: those that differ. */
const newer = ranges(`
  61d 870-88f 897-89f 8b5 8be-8d2 b55 c3c c5c-c5d c77 cdc-cdd cf3 d04 d81 e86 e89 e8c e8e-e93 e98 ea0 ea8-ea9 eac
  eba ece 170d 1715-171f 180f 1abf-1aeb 1b4c-1b4f 1b7d-1b7f 1c89-1c8a 1cfa 1dfa 20c0-20c1 2427-2429 2b96-2b97 2bc9
  2bff 2c2f 2c5f 2e4f-2e5d 2ffc-2fff 31bb-31bf 31e4-31ef 32ff 4db6-4dbf 9ff0-9fff a7ba-a7f6 a82c ab66-ab6b fbc2-fbd2
  fd40-fd4f fd90-fd91 fdc8-fdcf fdfe-fdff
`);
/** From U+10000 on: the symbols, emoji and ideographs that are the same everywhere. Rare scripts are not worth their lists. */
const steady = ranges(`
  1d000-1d1e8 1d400-1d7ff 1f000-1f10c 1f110-1f16b 1f170-1f1ac 1f1e6-1f6d4 1f6e0-1f6f9 1f700-1f773 1f780-1f7d8
  1f800-1f8ad 1f900-1f90b 1f910-1f93e 1f940-1f970 1f973-1f976 1f97a 1f97c-1f9a2 1f9b0-1f9b9 1f9c0-1f9c2 1f9d0-1f9ff
  1fa60-1fa6d 20000-2a6d6 2a700-2b734 2b740-2cea1 2ceb0-2ebe0 2f800-2fa1d e0001-e01ef f0000-10fffd
`);
/** A character that a Python may not know, is unknown to all, or is of a rare script. */
const unstable = new RegExp(`[\\p{Cn}${newer}]|(?![${steady}])[\\u{10000}-\\u{10ffff}]`, 'gu');
/** The text with U+FFFD for each character that not all Pythons show alike. */
function stableText(text) {
    return text.replace(unstable, '\ufffd');
}
/**
 * The characters, each once, for which the lock of a freeze may hold in one version of Python and not in another.
 *
 * @param plainKeys members, at any depth, that are frozen without such characters
 */
function unstableCharacters(document, plainKeys) {
    const found = new Set();
    const look = (text) => {
        for (const [character] of text.matchAll(unstable))
            found.add(character);
    };
    const visit = (node) => {
        if (node.type === 'string')
            look(node.value);
        else if (node.type === 'array')
            node.items.forEach(visit);
        else if (node.type === 'object') {
            for (const { key, value } of node.members) {
                look(key);
                if (!plainKeys.includes(key))
                    visit(value);
            }
        }
    };
    visit(document.root);
    return [...found];
}
/** Ranges of code points, in hex, as a regular expression has them between brackets. */
function ranges(list) {
    return list.replace(/[0-9a-f]+/g, '\\u{$&}').replace(/\s/g, '');
}
//# sourceMappingURL=printability.js.map
;// CONCATENATED MODULE: ./build/src/manifest/freeze.js





/** The lists of files that a manifest of the ADK has; it reads both without asking whether they are there. */
const fileLists = ['required_files', 'optional_files'];
/**
 * The checksum that the ADK compares with `lock_checksum`: that of all other members (platform reference §6.3).
 *
 * @throws Error when the document is no object
 */
function lockOf(document) {
    const root = rootOf(document);
    const locked = { ...root, members: root.members.filter(({ key }) => key !== 'lock_checksum') };
    return (0,external_node_crypto_.createHash)('md5').update(pythonText(locked)).digest('hex');
}
/**
 * What the ADK finds when it loads a freeze: it refuses a tampered one, and fails on one without a lock.
 *
 * @throws Error when the text is not JSON, or no object
 */
function verifyFreeze(text) {
    const document = JsonDocument.parse(text);
    const actual = lockOf(document);
    const lock = document.get(['lock_checksum']);
    if (!lock)
        return 'unlocked';
    return lock.type === 'string' && lock.value === actual ? 'intact' : 'tampered';
}
/**
 * The content of `model_manifest.json.freeze`, as the official client writes it, but with checksums of optional files
 * too (platform reference §6.2): the members of the manifest in their order, then the lock.
 *
 * @param options.timestamp seconds since 1970 with a fraction, as text
 * @param options.checksumOf the MD5 of a file; one without keeps what the manifest says
 * @param options.plainKeys members, at any depth, from which characters are taken that not all Pythons show alike
 * @throws Error when the manifest is no object
 */
function freezeText(manifest, options) {
    const frozen = asDict(rootOf(manifest), options.plainKeys);
    frozen.delete('lock_checksum');
    for (const list of fileLists) {
        if (!frozen.has(list))
            frozen.set(list, []);
        const entries = frozen.get(list);
        for (const [index, entry] of Array.isArray(entries) ? entries.entries() : []) {
            if (!(entry instanceof Map))
                continue;
            const [name, source_uri] = ['name', 'source_uri'].map((key) => textIn(entry, key));
            const checksum = options.checksumOf({ list, index, name, source_uri });
            if (checksum !== undefined)
                entry.set('md5_checksum', checksum);
        }
    }
    frozen.set('timestamp', options.timestamp);
    // Of the very text, as the ADK will read it.
    frozen.set('lock_checksum', lockOf(JsonDocument.parse(spellJson(frozen, oneLine))));
    return spellJson(frozen, oneLine);
}
function rootOf({ root }) {
    if (root.type !== 'object')
        throw new Error('it is not a JSON object');
    return root;
}
/**
 * As Python has it: of members with the same key the last value counts, at the place of the first. Numbers stay as spelt.
 *
 * @param isPlain whether characters are taken that not all Pythons show alike
 */
function asDict(node, plainKeys, isPlain = false) {
    const mend = (text) => (isPlain ? stableText(text) : text);
    switch (node.type) {
        case 'object':
            return new Map(node.members.map(({ key, value }) => [mend(key), asDict(value, plainKeys, isPlain || plainKeys.includes(key))]));
        case 'array':
            return node.items.map((item) => asDict(item, plainKeys, isPlain));
        case 'string':
            return mend(node.value);
        default:
            return node;
    }
}
function textIn(entry, key) {
    const value = entry.get(key);
    return typeof value === 'string' ? value : undefined;
}
//# sourceMappingURL=freeze.js.map
;// CONCATENATED MODULE: ./build/src/manifest/adk.js



/**
 * @param file for messages
 * @throws DeployError for what the ADK could not read either
 */
function readEntries(document, file) {
    const entries = fileLists.flatMap((list) => {
        const node = document.get([list]);
        if (node === undefined)
            return [];
        if (node.type !== 'array')
            throw malformed(file, `${list} is not a list`);
        return node.items.map((item, index) => readEntry(item, list, index, file));
    });
    const first = new Map();
    for (const entry of entries) {
        const { list, name } = entry;
        const twin = first.get(name);
        if (twin === undefined) {
            first.set(name, entry);
            continue;
        }
        const where = twin.list === list ? `${list} has two entries` : `${twin.list} and ${list} both have an entry`;
        throw malformed(file, `${where} called ${JSON.stringify(name)}`);
    }
    return entries;
}
function readEntry(node, list, index, file) {
    const value = (node.type === 'object' ? plainValue(node) : {});
    const { name, source_uri, md5_checksum, fail_on_tamper } = value;
    const place = `${list}[${index}]`;
    if (node.type !== 'object')
        throw malformed(file, `${place} is not an object`);
    if (typeof name !== 'string')
        throw malformed(file, `${place} has no name`);
    if (typeof source_uri !== 'string')
        throw malformed(file, `${place} has no source_uri`);
    const { model_sha256_hash, model_size_bytes } = (value.metadata ?? {});
    return {
        list,
        index,
        name,
        sourceUri: source_uri,
        md5: typeof md5_checksum === 'string' && md5_checksum !== '' ? md5_checksum : undefined,
        sha256: typeof model_sha256_hash === 'string' ? model_sha256_hash : undefined,
        size: typeof model_size_bytes === 'number' ? model_size_bytes : undefined,
        metadata: Object(value.metadata) === value.metadata ? value.metadata : undefined,
        // As Python takes it.
        failOnTamper: Boolean(fail_on_tamper),
    };
}
function malformed(file, problem) {
    return new errors/* DeployError */.sH(`${file} in the algorithm's repository: ${problem}, so the ADK cannot read it. Mend it there`);
}
/** The manifest with both lists; the ADK demands them even when they are empty. */
function withLists(document) {
    return fileLists.reduce((next, list) => (next.get([list]) ? next : next.set([list], [])), document);
}
/**
 * The manifest with these models in it. An entry of the name of one is changed in place, its other keys are kept; one that
 * says the same of the model already stays as it is.
 */
function setModels(document, models, file) {
    const entries = new Map(readEntries(document, file).map((entry) => [entry.name, entry]));
    const changes = models.flatMap((model) => {
        const present = entries.get(model.name);
        if (present === undefined)
            return [];
        const place = [present.list, present.index];
        const isSame = present.sourceUri === model.sourceUri && present.md5 === model.md5;
        if (!isSame)
            return changedFields(document, place, model);
        return present.metadata ? changedMetadata(place, model.always ?? {}) : [];
    });
    const [gone, set] = [
        changes.filter(([, value]) => value === undefined),
        changes.filter(([, value]) => value !== undefined),
    ];
    const changed = gone.reduce((next, [path]) => next.remove(path), document.setAll(set));
    return models.reduce((next, model) => {
        const list = model.isOptional ? 'optional_files' : 'required_files';
        const present = entries.get(model.name);
        if (present === undefined)
            return next.append([list], newEntry(model));
        return present.list === list ? next : move(next, model.name, list, file);
    }, changed);
}
function move(document, name, list, file) {
    const present = readEntries(document, file).find((entry) => entry.name === name);
    const place = present && [present.list, present.index];
    const entry = place && document.get(place);
    return entry ? document.remove(place).append([list], entry) : document;
}
function newEntry({ name, sourceUri, metadata, md5 }) {
    return { name, source_uri: sourceUri, fail_on_tamper: true, metadata, md5_checksum: md5 };
}
/** The values to set in an entry that is there. */
function changedFields(document, entry, model) {
    const { source_uri, fail_on_tamper, metadata, md5_checksum } = newEntry(model);
    const hasTamper = document.get([...entry, 'fail_on_tamper']) !== undefined;
    const hasMetadata = document.get([...entry, 'metadata'])?.type === 'object';
    return [
        [[...entry, 'source_uri'], source_uri],
        ...(hasTamper ? [] : [[[...entry, 'fail_on_tamper'], fail_on_tamper]]),
        ...(hasMetadata ? changedMetadata(entry, model.metadata) : [[[...entry, 'metadata'], metadata]]),
        [[...entry, 'md5_checksum'], md5_checksum],
    ];
}
function changedMetadata(entry, metadata) {
    return Object.entries(metadata).map(([key, value]) => [[...entry, 'metadata', key], value]);
}
//# sourceMappingURL=adk.js.map
;// CONCATENATED MODULE: ./build/src/manifest/flat.js
/** The keys of the manifest that belong to this action. */
const flatKeys = [
    'model_filepath',
    'model_md5_hash',
    'model_origin_commit_SHA',
    'model_origin_commit_msg',
    'model_origin_repo',
    'model_origin_ref',
    'model_uploaded_utc',
    'model_sha256_hash',
    'model_size_bytes',
    'model_origin_run_url',
    'model_origin_commit_utc',
    'model_metrics',
];
/** What changes with every run, even if nothing else does. */
const perRun = ['model_uploaded_utc', 'model_origin_run_url'];
/**
 * The manifest with this entry in it: present keys are replaced in place, missing ones appended in order, metrics of
 * another model are removed, everything else stays as it is spelt.
 */
function setEntry(document, entry) {
    return flatKeys.reduce((next, key) => (entry[key] === undefined ? next.remove([key]) : next.set([key], entry[key])), document);
}
/** The manifest without an entry: it would be one of an earlier model. */
function removeEntry(document) {
    return flatKeys.reduce((next, key) => next.remove([key]), document);
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
/** As Python prints a naive UTC datetime; JavaScript's clock knows no microseconds. */
function manifestTime(date) {
    return `${date.toISOString().replace('T', ' ').replace('Z', '')}000`;
}
function pick(object, keys) {
    return Object.fromEntries(keys.map((key) => [key, object[key]]));
}
//# sourceMappingURL=flat.js.map
;// CONCATENATED MODULE: ./build/src/manifest/manifest.js








/** File names in the root of the algorithm's repository (platform reference §6.1, §6.2). */
const manifestName = 'model_manifest.json';
const freezeName = `${manifestName}.freeze`;
/** @throws DeployError when the manifest is not one */
function readManifest(files) {
    const document = baseOf(files);
    const entries = readEntries(document, files.manifest === undefined ? freezeName : manifestName);
    const freeze = readFreeze(files.freeze, entries, files.manifest !== undefined);
    const flat = plainValue(document.root);
    return {
        flat,
        entries: entries.map((entry) => ({ ...entry, md5: entry.md5 ?? frozenMd5(freeze.entries, entry) })),
        isForAdk: document.get(['required_files']) !== undefined || files.freeze !== undefined,
        isFrozen: files.freeze !== undefined,
        objects: [...flatObject(flat), ...[...entries, ...freeze.entries].flatMap(entryObject)],
        warnings: freeze.warnings,
    };
}
/**
 * The manifest with what was deployed, and its freeze: always when there is one, for it would pin earlier models.
 *
 * @throws DeployError when the manifest is not one
 */
function updateManifest(files, change) {
    const base = baseOf(files);
    const flat = change.entry ? setEntry(base, change.entry) : removeEntry(base);
    const document = change.adk ? setModels(withLists(flat), change.adk, manifestName) : flat;
    const isFrozen = change.adk !== undefined || files.freeze !== undefined;
    const manifest = document.text.endsWith('\n') ? document.text : `${document.text}\n`;
    return { manifest, freeze: isFrozen ? freeze(document, files.freeze, change) : undefined };
}
/** Characters that might keep the freeze from verifying, because versions of Python print them in different ways. */
function riskyCharacters(manifest) {
    return unstableCharacters(JsonDocument.parse(manifest), flatKeys);
}
/** The freeze that is there, if only the time would be another one. */
function freeze(document, present, { checksumOf, now }) {
    const entries = readEntries(document, manifestName);
    const frozen = (timestamp) => freezeText(document, {
        timestamp,
        checksumOf: ({ list, index, source_uri = '' }) => entries.some((entry) => entry.list === list && entry.index === index && entry.md5 === undefined)
            ? checksumOf(source_uri)
            : undefined,
        plainKeys: flatKeys,
    });
    const time = present === undefined ? undefined : parseFreeze(present)?.get(['timestamp']);
    const before = time?.type === 'string' ? frozen(time.value) : undefined;
    return before !== undefined && before === present?.trimEnd() ? present : frozen(String(now.getTime() / 1000));
}
/** Where only a freeze is there, it says what the manifest said. */
function baseOf({ manifest, freeze }) {
    if (manifest !== undefined)
        return parseManifest(manifest);
    const frozen = freeze === undefined ? undefined : parseFreeze(freeze);
    return frozen ? readable(frozen.remove(['timestamp']).remove(['lock_checksum'])) : JsonDocument.empty();
}
/** What a program wrote on one line is laid out, so that differences can be read; what has a layout keeps it. */
function readable(document) {
    const text = document.text.trim();
    if (text.includes('\n'))
        return document;
    return JsonDocument.parse(`${spellJson(document.root, twoSpaces)}\n`);
}
function parseManifest(text) {
    let document;
    try {
        document = JsonDocument.parse(text);
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`${manifestName} in the algorithm's repository is not JSON (${error.message}). Repair or delete it there`);
    }
    if (document.root.type === 'object')
        return readable(document);
    throw new errors/* DeployError */.sH(`${manifestName} in the algorithm's repository is not a JSON object. Repair or delete it there`);
}
function parseFreeze(text) {
    try {
        const document = JsonDocument.parse(text);
        return document.root.type === 'object' ? document : undefined;
    }
    catch {
        return undefined;
    }
}
/** What may be trusted of the freeze. */
function readFreeze(text, entries, hasManifest) {
    if (text === undefined)
        return { entries: [], warnings: [] };
    const distrust = (problem) => ({
        entries: [],
        warnings: [`${freezeName} in the algorithm's repository ${problem}; it is written anew.`],
    });
    const document = parseFreeze(text);
    if (document === undefined)
        return distrust('is not a JSON object');
    const state = verifyFreeze(text);
    const soNothingStarts = 'so no algorithm that uses the ADK could start';
    if (state === 'unlocked')
        return distrust(`has no lock_checksum, ${soNothingStarts}`);
    if (state === 'tampered' && unstableCharacters(document, []).length > 0)
        return distrust('cannot be verified, because it has characters that versions of Python print in different ways');
    if (state === 'tampered')
        return distrust(`was changed after it was locked, ${soNothingStarts}`);
    let frozen;
    try {
        frozen = readEntries(document, freezeName);
    }
    catch (error) {
        return distrust(error.message);
    }
    const lost = hasManifest ? frozen.filter(({ name }) => !entries.some((entry) => entry.name === name)) : [];
    if (lost.length === 0)
        return { entries: frozen, warnings: [] };
    const names = lost.map(({ name }) => JSON.stringify(name)).join(', ');
    const warning = `${freezeName} in the algorithm's repository has ${names}, which ${manifestName} does not have; it is written anew without.`;
    return { entries: frozen, warnings: [warning] };
}
function frozenMd5(frozen, { name, sourceUri }) {
    return frozen.find((entry) => entry.name === name && entry.sourceUri === sourceUri)?.md5;
}
function flatObject(flat) {
    const { model_filepath: uri, model_md5_hash: md5, model_sha256_hash: sha256, model_size_bytes: size } = flat;
    // Others may have written anything there.
    if (typeof uri !== 'string' || typeof md5 !== 'string')
        return [];
    return [{ uri, md5, sha256, size: typeof size === 'number' ? size : undefined }];
}
function entryObject({ sourceUri: uri, md5, sha256, size }) {
    return md5 === undefined ? [] : [{ uri, md5, sha256, size }];
}
//# sourceMappingURL=manifest.js.map
;// CONCATENATED MODULE: ./build/src/stages/changes.js

/** The rest is in the commit: a first deployment may have thousands. */
const shownPaths = 20;
/**
 * Keeps for the summary what the commit changes and leaves out, and lists it in the log. Told again only when another push
 * came first and made it another list.
 */
function recordChanges(deployment, staged) {
    const skipped = [...deployment.skippedCode, ...staged.skipped];
    const before = deployment.changes && describe(deployment.changes);
    deployment.changes = { files: staged.files, skipped };
    const lines = describe(deployment.changes);
    if (lines.join('\n') !== before?.join('\n'))
        for (const line of lines)
            log/* info */.pq(line);
}
function describe({ files, skipped }) {
    const kinds = ['added', 'changed', 'deleted'];
    const lines = kinds.map((kind) => list(kind, files.filter((file) => file.kind === kind)));
    const reasons = [...new Set(skipped.map(({ why }) => why))];
    return [
        ...lines,
        ...reasons.map((why) => list(`skipped, because ${why}`, skipped.filter((path) => path.why === why))),
    ].filter((line) => line !== undefined);
}
/** @returns undefined when there is none */
function list(what, found) {
    if (found.length === 0)
        return undefined;
    const paths = found.slice(0, shownPaths).map(({ path }) => path);
    const more = found.length > shownPaths ? ` and ${found.length - shownPaths} more` : '';
    return `${found.length} ${what}: ${paths.join(', ')}${more}`;
}
//# sourceMappingURL=changes.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/adk.js


/**
 * Whether the code is written for the Algorithm Development Kit: the platform's marker file says so, or a module imports
 * the kit (platform reference §5.1).
 *
 * @param folder a clone of the algorithm's repository
 */
async function usesAdk(folder) {
    if (await (0,promises_.lstat)((0,external_node_path_.join)(folder, '.adk')).catch(() => undefined))
        return true;
    const names = await (0,promises_.readdir)((0,external_node_path_.join)(folder, 'src')).catch(() => []);
    for (const path of names.filter((name) => name.endsWith('.py')).map((name) => (0,external_node_path_.join)(folder, 'src', name))) {
        // A link may lead out of the clone.
        if (!(await (0,promises_.lstat)(path)).isFile())
            continue;
        if (importsAdk(await (0,promises_.readFile)(path, 'utf8')))
            return true;
    }
    return false;
}
function importsAdk(source) {
    const lines = source.replace(/\\\r?\n/g, ' ');
    return /^[ \t]*(?:from[ \t]+Algorithmia[ \t]+import[ \t]+(?:\([^)]*\bADK\b|.*\bADK\b)|(?:from|import)[ \t]+adk\b)|\w\.ADK[ \t]*\(/m.test(lines);
}
//# sourceMappingURL=adk.js.map
// EXTERNAL MODULE: ./node_modules/ignore/index.js
var ignore = __webpack_require__(298);
// EXTERNAL MODULE: ./build/src/links.js
var links = __webpack_require__(5280);
;// CONCATENATED MODULE: ./build/src/algorithm-repo/copy.js






/** Never part of the code: a repository of its own, and what Python and Jupyter leave behind. */
const neverCopied = new Set(['.git', '__pycache__', '.ipynb_checkpoints']);
/**
 * Files of the algorithm's repository that mirror mode keeps: the deployment's own, the platform's, and the addresses of
 * submodules, which stay too.
 */
const neverRemoved = ['model_manifest.json', 'model_manifest.json.freeze', 'algorithmia.conf', '.gitmodules'];
/**
 * Copies the inference code over the clone. Dot files are copied; links stay links and must lead inside the folder;
 * executable bits are kept; nothing is written through a link of the target. Mirror mode removes first, so that a file may
 * take a folder's place and the reverse, also where names differ by case only and the disk does not tell them apart.
 *
 * @throws DeployError for links that lead out of the folder, where there is nothing to mirror, and where a file would replace a folder that stays, or the
 *   reverse
 */
async function copyCode({ source, target, mode, exclude, keep = [] }) {
    const excluded = exclusion(exclude);
    const skipped = [];
    const files = await listFiles(source, (path, name) => {
        const why = whyNotCopied(path, name, excluded);
        if (why !== undefined)
            skipped.push({ path, why });
        return why !== undefined;
    });
    if (mode === 'mirror' && files.length === 0) {
        throw new errors/* DeployError */.sH("algorithm_path has no file to copy, so `copy_mode: mirror` would remove the whole code from the algorithm's repository. Correct " +
            'algorithm_path or copy_exclude, or use `copy_mode: overlay`');
    }
    const kept = new Set([...files, ...neverRemoved, ...keep]);
    const removed = mode === 'mirror' ? await removeOthers(target, kept, excluded) : [];
    for (const file of files)
        await copyEntry(source, target, file);
    return { copied: files.length, removed, skipped: skipped.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}
/**
 * Refuses early what the copy would refuse: links that lead out of the code folder.
 *
 * @returns the files that will be copied
 */
async function checkCode({ source, exclude }) {
    const excluded = exclusion(exclude);
    const files = await listFiles(source, (path, name) => whyNotCopied(path, name, excluded) !== undefined);
    for (const path of files) {
        if ((await (0,promises_.lstat)((0,external_node_path_.join)(source, path))).isSymbolicLink())
            await readLinkInside(source, path);
    }
    return files;
}
function exclusion(patterns) {
    const rules = ignore({ ignorecase: false }).add([...patterns]);
    return (path) => rules.ignores(path);
}
function whyNotCopied(path, name, excluded) {
    if (neverCopied.has(name.toLowerCase()))
        return 'it is never code';
    return excluded(path) ? 'copy_exclude names it' : undefined;
}
/**
 * Files and links below a folder, as paths with forward slashes, sorted.
 *
 * @param skips told of files and of whole folders, whose paths end with a slash
 */
async function listFiles(root, skips, folder = '') {
    const entries = await (0,promises_.readdir)((0,external_node_path_.join)(root, folder), { withFileTypes: true });
    const lists = await Promise.all(entries.map(async (entry) => {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (skips(entry.isDirectory() ? `${path}/` : path, entry.name))
            return [];
        if (entry.isDirectory())
            return listFiles(root, skips, path);
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
    for (const folder of copy_parentsOf(path)) {
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
    if ((0,links/* staysInside */.N)(path, link))
        return link;
    throw new errors/* DeployError */.sH(`${path} in the code folder is a link to ${link}, which would lead nowhere in the algorithm's repository. Replace it with the file`);
}
/** Mirror mode: removes what the code folder no longer has, with the folders that it leaves empty. */
async function removeOthers(target, kept, excluded) {
    const present = await listFiles(target, (path, name) => name.toLowerCase() === '.git' || excluded(path));
    const others = present.filter((path) => !kept.has(path));
    for (const path of others)
        await (0,promises_.rm)((0,external_node_path_.join)(target, path));
    // Only these: any other empty folder is the place of a submodule.
    const folders = new Set(others.flatMap(copy_parentsOf));
    for (const folder of [...folders].sort().reverse())
        await (0,promises_.rmdir)((0,external_node_path_.join)(target, folder)).catch(refuseOthers);
    return others;
}
/** What a folder still holds is no reason to fail. */
function refuseOthers(error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST')
        throw error;
}
/** The folders that a path lies in, the outermost first. */
function copy_parentsOf(path) {
    const parent = external_node_path_.posix.dirname(path);
    return parent === '.' ? [] : [...copy_parentsOf(parent), parent];
}
//# sourceMappingURL=copy.js.map
// EXTERNAL MODULE: ./build/src/inputs/values.js
var values = __webpack_require__(7745);
;// CONCATENATED MODULE: ./build/src/stages/freeze-checksums.js




/**
 * The MD5 of each entry that this run does not deploy, by its URI, for the freeze. Where neither manifest nor freeze says
 * it, it is that of the object, as in the official freeze (platform reference §6.2).
 *
 * @throws DeployError when an object cannot be read that the ADK would not load without its MD5
 */
async function checksumsOf(entries, data, deployment) {
    const checksums = new Map();
    for (const entry of entries) {
        const md5 = entry.md5 ?? (await checksumOf(entry, data, deployment));
        if (md5 !== undefined)
            checksums.set(entry.sourceUri, md5);
    }
    return checksums;
}
async function checksumOf({ name, sourceUri, failOnTamper }, data, deployment) {
    const uri = (0,data_uri/* parseUri */.wY)(sourceUri);
    try {
        if (uri === undefined)
            throw new Error('that is no data URI');
        if (!data.hasKey) {
            deployment.note(`The freeze as it would be has no MD5 of ${sourceUri}, which cannot be read without a key.`);
            return undefined;
        }
        log/* info */.pq(`Reading ${sourceUri}: ${manifestName} has it as ${JSON.stringify(name)} without an MD5, which the freeze needs`);
        return (await data.digest(uri)).md5;
    }
    catch (error) {
        const what = `${manifestName} in the algorithm's repository has the entry ${JSON.stringify(name)}, and its object ${sourceUri} could not be read`;
        if (failOnTamper) {
            throw new errors/* DeployError */.sH(`${what} (${(0,errors/* messageOf */.bD)(error)}); with fail_on_tamper the ADK loads nothing without its MD5. Mend or remove the entry there`);
        }
        deployment.warn(`${what}, so the freeze has no MD5 of it, and an algorithm that requires it cannot load (${(0,errors/* messageOf */.bD)(error)}). Correct or remove the entry there.`);
        return undefined;
    }
}
//# sourceMappingURL=freeze-checksums.js.map
;// CONCATENATED MODULE: ./build/src/stages/manifest-entries.js


/**
 * The flat keys for a stored model. What was stored by an earlier run keeps its time.
 *
 * @param metrics of the training in this run, if it told any
 */
function flatEntry(origin, stored, present, metrics) {
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
        model_origin_commit_utc: committedUtc(origin, present),
        model_metrics: metrics?.values,
    });
}
/**
 * The metadata tell what deployed these bytes first: they are left alone while the bytes are the same.
 *
 * @param isWitness whether nothing else in the manifest tells which commit is deployed: later runs want to know
 */
function adkModel({ entry, isOptional, stored }, origin, earlier, { metrics, isWitness }) {
    const sourceUri = (0,data_uri/* formatUri */.QJ)(stored.uri);
    const same = earlier.find(({ name, sourceUri: uri, md5 }) => name === entry && uri === sourceUri && md5 === stored.md5);
    const from = {
        model_origin_repo: origin.repository,
        model_origin_ref: origin.ref,
        model_origin_commit_SHA: origin.commit,
        model_origin_commit_utc: committedUtc(origin, same?.metadata ?? {}),
    };
    const metadata = same?.metadata ?? {
        model_sha256_hash: stored.sha256,
        model_size_bytes: stored.size,
        ...from,
        model_uploaded_utc: manifestTime(new Date()),
        ...(metrics && { model_metrics: metrics.values }),
    };
    return { name: entry, isOptional, sourceUri, md5: stored.md5, metadata, ...(isWitness && { always: from }) };
}
/** A run that does not know the time keeps what an earlier run of the same commit knew. */
function committedUtc({ commit, committedAt }, present) {
    if (committedAt !== undefined)
        return manifestTime(committedAt);
    const { model_origin_commit_SHA: before, model_origin_commit_utc: time } = present;
    return before === commit && typeof time === 'string' ? time : undefined;
}
//# sourceMappingURL=manifest-entries.js.map
;// CONCATENATED MODULE: ./build/src/stages/manifest-format.js



/** @throws DeployError when the format cannot tell of these models */
function checkFormat(format, models) {
    if (format !== 'flat' || !needLists(models))
        return;
    throw new errors/* DeployError */.sH(`manifest_format is flat, which describes one model that is always loaded, but model_path means ${models.length}` +
        `${models.length === 1 ? ' optional one' : ''}; use \`both\`, or \`auto\``);
}
function needLists(models) {
    return models.length > 1 || models.some(({ isOptional }) => isOptional);
}
/**
 * What is to be written, and why.
 *
 * @param folder a clone that has the code
 */
async function chooseFormat(folder, { deployment, format, models }, present) {
    checkFormat(format, models);
    const isInCode = await usesAdk(folder);
    if (format === 'flat' && isInCode && !present.isForAdk) {
        deployment.warn(`manifest_format is flat, but the algorithm uses the ADK, which fails on a ${manifestName} without required_files; use \`both\`, or \`auto\`.`);
    }
    if (format !== 'auto')
        return { format, why: `manifest_format is ${format}` };
    if (needLists(models))
        return { format: 'both', why: 'flat keys can tell of the first model only, and nothing of optional ones' };
    if (present.isForAdk)
        return { format: 'both', why: 'the manifest in the repository is one for the ADK' };
    if (isInCode)
        return { format: 'both', why: 'the code uses it' };
    return { format: 'flat', why: 'one model, and no sign of the ADK' };
}
//# sourceMappingURL=manifest-format.js.map
;// CONCATENATED MODULE: ./build/src/stages/manifest.js









/** Both files, which every deployment commits, whatever the repository ignores. */
const manifestFiles = [manifestName, freezeName];
/**
 * Writes the manifest, and its freeze where there is one to be, into a clone that has the code.
 *
 * @returns the manifest's text
 * @throws DeployError when the manifest that is there cannot be read, or the format does not fit
 */
async function writeManifest(folder, request) {
    const { deployment, data, models, origin, metrics } = request;
    const [first] = models;
    if (first === undefined)
        throw new errors/* DeployError */.sH('There is no model to write a manifest for');
    const copied = await readManifestFiles(folder);
    // A freeze that was copied is an old one.
    const files = { ...copied, freeze: request.before?.freeze ?? copied.freeze };
    const present = readManifest(files);
    const earlier = request.before ? readManifest(request.before) : present;
    const { format, why } = await chooseFormat(folder, request, present);
    for (const warning of earlier.warnings)
        deployment.warn(warning);
    warnOfLost(deployment, earlier, present, models);
    const updated = format === 'flat' ? [] : models.map(({ entry }) => entry);
    const kept = present.entries.filter(({ name }) => !updated.includes(name));
    tellKept(request, kept);
    const entry = flatEntry(origin, first.stored, earlier.flat, metrics);
    const isFrozen = format !== 'flat' || files.freeze !== undefined;
    const checksums = isFrozen ? await checksumsOf(kept, data, deployment) : new Map();
    const { manifest, freeze } = updateManifest(files, {
        entry: format === 'adk' ? undefined : entry,
        adk: format === 'flat'
            ? undefined
            : models.map((model) => adkModel(model, origin, earlier.entries, {
                metrics: model === first ? metrics : undefined,
                isWitness: model === first && format === 'adk',
            })),
        checksumOf: (uri) => checksums.get(uri),
        now: new Date(),
    });
    log/* info */.pq(`Manifest: ${contents[format]} (${why})`);
    await (0,promises_.writeFile)((0,external_node_path_.join)(folder, manifestName), manifest);
    if (freeze !== undefined) {
        await (0,promises_.writeFile)((0,external_node_path_.join)(folder, freezeName), freeze);
        warnOfCharacters(deployment, manifest);
    }
    return manifest;
}
const contents = {
    flat: 'the flat keys',
    adk: 'the lists of the ADK alone, and their freeze',
    both: 'the flat keys, the lists of the ADK, and the freeze',
};
/** The texts of a clone. A link is not followed: it may lead out of the clone. */
async function readManifestFiles(folder) {
    const [manifest, freeze] = await Promise.all(manifestFiles.map((name) => readText(folder, name)));
    return { manifest, freeze };
}
async function readText(folder, name) {
    const path = (0,external_node_path_.join)(folder, name);
    const present = await (0,promises_.lstat)(path).catch(() => undefined);
    if (present === undefined)
        return undefined;
    if (present.isFile())
        return (0,promises_.readFile)(path, 'utf8');
    throw new errors/* DeployError */.sH(`${name} in the algorithm's repository is a link or a folder; replace it there by a file`);
}
/** Whether a manifest points to the same object and says that it is another model. */
function namesOtherModel({ objects }, { uri, md5 }) {
    return objects.some((object) => {
        const other = (0,data_uri/* parseUri */.wY)(object.uri);
        return other !== undefined && (0,data_uri/* formatUri */.QJ)(other) === (0,data_uri/* formatUri */.QJ)(uri) && object.md5 !== md5;
    });
}
/** The algorithm may load one of these where a model of this run was meant. */
function tellKept({ deployment, models: [first], format }, kept) {
    const isNamesake = format === 'flat' && kept.some(({ name }) => name === first?.entry);
    const names = kept.map(({ name }) => JSON.stringify(name));
    if (isNamesake) {
        deployment.warn(`manifest_format is flat, so the entry ${JSON.stringify(first?.entry)} of ${manifestName} stays as it is, and may name another model.`);
    }
    else if (names.length > 0) {
        const [entries, stay] = names.length === 1 ? ['entry', 'stays as it is'] : ['entries', 'stay as they are'];
        deployment.note(`The ${entries} ${names.join(', ')} of ${manifestName} ${stay}: no model of this run has such a name.`);
    }
}
/** The manifest of the code takes the place of the one that is there. */
function warnOfLost(deployment, earlier, present, models) {
    const kept = new Set([...present.entries.map(({ name }) => name), ...models.map(({ entry }) => entry)]);
    const lost = earlier.entries.filter(({ name }) => !kept.has(name)).map(({ name }) => JSON.stringify(name));
    if (lost.length === 0)
        return;
    deployment.warn(`The code brings a ${manifestName} without ${lost.join(', ')}, which the one in the algorithm's repository has; name it in ` +
        'copy_exclude to keep them.');
}
function warnOfCharacters(deployment, manifest) {
    const characters = riskyCharacters(manifest);
    if (characters.length === 0)
        return;
    deployment.warn(`${manifestName} has characters that not every version of Python prints alike (${characters.slice(0, 5).join(' ')}), so the ADK ` +
        `may take ${freezeName} for tampered, and the algorithm would not start. Replace them in the entries that have them.`);
}
//# sourceMappingURL=manifest.js.map
;// CONCATENATED MODULE: ./build/src/stages/delivery.js










/**
 * Changes a clone: the code first and the manifest last, so that nothing copied can replace it.
 *
 * @returns the manifest's text; without models it is not written
 */
async function applyTo(folder, inputs, request) {
    const { code } = inputs;
    const before = await readManifestFiles(folder);
    // Asked first: what says so may be a file that mirror mode removes.
    const wasAdk = await usesAdk(folder);
    if (code !== undefined) {
        confineCode(inputs);
        const source = code.folder.absolute;
        const isAdk = await isStillAdk(source, inputs.platform.algorithm);
        const keep = isAdk ? ['.adk'] : [];
        const { copied, removed, skipped } = await copyCode({ ...code, source, target: folder, keep });
        const others = removed.length === 0 ? '' : `, ${removed.length} removed that it does not have`;
        log/* info */.pq(`Code: ${copied} ${copied === 1 ? 'file' : 'files'} from ${code.folder.relative}${others}`);
        request.deployment.skippedCode = skipped;
        if (!isAdk)
            await removeMarker(folder, request.deployment);
    }
    // A plan may not know its models yet.
    if (request.models.length === 0)
        return '';
    await generateCode(folder, inputs.platform.algorithm, { ...request, wasAdk });
    return writeManifest(folder, { ...request, before });
}
/**
 * Whether the platform's marker of an ADK algorithm still says the truth once the code is there: code that brings a main
 * file says it itself, and for other code the main file is generated for what the marker says (platform reference §5.1).
 */
async function isStillAdk(source, algorithm) {
    return !(0,external_node_fs_.existsSync)((0,external_node_path_.join)(source, 'src', `${algorithm}.py`)) || usesAdk(source);
}
/** The template of a new algorithm has it, and with it the platform would not load code without the kit (platform reference §5.2). */
async function removeMarker(clone, deployment) {
    const marker = (0,external_node_path_.join)(clone, '.adk');
    if (!(0,external_node_fs_.existsSync)(marker))
        return;
    await (0,promises_.rm)(marker);
    deployment.note('Removed .adk, which marks an algorithm for the ADK: the code does not use the ADK.');
}
/** An MLflow model tells how to call it: where nobody wrote an algorithm for it, one is made. */
async function generateCode(clone, algorithm, { models: [first], format, deployment, wasAdk }) {
    if (first?.mlflow === undefined)
        return;
    const { model, folder: modelFolder } = first.mlflow;
    const { generateSources } = await __webpack_require__.e(/* import() */ 639).then(__webpack_require__.bind(__webpack_require__, 4639));
    const variant = format === 'adk' || wasAdk || (await usesAdk(clone)) ? 'adk' : 'legacy';
    if (variant === 'adk' && format === 'flat') {
        throw new errors/* DeployError */.sH('manifest_format is flat, but the algorithm uses the ADK, and the code that is generated for it reads the lists of the ADK; use `both`, or `auto`');
    }
    const made = await generateSources({ clone, algorithm, model, modelFolder, variant, entry: first.entry });
    if (made.written.length === 0)
        return log/* info */.pq(`No code is generated for the MLflow model: ${made.kept.join(', ')} is there`);
    deployment.note(`The code for the MLflow model is generated: ${made.written.join(', ')}.`);
    if (made.removed.length > 0)
        log/* info */.pq(`Removed, because it was of the template: ${made.removed.join(', ')}`);
    if (made.missing.length === 0)
        return;
    deployment.warn(`requirements.txt is your own and stays as it is, but does not name what the MLflow model needs: ${made.missing.join(', ')}.`);
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
/**
 * @throws UncertainError when the run is cancelled meanwhile: git is not interrupted, and what it has sent may arrive
 */
async function pushUntilCancelled(repository, message, beforeReplacing) {
    return untilCancelled((cancelled) => orCancelled(repository.push(message, beforeReplacing), cancelled).catch((error) => {
        if (error !== cancelled.reason)
            throw error;
        const branch = repository.requestBranch ?? repository.branch;
        throw new errors/* UncertainError */.On(`${(0,errors/* messageOf */.bD)(error)} during the push, so whether it arrived is not known: look at ${branch} of the algorithm's repository, or run again`);
    }));
}
//# sourceMappingURL=delivery.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/place.js



/**
 * Reads only. Content decides: bytes that the live manifest proves to be in the collection need not be sent again; other
 * bytes of the same name go beside what is there.
 */
async function findPlace(storage, placed) {
    const { data, collection } = storage;
    const { model, name } = placed;
    // Worth reading the model once more.
    const expected = knownObjects(storage, model.size).length > 0 ? await model.digest() : undefined;
    for (const known of expected ? knownObjects(storage, model.size, expected) : []) {
        if (expected && (await data.storedSize(known)) === model.size) {
            return { uri: known, isStored: true, digest: expected };
        }
    }
    const uri = (0,data_uri/* fileIn */.Ed)(collection, name);
    if (!(await data.exists(uri)))
        return { uri, isStored: false, digest: expected };
    log/* info */.pq(`${(0,data_uri/* formatUri */.QJ)(uri)} exists, and the live manifest does not vouch for its bytes; this model goes beside it`);
    return placeBeside(storage, placed, expected ?? (await model.digest()));
}
/**
 * Objects of the collection that hold these bytes, if the manifest is right.
 *
 * @param digest undefined: those that may hold them, as far as the size tells
 */
function knownObjects({ known, collection }, size, digest) {
    return known.flatMap((object) => {
        const uri = (0,data_uri/* parseUri */.wY)(object.uri);
        const mayBe = uri !== undefined && (0,data_uri/* isIn */.S1)(uri, collection) && (object.size ?? size) === size;
        const isSame = digest === undefined || (object.md5 === digest.md5 && (object.sha256 ?? digest.sha256) === digest.sha256);
        return mayBe && isSame ? [uri] : [];
    });
}
/** @throws DeployError when something else is there under the name of these bytes */
async function placeBeside({ data, collection }, placed, digest) {
    const uri = (0,data_uri/* fileIn */.Ed)(collection, placed.nameWithDigest(digest.md5.slice(0, 8)));
    if (!(await data.exists(uri)))
        return { uri, isStored: false, digest };
    // Left by a run that failed after its upload, most likely whole; its bytes are the proof.
    const stored = await data.digest(uri);
    if (stored.md5 === digest.md5 && stored.sha256 === digest.sha256)
        return { uri, isStored: true, digest };
    throw new errors/* DeployError */.sH(`${(0,data_uri/* formatUri */.QJ)(uri)} exists with other bytes than its name says, perhaps left half-written. Delete it and run again`);
}
//# sourceMappingURL=place.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/store.js






/** Stores one model, or finds it stored. An object that exists is never overwritten. */
async function storeModel(store, request) {
    const place = await findPlace(store, request);
    return place.isStored
        ? reuse(place.uri, place.digest, request.model.size)
        : upload(store, request, place.uri, place.digest);
}
/**
 * Makes sure that an object still holds the model of this run. Two runs of one commit may find the name free at the
 * same time; the platform has no conditional write, so whoever comes second looks again.
 */
async function confirmStored(store, request, stored) {
    log/* info */.pq(`Another run of this commit stored a model of the same name: reading ${(0,data_uri/* formatUri */.QJ)(stored.uri)} again`);
    const { md5, sha256 } = stored;
    const present = await store.data.digest(stored.uri);
    if (present.md5 === md5 && present.sha256 === sha256)
        return stored;
    const place = await placeBeside(store, request, { md5, sha256 });
    return place.isStored ? reuse(place.uri, place.digest, stored.size) : upload(store, request, place.uri, place.digest);
}
function reuse(uri, digest, size) {
    log/* info */.pq(`${(0,data_uri/* formatUri */.QJ)(uri)} is already stored with the same bytes: nothing to upload`);
    return { uri, size, uploaded: false, ...digest };
}
async function upload(store, { model }, uri, expected) {
    const { http, data } = store;
    const started = performance.now();
    store.onUpload?.(uri);
    log/* info */.pq(`Uploading ${model.name} (${(0,format/* formatBytes */.z)(model.size)}) to ${(0,data_uri/* formatUri */.QJ)(uri)}`);
    const progress = reportProgress(model, store.progressEveryMs ?? 5000);
    const { response, body } = await http
        .upload((0,data_uri/* apiPath */.So)(uri), model.size, async (ready) => {
        const body = await model.open(ready);
        progress.follow(body);
        return body;
    })
        .finally(progress.stop);
    if (response.status !== 200)
        throw refusal(response, 'store', uri, 'writing');
    if (body.bytesRead !== model.size) {
        throw new errors/* DeployError */.sH(`Algorithmia answered that ${(0,data_uri/* formatUri */.QJ)(uri)} is stored after only ${body.bytesRead} of ${model.size} bytes were sent`);
    }
    const digest = await body.digest();
    if (expected && expected.md5 !== digest.md5)
        throw new errors/* DeployError */.sH(`${model.name} changed while it was deployed`);
    checkAnswer(response.body, uri);
    await checkStored(data, uri, model);
    const elapsed = performance.now() - started;
    log/* info */.pq(`Stored ${model.name} (${(0,format/* formatBytes */.z)(model.size)}) in ${(0,format/* formatDuration */.a)(elapsed)}` +
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
function reportProgress({ name, size }, everyMs) {
    let body;
    let started = performance.now();
    const timer = setInterval(() => {
        if (body === undefined || body.bytesRead === 0)
            return;
        const elapsed = performance.now() - started;
        const left = (elapsed / body.bytesRead) * (size - body.bytesRead);
        const percent = Math.floor((body.bytesRead / size) * 100);
        log/* info */.pq(`${name}: ${percent} % sent, ${formatRate(body.bytesRead, elapsed)}, ${(0,format/* formatDuration */.a)(left)} left`);
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
;// CONCATENATED MODULE: ./build/src/algorithmia/store-models.js




/** More gain little, and each takes memory for its own. */
const usuallySideBySide = 4;
/**
 * Stores models side by side, in any order.
 *
 * @returns what is stored, in the order of the models
 * @throws the first failure, once every other upload has ended
 */
async function storeModels(request) {
    const { collection, collectionExists, known, models, onStored, onCutOff, sideBySide = usuallySideBySide } = request;
    const failed = new AbortController();
    const http = request.connect(failed.signal);
    const store = { http, data: new DataApi(http), collection, known };
    if (needsCollection(collection) && !collectionExists) {
        await store.data.createCollection(collection);
        log/* info */.pq(`Created the collection ${(0,data_uri/* formatUri */.QJ)(collection)}`);
    }
    const results = [];
    const underWay = new Map();
    const waiting = [...models.entries()];
    const work = async () => {
        for (let next = waiting.shift(); next && !failed.signal.aborted; next = waiting.shift()) {
            const [index, model] = next;
            const stored = await storeModel({ ...store, onUpload: (uri) => underWay.set(index, uri) }, model).catch((error) => {
                if (!failed.signal.aborted)
                    underWay.delete(index);
                throw error;
            });
            underWay.delete(index);
            results[index] = stored;
            onStored(index, stored);
        }
    };
    const workers = models.slice(0, sideBySide).map(() => work().catch((error) => failed.abort(error)));
    await Promise.all(workers);
    if (underWay.size > 0)
        onCutOff([...underWay.values()]);
    failed.signal.throwIfAborted();
    return results;
}
//# sourceMappingURL=store-models.js.map
// EXTERNAL MODULE: ./build/src/mlflow/folder.js
var mlflow_folder = __webpack_require__(2939);
;// CONCATENATED MODULE: ./build/src/mlflow/model.js



/**
 * Reads what MLflow says of a model in a folder.
 *
 * A model that was saved without a run gets its name from the id that MLflow gave it, and, when that is missing too, from
 * what its `MLmodel` says: in either case the same folder has the same name each time.
 *
 * @returns undefined when the folder holds no `MLmodel`, and so is no MLflow model
 * @throws DeployError when `MLmodel` cannot be read
 */
async function readMlflowModel(folder) {
    const text = await (0,mlflow_folder/* readModelFile */.G)(folder, 'MLmodel');
    if (text === undefined)
        return undefined;
    const description = await parseDescription(text, folder);
    const runId = identifier(description.run_id);
    const id = runId ?? identifier(description.model_uuid) ?? (0,external_node_crypto_.createHash)('sha256').update(text).digest('hex').slice(0, 32);
    return {
        name: `model-${id}`,
        runId,
        mlflowVersion: textOf(description.mlflow_version),
        loader: textOf(child(child(description, 'flavors'), 'python_function').loader_module),
    };
}
async function parseDescription(text, folder) {
    const { parse } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
    let parsed;
    try {
        // All values as they are spelt: an id may look like a number, and a version like a fraction.
        parsed = parse(text, { schema: 'failsafe' });
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`MLmodel of the MLflow model ${folder} is not YAML (${error.message.split('\n', 1)[0]}); save the model anew with MLflow`);
    }
    const description = child({ parsed }, 'parsed');
    if (Object.keys(child(description, 'flavors')).length === 0)
        throw new errors/* DeployError */.sH(`MLmodel of ${folder} names no flavors, so it is no MLflow model; save the model with MLflow`);
    return description;
}
function child(parent, key) {
    const value = parent[key];
    return typeof value === 'object' && value !== null ? value : {};
}
function textOf(value) {
    return typeof value === 'string' && !['', '~', 'null'].includes(value) ? value : undefined;
}
/** An id that can stand in a file's name and in a data URI; those of MLflow are hexadecimal, some with `m-` before. */
function identifier(value) {
    const text = textOf(value);
    return text !== undefined && /^[A-Za-z0-9][\w-]{0,63}$/.test(text) ? text : undefined;
}
//# sourceMappingURL=model.js.map
// EXTERNAL MODULE: ./build/src/object-name.js
var object_name = __webpack_require__(5996);
// EXTERNAL MODULE: ./build/src/model/folder.js
var folder = __webpack_require__(3771);
// EXTERNAL MODULE: ./build/src/model/lfs-pointer.js
var lfs_pointer = __webpack_require__(7396);
;// CONCATENATED MODULE: ./build/src/model/check.js








/** How to deploy a model without training it. */
const withoutTraining = { notebook: "set notebook_path to ''", script: 'remove training_script' };
/**
 * Makes sure that there is a model worth shipping.
 *
 * @throws DeployError for what is missing or empty, a Git LFS pointer, a path out of the workspace
 */
async function checkModel({ absolute: path, relative: shown, workspace, trainedSince, trainedBy = 'notebook', trainedIn = [], mayBeOlder = false, }) {
    const found = await (0,promises_.stat)(path).catch(() => undefined);
    if (found === undefined) {
        const written = trainedSince && (await findWritten((0,external_node_path_.basename)(path), [(0,external_node_path_.dirname)(path), ...trainedIn], trainedSince));
        const remedy = trainedSince === undefined
            ? 'check the path; nothing was trained in this step: commit the model, download it in an earlier step, or set notebook_path or training_script'
            : written === undefined
                ? `the training ran, but did not save a model there: compare the path that the ${trainedBy} writes to with model_path`
                : `the training ran, and wrote ${(0,external_node_path_.relative)(workspace, written).split(external_node_path_.sep).join('/')}: if that is the model, set model_path to it`;
        const [, name = '', rest = ''] = /^([\w.-]+):(.+)$/.exec(shown) ?? [];
        const hint = name === '' ? '' : `. If ${name} is a name, write a space after it: \`${name}: ${rest}\``;
        throw new errors/* DeployError */.sH(`Model file not found at ${shown}; ${remedy}${hint}`);
    }
    const real = await (0,promises_.realpath)(path);
    // Checked again here, because training may have put a link in its place.
    const root = await (0,promises_.realpath)(workspace);
    if (real === root)
        throw new errors/* DeployError */.sH(`model_path ${shown} is the whole workspace; name a folder in it`);
    if (!real.startsWith(root + external_node_path_.sep)) {
        throw new errors/* DeployError */.sH(`model_path ${shown} leads out of the workspace, to ${real}`);
    }
    if ((0,external_node_path_.relative)(root, real)
        .split(external_node_path_.sep)
        .some((part) => part.toLowerCase() === '.git')) {
        throw new errors/* DeployError */.sH(`model_path ${shown} lies inside a .git folder, where secrets may be`);
    }
    // The stored object is called after the file that a link leads to.
    if (![path, real].every((one) => (0,object_name/* isReadableName */.Q)((0,external_node_path_.basename)(one)))) {
        throw new errors/* DeployError */.sH(`Algorithmia clients cannot read names with #, ?, %, \\ or control characters; rename ${JSON.stringify(shown)}` +
            ((0,external_node_path_.basename)(real) === (0,external_node_path_.basename)(path) ? '' : `, a link to ${JSON.stringify((0,external_node_path_.basename)(real))}`));
    }
    const listing = found.isDirectory() ? await (0,folder/* listFolder */.b)(real, shown) : undefined;
    const size = listing?.size ?? (await checkFile(real, shown));
    const writtenAt = listing?.modified ?? found.mtime;
    // The time of the change counts too, for what was moved or unpacked there with an old date of its own. Two seconds are
    // what some file systems round to.
    const changedAt = listing?.touched ?? new Date(Math.max(found.mtimeMs, found.ctimeMs));
    const isOlder = trainedSince !== undefined && changedAt.getTime() < trainedSince.getTime() - 2000;
    if (trainedSince && isOlder && !mayBeOlder) {
        throw new errors/* DeployError */.sH(`The training ran, but did not write ${shown}: it is from ${writtenAt.toISOString()}, the training began at ` +
            `${trainedSince.toISOString()}. An old model is not deployed as the result of this commit; ` +
            `let the ${trainedBy} save the model to model_path, or ${withoutTraining[trainedBy]} to deploy it as it is`);
    }
    const files = listing ? `, ${listing.files.length} ${listing.files.length === 1 ? 'file' : 'files'}` : '';
    log/* info */.pq(`${shown}: ${(0,format/* formatBytes */.z)(size)}${files}, written ${writtenAt.toISOString()}`);
    return { path: real, size, writtenAt, isOlder, listing };
}
/** @returns bytes */
async function checkFile(path, shown) {
    const found = await (0,promises_.stat)(path);
    if (!found.isFile())
        throw new errors/* DeployError */.sH(`model_path ${shown} is not a regular file`);
    if (found.size === 0)
        throw new errors/* DeployError */.sH(`The model ${shown} is empty (0 bytes)`);
    await (0,lfs_pointer/* refuseLfsPointer */.D)(path, shown, found.size);
    return found.size;
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
//# sourceMappingURL=check.js.map
;// CONCATENATED MODULE: ./build/src/model/find.js



/**
 * What the lines mean, in their order; what one pattern means, by name. Files that begin with a dot are meant only by
 * patterns that say so. Each problem is a sentence that names the line.
 */
async function findModels({ lines, excluded }, workspace) {
    const places = [];
    const problems = [];
    for (const line of lines) {
        const { relative, absolute } = line.path;
        const shown = JSON.stringify(relative);
        const isPlain = !line.isPattern || (0,external_node_fs_.existsSync)(absolute);
        const found = isPlain ? [relative] : await matches(relative, excluded, workspace);
        if (found.length === 0)
            problems.push(`${line.place}: ${shown} ${await whyNothing(relative, workspace)}`);
        if (found.length > 1 && line.name !== undefined) {
            problems.push(`${line.place}: ${shown} matches ${found.length} files (${found.slice(0, 3).join(', ')}${found.length > 3 ? ', ...' : ''}), ` +
                `which cannot all be called ${JSON.stringify(line.name)}; leave the name out, and each is called after its file`);
            continue;
        }
        for (const path of found) {
            const twin = places.find((place) => place.shown === path);
            if (twin === undefined)
                places.push({ line, absolute: (0,external_node_path_.join)(workspace, path), shown: path });
            else if (twin.line === line)
                continue;
            else
                problems.push(`${line.place}: ${shown} means ${path}, and so does ${twin.line.place}; remove one, or exclude it from a pattern with \`!${path}\``);
        }
    }
    return { places, problems };
}
/** A pattern means files; one that ends with a slash means folders. */
async function matches(pattern, excluded, workspace) {
    const wantsFolders = pattern.endsWith('/');
    const found = [];
    for await (const path of (0,promises_.glob)(pattern, { cwd: workspace, exclude: [...excluded] })) {
        // A link that leads nowhere is kept, for what it leads to may have been meant.
        const isFolder = (await (0,promises_.stat)((0,external_node_path_.join)(workspace, path)).catch(() => undefined))?.isDirectory() ?? false;
        if (isFolder === wantsFolders)
            found.push(path.split(external_node_path_.sep).join('/'));
    }
    return found.sort();
}
async function whyNothing(pattern, workspace) {
    if (!pattern.endsWith('/') && (await matches(`${pattern}/`, [], workspace)).length > 0) {
        return `matches no file, only folders; write \`${pattern}/\` to deploy each as an archive`;
    }
    return 'matches no file of the workspace, or only excluded ones; correct it, or let the training save the models there';
}
//# sourceMappingURL=find.js.map
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
/**
 * Names of the objects of one deployment, each another one: files of the same name in different folders are told apart
 * by the names of their entries.
 */
function nameObjects(models, commit) {
    const taken = new Set();
    return models.map(({ entry, file, isOfOneRun }) => {
        let free = [file, entry + splitName(file).extension].find((name) => !taken.has(name)) ?? `${entry}-${file}`;
        while (taken.has(free))
            free = `${entry}-${free}`;
        taken.add(free);
        if (!isOfOneRun || free !== file)
            return (digest) => remoteName(free, commit, digest);
        return (digest) => (digest === undefined ? free : remoteName(free, digest));
    });
}
//# sourceMappingURL=names.js.map
;// CONCATENATED MODULE: ./build/src/model/check-models.js





/**
 * Finds and checks everything that `model_path` means. The first one is the model: a training must have written it. What
 * goes with it, such as a list of labels, may be as old as the commit.
 *
 * @throws DeployError that tells all problems, each with the line that has it
 */
async function checkModels(inputs, check) {
    const { places, problems } = await findModels(inputs, check.workspace);
    const models = [];
    for (const [index, place] of places.entries()) {
        try {
            const { absolute, shown, line } = place;
            const checked = await checkModel({ ...check, absolute, relative: shown, mayBeOlder: index > 0 });
            models.push({ ...checked, name: nameOf(place, checked), isOptional: line.isOptional, shown });
        }
        catch (error) {
            if (!(error instanceof errors/* DeployError */.sH) || places.length + problems.length === 1)
                throw error;
            problems.push(`${place.line.place}: ${(0,errors/* messageOf */.bD)(error)}`);
        }
    }
    problems.push(...twins(models));
    if (problems.length === 1)
        throw new errors/* DeployError */.sH(problems[0] ?? '');
    if (problems.length > 1) {
        throw new errors/* DeployError */.sH(`${problems.length} problems with model_path:\n- ${problems.join('\n- ')}`);
    }
    return models;
}
/** A folder's name has no extension: `v1.2` is one. */
function nameOf({ line, absolute }, { listing }) {
    const file = (0,external_node_path_.basename)(absolute);
    return line.name ?? (listing ? file : splitName(file).stem);
}
function twins(models) {
    return models.flatMap(({ name, shown }, index) => {
        const twin = models.slice(0, index).find((model) => model.name === name);
        if (twin === undefined)
            return [];
        return [
            `${twin.shown} and ${shown} would both be called ${JSON.stringify(name)} in the manifest; give one another name in ` +
                `model_path, such as \`${name}-2: ${shown}\``,
        ];
    });
}
//# sourceMappingURL=check-models.js.map
// EXTERNAL MODULE: ./build/src/model/file.js
var model_file = __webpack_require__(3697);
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
 * One pass over a model: its bytes as a stream, each read once and hashed on the way, in a ring of shared memory that
 * stays the same size for any model. A model that changes while it is read makes the stream fail.
 */
class ModelReader {
    stream;
    #bytes;
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
    /**
     * @param bytes not read from yet; closed by `discard`
     * @param ready no byte is read before it resolves
     */
    constructor(bytes, ready = Promise.resolve()) {
        this.#bytes = bytes;
        this.#ready = ready;
        this.#size = bytes.size;
        this.#memory = new SharedArrayBuffer(Math.min(slots, Math.max(1, Math.ceil(this.#size / slotSize))) * slotSize);
        this.#hasher =
            this.#size < threadedFrom ? new InlineHasher(this.#memory, slotSize) : new ThreadedHasher(this.#memory, slotSize);
        // A slot is filled again only `slots` chunks later. With this mark the stream holds one chunk back and asks for the
        // next only when the consumer took it, so by then the socket has long let go of the slot's bytes.
        this.stream = new external_node_stream_.Readable({ highWaterMark: 1, read: () => void this.#read() });
    }
    /** Bytes handed out so far. */
    get bytesRead() {
        return this.#position;
    }
    /**
     * Digest of the bytes handed out. Known once the stream has ended.
     *
     * @throws DeployError when the model changed meanwhile
     */
    digest() {
        return this.#digest ?? Promise.reject(new Error('the model has not been read to its end'));
    }
    /** Releases files and threads; safe to call at any time, and more than once. */
    async discard() {
        this.#discarded = true;
        // A finished pass keeps its digest.
        await this.#digest?.catch(() => undefined);
        this.stream.destroy();
        await this.#hasher.stop();
        await this.#bytes.close();
    }
    async #read() {
        try {
            await this.#ready;
            if (this.#position >= this.#size) {
                await this.#bytes.refuseChange();
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
            await this.#bytes.fill(buffer);
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
}
//# sourceMappingURL=reader.js.map
;// CONCATENATED MODULE: ./build/src/model/source.js




/** A file as it is. @param size bytes */
function fileSource({ path, size }) {
    let version;
    return sourceOf((0,external_node_path_.basename)(path), size, async () => {
        const file = await model_file/* FileBytes */.E.open(path, { size, version });
        version = file.version;
        return file;
    });
}
/**
 * A folder as a `.tar.gz`, made while it is read. Its bytes depend on nothing but names and contents.
 *
 * @param topName the one folder at the top of the archive
 * @param name file name of the archive
 */
async function archiveSource(listing, { topName, name }) {
    // Loaded only now: most models are files.
    const [{ StoredGzip }, { TarBytes }] = await Promise.all([__webpack_require__.e(/* import() */ 59).then(__webpack_require__.bind(__webpack_require__, 2059)), __webpack_require__.e(/* import() */ 382).then(__webpack_require__.bind(__webpack_require__, 9382))]);
    const archive = () => new StoredGzip(new TarBytes(listing, topName));
    return sourceOf(name, archive().size, async () => {
        await (0,folder/* refuseChangedFolder */.F)(listing);
        return archive();
    });
}
function sourceOf(name, size, openBytes) {
    let known;
    const open = async (ready) => new ModelReader(await openBytes(), ready);
    return {
        name,
        /** Bytes. */
        size,
        /** @param ready no byte is read before it resolves */
        open,
        /** Hashes the model without sending it anywhere. */
        async digest() {
            if (known)
                return known;
            const reader = await open();
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
// EXTERNAL MODULE: ./build/src/metrics.js
var src_metrics = __webpack_require__(8372);
// EXTERNAL MODULE: ./build/src/outputs.js
var outputs = __webpack_require__(8919);
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
;// CONCATENATED MODULE: ./build/src/stages/models.js
















/**
 * The models that the workspace has, found and checked.
 *
 * @param trainedSince when the training of this run began; undefined when nothing was trained
 * @throws DeployError that tells all problems
 */
async function readModels(inputs, deployment, commit, trainedSince) {
    const { workspace, training } = inputs;
    const by = trainedSince && training && { trainedBy: training.kind, trainedIn: foldersOf(training) };
    const found = await checkModels(inputs.models, { workspace, trainedSince, ...by });
    checkFormat(inputs.manifestFormat, found);
    for (const { shown, writtenAt, isOlder, isOptional } of found) {
        if (!isOlder || trainedSince === undefined)
            continue;
        const sentence = `The training did not write ${shown}: it is from ${writtenAt.toISOString()}, the training began at ` +
            `${trainedSince.toISOString()}. It is deployed as it is.`;
        if (isOptional)
            deployment.note(sentence);
        else
            deployment.warn(sentence);
    }
    const packed = await Promise.all(found.map(pack));
    const names = nameObjects(packed, commit);
    return packed.map(({ source, mlflow, entry, isOptional, shown }, index) => {
        const name = names[index];
        return { entry, isOptional, shown, mlflow, model: source, name: name(), nameWithDigest: name };
    });
}
/**
 * A folder is shipped as an archive with one folder at its top; one of MLflow is called after its run, as by MLflow's own
 * plugin (platform reference §8).
 */
async function pack({ name: entry, path, size, listing, isOptional, shown }) {
    const description = listing && (await readMlflowModel(path));
    const topName = description?.name ?? (0,external_node_path_.basename)(path);
    const source = listing
        ? await archiveSource(listing, { topName, name: `${topName}.tar.gz` })
        : fileSource({ path, size });
    const mlflow = description && { model: description, folder: path };
    return { entry, isOptional, shown, mlflow, source, file: source.name, isOfOneRun: mlflow !== undefined };
}
/** Lines of `model_path` for which nothing is there yet. */
async function absentModels({ models, workspace }) {
    const { places } = await findModels(models, workspace);
    const isThere = (line) => places.some((place) => place.line === line && (0,external_node_fs_.existsSync)(place.absolute));
    return models.lines.filter((line) => !isThere(line)).map(({ path }) => path.relative);
}
/** Stores them side by side, and records each. */
async function storeAll({ platform, collection }, deployment, models, { collectionExists, known }) {
    return untilCancelled((cancelled) => {
        const storing = storeModels({
            connect: (failed) => new Http({ ...platform, cancelled: AbortSignal.any([failed, cancelled]) }),
            collection,
            collectionExists,
            known,
            models,
            onStored: (index, stored) => deployment.recordModel(index, models[index]?.entry ?? '', stored),
            onCutOff: (uris) => deployment.note(`Perhaps left behind, because the upload was cut off: ${uris.map(data_uri/* formatUri */.QJ).join(', ')}.`),
        });
        return orCancelled(storing, cancelled);
    });
}
/** Looks again at each object that the manifest of the head has as another model: another run came first. */
async function confirmAll({ platform, collection }, deployment, models, stored, head) {
    const http = new Http(platform);
    const store = { http, data: new DataApi(http), collection, known: [] };
    const confirmed = [];
    for (const [index, model] of models.entries()) {
        const before = stored[index];
        const now = namesOtherModel(head, before) ? await confirmStored(store, model, before) : before;
        if (now !== before)
            deployment.recordModel(index, model.entry, now);
        confirmed.push(now);
    }
    return confirmed;
}
//# sourceMappingURL=models.js.map
;// CONCATENATED MODULE: ./build/src/pull-request/address.js

/**
 * Where GitHub's API for a repository is: at a host of its own for github.com and for Enterprise Cloud with data residency
 * (`*.ghe.com`), below `/api/v3` on Enterprise Server.
 *
 * @param url web address of the repository, as it is cloned
 * @throws DeployError when it does not end in `/<owner>/<name>`
 * @see https://docs.github.com/en/enterprise-server/rest/using-the-rest-api/getting-started-with-the-rest-api
 */
function repositoryAddress(url) {
    const { origin, hostname, host, protocol, pathname } = new URL(url);
    const [, owner, name] = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/?$/.exec(pathname) ?? [];
    if (owner === undefined || name === undefined) {
        throw new errors/* DeployError */.sH(`${url} does not end in /<owner>/<repository>, as on GitHub, so no pull request can be opened there. Correct ` +
            'algorithm_repository, or set git_provider to what the host runs');
    }
    const hasHostOfItsOwn = /^(www\.)?github\.com$|\.ghe\.com$/i.test(hostname);
    const apiUrl = hasHostOfItsOwn ? `${protocol}//api.${host.replace(/^www\./i, '')}` : `${origin}/api/v3`;
    return { apiUrl, owner: decodeURIComponent(owner), name: decodeURIComponent(name) };
}
//# sourceMappingURL=address.js.map
;// CONCATENATED MODULE: ./build/src/pull-request/branch-name.js
/**
 * The branch of a pull request, after the branch or tag that is deployed: so that each has a pull request of its own, and
 * keeps it.
 *
 * @param ref of the run, such as `refs/heads/main`, `refs/tags/v1` or `refs/pull/7/merge`
 */
function requestBranchFor(ref) {
    const name = ref
        .replace(/^refs\/pull\/(\d+)\/.*$/, 'pull-$1')
        .replace(/^refs\/(heads|tags)\//, '')
        // git allows none of it; a ref that exists has none.
        .replace(/[\u0000- ~^:?*[\\\u007f]|\.\.|@\{|\/(?=\/|\.|$)|\.(?=$)|\.lock(?=\/|$)/g, '-')
        .replace(/^\/+/, '');
    return `deploy-to-algorithmia/${name}`;
}
//# sourceMappingURL=branch-name.js.map
;// CONCATENATED MODULE: ./build/src/pull-request/answers.js

/** What GitHub's answers mean. Of the client's errors only message, status and headers are used: they hold the token. */
/** @returns 500 also when there was no answer at all; undefined for errors of others */
function statusOf(error) {
    const status = error instanceof Object && 'status' in error ? error.status : undefined;
    return typeof status === 'number' ? status : undefined;
}
function headerOf(error, name) {
    const { response } = error;
    const value = response?.headers?.[name];
    return value === undefined ? undefined : String(value);
}
/** No answer, or one that passes. */
function answers_isTransient(error) {
    const status = statusOf(error) ?? 0;
    return status >= 500 || status === 408 || isRateLimit(error);
}
/**
 * @see https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
function isRateLimit(error) {
    const status = statusOf(error);
    if (status !== 403 && status !== 429)
        return false;
    return (status === 429 ||
        headerOf(error, 'retry-after') !== undefined ||
        headerOf(error, 'x-ratelimit-remaining') === '0' ||
        /rate limit/i.test((0,errors/* messageOf */.bD)(error)));
}
/** @returns milliseconds; undefined when the server does not say */
function pauseAsked(error) {
    const seconds = Number(headerOf(error, 'retry-after'));
    if (Number.isFinite(seconds))
        return seconds * 1000;
    if (headerOf(error, 'x-ratelimit-remaining') !== '0')
        return undefined;
    const renewed = Number(headerOf(error, 'x-ratelimit-reset')) * 1000 - Date.now();
    return Number.isFinite(renewed) ? Math.max(1000, renewed) : undefined;
}
/** Another run came first. */
function isAlreadyThere(error) {
    return statusOf(error) === 422 && /pull request already exists/i.test((0,errors/* messageOf */.bD)(error));
}
/** Says what an answer means and what to do about it. */
function explainAnswer(action, error, { apiUrl, owner, name, tokenInput }) {
    const repository = `${owner}/${name}`;
    const text = (0,errors/* messageOf */.bD)(error);
    const said = (sentence) => new errors/* DeployError */.sH(`${action} failed: ${sentence}\n${text}`);
    const status = statusOf(error);
    if (isRateLimit(error)) {
        return said(`${apiUrl} takes no more requests of ${tokenInput} for now. Run again later, or use another token`);
    }
    if (/not permitted to create or approve pull requests/i.test(text)) {
        return said(`the settings of ${repository} or its organisation do not let workflows open pull requests. Allow it under ` +
            `Settings > Actions > General, or use a token of a person or an App as ${tokenInput}`);
    }
    if (status === 401)
        return said(`${apiUrl} rejected ${tokenInput}, or it has expired. Check the secret`);
    if (status === 403 || status === 404) {
        const missing = status === 404 ? `, or ${repository} is not visible to it` : '';
        return said(`${tokenInput} may not do that to the pull requests of ${repository}${missing}. It needs \`pull-requests: write\` ` +
            'there beside `contents: write` (a classic token: the scope `repo`)');
    }
    if (status === 422)
        return said(`GitHub does not take it for ${repository}. It says:`);
    if (status !== undefined && status >= 500)
        return said(`${apiUrl} could not be reached, or does not work. It says:`);
    return said(`${apiUrl} answered${status === undefined ? '' : ` with HTTP ${status}`}:`);
}
//# sourceMappingURL=answers.js.map
;// CONCATENATED MODULE: ./build/src/pull-request/pull-requests.js





const tries = 4;
const callTimeoutMs = 60_000;
/** Nobody waits for an hour's rate limit to be renewed. */
const longestPauseMs = 120_000;
/** The pull requests of one repository of GitHub: this file and `answers.ts` alone know its API. */
class PullRequests {
    #access;
    constructor(access) {
        this.#access = access;
    }
    /**
     * The open pull request between two branches of this repository.
     *
     * @throws DeployError when the token may not read pull requests, or GitHub does not answer
     */
    async find({ from, into }) {
        const query = { state: 'open', head: `${this.#access.owner}:${from}`, base: into, per_page: 30 };
        const found = await this.#persist('Looking for the pull request', () => this.#call('GET /repos/{owner}/{repo}/pulls', query));
        if (!Array.isArray(found)) {
            throw new errors/* DeployError */.sH(`Looking for the pull request failed: ${this.#access.apiUrl} answered with something else than a list of them. Check ` +
                "that this is GitHub's API and no page of a proxy; for another host than GitHub, set git_provider");
        }
        // A filter that is not understood is ignored.
        return found.filter((entry) => entry?.head?.ref === from && entry?.base?.ref === into).map(readRequest)[0];
    }
    /**
     * Opens a pull request, or gives the one that is open this title and body. What may have been opened although no
     * answer came is looked for before it is opened again.
     *
     * @returns undefined when the branches do not differ
     * @throws DeployError when GitHub refuses it
     */
    async openOrUpdate(branches, text) {
        const { from: head, into: base } = branches;
        let sent = false;
        for (let number = 1;; number += 1) {
            const found = await this.find(branches);
            if (found)
                return { ...(await this.#update(found, text)), isNew: sent };
            try {
                return {
                    ...readRequest(await this.#call('POST /repos/{owner}/{repo}/pulls', { ...text, head, base })),
                    isNew: true,
                };
            }
            catch (error) {
                if (statusOf(error) === 422 && /No commits between/i.test((0,errors/* messageOf */.bD)(error)))
                    return undefined;
                const mayPass = answers_isTransient(error) || isAlreadyThere(error);
                if (!mayPass || number >= tries)
                    throw this.#explain('Opening the pull request', error);
                sent = answers_isTransient(error);
                await this.#wait('Opening the pull request', error, number);
            }
        }
    }
    async #update(request, text) {
        const parameters = { ...text, pull_number: request.number };
        return readRequest(await this.#persist(`Updating pull request #${request.number}`, () => this.#call('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', parameters)));
    }
    /** Repeats what may be done twice. */
    async #persist(action, work) {
        for (let number = 1;; number += 1) {
            try {
                return await work();
            }
            catch (error) {
                if (number >= tries || !answers_isTransient(error))
                    throw this.#explain(action, error);
                await this.#wait(action, error, number);
            }
        }
    }
    async #wait(action, error, number) {
        const milliseconds = pauseAsked(error) ?? 1000 * 2 ** (number - 1);
        if (milliseconds > longestPauseMs)
            throw this.#explain(action, error);
        log/* info */.pq(`${action}: ${(0,errors/* messageOf */.bD)(error)}; try ${number + 1} of ${tries} in ${(0,format/* formatDuration */.a)(milliseconds)}`);
        await pause_pause(milliseconds);
    }
    async #call(route, parameters) {
        const { apiUrl, owner, name, token } = this.#access;
        // Loaded only where there is a pull request to be opened.
        const { getOctokit } = await __webpack_require__.e(/* import() */ 413).then(__webpack_require__.bind(__webpack_require__, 2413));
        const octokit = getOctokit(token, { baseUrl: apiUrl, log: quiet });
        const { status, headers, data } = await octokit.request(route, {
            ...parameters,
            owner,
            repo: name,
            headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
            // A POST that is redirected would become a GET.
            request: { redirect: 'manual', signal: AbortSignal.timeout(callTimeoutMs) },
        });
        if (status < 300)
            return data;
        throw new errors/* DeployError */.sH(`${apiUrl}/repos/${owner}/${name} has moved (HTTP ${status}, ${headers.location ?? 'nobody says where'}); set ` +
            'algorithm_repository to the address that the repository has now');
    }
    #explain(action, error) {
        return error instanceof errors/* DeployError */.sH ? error : explainAnswer(action, error, this.#access);
    }
}
/** The client would print deprecations past the log of this action. */
const quiet = { debug: log/* debug */.Yz, info: log/* debug */.Yz, warn: log/* debug */.Yz, error: log/* debug */.Yz };
function readRequest(answer) {
    const { number, html_url: url } = (answer ?? {});
    if (typeof number === 'number' && typeof url === 'string' && /^https?:\/\/[^\s()<>]+$/.test(url))
        return { number, url };
    throw new errors/* DeployError */.sH('GitHub answered with something else than a pull request');
}
//# sourceMappingURL=pull-requests.js.map
// EXTERNAL MODULE: ./build/src/report/markdown.js
var markdown = __webpack_require__(75);
// EXTERNAL MODULE: ./build/src/report/metrics-section.js
var metrics_section = __webpack_require__(2743);
// EXTERNAL MODULE: ./build/src/report/models-section.js
var models_section = __webpack_require__(7358);
;// CONCATENATED MODULE: ./build/src/report/request-text.js





/** Of GitHub, in characters. */
const longestBody = 65_536;
const longestTitle = 256;
const longestMessage = 4000;
const mostFiles = 20;
/** The title of a pull request: what the commit says, or what is deployed. */
function requestTitle({ target }, { origin, commitMessage }) {
    const subject = firstLine(origin.message) || origin.commit.slice(0, 7);
    const title = firstLine(commitMessage ?? '') || `Deploy ${target?.algorithm ?? 'the algorithm'}: ${subject}`;
    return (0,log/* shorten */.ml)(withoutReferences(title), longestTitle);
}
/** What a person needs to know to merge it, as Markdown. Nobody is mentioned, and no issue is closed, by texts of others. */
function requestBody(deployment, facts) {
    const { target, outputs, models } = deployment;
    const rows = [];
    if (models.length < 2) {
        rows.push(['Model', `${(0,markdown/* code */.aY)(outputs.model_uri)} (${(0,format/* formatBytes */.z)(Number(outputs.model_size_bytes))})`]);
        rows.push(['MD5', (0,markdown/* code */.aY)(outputs.model_md5_hash)], ['SHA-256', (0,markdown/* code */.aY)(outputs.model_sha256_hash)]);
    }
    rows.push(...originRows(facts.origin));
    const lines = [
        `Deploys to ${(0,markdown/* code */.aY)(target?.algorithm ?? '')}.`,
        '',
        ...(0,markdown/* table */.tp)('| | |', '|---|---|', rows),
        ...(0,models_section/* modelsSection */.k)(deployment).map(withoutMentions),
        ...(models.length < 2 ? [] : hashes(deployment)),
        ...(0,metrics_section/* metricsSection */.P)(deployment).map(withoutReferences),
        ...messageLines(facts.origin),
        ...fileLines(facts.files),
        afterMerge(facts),
        '',
        'This pull request is kept up to date by the deployment: its title, this text and its branch are written anew.',
    ];
    return cut(lines);
}
function originRows({ repository, repositoryUrl, commit, ref, runUrl }) {
    const link = `[${(0,markdown/* cell */.Hn)(withoutReferences(repository))}@${commit.slice(0, 7)}](${repositoryUrl}/commit/${commit})`;
    return [
        ['Origin', `${link} of ${(0,markdown/* code */.aY)(withoutReferences(ref))}`],
        ['Run', `[${(0,markdown/* cell */.Hn)(runUrl.split('/').at(-1) ?? '')}](${runUrl})`],
    ];
}
/** The table of several models has no room for them. */
function hashes({ models }) {
    const lines = models
        .slice(0, 50)
        .map(({ entry, sha256 }) => `- SHA-256 of ${(0,markdown/* code */.aY)(withoutReferences(entry))}: ${(0,markdown/* code */.aY)(sha256)}`);
    return [...lines, ''];
}
function messageLines({ message }) {
    if (message.trim() === '')
        return [];
    return ['**Commit message**', '', ...(0,markdown/* codeBlock */.DV)(withoutReferences((0,log/* shorten */.ml)(message.trim(), longestMessage))), ''];
}
function fileLines(files) {
    const more = files.length > mostFiles ? [`- and ${files.length - mostFiles} more`] : [];
    return [
        `**${files.length} ${files.length === 1 ? 'file' : 'files'} changed**`,
        '',
        ...files.slice(0, mostFiles).map((file) => `- ${(0,markdown/* code */.aY)(withoutReferences(file))}`),
        ...more,
        '',
    ];
}
function afterMerge({ into, isBuilt }) {
    if (isBuilt === false) {
        return `Algorithmia builds only the default branch of a repository, so merging into ${(0,markdown/* code */.aY)(into)} deploys nothing yet.`;
    }
    return (`Merging it deploys: Algorithmia builds what is on ${isBuilt ? (0,markdown/* code */.aY)(into) : 'the default branch'}, and calls of the newest ` +
        'build get it. Published versions stay as they are; nothing is tested or published from here.');
}
/** GitHub refuses a longer text. */
function cut(lines) {
    const text = `${lines.join('\n')}\n`;
    if (text.length <= longestBody)
        return text;
    const note = '\n\n(The rest is too long for this page; it is in the summary of the run.)\n';
    const start = text.slice(0, longestBody - note.length);
    return start.slice(0, start.lastIndexOf('\n') + 1) + note;
}
function firstLine(text) {
    return (0,log/* neutralise */.$0)(text.trim().split('\n')[0] ?? '').trim();
}
/**
 * A text that mentions nobody, refers to no issue and links nowhere on GitHub, also when it is the title of a merge commit:
 * there `fixes #1` would close an issue. Looks the same: a space without width parts what GitHub looks for.
 */
function withoutReferences(text) {
    return withoutMentions(text).replace(/:\/\//g, ':\u200b//');
}
/** The same for lines with addresses that a person copies. */
function withoutMentions(text) {
    return text
        .replace(/@(?=[\p{L}\p{N}])/gu, '@\u200b')
        .replace(/(?<!&)#(?=\d)/g, '#\u200b')
        .replace(/\b(GH-)(?=\d)/gi, '$1\u200b');
}
//# sourceMappingURL=request-text.js.map
;// CONCATENATED MODULE: ./build/src/stages/pull-request.js









/** The branch to push to for a pull request; undefined when there is to be none. */
function requestBranchOf({ repository: { pullRequest } }, origin) {
    return pullRequest && (pullRequest.branch ?? requestBranchFor(origin.ref));
}
/**
 * The pull request that is open already, on GitHub.
 *
 * @throws DeployError when the token may not read pull requests
 */
async function findRequest(inputs, repository) {
    const branches = branchesOf(repository);
    return branches && requestsOf(inputs)?.find(branches);
}
/** What an earlier run pushed for a pull request that is not merged yet; undefined where nothing readable is there. */
async function headOfRequest(repository) {
    const found = await repository.lookAtRequest(manifestFiles);
    if (found === undefined)
        return undefined;
    const [manifest, freeze] = found.texts;
    try {
        return { commit: found.commit, present: readManifest({ manifest, freeze }) };
    }
    catch (error) {
        // It is replaced anyway.
        log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
        return undefined;
    }
}
/**
 * Which branches and pull requests a deployment would make or update, in sentences. Only reads.
 *
 * @param files that it would change; none: nothing is to be merged
 */
async function planBranches(inputs, repository, files) {
    const { madeFrom, branch } = repository;
    const branches = branchesOf(repository);
    if (branches === undefined)
        return madeFrom === undefined ? [] : [`Would make the branch ${branch} from ${madeFrom}.`];
    const { from, into } = branches;
    if (files.length === 0)
        return [`Would open no pull request: ${into} has it all.`];
    const present = await findRequest(inputs, repository);
    const opened = inputs.repository.provider === 'github' ? 'open a pull request' : 'show where to open a pull request';
    return [
        present
            ? `Would push to ${from} and update pull request #${present.number} into ${into}.`
            : `Would push to ${from} and ${opened} from there into ${into}.`,
    ];
}
/**
 * Opens or updates the pull request of a branch that is pushed; none, where there is nothing to merge. On other hosts than
 * GitHub it says where a person can do it.
 *
 * @returns whether one was opened
 * @throws DeployError when GitHub refuses it
 */
async function openRequest(inputs, deployment, repository, { delivery, origin }) {
    const { request, commit } = delivery;
    if (request === undefined) {
        deployment.note(`No pull request: ${repository.branch} has it all, at ${commit}.`);
        return false;
    }
    const branches = { from: request.branch, into: repository.branch };
    const { url, provider, message } = inputs.repository;
    const page = (0,git_hosts/* pullRequestPage */.AL)(url, provider, branches);
    const requests = requestsOf(inputs);
    if (requests === undefined) {
        deployment.recordRequest({ ...branches, url: page, number: undefined });
        deployment.note(page === '' ? mergeByHand(url, branches) : `To deploy it, open a pull request and merge it: ${page}`);
        return false;
    }
    const isBuilt = await repository.onDefaultBranch();
    const facts = {
        origin,
        commitMessage: message,
        into: branches.into,
        isBuilt,
        files: request.files.map(({ path }) => path),
    };
    try {
        const text = { title: requestTitle(deployment, facts), body: requestBody(deployment, facts) };
        const opened = await requests.openOrUpdate(branches, text);
        if (opened === undefined)
            throw new errors/* DeployError */.sH(`GitHub sees no difference between ${branches.from} and ${branches.into}`);
        deployment.recordRequest({ ...branches, url: opened.url, number: opened.number });
        log/* info */.pq(`Pull request #${opened.number} is ${opened.isNew ? 'opened' : 'updated'}: ${opened.url}`);
        return opened.isNew;
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`${(0,errors/* messageOf */.bD)(error)}\nThe branch ${branches.from} is pushed, and nothing is deployed until it is merged into ` +
            `${branches.into}. Run again, or open the pull request by hand: ${page}`);
    }
}
function branchesOf({ requestBranch, branch }) {
    return requestBranch === undefined ? undefined : { from: requestBranch, into: branch };
}
function requestsOf({ repository: { url, provider, secret, secretInput } }) {
    // Without a token a dry run says what it would do all the same.
    if (provider !== 'github' || secret === '')
        return undefined;
    return new PullRequests({ ...repositoryAddress(url), token: secret, tokenInput: secretInput });
}
/** Algorithmia's own git has no pull requests (platform reference §1). */
function mergeByHand(url, { from, into }) {
    const commands = [`git clone --branch ${into} ${url} .`, `git merge origin/${from}`, `git push origin ${into}`];
    return `This host has no pull requests. To deploy it, merge it by hand: ${commands.join(' && ')}`;
}
//# sourceMappingURL=pull-request.js.map
;// CONCATENATED MODULE: ./build/src/manifest/deployed-commits.js
/**
 * The commits that a manifest names as origins: that of the flat keys, which always tell of the last deployment, or
 * without them those of the entries.
 */
function deployedCommits({ flat, entries }) {
    const ofFlat = deployedCommit(flat);
    return ofFlat ? [ofFlat] : entries.flatMap(({ metadata }) => deployedCommit(metadata ?? {}) ?? []);
}
/** Others may have written anything there. */
function deployedCommit(keys) {
    const { model_origin_repo: repository, model_origin_ref: ref, model_origin_commit_SHA: commit, model_origin_commit_utc: committed, model_uploaded_utc: uploaded, } = keys;
    if (typeof repository !== 'string' || typeof ref !== 'string' || !isCommit(commit))
        return undefined;
    return { repository, ref, commit, committedAt: timeIn(committed), uploadedAt: timeIn(uploaded) };
}
/** It becomes an argument of git. */
function isCommit(value) {
    return typeof value === 'string' && /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(value);
}
/** As `manifestTime` writes it; the original action, too, wrote no fraction of a second when it was zero. */
function timeIn(value) {
    const match = typeof value === 'string' ? /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,3})?)\d*$/.exec(value) : null;
    const time = new Date(`${match?.[1]}T${match?.[2]}Z`);
    return Number.isNaN(time.getTime()) ? undefined : time;
}
//# sourceMappingURL=deployed-commits.js.map
;// CONCATENATED MODULE: ./build/src/supersede.js
/**
 * Ends a run whose commit is older than the deployed one. It is thrown, to end the work under way, but it is not a
 * failure.
 */
class Superseded extends Error {
    name = 'Superseded';
    /** The commit of the algorithm's repository that holds the newer deployment. */
    head;
    constructor(why, head) {
        super(why);
        this.head = head;
    }
}
/** Commits are compared only with those of the same branch of the same repository. */
function areComparable(ours, theirs) {
    return ours.repository === theirs.repository && ours.ref === theirs.ref && ours.commit !== theirs.commit;
}
/** How far clocks may differ. */
const mostSkewMs = 5 * 60_000;
/**
 * Decides by the history where it tells, and by the times of the commits where it does not: in a shallow checkout, or
 * when the branch was rewritten.
 *
 * @param relation of ours to theirs
 * @param stands where theirs is, for messages
 */
function judge(ours, theirs, relation, stands = 'is deployed') {
    if (!areComparable(ours, theirs) || relation === 'descendant')
        return { outcome: 'go on' };
    const both = `Commit ${told(ours)} is older than ${told(theirs)}, which ${stands}`;
    if (relation === 'ancestor') {
        return { outcome: 'superseded', why: `${both}: the history of this checkout leads from the one to the other` };
    }
    if (ours.committedAt === undefined)
        return unknown(ours, theirs, stands, 'when the former was made is not known');
    const time = ours.committedAt.getTime();
    if (theirs.committedAt !== undefined) {
        // Believed, the wrong clock of one person would end every run of the branch until that time.
        if (theirs.committedAt.getTime() > Date.now() + mostSkewMs)
            return unknown(ours, theirs, stands, `the time of the latter, ${shownTime(theirs.committedAt)}, is still to come`);
        if (time >= theirs.committedAt.getTime())
            return { outcome: 'go on' };
        return { outcome: 'superseded', why: `${both}: the times of the commits say so, ${reasons[relation]}` };
    }
    // Earlier releases did not write down when the commit was made, and it was before its model was stored.
    if (theirs.uploadedAt !== undefined && time > theirs.uploadedAt.getTime())
        return { outcome: 'go on' };
    return unknown(ours, theirs, stands, 'the manifest does not say when the latter was made');
}
const reasons = {
    unknown: 'as the checkout does not hold the history of both',
    diverged: 'as neither is in the history of the other',
};
function unknown(ours, theirs, stands, why) {
    const one = ours.commit.slice(0, 12);
    return {
        outcome: 'unknown',
        why: `Whether ${one} is older than ${theirs.commit.slice(0, 12)}, which ${stands}, was not checked: ${why}`,
    };
}
function told({ commit, committedAt }) {
    return `${commit.slice(0, 12)}${committedAt === undefined ? '' : ` (committed ${shownTime(committedAt)})`}`;
}
function shownTime(time) {
    return time.toISOString().replace('.000Z', 'Z');
}
//# sourceMappingURL=supersede.js.map
;// CONCATENATED MODULE: ./build/src/stages/supersede.js




/**
 * Ends the run when a head of the algorithm's repository holds the deployment of a newer commit of the same branch.
 * With `force` it goes on and says so, and a dry run says how it would end.
 *
 * @throws Superseded
 */
async function yieldToNewer({ workspace, force, dryRun }, deployment, origin, { commit = '', present, stands = 'is deployed' }) {
    for (const deployed of deployedCommits(present)) {
        if (!areComparable(origin, deployed))
            continue;
        const verdict = judge(origin, deployed, await relationOf(workspace, origin.commit, deployed.commit), stands);
        if (verdict.outcome === 'unknown')
            deployment.note(`${verdict.why}.`);
        if (verdict.outcome !== 'superseded')
            continue;
        if (force)
            deployment.note(`${verdict.why}. It is replaced, because force is true.`);
        else if (dryRun)
            deployment.note(`${verdict.why}. The run would end as superseded and change nothing.`);
        else
            throw new Superseded(verdict.why, commit);
    }
}
/** The same for what the branch of a pull request has: a merge would deploy it. */
async function yieldToNewerRequest(inputs, deployment, origin, repository) {
    const head = await headOfRequest(repository);
    const stands = `waits on ${repository.requestBranch} to be merged`;
    if (head !== undefined)
        await yieldToNewer(inputs, deployment, origin, { ...head, stands });
}
//# sourceMappingURL=supersede.js.map
;// CONCATENATED MODULE: ./build/src/stages/deliver.js










/**
 * Copies the code, writes the manifest, commits both and pushes; opens the pull request where there is to be one. When
 * another push comes first, all of it is done again on top of that.
 *
 * @returns the commit that holds the deployment, and whether this run made anything of it
 * @throws Superseded when the head turns out to be the deployment of a newer commit
 */
async function deliver(inputs, deployment, { origin, data, repository, models, stored: first }) {
    let stored = first;
    let manifest = '';
    const change = async (folder) => {
        const head = readManifest(await readManifestFiles(folder));
        await yieldToNewer(inputs, deployment, origin, { present: head, commit: repository.head });
        stored = await confirmAll(inputs, deployment, models, stored, head);
        manifest = await applyTo(folder, inputs, {
            deployment,
            data,
            origin,
            format: inputs.manifestFormat,
            models: models.map((model, index) => ({ ...model, stored: stored[index] })),
            metrics: deployment.metrics,
        });
    };
    if (inputs.code === undefined)
        deployment.skip('Copying code', inputs.codeSkipped);
    await deployment.stage('copy', 'Copy the code and write the manifest', async () => recordChanges(deployment, await repository.stage(change, manifestFiles)));
    const delivery = await deployment.stage('push', 'Commit and push', async () => {
        const pushed = await pushUntilCancelled(repository, inputs.repository.message ?? commitText(origin), () => yieldToNewerRequest(inputs, deployment, origin, repository));
        recordChanges(deployment, repository.staged);
        return pushed;
    });
    const { changed, commit, request } = delivery;
    const branch = request?.branch ?? repository.branch;
    const { url, provider } = inputs.repository;
    deployment.recordDelivery({ changed, commit, branch, url: (0,git_hosts/* commitUrl */.Bg)(url, provider, commit), manifest });
    log/* info */.pq(changed
        ? `Pushed ${commit} to ${branch} of ${url}`
        : `Unchanged: ${commit} on ${branch} already holds this model and code`);
    if (repository.requestBranch === undefined)
        return { commit, isNew: changed };
    const isOpened = await deployment.stage('push', 'Pull request', () => endWhenCancelled(() => openRequest(inputs, deployment, repository, { delivery, origin })));
    return { commit, isNew: changed || isOpened };
}
//# sourceMappingURL=deliver.js.map
;// CONCATENATED MODULE: ./build/src/algorithm-repo/checkout-token.js

/**
 * The tokens that actions/checkout has left in the git configuration of the workspace, also in a file that it
 * includes. None without git or a repository.
 */
async function checkoutTokens(workspace) {
    const git = openWorkspaceGit(workspace);
    const said = await git.raw(['config', '--get-regexp', '^http\\..*\\.extraheader$']).catch(() => '');
    return [...said.matchAll(/authorization: basic (\S+)/gi)].map(([, basic = '']) => Buffer.from(basic, 'base64')
        .toString()
        .replace(/^[^:]*:/, ''));
}
//# sourceMappingURL=checkout-token.js.map
;// CONCATENATED MODULE: ./build/src/stages/job-token.js

/**
 * Warns before the clone when the secret is the token of the job, which opens no other repository: GitHub would only
 * say that the repository is not found. What else begins as that token does, the token of an App, may open it.
 *
 * @see https://docs.github.com/en/actions/concepts/security/github_token
 */
async function warnOfJobToken({ workspace, repository: { url, secret, secretInput } }, deployment, { repository, repositoryUrl }) {
    const isOwn = url.replace(/\.git$/, '').toLowerCase() === repositoryUrl.toLowerCase();
    // Tokens of persons need no look at the workspace.
    if (isOwn || !/^(ghs_|v1\.)/.test(secret))
        return;
    const { GITHUB_TOKEN, GH_TOKEN } = process.env;
    if (![GITHUB_TOKEN, GH_TOKEN].includes(secret) && !(await checkoutTokens(workspace)).includes(secret))
        return;
    deployment.warn(`${secretInput} is the token that this job has for ${repository}. If that is GITHUB_TOKEN, it opens no other ` +
        `repository: for ${url} use a token of its own, of an account or of a GitHub App.`);
}
//# sourceMappingURL=job-token.js.map
// EXTERNAL MODULE: ./build/src/plan.js
var plan = __webpack_require__(682);
;// CONCATENATED MODULE: ./build/src/stages/plan-commit.js








/**
 * What would be committed to the algorithm's repository, tried in its clone.
 *
 * @returns the commit that holds it all already, if there is one
 */
async function planCommit(inputs, deployment, request, planned) {
    if (inputs.code === undefined)
        deployment.skip('Copying code', inputs.codeSkipped);
    const { destination, data, origin, models } = request;
    if (!('repository' in destination)) {
        const why = 'whyUnseen' in destination ? destination.whyUnseen : 'it comes with the algorithm';
        tell(planned.unchecked, `The changes of the algorithm's repository are not known: ${why}.`);
        const request = requestBranchOf(inputs, origin);
        if (request !== undefined)
            tell(planned.creations, `Would push to ${request}, for a pull request from there.`);
        await planCode(inputs, planned);
        return undefined;
    }
    const { repository } = destination;
    const change = async (folder) => {
        const manifest = await applyTo(folder, inputs, {
            deployment,
            data,
            origin,
            format: inputs.manifestFormat,
            models: models ?? [],
            metrics: deployment.metrics,
        });
        if (!planned.modelsAreOld)
            deployment.outputs.manifest = manifest;
    };
    const { files, skipped } = await repository.stage(change, manifestFiles);
    const manifestDifference = await repository.difference(manifestName);
    planned.commit = {
        target: targetOf(inputs, repository),
        files,
        skipped: [...deployment.skippedCode, ...skipped],
        manifestDifference,
    };
    if (files.length === 0)
        log/* info */.pq(`Would commit nothing: ${planned.commit.target} has it all.`);
    else
        log/* info */.pq(`Would commit to ${planned.commit.target}: ${(0,plan/* countFiles */.D)(files)}`);
    for (const { kind, path } of files)
        log/* info */.pq(`  ${kind.padEnd(7)} ${path}`);
    for (const { path, why } of planned.commit.skipped)
        log/* info */.pq(`  skipped ${path}, because ${why}`);
    for (const sentence of await planBranches(inputs, repository, files))
        tell(planned.creations, sentence);
    if (manifestDifference !== '')
        log/* info */.pq(manifestDifference);
    return files.length === 0 && models !== undefined ? repository.head : undefined;
}
function targetOf({ repository: { url } }, { branch, requestBranch }) {
    if (requestBranch === undefined)
        return `${branch} of ${url}`;
    return `${requestBranch} of ${url}, for a pull request into ${branch}`;
}
async function planCode({ code }, planned) {
    if (code === undefined)
        return;
    planned.code = await checkCode({ source: code.folder.absolute, exclude: code.exclude });
    log/* info */.pq(`Would copy from ${code.folder.relative}:`);
    for (const path of planned.code)
        log/* info */.pq(`  ${path}`);
}
//# sourceMappingURL=plan-commit.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/algorithms.js


function algorithmPath({ owner, name }) {
    return `/v1/algorithms/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}
/**
 * Whether the algorithm exists. Keys without "may manage my algorithms" may be refused an answer; a deployment does
 * not need it, so that is no error. Without a key nobody is asked.
 *
 * @throws DeployError when the platform is in trouble
 */
async function findAlgorithm(algorithm) {
    if (!algorithm.http.hasKey)
        return 'unknown';
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
/** @throws DeployError when there is no such algorithm */
function requireAlgorithm(found, { http, owner, name }) {
    if (found !== 'missing')
        return found;
    throw new errors/* DeployError */.sH(`There is no algorithm ${owner}/${name} on ${http.apiUrl}; set \`create_algorithm: true\`, create it there, or correct algorithmia_algoname or its owner`);
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
        const { settings } = Object(await this.#newest());
        const { algorithm_callability: callability } = Object(settings);
        return callability === 'private' || callability === 'public' ? callability : undefined;
    }
    /** @returns the number of the newest published version; undefined when there is none */
    async newestNumber() {
        return versionIn(await this.#newest()).number;
    }
    async #newest() {
        const response = await this.#http.request('GET', `${this.#path}/versions?limit=1&published=true`);
        const { results } = this.#object(response, 'list the versions of the algorithm');
        return Array.isArray(results) ? results[0] : undefined;
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
     * @returns why not, or undefined; also without a key, which a deployment would have
     * @throws DeployError when the platform is in trouble
     */
    async whyUnreadable() {
        if (!this.#algorithm.http.hasKey)
            return undefined;
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
            (extra === undefined ? undefined : here(`has the key ${compare_show(extra)}, which was not expected`)) ??
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
        return missing === undefined ? undefined : here(`has no element that contains ${compare_show(missing)}`);
    }
    if ((0,json/* isObject */.Gv)(expected) && (0,json/* isObject */.Gv)(got)) {
        return (missingKey(expected, got) ??
            firstIn(Object.keys(expected), (key) => lack(at(expected, key), at(got, key), tolerance)));
    }
    if (typeof expected === 'string' && typeof got === 'string') {
        return got.includes(expected) ? undefined : here(`is ${compare_show(got)}, which does not contain ${compare_show(expected)}`);
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
function compare_show(value) {
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
    return here(`is ${compare_show(got)}, and ${compare_show(expected)} was expected`);
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
    return key === undefined ? undefined : here(`has no key ${compare_show(key)}`);
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
function judge_judge(testCase, answer) {
    const target = answer.outcome === 'result' ? follow(testCase, answer.result) : undefined;
    const why = problemOf(testCase, answer, target) ?? slowness(testCase, answer) ?? '';
    return { passed: why === '', expected: describeExpected(testCase), got: describeAnswer(answer, target), why };
}
function problemOf(testCase, answer, target) {
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
        return wrong === undefined ? undefined : `the type of the error is ${compare_show(error.type ?? null)}, and ${wrong}`;
    }
    if (expected.type !== undefined && expected.type !== error.type) {
        return `the type of the error is ${compare_show(error.type ?? null)}, and ${compare_show(expected.type)} was expected`;
    }
    return expected.message === undefined
        ? undefined
        : searchProblem(expected.message, error.message, `the message of the error`);
}
function problemOfResult(testCase, { result }, target) {
    if (testCase.type === 'NO_EXCEPTION')
        return undefined;
    if (testCase.type === 'EXCEPTION' || testCase.type === 'ERROR_MATCHES') {
        return `the algorithm answered ${compare_show(result)}, and an error was expected`;
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
                return `${judge_placeOf(testCase.tree)} is ${compare_show(value)}, and MATCHES needs a text`;
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
        return `${place} is ${compare_show(value)}, which has no order with ${compare_show(testCase.expected)}`;
    const atLeast = testCase.type === 'GREATER_OR_EQUAL';
    if (atLeast ? number >= testCase.expected : number <= testCase.expected)
        return undefined;
    return `${place} is ${compare_show(value)}, which is ${atLeast ? 'less' : 'greater'} than ${compare_show(testCase.expected)}`;
}
function searchProblem(pattern, text, place) {
    try {
        if (search(pattern, text))
            return undefined;
        return `${place}, ${compare_show(text)}, does not match /${(0,log/* shorten */.ml)(pattern, cellLength)}/`;
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
        return `is ${compare_show(value)}, which has no ${typeof key === 'string' ? 'key' : 'index'} ${compare_show(key)}`;
    if (Array.isArray(value))
        return `has only ${count(value.length, 'element')}, and no index ${key}`;
    if (typeof value === 'string')
        return `is the text ${compare_show(value)}, which has no index ${key}`;
    const keys = Object.keys(value);
    return `has no key ${compare_show(key)}; it has ${keys.length === 0 ? 'none' : (0,json/* showJson */.qN)(keys, 120).slice(1, -1)}`;
}
function sentence(tree, found) {
    return found && `${judge_placeOf([...tree, ...found.path])} ${found.how}`;
}
/** `["probabilities", 0]` */
function judge_placeOf(path) {
    return path.length === 0 ? 'the result' : `[${path.map((key) => compare_show(key)).join(', ')}]`;
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
        log/* info */.pq(run_tests_describe(result));
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
    let verdict = judge_judge(testCase, answer);
    if (isOnlySlow(testCase, answer, verdict)) {
        answer = await ask();
        verdict = judge_judge(testCase, answer);
    }
    const trace = !verdict.passed && answer.outcome === 'error' ? answer.trace : undefined;
    return { testCase, ...verdict, milliseconds: answer.milliseconds, ...(trace !== undefined && { trace }) };
}
function isOnlySlow(testCase, answer, { passed }) {
    if (passed || testCase.maxLatencyMs === undefined)
        return false;
    return judge_judge({ ...testCase, maxLatencyMs: undefined }, answer).passed;
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
function run_tests_describe({ testCase, passed, why, milliseconds, trace }) {
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












/**
 * Publishes the built and tested commit, unless a newer one was deployed meanwhile: its version would be below this one.
 *
 * @throws Superseded when it was
 */
async function publishVersion(released, increment) {
    const { release, deployment, origin, commit, cancelled } = released;
    await yieldToNewerHead(released);
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
        newestBuild: async () => {
            const newest = await builds.newest();
            if (newest !== undefined && newest.commit !== commit)
                await yieldToNewerHead(released);
            return newest;
        },
        ofCommit: (commit) => versions.ofCommit(commit),
        withNumber: (number) => versions.withNumber(number),
        publish: (request) => versions.publish(request),
        compile: async () => {
            const built = await versions.compile(release.buildTimeoutMs);
            deployment.outputs.build_id = (await builds.newest())?.id ?? '';
            // It may have newer packages than the one that was tested.
            if (built !== '' && built !== commit)
                await yieldToNewerHead(released);
            const failure = built === commit && release.tests ? await runCases(released, release.tests) : undefined;
            if (failure)
                throw failure;
            return built;
        },
    };
}
/** That nobody can look is no reason to fail: the list of builds is asked, too. */
async function yieldToNewerHead({ inputs, deployment, repository, origin, commit, cancelled, }) {
    let head;
    try {
        const found = await orCancelled(repository.lookAgain(manifestFiles), cancelled);
        if (found === undefined || found.commit === commit)
            return;
        const [manifest, freeze] = found.texts;
        head = { commit: found.commit, present: readManifest({ manifest, freeze }) };
    }
    catch (error) {
        cancelled.throwIfAborted();
        return log/* info */.pq(`Whether a newer commit was deployed meanwhile is not known: ${(0,errors/* messageOf */.bD)(error)}`);
    }
    await yieldToNewer(inputs, deployment, origin, head);
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
function releaseNotes(origin, { models }) {
    return [
        origin.message.trim(),
        '',
        `Commit: ${origin.repositoryUrl}/commit/${origin.commit}`,
        `Run: ${origin.runUrl}`,
        ...models.map(({ entry, uri, md5 }) => `${models.length === 1 ? 'Model' : entry}: ${uri} (MD5 ${md5})`),
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
/** The algorithm, as the key for creating it and for everything after the push sees it. */
function algorithmOf({ platform, release, creation }, cancelled) {
    const { apiUrl, owner, algorithm } = platform;
    const { apiKey, keyInput } = release ?? creation ?? { apiKey: platform.apiKey, keyInput: 'algorithmia_api_key' };
    return { http: new Http({ apiUrl, apiKey, ...(cancelled && { cancelled }) }), owner, name: algorithm, keyInput };
}
//# sourceMappingURL=release.js.map
;// CONCATENATED MODULE: ./build/src/stages/plan-release.js




/** What would be built, tested and published. */
async function planRelease(inputs, request, planned) {
    const { release, releaseSkipped, head } = request;
    if (release === undefined) {
        return tell(planned.release, `Build, test and publication would be skipped: ${releaseSkipped}.`);
    }
    const { tests } = release;
    const cases = tests?.cases.length === 1 ? 'test case' : `${tests?.cases.length} test cases`;
    const steps = [
        head === undefined ? 'wait for the build of the pushed commit' : `look for the build of ${head.slice(0, 12)}`,
        ...(tests ? [`run the ${cases} of ${tests.file.relative} against it`] : []),
        ...(release.publish === 'none' ? [] : [await publication(inputs, release.publish, request, planned)]),
    ];
    tell(planned.release, `Would ${steps.join(', then ')}.`);
    if (tests === undefined)
        tell(planned.release, `Testing would be skipped: ${release.testingSkipped}.`);
}
async function publication(inputs, increment, { algorithm, head }, planned) {
    const address = algorithmOf(inputs);
    const what = `publish it as a ${increment} version`;
    if (!address.http.hasKey)
        return `${what}, unless it is published already`;
    if (algorithm === 'missing')
        return `${what}${numbers(undefined, increment)}`;
    try {
        const versions = new VersionApi(address);
        const present = head === undefined ? undefined : (await versions.ofCommit(head))?.number;
        if (present !== undefined)
            return `publish nothing, because it is published already, as ${present}`;
        return `${what}${numbers(await versions.newestNumber(), increment)}`;
    }
    catch (error) {
        tell(planned.unchecked, `Which version is the newest could not be read: ${(0,errors/* messageOf */.bD)(error)}.`);
        return what;
    }
}
function numbers(present, increment) {
    const next = nextVersion(present, increment);
    if (present === undefined)
        return next === undefined ? ', the first one' : `, the first one, ${next}`;
    return ` (${present} -> ${next})`;
}
/**
 * The number that the platform gives to the next version.
 *
 * @returns undefined when nobody knows: what a first version becomes is known of a minor one only (platform reference §3.4)
 */
function nextVersion(present, increment) {
    if (present === undefined)
        return increment === 'minor' ? '0.1.0' : undefined;
    const [major = 0, minor = 0, revision = 0] = present.split('.').map(Number);
    if (increment === 'major')
        return `${major + 1}.0.0`;
    return increment === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${revision + 1}`;
}
//# sourceMappingURL=plan-release.js.map
;// CONCATENATED MODULE: ./build/src/stages/plan.js











/**
 * What a deployment of the present workspace would change. It reads, and writes nothing outside of the runner: nothing
 * is stored, committed to a server, built or published.
 */
async function plan_plan(inputs, deployment, request) {
    const planned = (0,plan/* emptyPlan */.n)();
    deployment.plan = planned;
    await endWhenCancelled(() => planAll(inputs, deployment, request, planned));
    deployment.succeed('planned');
}
async function planAll(inputs, deployment, request, planned) {
    tellUnchecked(inputs, planned);
    tellCreations(inputs, request, planned);
    const models = await deployment.stage('model', 'Plan the models', () => planModels(inputs, deployment, request, planned));
    const head = await deployment.stage('copy', 'Plan the commit', () => planCommit(inputs, deployment, { ...request, models }, planned));
    await deployment.stage('publish', 'Plan the release', () => planRelease(inputs, { ...request, head }, planned));
}
/** A line in the log, and in a list of the plan. */
function tell(list, sentence) {
    log/* info */.pq(sentence);
    list.push(sentence);
}
function tellUnchecked({ platform, release, collection, repository }, planned) {
    const say = (sentence) => tell(planned.unchecked, sentence);
    if (platform.apiKey === '') {
        say(`algorithmia_api_key is empty, so neither ${(0,data_uri/* formatUri */.QJ)(collection)} nor what is stored there was looked at.`);
    }
    if ((release ?? platform).apiKey === '') {
        const name = `${platform.owner}/${platform.algorithm}`;
        say(`Without a key nobody was asked whether ${name} exists and its builds may be read, nor for its versions.`);
    }
    if (repository.secret === '') {
        say(`${repository.secretInput} is empty, so whether it may push to ${repository.url} was not checked.`);
    }
}
function tellCreations({ platform, creation, collection }, request, planned) {
    const { destination } = request;
    if ('body' in destination)
        tell(planned.creations, `Would create the algorithm ${destination.shown}.`);
    else if ('whyUnseen' in destination && creation !== undefined && request.algorithm !== 'exists') {
        const unless = request.algorithm === 'missing' ? '' : ', unless it exists';
        tell(planned.creations, `Would create the algorithm ${platform.owner}/${platform.algorithm}${unless}.`);
    }
    if (needsCollection(collection) && request.collection === 'missing') {
        tell(planned.creations, `Would create the collection ${(0,data_uri/* formatUri */.QJ)(collection)}.`);
    }
}
/** @returns the models as they would be stored; undefined when they are not there yet */
async function planModels(inputs, deployment, { origin, data, destination, trainedSince }, planned) {
    const { training } = inputs;
    planned.modelsAreOld = training !== undefined && trainedSince === undefined;
    if (training && planned.modelsAreOld) {
        deployment.note(`Training was not run; \`plan_training: true\` runs ${training.program.relative} in a dry run, too.`);
        const absent = await absentModels(inputs);
        if (absent.length > 0) {
            const sentence = `${absent.join(', ')} does not exist yet, so its upload and the manifest are not shown.`;
            return void tell(planned.unchecked, sentence);
        }
        const paths = inputs.models.lines.map(({ path }) => path.relative).join(', ');
        tell(planned.unchecked, `The model is not known before the training; what is shown is of the ${paths} that is there now.`);
    }
    else {
        await gatherMetrics(inputs, deployment, trainedSince);
    }
    const known = 'repository' in destination ? destination.present.objects : [];
    const models = [];
    // One after another: each takes memory and threads for its own.
    for (const model of await readModels(inputs, deployment, origin.commit, trainedSince)) {
        const facts = { size: model.model.size, ...(await model.model.digest()) };
        const place = await plan_placeOf(model, facts, { data, collection: inputs.collection, known });
        tellModel(model, facts, place, planned);
        const { entry, isOptional, mlflow } = model;
        models.push({ entry, isOptional, mlflow, stored: { uri: place.uri, uploaded: !place.isStored, ...facts } });
    }
    if (!planned.modelsAreOld)
        deployment.recordPlanned(planned.models);
    return models;
}
async function plan_placeOf({ name, nameWithDigest }, facts, storage) {
    const model = { size: facts.size, digest: async () => facts };
    if (storage.data.hasKey)
        return findPlace(storage, { name, nameWithDigest, model });
    const [vouchedFor] = knownObjects(storage, facts.size, facts);
    return { uri: vouchedFor ?? (0,data_uri/* fileIn */.Ed)(storage.collection, name), isStored: undefined };
}
function tellModel({ entry, shown }, facts, { uri, isStored }, planned) {
    const described = `${shown} (${(0,format/* formatBytes */.z)(facts.size)}, MD5 ${facts.md5})`;
    const unless = isStored === undefined ? ', unless it is stored already' : '';
    log/* info */.pq(isStored
        ? `${described} is stored already as ${(0,data_uri/* formatUri */.QJ)(uri)}.`
        : `Would store ${described} as ${(0,data_uri/* formatUri */.QJ)(uri)}${unless}.`);
    planned.models.push({ entry, path: shown, uri: (0,data_uri/* formatUri */.QJ)(uri), isStored, ...facts });
}
//# sourceMappingURL=plan.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook/check-notebook.js


/**
 * Checks, before minutes are spent on packages, that a file is a notebook that can be run here.
 *
 * @param notebook an existing file: its absolute path, and the one that messages show
 * @throws DeployError when it is not a notebook, or one for another language than Python
 */
async function checkNotebook({ absolute, relative }) {
    const problem = check_notebook_problemOf(await (0,promises_.readFile)(absolute));
    if (problem === undefined)
        return;
    throw new errors/* DeployError */.sH(`${relative} ${problem}`, {
        annotation: { title: 'Not a notebook that can be run', file: relative },
    });
}
/** Names of kernels for other languages, for notebooks that do not say their language. */
const FOREIGN_KERNELS = /^(ir|julia.*|bash|scala|almond|javascript|jslab|deno|xc.*|java|gophernotes|ruby|octave|sagemath.*)$/i;
function check_notebook_problemOf(bytes) {
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
    const notebook = check_notebook_parse(text);
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
function check_notebook_parse(text) {
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
;// CONCATENATED MODULE: ./build/src/algorithmia/create.js






/** Platform reference §3.6. */
const codes = { nameExists: 1002, hostFailed: 1008, userMissing: 3000, organisationMissing: 3100, noHost: 4009 };
const hostRefuses = [4080, 4084];
const create_tries = 4;
/** The answer waits for the repository, which another host may have to make. */
const timeoutMs = 120_000;
/**
 * Creates an algorithm and its repository. A name is given only once, so an answer that got lost is no harm: the platform
 * is asked what is there, and the request sent again only if there is nothing.
 *
 * @returns `existed` when somebody else was first
 * @throws RefusedError when the key may not
 * @throws DeployError when the platform will not, or there is no telling
 */
async function createAlgorithm(algorithm, body, firstPauseMs = 1000) {
    const { http, owner, name } = algorithm;
    const path = `/v1/algorithms/${encodeURIComponent(owner)}`;
    for (let number = 1;; number += 1) {
        let trouble;
        try {
            const response = await http.postJson(path, body, { attempts: 1, timeoutMs });
            if (errorCode(response) === codes.nameExists)
                return number === 1 ? 'existed' : 'created';
            const settled = response.status < 500 && response.status !== 408 && response.status !== 429;
            if (settled || explained(algorithm, response) !== undefined)
                return settle(algorithm, response);
            trouble = errorText(response);
        }
        catch (error) {
            if (!(error instanceof ConnectionError))
                throw error;
            trouble = (0,errors/* messageOf */.bD)(error);
        }
        const found = await findAlgorithm(algorithm);
        if (found === 'exists')
            return 'created';
        if (number >= create_tries) {
            throw new errors/* DeployError */.sH(`Algorithmia could not create the algorithm ${owner}/${name} (${trouble}), and does not have it now; run again later`);
        }
        log/* info */.pq(`POST ${path}: ${trouble}; try ${number + 1} of ${create_tries}`);
        await pause_pause(firstPauseMs * 2 ** (number - 1));
    }
}
function settle(algorithm, response) {
    const failed = response.status >= 300 || parseObject(response.body)?.error !== undefined;
    if (!failed)
        return 'created';
    const { owner, name } = algorithm;
    throw explained(algorithm, response) ?? refusedBy(algorithm, response, `create the algorithm ${owner}/${name}`);
}
/** Failures whose cause the platform's code tells better than its status. */
function explained({ http, owner, name }, response) {
    const code = errorCode(response) ?? 0;
    const failed = `Algorithmia could not create the algorithm ${owner}/${name} (${errorText(response)})`;
    if (code === codes.userMissing || code === codes.organisationMissing) {
        return new errors/* DeployError */.sH(`${failed}: ${http.apiUrl} has no account or organisation "${owner}"; correct algorithm_owner, or algorithmia_username`);
    }
    if (code === codes.hostFailed) {
        return new errors/* DeployError */.sH(`${failed}: its repository could not be made. Algorithmia makes the repository itself and cannot attach one that ` +
            'exists: rename or delete that one, or name another in algorithm_repository');
    }
    if (code === codes.noHost || hostRefuses.includes(code)) {
        return new errors/* DeployError */.sH(`${failed}: Algorithmia has no access to the git host. Connect the account that the key belongs to with the host, in ` +
            "Algorithmia's own pages, and let it make repositories for that owner");
    }
    return undefined;
}
//# sourceMappingURL=create.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/environments.js



const languages = '/v1/algorithm-environments/edge/languages';
/**
 * The environment that a new algorithm is to run on.
 *
 * @param wanted an id, or a display name in any case. Of several with that name the one without a GPU is meant; the
 * other one has ` GPU` after its name
 * @returns its name for people, and its id
 * @throws DeployError that lists what there is
 */
async function findEnvironment(algorithm, language, wanted) {
    const response = await algorithm.http.request('GET', `${languages}/${encodeURIComponent(language)}/environments`);
    if (response.status !== 200 && response.status !== 404) {
        throw refusedBy(algorithm, response, `read the environments of ${language}`);
    }
    const there = response.status === 404 ? [] : environmentsIn(response);
    if (there.length === 0)
        throw await noSuchLanguage(algorithm, language);
    const found = meant(there, wanted);
    const [environment, another] = found;
    if (environment === undefined) {
        const names = there.map(environments_nameOf).join(', ');
        throw new errors/* DeployError */.sH(`algorithm_environment is "${wanted}", which ${language} does not have; it has: ${names}. Write one of these names, or an id`);
    }
    if (another !== undefined) {
        const ids = found.map(({ id, name }) => `${id} (${name})`).join(', ');
        throw new errors/* DeployError */.sH(`algorithm_environment is "${wanted}", which names several; write the id of one: ${ids}`);
    }
    return { id: environment.id, name: environments_nameOf(environment) };
}
function meant(there, wanted) {
    const text = wanted.toLowerCase();
    const withId = there.filter(({ id }) => id.toLowerCase() === text);
    if (withId.length > 0)
        return withId;
    const named = there.filter(({ name }) => name.toLowerCase() === text);
    const withoutGpu = named.filter((environment) => !hasGpu(environment));
    if (withoutGpu.length > 0)
        return withoutGpu;
    if (named.length > 0)
        return named;
    return there.filter((environment) => environments_nameOf(environment).toLowerCase() === text);
}
const hasGpu = ({ machine }) => machine.toUpperCase() === 'GPU';
/** As it can be written in a workflow, so that a GPU shows. */
function environments_nameOf(environment) {
    return hasGpu(environment) && !/\bGPU$/i.test(environment.name) ? `${environment.name} GPU` : environment.name;
}
function environmentsIn(response) {
    return listIn(response, 'environments').flatMap((value) => {
        const { id, display_name: name, machine_type: machine } = Object(value);
        return typeof id === 'string' && typeof name === 'string' ? [{ id, name, machine: String(machine ?? '') }] : [];
    });
}
/** Either the language is not there, or the installation is older than environments are. */
async function noSuchLanguage({ http }, language) {
    const response = await http.request('GET', languages);
    const names = listIn(response, 'languages').flatMap((value) => {
        const { name } = Object(value);
        return typeof name === 'string' ? [name] : [];
    });
    return names.length === 0
        ? new errors/* DeployError */.sH(`${http.apiUrl} has no environments for algorithms. If it is an installation from before there were any, set ` +
            'algorithm_language to what it calls its languages, such as `python3-1`, and algorithm_environment to cpu or gpu')
        : new errors/* DeployError */.sH(`algorithm_language is "${language}", which has no environments; these languages have some: ${names.join(', ')}`);
}
//# sourceMappingURL=environments.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/source-hosts.js



/** The hosts that need no address, by what the platform calls them (platform reference §1, "External repositories"). */
const publicHosts = {
    github: 'github.com',
    gitlab: 'gitlab.com',
    bitbucket_cloud: 'bitbucket.org',
};
/**
 * The connection of the platform to the host of a repository.
 *
 * @param url of the repository
 * @returns its id
 * @throws DeployError that lists the hosts that are connected
 */
async function findSourceHost(algorithm, url, provider) {
    const response = await algorithm.http.request('GET', '/v1/scms');
    if (response.status !== 200)
        throw refusedBy(algorithm, response, 'read which git hosts Algorithmia is connected to');
    const there = listIn(response, 'results').flatMap(sourceHost);
    const { host } = new URL(url);
    const found = there.find((one) => one.host === host && one.provider.split('_')[0] === provider);
    if (found)
        return found.id;
    const others = there.map((one) => one.host ?? one.provider);
    throw new errors/* DeployError */.sH(`create_algorithm cannot make a repository on ${host}: ${algorithm.http.apiUrl} is connected to ` +
        `${others.length === 0 ? 'no git host' : others.join(', ')}${others.includes('internal') ? ', which is Algorithmia-hosted git' : ''}. ` +
        'Have an administrator connect it, create the algorithm by hand, or set algorithmia_password for Algorithmia-hosted git');
}
/** None when it is switched off. */
function sourceHost(value) {
    const { id, provider, enabled, urls } = Object(value);
    if (typeof id !== 'string' || typeof provider !== 'string' || enabled === false)
        return [];
    const { web } = Object(urls);
    const said = typeof web === 'string' && URL.canParse(web) ? new URL(web).host : undefined;
    return [{ id, provider, host: said ?? publicHosts[provider] }];
}
//# sourceMappingURL=source-hosts.js.map
;// CONCATENATED MODULE: ./build/src/stages/create.js









/**
 * What is to be created. Everything that could be wrong with it shows here, as far as it can be seen.
 *
 * @returns undefined when the algorithm is there
 * @throws DeployError when it cannot be created as it is described
 */
async function planAlgorithm(looked) {
    const { inputs, creation, algorithm, found, opened } = looked;
    if (found === 'exists')
        return undefined;
    const trouble = await opened.then(() => undefined, (error) => error);
    // A key that may not look is no reason to doubt what git shows.
    if (trouble === undefined && found === 'unknown')
        return undefined;
    if (trouble === undefined)
        return refuseToAttach(looked);
    // What is wrong with the secret or the host does not mend itself.
    if (!(trouble instanceof MissingRepositoryError))
        throw trouble;
    const why = whyNoBranch(inputs);
    if (why !== undefined)
        throw new errors/* DeployError */.sH(why);
    const { name } = algorithm;
    const { sourceVisibility, networkAccess, pipelineEnabled } = creation;
    const [runtime, source] = await Promise.all([runtimeOf(creation, algorithm), create_sourceOf(inputs, algorithm)]);
    const traits = [runtime.shown, sourceVisibility, `${networkAccess} network`];
    if (!pipelineEnabled)
        traits.push('calls no other algorithms');
    return {
        algorithm,
        body: {
            name,
            details: { label: name },
            settings: {
                algorithm_callability: 'private',
                source_visibility: sourceVisibility,
                license: 'apl',
                network_access: networkAccess,
                pipeline_enabled: pipelineEnabled,
                ...runtime.settings,
            },
            ...(source && { source }),
        },
        shown: `${algorithm.owner}/${name} (${traits.join(', ')})`,
    };
}
/** A repository without an algorithm, unless another run has just created both. */
async function refuseToAttach({ inputs, algorithm }) {
    if ((await findAlgorithm(algorithm)) !== 'missing')
        return undefined;
    const { http, owner, name, keyInput } = algorithm;
    const { url, provider } = inputs.repository;
    const exists = `The repository ${url} exists, but ${http.apiUrl} shows no algorithm ${owner}/${name} to ${keyInput}`;
    throw new errors/* DeployError */.sH(provider === 'algorithmia'
        ? `${exists}. Use a key of the algorithm's owner, or correct algorithmia_algoname or algorithm_owner`
        : `${exists}. Algorithmia makes the repository of a new algorithm itself and cannot attach one that exists: rename or ` +
            'delete it, name another in algorithm_repository, or correct algorithmia_algoname or algorithm_owner');
}
/** The branch of a new repository (platform reference §1). */
function whyNoBranch({ repository }) {
    const { branch, createBranch, provider } = repository;
    if (branch === undefined || createBranch || isFirstBranch(branch, provider))
        return undefined;
    return (`algorithm_branch is "${branch}", but the repository of a new algorithm has only its default branch; remove ` +
        'algorithm_branch, or set `create_branch: true`');
}
/** Whether a new repository begins with this branch (platform reference §1: `main` on GitHub, otherwise `master`). */
function isFirstBranch(branch, provider) {
    return branch === 'master' || (branch === 'main' && provider !== 'algorithmia');
}
async function runtimeOf({ runtime }, algorithm) {
    const { language } = runtime;
    if ('machine' in runtime) {
        const { machine } = runtime;
        return { shown: `${language} on ${machine}`, settings: { language, environment: machine } };
    }
    const { id, name } = await findEnvironment(algorithm, language, runtime.environment);
    return { shown: name, settings: { algorithm_environment: id } };
}
/** Nothing for Algorithmia-hosted git, which is what the platform takes by itself. */
async function create_sourceOf({ repository }, algorithm) {
    const { url, provider } = repository;
    if (provider === 'algorithmia')
        return undefined;
    const path = new URL(url).pathname.replace(/^\//, '').replace(/(\.git)?\/?$/, '');
    const owner = path.split('/').slice(0, -1).join('/');
    return {
        scm: await findSourceHost(algorithm, url, provider),
        repository_owner: decodeURIComponent(owner),
        repository_name: decodeURIComponent(path.slice(owner.length + 1)),
        initial_commit_message: 'Initial commit',
    };
}
/**
 * Creates the algorithm and waits for its repository.
 *
 * @param open clones it
 * @throws DeployError when it cannot be created, or not be cloned
 */
async function create({ algorithm, body, shown }, deployment, open) {
    const name = `${algorithm.owner}/${algorithm.name}`;
    if ((await createAlgorithm(algorithm, body)) === 'created') {
        deployment.created = name;
        deployment.note(`Created the algorithm ${shown}.`);
    }
    else {
        log/* info */.pq(`${name} was created by somebody else in the meantime`);
    }
    return awaitRepository(open);
}
/**
 * Waits until the repository of an algorithm that was just created can be cloned and has its first commit.
 *
 * @param open clones it; called again as long as there is none
 * @throws DeployError after `limitMs`; anything else that is wrong with the repository at once
 */
async function awaitRepository(open, { limitMs = 120_000, firstPauseMs = 1000 } = {}) {
    const deadline = Date.now() + limitMs;
    for (let pauseMs = firstPauseMs;; pauseMs = Math.min(pauseMs * 2, 10_000)) {
        let trouble = 'its repository is still empty';
        try {
            const repository = await open();
            if (!repository.isEmpty)
                return repository;
        }
        catch (error) {
            if (!(error instanceof MissingRepositoryError || error instanceof EmptyRepositoryError))
                throw error;
            trouble = (0,errors/* messageOf */.bD)(error);
        }
        if (Date.now() + pauseMs > deadline) {
            throw new errors/* DeployError */.sH(`The algorithm is there, but not its repository, after ${(0,format/* formatDuration */.a)(limitMs)}. Check whether it is where this run looks; the next one goes on from there: ${trouble}`);
        }
        log/* info */.pq(`The repository is not there yet; looking again in ${(0,format/* formatDuration */.a)(pauseMs)}`);
        await pause_pause(pauseMs);
    }
}
//# sourceMappingURL=create.js.map
;// CONCATENATED MODULE: ./build/src/stages/repository.js









/**
 * Looks at the algorithm's repository, or at what an algorithm takes that is to be created.
 *
 * @param opening the first clone, under way
 * @param looking whether the algorithm exists
 * @throws DeployError when there is none and none is to be created, or it cannot be read or written to
 */
async function findDestination(inputs, algorithm, { open, opening, looking }) {
    const { creation, repository, dryRun } = inputs;
    try {
        const planned = creation && (await planAlgorithm({ inputs, creation, algorithm, found: await looking, opened: opening }));
        return planned ?? (await checkRepository(await openedOrCreated(opening, open, creation), inputs));
    }
    catch (error) {
        // A missing algorithm has no repository either: one mistake, one message.
        if (creation === undefined)
            requireAlgorithm(await looking.catch(() => 'unknown'), algorithm);
        const lacksSecret = repository.secret === '' || !algorithm.http.hasKey;
        if (dryRun && lacksSecret && error instanceof errors/* RefusedError */.fk)
            return { whyUnseen: error.message };
        throw error;
    }
}
/**
 * The repository to deploy to: the one that is there, or that of an algorithm that is created for it.
 *
 * @throws DeployError when it cannot be created, or not be used once it is
 */
async function readyRepository(inputs, deployment, { destination, open, ...follows }) {
    if ('repository' in destination)
        return { ...destination, ...follows };
    if ('whyUnseen' in destination)
        throw new errors/* DeployError */.sH(destination.whyUnseen);
    return deployment.stage('create', 'Create the algorithm', async () => {
        const opened = await endWhenCancelled(async () => checkRepository(await create(destination, deployment, open), inputs));
        return { ...opened, ...releasable(follows, opened.whyNoBuild, undefined) };
    });
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
/** Why nothing is built of what is pushed there; undefined when it is, or nobody knows. */
function whyNoBuildAt(destination, { branch, provider }) {
    if ('repository' in destination)
        return destination.whyNoBuild;
    if ('whyUnseen' in destination || branch === undefined || isFirstBranch(branch, provider))
        return undefined;
    return notBuilt(branch);
}
/** Another run may have created the algorithm in the same seconds; then its repository is waited for, too. */
async function openedOrCreated(opening, open, creation) {
    return opening.catch((error) => {
        if (!creation || !(error instanceof MissingRepositoryError))
            throw error;
        return awaitRepository(open, { limitMs: 20_000 });
    });
}
async function checkRepository(repository, inputs) {
    if (inputs.repository.secret !== '')
        await repository.checkWriteAccess();
    const whyNoBuild = (await repository.onDefaultBranch()) === false ? notBuilt(repository.branch) : undefined;
    const present = readManifest(await readManifestFiles(repository.folder));
    // No manifest of the branch itself vouches for those yet.
    const objects = [...present.objects, ...((await headOfRequest(repository))?.present.objects ?? [])];
    return { repository, present: { ...present, objects }, whyNoBuild };
}
function notBuilt(branch) {
    return `algorithm_branch is "${branch}", and Algorithmia builds only the repository's default branch`;
}
//# sourceMappingURL=repository.js.map
;// CONCATENATED MODULE: ./build/src/stages/preflight.js















/**
 * Everything that can fail early fails here, in seconds and all at once: the notebook's file, the key, the algorithm,
 * reading and writing the algorithm's repository, the manifest that is there, the links of the code. In a dry run, what
 * cannot be looked at without a secret is no failure.
 *
 * @param open clones the algorithm's repository
 */
async function preflight(inputs, algorithm, data, open) {
    const looking = findAlgorithm(algorithm);
    const opening = open();
    // When the algorithm is in trouble, nobody may ask any more.
    opening.catch(() => undefined);
    const finding = findDestination(inputs, algorithm, { open, opening, looking });
    const unreadable = inputs.release && new BuildApi(algorithm).whyUnreadable();
    const releasing = Promise.all([finding, unreadable]).then(([destination, whyUnreadable]) => releasable(inputs, whyNoBuildAt(destination, inputs.repository), whyUnreadable));
    const [collection, found, destination, { release, releaseSkipped }] = await allChecks([
        data.findCollection(inputs.collection),
        looking.then((found) => (inputs.creation ? found : requireAlgorithm(found, algorithm))),
        finding,
        releasing,
        inputs.release && algorithm.http.hasKey ? checkCallability(inputs.release, algorithm) : undefined,
        inputs.repository.pullRequest &&
            opening.catch(() => undefined).then((clone) => clone && findRequest(inputs, clone)),
        inputs.code && checkCodeFolder(inputs.code, inputs.repository.url, opening),
        inputs.training?.kind === 'notebook' ? checkNotebook(inputs.training.program) : undefined,
    ]);
    const missing = needsCollection(inputs.collection) ? 'will be created' : 'is not there yet';
    if (collection !== 'unknown') {
        log/* info */.pq(`The key is accepted; ${(0,data_uri/* formatUri */.QJ)(inputs.collection)} ${collection === 'exists' ? 'exists' : missing}`);
    }
    const { owner, name, keyInput } = algorithm;
    if (found === 'unknown' && algorithm.http.hasKey && 'repository' in destination) {
        log/* warning */.$e(`${keyInput} may not read algorithms, so whether ${owner}/${name} exists was not checked`);
    }
    return { collection, algorithm: found, destination, release, releaseSkipped };
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
/** Its manifest takes the place of the one in the algorithm's repository. */
async function checkCodeFolder({ folder, exclude }, url, opened) {
    const files = await checkCode({ source: folder.absolute, exclude });
    const large = await checkSizes(url, { root: folder.absolute, paths: files }, async (paths) => {
        // Attributes that come with the code count only once they are there, and then it is checked again.
        if (files.some((path) => external_node_path_.posix.basename(path) === '.gitattributes'))
            return paths;
        // Why it cannot be opened is another check's answer.
        return opened.then((repository) => repository.pathsInLfs(paths), () => paths);
    });
    if (large.length > 0)
        log/* warning */.$e(`github.com advises against files over 50 MiB: ${large.join(', ')}`);
    if (!files.includes(manifestName))
        return;
    try {
        const { manifest } = await readManifestFiles(folder.absolute);
        readManifest({ manifest, freeze: undefined });
    }
    catch (error) {
        throw new errors/* DeployError */.sH((0,errors/* messageOf */.bD)(error).replace("the algorithm's repository", `the code folder ${folder.relative}`));
    }
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
;// CONCATENATED MODULE: ./build/src/deploy.js





















/**
 * The deployment, top to bottom. Any failure ends it, and until the push nothing that production reads has changed.
 * What becomes known goes into `deployment`, which is reported in either case.
 */
async function deploy(inputs, deployment) {
    const temp = await (0,promises_.mkdtemp)((0,external_node_path_.join)(inputs.temp, 'deploy-to-algorithmia-'));
    const data = new DataApi(new Http(inputs.platform));
    try {
        const before = await deployment.stage('preflight', 'Preflight', async () => {
            deployment.origin = await readOrigin(process.env, (commit) => commitFacts(inputs.workspace, commit));
            await warnOfJobToken(inputs, deployment, deployment.origin);
            const location = { ...inputs.repository, requestBranch: requestBranchOf(inputs, deployment.origin) };
            const open = () => AlgorithmRepository.clone(location, temp);
            const found = await preflight(inputs, algorithmOf(inputs), data, open);
            if ('repository' in found.destination) {
                const { present, repository } = found.destination;
                await yieldToNewer(inputs, deployment, deployment.origin, { present, commit: repository.head });
                await yieldToNewerRequest(inputs, deployment, deployment.origin, repository);
            }
            return { origin: deployment.origin, open, ...found };
        });
        const ready = inputs.dryRun ? undefined : await readyRepository(inputs, deployment, before);
        const { training } = inputs;
        if (training === undefined)
            deployment.skip('Training', inputs.trainingSkipped);
        const trainedSince = training && (!inputs.dryRun || inputs.planTraining)
            ? await deployment.stage('train', undefined, () => trainModel(training, inputs, deployment, temp))
            : undefined;
        if (ready === undefined)
            return await plan_plan(inputs, deployment, { ...before, data, trainedSince });
        const { origin, collection } = before;
        const { repository, present, release, releaseSkipped } = ready;
        const models = await deployment.stage('model', 'Check the model', async () => {
            await gatherMetrics(inputs, deployment, trainedSince);
            return readModels(inputs, deployment, origin.commit, trainedSince);
        });
        const collectionExists = collection === 'exists';
        const stored = await deployment.stage('store', 'Store the model', () => storeAll(inputs, deployment, models, { collectionExists, known: present.objects }));
        const delivery = await deliver(inputs, deployment, { origin, data, repository, models, stored });
        const { commit } = delivery;
        if (release === undefined)
            deployment.skip('Build, test and publication', releaseSkipped);
        const reached = release
            ? await releaseCommit({ inputs, release, deployment, repository, origin, commit })
            : 'pushed';
        deployment.succeed(delivery.isNew || deployment.published?.isNew ? reached : 'unchanged');
    }
    catch (outcome) {
        if (!(outcome instanceof Superseded))
            throw outcome;
        deployment.giveWay(outcome, (0,git_hosts/* commitUrl */.Bg)(inputs.repository.url, inputs.repository.provider, outcome.head));
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

/***/ 5280:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   N: () => (/* binding */ staysInside)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);

/**
 * Whether a symbolic link, by its text alone, stays in the folder that it is part of.
 *
 * @param path of the link, relative to that folder, with forward slashes
 * @param target what the link says
 */
function staysInside(path, target) {
    if ((0,node_path__WEBPACK_IMPORTED_MODULE_0__.isAbsolute)(target))
        return false;
    const end = node_path__WEBPACK_IMPORTED_MODULE_0__.posix.join(node_path__WEBPACK_IMPORTED_MODULE_0__.posix.dirname(path), target.split(node_path__WEBPACK_IMPORTED_MODULE_0__.sep).join('/'));
    return end !== '..' && !end.startsWith('../');
}
//# sourceMappingURL=links.js.map

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

/***/ 2939:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   G: () => (/* binding */ readModelFile)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7406);



/**
 * The text of a file of a model's folder; undefined when there is no such file.
 *
 * @param path relative to the folder
 * @throws DeployError for a link, a folder, and what is outside of the model's folder: it would be published with the code
 */
async function readModelFile(folder, path) {
    const absolute = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.resolve)(folder, path);
    const found = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.lstat)(absolute).catch(() => undefined);
    if (found === undefined)
        return undefined;
    if (!found.isFile())
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`${path} of the MLflow model ${folder} is a link or a folder, not a file`);
    const inside = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.relative)(await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.realpath)(folder), await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.realpath)(absolute));
    if (inside.startsWith(`..${node_path__WEBPACK_IMPORTED_MODULE_1__.sep}`))
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`${path} is outside of the MLflow model ${folder}; put it into the model's folder`);
    return (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readFile)(absolute, 'utf8');
}
//# sourceMappingURL=folder.js.map

/***/ }),

/***/ 9056:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ unreadable),
/* harmony export */   t: () => (/* binding */ changed)
/* harmony export */ });
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7406);

function unreadable(path, error) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH(`The model ${path} could not be read: ${(0,_errors_js__WEBPACK_IMPORTED_MODULE_0__/* .messageOf */ .bD)(error)}`);
}
function changed(path, how) {
    return new _errors_js__WEBPACK_IMPORTED_MODULE_0__/* .DeployError */ .sH(`The model ${path} changed while it was read: ${how}. Make sure that nothing writes to it during the deployment`);
}
//# sourceMappingURL=bytes.js.map

/***/ }),

/***/ 3697:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ FileBytes),
/* harmony export */   l: () => (/* binding */ versionOf)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var _bytes_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9056);


/** The bytes of one file that nobody may change meanwhile. */
class FileBytes {
    size;
    /** The same for two passes that find the file untouched. */
    version;
    #path;
    #file;
    #position = 0;
    constructor(path, file, found) {
        this.#path = path;
        this.#file = file;
        this.size = Number(found.size);
        this.version = versionOf(found);
    }
    /** @throws DeployError when the file is no longer as expected, or cannot be opened */
    static async open(path, expected) {
        const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.open)(path).catch((error) => {
            throw error.code === 'ENOENT' ? (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .changed */ .t)(path, 'it was removed') : (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .unreadable */ .O)(path, error);
        });
        const bytes = new FileBytes(path, file, await file.stat({ bigint: true }));
        if (bytes.size === expected.size && bytes.version === (expected.version ?? bytes.version))
            return bytes;
        await file.close();
        throw bytes.size === expected.size
            ? (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .changed */ .t)(path, 'something wrote to it')
            : (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .changed */ .t)(path, `it had ${expected.size} bytes and now has ${bytes.size}`);
    }
    /** Reads as often as it takes: a system may hand out less than was asked for. */
    async fill(buffer) {
        for (let filled = 0; filled < buffer.length;) {
            const { bytesRead } = await this.#file
                .read(buffer, filled, buffer.length - filled, this.#position)
                .catch((error) => {
                throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .unreadable */ .O)(this.#path, error);
            });
            if (bytesRead === 0)
                throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .changed */ .t)(this.#path, `it ends after ${this.#position} of ${this.size} bytes`);
            filled += bytesRead;
            this.#position += bytesRead;
        }
    }
    async refuseChange() {
        const now = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.stat)(this.#path, { bigint: true }).catch(() => undefined);
        if (now && versionOf(now) === this.version)
            return;
        throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_1__/* .changed */ .t)(this.#path, now ? 'something wrote to it' : 'it was removed');
    }
    async close() {
        await this.#file.close().catch(() => undefined);
    }
}
/** What differs when a file was written or replaced. */
function versionOf({ ino, size, mtimeNs }) {
    return `${ino} ${size} ${mtimeNs}`;
}
//# sourceMappingURL=file.js.map

/***/ }),

/***/ 3771:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   F: () => (/* binding */ refuseChangedFolder),
/* harmony export */   b: () => (/* binding */ listFolder)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7406);
/* harmony import */ var _links_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(5280);
/* harmony import */ var _bytes_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9056);
/* harmony import */ var _file_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3697);
/* harmony import */ var _lfs_pointer_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(7396);







/** What git, Python, Jupyter and macOS leave behind: with it equal models would not be equal. */
const leftOut = new Set(['.git', '__pycache__', '.ipynb_checkpoints', '.ds_store']);
const isLeftOut = (name) => leftOut.has(name.toLowerCase());
/**
 * Lists a folder that is to be shipped as a model.
 *
 * @param shown the folder in messages
 * @throws DeployError for a folder without any file, for links that do not stay inside it, for Git LFS pointers, and for
 *   what is neither file, folder nor link
 */
async function listFolder(path, shown = path) {
    const folder = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.realpath)(path);
    const keyed = (await walk(folder, shown)).map((entry) => ({ entry, key: Buffer.from(entry.path) }));
    const entries = keyed.sort((one, other) => one.key.compare(other.key)).map(({ entry }) => entry);
    const files = entries.filter((entry) => entry.kind === 'file');
    if (files.length === 0)
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`The model ${shown} is an empty folder (.git, __pycache__, .ipynb_checkpoints and .DS_Store do not count); let the training write to it, or name another one`);
    for (const link of entries.filter((entry) => entry.kind === 'link')) {
        const trouble = await troubleOf(folder, link);
        if (trouble === undefined)
            continue;
        throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`${shown}/${link.path} is a link to ${link.target}, ${trouble}. Replace the link: copy the file there`);
    }
    for (const file of files)
        await (0,_lfs_pointer_js__WEBPACK_IMPORTED_MODULE_6__/* .refuseLfsPointer */ .D)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, file.path), `${shown}/${file.path}`, file.size);
    const newest = (time) => files.reduce((latest, file) => (file[time] > latest ? file[time] : latest), new Date(0));
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return { folder, shown, entries, files, size, modified: newest('modified'), touched: newest('touched') };
}
/**
 * Compares a folder with what was listed.
 *
 * @throws DeployError that names what was changed, removed or added
 */
async function refuseChangedFolder({ folder, shown, entries }) {
    const now = new Map((await walk(folder, shown)).map(({ path, version }) => [path, version]));
    for (const { path, version } of entries) {
        const present = now.get(path);
        if (present === undefined)
            throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_4__/* .changed */ .t)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path), 'it was removed');
        if (present !== version)
            throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_4__/* .changed */ .t)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path), 'something wrote to it');
        now.delete(path);
    }
    for (const path of now.keys())
        throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_4__/* .changed */ .t)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path), 'it is new');
}
/** All that is below a folder. One by one: asking for thousands at once takes more memory, and no less time. */
async function walk(folder, shown, below = '') {
    const names = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readdir)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, below)).catch((error) => {
        throw lost((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, below), error);
    });
    const found = [];
    for (const name of names.filter((one) => !isLeftOut(one))) {
        const entry = await inspect(folder, shown, below === '' ? name : `${below}/${name}`);
        found.push(entry);
        if (entry.kind === 'folder')
            for (const inner of await walk(folder, shown, entry.path))
                found.push(inner);
    }
    return found;
}
async function inspect(folder, shown, path) {
    const absolute = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path);
    try {
        const found = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.lstat)(absolute, { bigint: true });
        if (found.isDirectory())
            return { kind: 'folder', path, version: 'folder' };
        if (found.isFile()) {
            const [modified, touched] = [found.mtimeMs, found.ctimeMs > found.mtimeMs ? found.ctimeMs : found.mtimeMs];
            const times = { modified: new Date(Number(modified)), touched: new Date(Number(touched)) };
            return { kind: 'file', path, version: (0,_file_js__WEBPACK_IMPORTED_MODULE_5__/* .versionOf */ .l)(found), size: Number(found.size), ...times };
        }
        if (found.isSymbolicLink()) {
            const target = (await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readlink)(absolute)).split(node_path__WEBPACK_IMPORTED_MODULE_1__.sep).join('/');
            return { kind: 'link', path, version: `link ${target}`, target };
        }
    }
    catch (error) {
        // Node writes this character for what it cannot decode, and then asks for a file that is not there.
        if (path.includes('\uFFFD'))
            throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`The name of ${shown}/${path} is not UTF-8: rename it`);
        throw lost(absolute, error);
    }
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_2__/* .DeployError */ .sH(`${shown}/${path} is neither a file nor a folder: remove it`);
}
function lost(path, error) {
    const gone = ['ENOENT', 'ENOTDIR'].includes(error.code ?? '');
    return gone ? (0,_bytes_js__WEBPACK_IMPORTED_MODULE_4__/* .changed */ .t)(path, 'it was removed') : (0,_bytes_js__WEBPACK_IMPORTED_MODULE_4__/* .unreadable */ .O)(path, error);
}
/**
 * Follows a link step by step: it may pass through other links, and must not leave the folder on its way either, as
 * what is outside is another thing on another machine.
 *
 * @returns why the link cannot be kept
 */
async function troubleOf(folder, { path, target }) {
    const out = 'which leads out of the folder';
    if ((0,node_path__WEBPACK_IMPORTED_MODULE_1__.isAbsolute)(target))
        return 'an absolute path, which is another one on another machine';
    if (!(0,_links_js__WEBPACK_IMPORTED_MODULE_3__/* .staysInside */ .N)(path, target))
        return out;
    if ((await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.stat)((0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, path)).catch(() => undefined)) === undefined)
        return 'which leads nowhere';
    const at = path.split('/').slice(0, -1);
    for (const ahead = target.split('/'); ahead.length > 0;) {
        const name = ahead.shift() ?? '';
        if (name === '' || name === '.')
            continue;
        if (name === '..') {
            if (at.pop() === undefined)
                return out;
            continue;
        }
        if (isLeftOut(name))
            return `and ${name} is left out`;
        const next = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.join)(folder, ...at, name);
        if ((await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.lstat)(next)).isSymbolicLink()) {
            const further = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.readlink)(next);
            if ((0,node_path__WEBPACK_IMPORTED_MODULE_1__.isAbsolute)(further))
                return out;
            ahead.unshift(...further.split(node_path__WEBPACK_IMPORTED_MODULE_1__.sep));
        }
        else
            at.push(name);
    }
    return undefined;
}
//# sourceMappingURL=folder.js.map

/***/ }),

/***/ 7396:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ refuseLfsPointer)
/* harmony export */ });
/* harmony import */ var node_fs_promises__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(1455);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7406);
/* harmony import */ var _bytes_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9056);



/**
 * Refuses the text that stands in for a file when git-lfs did not fetch it.
 *
 * @param shown the path for the message
 * @param size bytes
 */
async function refuseLfsPointer(path, shown, size) {
    const signature = 'version https://git-lfs.github.com/spec/';
    if (size > 1024)
        return;
    const file = await (0,node_fs_promises__WEBPACK_IMPORTED_MODULE_0__.open)(path).catch((error) => {
        throw (0,_bytes_js__WEBPACK_IMPORTED_MODULE_2__/* .unreadable */ .O)(path, error);
    });
    try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(signature.length), 0, signature.length, 0);
        if (buffer.subarray(0, bytesRead).toString('latin1') !== signature)
            return;
    }
    finally {
        await file.close();
    }
    throw new _errors_js__WEBPACK_IMPORTED_MODULE_1__/* .DeployError */ .sH(`${shown} is a Git LFS pointer, not the model: set \`lfs: true\` on the actions/checkout step of this job`);
}
//# sourceMappingURL=lfs-pointer.js.map

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

/***/ 682:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   D: () => (/* binding */ countFiles),
/* harmony export */   n: () => (/* binding */ emptyPlan)
/* harmony export */ });
function emptyPlan() {
    return {
        unchecked: [],
        creations: [],
        models: [],
        modelsAreOld: false,
        commit: undefined,
        code: undefined,
        release: [],
    };
}
/** `2 added, 1 changed`; empty without files. */
function countFiles(files) {
    return ['added', 'changed', 'deleted']
        .map((kind) => ({ kind, count: files.filter((file) => file.kind === kind).length }))
        .flatMap(({ kind, count }) => (count === 0 ? [] : [`${count} ${kind}`]))
        .join(', ');
}
//# sourceMappingURL=plan.js.map

/***/ }),

/***/ 75:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   DV: () => (/* binding */ codeBlock),
/* harmony export */   Hn: () => (/* binding */ cell),
/* harmony export */   TM: () => (/* binding */ folded),
/* harmony export */   ZD: () => (/* binding */ escapeHtml),
/* harmony export */   aY: () => (/* binding */ code),
/* harmony export */   tp: () => (/* binding */ table)
/* harmony export */ });
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6671);

/** Text of others in a table cell: no cell border, no HTML, no Markdown that would run on. */
function cell(text) {
    return escapeHtml(text)
        .replace(/[\\`*_[\]|~]/g, '\\$&')
        .replace(/\s+/g, ' ');
}
/** The same in the type of code, where a backslash would be seen. */
function code(text) {
    const inner = escapeHtml(text)
        .replace(/[\\`*[\]|~]|(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])/g, asEntities)
        .replace(/\s+/g, ' ');
    return `<code>${inner}</code>`;
}
function asEntities(text) {
    return text.replace(/./g, (character) => `&#${character.charCodeAt(0)};`);
}
/** Redacts first: an escaped secret would not be known again. */
function escapeHtml(text) {
    return (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .redact */ .E$)(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
/** A fence longer than any in the text, so that the text cannot end it. */
function codeBlock(text, language = 'text') {
    const shown = (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .redact */ .E$)(text);
    const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    return [fence + language, shown, fence];
}
/** A table whose head names the columns; `alignment` is its second line. */
function table(head, alignment, rows) {
    return [head, alignment, ...rows.map((row) => `| ${row.join(' | ')} |`), ''];
}
/** Lines that are folded until a person asks for them. @param title is escaped already */
function folded(title, lines) {
    return ['<details>', `<summary>${title}</summary>`, '', ...lines, '</details>', ''];
}
//# sourceMappingURL=markdown.js.map

/***/ }),

/***/ 2743:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P: () => (/* binding */ metricsSection)
/* harmony export */ });
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6671);
/* harmony import */ var _metrics_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8372);
/* harmony import */ var _markdown_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(75);



/** All of them are in the output `metrics`. */
const mostRows = 30;
/** As many fit into a line. */
const mostInLine = 6;
const longestCell = 100;
/** What the training said of its model: metrics in a table, parameters in a line or folded. */
function metricsSection({ metrics: found }) {
    if (found === undefined)
        return [];
    const { metrics, parameters } = (0,_metrics_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutParameters */ .nM)(found.values);
    const rows = (0,_metrics_js__WEBPACK_IMPORTED_MODULE_1__/* .metricRows */ .IN)(metrics);
    return [
        `**Metrics** from ${(0,_markdown_js__WEBPACK_IMPORTED_MODULE_2__/* .cell */ .Hn)(found.source)}`,
        '',
        ...(rows.length === 0 ? [] : rowTable('| Metric | Value |', '|---|--:|', rows)),
        ...parameterLines((0,_metrics_js__WEBPACK_IMPORTED_MODULE_1__/* .metricRows */ .IN)(parameters)),
    ];
}
function parameterLines(rows) {
    if (rows.length === 0)
        return [];
    if (rows.length > mostInLine) {
        return (0,_markdown_js__WEBPACK_IMPORTED_MODULE_2__/* .folded */ .TM)(`${rows.length} parameters`, rowTable('| Parameter | Value |', '|---|---|', rows));
    }
    return [`Parameters: ${rows.map(({ name, value }) => `${short(name)} = ${short(value)}`).join(', ')}`, ''];
}
function rowTable(head, alignment, rows) {
    const shown = rows.slice(0, mostRows).map(({ name, value }) => [short(name), short(value)]);
    const more = rows.length - shown.length;
    return [...(0,_markdown_js__WEBPACK_IMPORTED_MODULE_2__/* .table */ .tp)(head, alignment, shown), ...(more > 0 ? [`${more} more are in the output \`metrics\`.`, ''] : [])];
}
function short(text) {
    return (0,_markdown_js__WEBPACK_IMPORTED_MODULE_2__/* .cell */ .Hn)((0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .shorten */ .ml)(text, longestCell));
}
//# sourceMappingURL=metrics-section.js.map

/***/ }),

/***/ 7358:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   k: () => (/* binding */ modelsSection)
/* harmony export */ });
/* harmony import */ var _format_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(2866);
/* harmony import */ var _markdown_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(75);


/** All of them are in the output `models`. */
const mostRows = 50;
/** One model is told in the rows of the summary's own table; more of them have one. */
function modelsSection({ models: found }) {
    // Also where only one of several could be stored.
    if (found.length < 2)
        return [];
    const models = found.filter(Boolean);
    const uploads = models.filter(({ uploaded }) => uploaded).length;
    const rows = models
        .slice(0, mostRows)
        .map(({ entry, uri, size, md5, uploaded }) => [
        (0,_markdown_js__WEBPACK_IMPORTED_MODULE_0__/* .cell */ .Hn)(entry),
        (0,_markdown_js__WEBPACK_IMPORTED_MODULE_0__/* .code */ .aY)(uri),
        (0,_format_js__WEBPACK_IMPORTED_MODULE_1__/* .formatBytes */ .z)(size),
        (0,_markdown_js__WEBPACK_IMPORTED_MODULE_0__/* .code */ .aY)(md5),
        uploaded ? 'uploaded' : 'was there already',
    ]);
    return [
        `**${models.length} ${models.length === 1 ? 'model' : 'models'}**, ${uploads} of them uploaded`,
        '',
        ...(0,_markdown_js__WEBPACK_IMPORTED_MODULE_0__/* .table */ .tp)('| Model | Stored as | Size | MD5 | |', '|---|---|--:|---|---|', rows),
        ...(models.length > mostRows ? [`${models.length - mostRows} more are in the output \`models\`.`, ''] : []),
    ];
}
//# sourceMappingURL=models-section.js.map

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
