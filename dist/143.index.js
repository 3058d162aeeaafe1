export const id = 143;
export const ids = [143];
export const modules = {

/***/ 3143:
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
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
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
            await work();
            return;
        }
        catch (error) {
            if (!isConnectionTrouble(error) || number >= connectionTries || Date.now() > deadline)
                throw error;
            const pause = 1000 * 2 ** (number - 1);
            log/* info */.pq(`${lastLine(error)}; try ${number + 1} of ${connectionTries} in ${(0,format/* formatDuration */.a)(pause)}`);
            await new Promise((resolve) => setTimeout(resolve, pause));
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











/** git's name for the tree without files; it exists in every repository. */
const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const raceDeadlineMs = 10 * 60_000;
/** A fresh clone of the algorithm's repository. What is pushed is one commit on top of the head of one branch. */
class AlgorithmRepository {
    folder;
    branch;
    /** The head this run started from; undefined in an empty repository. */
    #head;
    #git;
    #context;
    #patienceMs;
    #change = { apply: async () => { }, force: [] };
    #staged = [];
    constructor(folder, git, branch, head, context, patienceMs) {
        this.folder = folder;
        this.#git = git;
        this.branch = branch;
        this.#head = head;
        this.#context = context;
        this.#patienceMs = patienceMs;
    }
    /**
     * @param temp an existing folder of this run; the clone is made below it
     * @param stallSeconds seconds without a byte after which a transfer is given up
     * @throws DeployError when the repository cannot be read
     */
    static async clone(location, temp, { stallSeconds = usualStallSeconds } = {}) {
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
        return new AlgorithmRepository(await (0,promises_.realpath)(folder), git, current, head || undefined, location, patienceMs);
    }
    /**
     * Asks the server whether this secret may push, without pushing. What a branch rule forbids shows only at the push.
     *
     * @throws DeployError when it may not
     */
    async checkWriteAccess() {
        const commit = this.#head ?? (await this.#git.raw(['commit-tree', emptyTree, '-m', 'Write check'])).trim();
        try {
            await persist(this.#patienceMs, () => this.#git.raw(['push', '--dry-run', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`]));
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
        await warnOfIgnored(this.#git);
        return this.#staged;
    }
    /** The staged difference of one file, as text. */
    async difference(path) {
        return this.#git.raw(['diff', '--cached', '--no-color', '--no-ext-diff', '--', path]);
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
                await this.#pushCommit(commit);
                return { changed: true, commit };
            }
            catch (error) {
                const failed = this.#explain('Pushing to the algorithm repository', error);
                const race = isLostRace(error);
                if (!race && !isConnectionTrouble(error))
                    throw failed;
                const pause = Math.random() * Math.min(5000, 250 * 2 ** tries);
                const reason = race ? 'Another push came first' : lastLine(error);
                log/* info */.pq(`${reason}; again on top of the new head in ${(0,format/* formatDuration */.a)(pause)}`);
                await new Promise((resolve) => setTimeout(resolve, pause));
                const before = this.#head;
                const head = await this.#remoteHead(failed, race ? undefined : commit);
                // The answer may be lost although the push arrived, perhaps that of an earlier try.
                const arrived = await this.#findOnRemote(made);
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
    async #pushCommit(commit) {
        const said = await this.#git.raw(['push', '--porcelain', 'origin', `${commit}:refs/heads/${this.branch}`]);
        if (!/^Done$/m.test(said))
            throw new Error(`git did not say that the push is done\n${said}`);
    }
    async #applyChange() {
        // Whatever went wrong before, nothing is ever added to a repository around the clone.
        const top = (await this.#git.raw(['rev-parse', '--show-toplevel'])).trim();
        if ((await (0,promises_.realpath)(top)) !== this.folder) {
            throw new errors/* DeployError */.sH(`Expected the clone at ${this.folder}, found a repository at ${top}`);
        }
        await this.#change.apply(this.folder);
        return stageAll(this.#git, this.folder, this.#change.force);
    }
    async #commit(message) {
        await this.#git.raw(['commit', '--quiet', '--no-verify', '--cleanup=verbatim', '-m', message]);
        const commit = (await this.#git.raw(['rev-parse', 'HEAD'])).trim();
        if (commit === this.#head)
            throw new errors/* DeployError */.sH('git made no commit although files had changed');
        return commit;
    }
    /** @returns the first of these commits that the remote branch holds */
    async #findOnRemote(commits) {
        for (const commit of commits) {
            // Without a common commit git has no answer, and says so by failing.
            const base = await this.#git.raw(['merge-base', commit, this.#remoteBranch]).catch(() => '');
            if (base.trim() === commit)
                return commit;
        }
        return undefined;
    }
    /**
     * @param failed why this is asked
     * @param unsure a commit of which nobody knows whether it arrived
     * @returns the head of the remote branch; undefined in a repository that is still empty
     */
    async #remoteHead(failed, unsure) {
        try {
            await this.#fetch();
        }
        catch (error) {
            log/* debug */.Yz((0,errors/* messageOf */.bD)(error));
            const missing = /couldn't find remote ref/.test((0,errors/* messageOf */.bD)(error));
            if (missing && this.#head === undefined)
                return undefined;
            if (missing)
                throw new errors/* DeployError */.sH(`${failed.message}\nThe branch ${this.branch} is no longer there`);
            const doubt = `Afterwards the repository could not be read, so whether it arrived is not known: look for commit ${unsure} on ${this.branch} before the next run`;
            throw unsure === undefined ? failed : new errors/* UncertainError */.On(`${failed.message}\n${doubt}`);
        }
        return (await this.#git.raw(['rev-parse', this.#remoteBranch])).trim();
    }
    async #reset(head) {
        if (head === undefined) {
            await this.#git.raw(['update-ref', '-d', `refs/heads/${this.branch}`]);
            await this.#git.raw(['read-tree', '--empty']);
        }
        else {
            await this.#git.raw(['reset', '--hard', '--quiet', head]);
        }
        await this.#git.raw(['clean', '-ffdxq']);
        this.#head = head;
    }
    /** Without a depth: on a shallow clone that would cut the new commits off from ours. */
    async #fetch() {
        await persist(this.#patienceMs, () => this.#git.raw(['fetch', '--quiet', '--no-tags', 'origin', `+refs/heads/${this.branch}:${this.#remoteBranch}`]));
    }
    get #remoteBranch() {
        return `refs/remotes/origin/${this.branch}`;
    }
    #explain(action, error) {
        return explainGitError(action, error, this.#context);
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
    const said = (0,log/* redact */.E$)(messageIn(response.body) ?? response.headers['x-error-message'] ?? '');
    return said === '' ? `HTTP ${response.status}` : `HTTP ${response.status}: ${said}`;
}
function messageIn(body) {
    try {
        const parsed = JSON.parse(body);
        if (typeof parsed !== 'object' || parsed === null)
            return undefined;
        const { error, message } = parsed;
        const text = typeof error === 'object' && error !== null ? error.message : (error ?? message);
        return typeof text === 'string' ? text : undefined;
    }
    catch {
        return undefined;
    }
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
        const response = await this.#http.request('POST', `/v1/data/${encodeURIComponent(owner)}`, { name });
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
            const page = parseListing(response.body);
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
function parseListing(body) {
    try {
        const parsed = JSON.parse(body);
        return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
    }
    catch {
        return undefined;
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
        const pause = pauseBefore(number, policy, retryAfter);
        log/* info */.pq(`${call}: ${reason}; try ${number + 1} of ${attempts} in ${(0,format/* formatDuration */.a)(pause)}`);
        await new Promise((resolve) => setTimeout(resolve, pause));
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
        this.#options = { timeoutMs: 60_000, stallMs: 60_000, ...retries, ...options };
    }
    get apiUrl() {
        return this.#options.apiUrl;
    }
    /**
     * @param path from `/v1/` on, encoded
     * @param body sent as JSON
     * @returns the answer, whatever its status (redirects excepted)
     * @throws ConnectionError when no try got an answer
     */
    async request(method, path, body) {
        const { response } = await withRetries(`${method} ${path}`, this.#options, async () => {
            const response = await this.#send({
                method,
                url: path,
                ...(body === undefined ? {} : { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
                // axios' own timeout is one of silence: an answer that trickles never ends it.
                signal: AbortSignal.timeout(this.#options.timeoutMs),
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
    log/* info */.pq(`Another model of this commit is stored as ${(0,data_uri/* formatUri */.QJ)(uri)}; this one goes beside it`);
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
// EXTERNAL MODULE: ./node_modules/jsonc-parser/lib/umd/main.js
var main = __webpack_require__(9547);
;// CONCATENATED MODULE: ./build/src/manifest/manifest.js


/** File name in the root of the algorithm's repository (platform reference §6.1). */
const manifestName = 'model_manifest.json';
/** What changes with every run, even if nothing else does. */
const perRun = ['model_uploaded_utc', 'model_origin_run_url'];
/**
 * The manifest's text with this entry in it: present keys are replaced in place, missing ones appended in order,
 * everything else stays as it is spelt. Two-space indent, final newline.
 *
 * @param text the manifest so far; undefined when there is none
 * @throws DeployError when `text` is not a JSON object
 */
function updateManifest(text, entry) {
    const base = text === undefined ? '{}' : objectText(text);
    const root = (0,main.parseTree)(base);
    const properties = root?.children ?? [];
    const edits = [];
    const missing = [];
    for (const [key, value] of Object.entries(entry)) {
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
    return text === undefined ? {} : JSON.parse(objectText(text));
}
/**
 * The entry to write: the present one, when it says the same but for what changes with every run. So a deployment
 * that changes nothing leaves no trace.
 */
function keepUnchanged(present, next) {
    const keys = Object.keys(next);
    const same = keys.every((key) => perRun.includes(key) || present[key] === next[key]);
    const complete = perRun.every((key) => typeof present[key] === 'string');
    return same && complete ? { ...next, ...pick(present, perRun) } : next;
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
;// CONCATENATED MODULE: ./build/src/delivery.js








/** The manifest's entry for a stored model. What was stored by an earlier run keeps its time. */
function manifestEntry(origin, stored, present) {
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
;// CONCATENATED MODULE: ./build/src/model/check.js





/**
 * Makes sure that there is a model worth shipping.
 *
 * @throws DeployError for a missing or empty file, a folder, a Git LFS pointer, a path out of the workspace
 */
async function checkModel({ absolute: path, relative: shown, workspace, trainedSince, }) {
    const found = await (0,promises_.stat)(path).catch(() => undefined);
    if (found === undefined) {
        const remedy = trainedSince === undefined
            ? 'no notebook ran in this step: commit the model, download it in an earlier step, or set notebook_path'
            : 'the notebook ran, but did not save a model there: compare its last cells with model_path';
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
        throw new errors/* DeployError */.sH(`The notebook ran, but did not write ${shown}: the file is from ${found.mtime.toISOString()}, the training began at ` +
            `${trainedSince.toISOString()}. An old model is not deployed as the result of this commit; ` +
            "save the model to model_path in the notebook, or set notebook_path to '' to deploy the file as it is");
    }
    log/* info */.pq(`${shown}: ${(0,format/* formatBytes */.z)(found.size)}, written ${found.mtime.toISOString()}`);
    return { path: real, size: found.size };
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
        message: environment.HEAD_COMMIT_MSG || origin_messageIn(payload, commit),
        repositoryUrl,
        runUrl: `${repositoryUrl}/actions/runs/${GITHUB_RUN_ID}`,
    };
}
function origin_messageIn(payload, commit) {
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
;// CONCATENATED MODULE: ./build/src/plan.js









/** What a deployment of the present workspace would change. Nothing is trained, stored, committed or pushed. */
async function plan(inputs, deployment, origin, repository, present) {
    const { model, workspace, training, collection } = inputs;
    if (training)
        deployment.note(`Would run ${training.notebook.relative}.`);
    if (training && !(0,external_node_fs_.existsSync)(model.absolute)) {
        deployment.note(`${model.relative} does not exist yet, so its upload and the manifest cannot be shown.`);
    }
    else {
        deployment.phase = 'model';
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
    deployment.succeed('planned');
}
function shorten(files) {
    return files.slice(0, 20).join(', ') + (files.length > 20 ? ` and ${files.length - 20} more` : '');
}
//# sourceMappingURL=plan.js.map
;// CONCATENATED MODULE: ./build/src/algorithmia/algorithms.js


/**
 * Whether the algorithm exists. Keys without "may manage my algorithms" may be refused an answer; a deployment does
 * not need it, so that is no error.
 *
 * @throws DeployError when the platform is in trouble
 */
async function findAlgorithm(http, owner, name) {
    const response = await http.request('GET', `/v1/algorithms/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`);
    if (response.status === 200)
        return 'exists';
    if (response.status === 404)
        return 'missing';
    if (response.status === 401 || response.status === 403)
        return 'unknown';
    throw new errors/* DeployError */.sH(`Algorithmia could not look for the algorithm ${owner}/${name} (${errorText(response)})`);
}
//# sourceMappingURL=algorithms.js.map
;// CONCATENATED MODULE: ./build/src/preflight.js








/**
 * Everything that can fail early fails here, in seconds and all at once: the key, the algorithm, reading and writing
 * the algorithm's repository, the manifest that is there, the links of the code.
 *
 * @param opened the clone, under way
 */
async function preflight(inputs, http, data, opened) {
    const { owner, algorithm } = inputs.platform;
    const looking = findAlgorithm(http, owner, algorithm);
    const required = looking.then((found) => requireAlgorithm(found, http, owner, algorithm));
    const checked = opened.then(checkRepository).catch(async (error) => {
        // A missing algorithm has no repository either: one mistake, one message.
        if ((await looking.catch(() => 'unknown')) === 'missing')
            await required;
        throw error;
    });
    const [collection, found, { repository, present }] = await allChecks([
        data.findCollection(inputs.collection),
        required,
        checked,
        inputs.code && checkCode({ source: inputs.code.folder.absolute, exclude: inputs.code.exclude }),
    ]);
    const missing = needsCollection(inputs.collection) ? 'will be created' : 'is not there yet';
    log/* info */.pq(`The key is accepted; ${(0,data_uri/* formatUri */.QJ)(inputs.collection)} ${collection === 'exists' ? 'exists' : missing}`);
    if (found === 'unknown') {
        log/* warning */.$e(`algorithmia_api_key may not read algorithms, so whether ${owner}/${algorithm} exists was not checked`);
    }
    return { collection, repository, present };
}
function requireAlgorithm(found, http, owner, name) {
    if (found !== 'missing')
        return found;
    throw new errors/* DeployError */.sH(`There is no algorithm ${owner}/${name} on ${http.apiUrl}; create it there first, or correct algorithmia_algoname or its owner`);
}
async function checkRepository(repository) {
    await repository.checkWriteAccess();
    return { repository, present: readManifest(await readManifestText(repository.folder)) };
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
// EXTERNAL MODULE: ./build/src/outputs.js
var outputs = __webpack_require__(8919);
;// CONCATENATED MODULE: ./build/src/train-model.js




/**
 * Runs the training notebook. The stage is loaded only here: most start-ups do not get this far.
 *
 * @returns when the training began
 */
async function trainModel(training, inputs, deployment, temp) {
    const { train } = await __webpack_require__.e(/* import() */ 636).then(__webpack_require__.bind(__webpack_require__, 2636));
    const executedNotebook = training.executedNotebook?.absolute ?? (0,external_node_path_.join)(inputs.temp, `${(0,external_node_path_.parse)(training.notebook.absolute).name}.executed.ipynb`);
    // What an earlier step left there is not evidence of this run.
    await (0,promises_.rm)(executedNotebook, { force: true });
    // Told before it runs: a later step wants the notebook most when this one was killed.
    deployment.outputs.executed_notebook = executedNotebook;
    (0,outputs/* publish */.mk)(deployment.outputs);
    try {
        const { startedAt } = await train({
            ...training,
            workspace: inputs.workspace,
            notebook: training.notebook.absolute,
            requirements: training.requirements?.absolute,
            executedNotebook,
            temp,
            environment: process.env,
        });
        return startedAt;
    }
    finally {
        if (!(0,external_node_fs_.existsSync)(executedNotebook))
            deployment.outputs.executed_notebook = '';
    }
}
//# sourceMappingURL=train-model.js.map
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
        const { origin, repository, collection, present } = await deployment.stage('preflight', 'Preflight', async () => {
            deployment.origin = await readOrigin(process.env, (commit) => commitMessage(inputs.workspace, commit));
            const opened = AlgorithmRepository.clone(inputs.repository, temp);
            return { origin: deployment.origin, ...(await preflight(inputs, http, data, opened)) };
        });
        if (inputs.dryRun)
            return await deployment.stage('copy', 'Plan', () => plan(inputs, deployment, origin, repository, present));
        const { training } = inputs;
        const trainedSince = training
            ? await deployment.stage('train', undefined, () => trainModel(training, inputs, deployment, temp))
            : deployment.skip('Training', inputs.trainingSkipped);
        const model = await deployment.stage('model', 'Check the model', async () => modelSource(await checkModel({ ...inputs.model, workspace: inputs.workspace, trainedSince })));
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
            manifest = await applyTo(folder, inputs.code, manifestEntry(origin, stored, head));
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
    }
    finally {
        // What is left there must not hide how the deployment ended.
        await (0,promises_.rm)(temp, { recursive: true, force: true, maxRetries: 3 }).catch((error) => log/* warning */.$e(`${temp} could not be removed: ${(0,errors/* messageOf */.bD)(error)}`));
    }
}
//# sourceMappingURL=deploy.js.map

/***/ })

};
