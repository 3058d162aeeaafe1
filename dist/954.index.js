export const id = 954;
export const ids = [954,560,337];
export const modules = {

/***/ 2560:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OF: () => (/* binding */ tracebackExcerpt),
/* harmony export */   R8: () => (/* binding */ warn),
/* harmony export */   newReport: () => (/* binding */ newReport),
/* harmony export */   nt: () => (/* binding */ lastPrinted)
/* harmony export */ });
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7975);
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6671);


function newReport(kind, program) {
    return {
        kind,
        program,
        given: '',
        python: '',
        installer: '',
        packages: [],
        durationMs: 0,
        totalCells: 0,
        cells: [],
        images: [],
        traceback: '',
        warnings: [],
    };
}
/** Says it in the log, and keeps it for the report. */
function warn(report, text) {
    (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .warning */ .$e)(text);
    report.warnings.push((0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .redact */ .E$)(text));
}
/** Of a traceback: the outermost frames are the user's own code, the innermost ones are where it happened. */
const outermostLines = 6;
const innermostLines = 13;
const printedLines = 20;
/** In characters. */
const longestLine = 500;
/** As much of a traceback as the report keeps. */
function tracebackExcerpt(traceback) {
    const lines = traceback.trimEnd().split('\n');
    const missing = lines.length - outermostLines - innermostLines;
    if (missing <= 1)
        return cut(lines);
    return cut([...lines.slice(0, outermostLines), `  ... ${missing} lines ...`, ...lines.slice(-innermostLines)]);
}
/** As much of what was printed last as the report keeps. */
function lastPrinted(output) {
    return cut(output
        .trimEnd()
        .split(/\r\n|[\r\n]/)
        .slice(-printedLines));
}
function cut(lines) {
    return lines.map((line) => (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .shorten */ .ml)(withoutFolders((0,node_util__WEBPACK_IMPORTED_MODULE_0__.stripVTControlCharacters)(line)), longestLine)).join('\n');
}
/** Where the environment of this run is says nothing to a person. */
function withoutFolders(line) {
    return line.replace(/(^|[\s"'])[^\s"']*[\\/]site-packages[\\/]/g, '$1site-packages/');
}
//# sourceMappingURL=report.js.map

/***/ }),

/***/ 1337:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   eh: () => (/* binding */ isSecretName),
/* harmony export */   jc: () => (/* binding */ maskIndexes),
/* harmony export */   maskVariables: () => (/* binding */ maskVariables)
/* harmony export */ });
/* unused harmony export secretsInAddresses */
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6671);

/** What secrets look like that are not the action's own: by the name of their variable, or by their place in an address. */
/** What says that a value is secret. `TOKENIZERS_PARALLELISM`, `GIT_AUTHOR_NAME` and `OLDPWD` do not. */
const SECRET_NAME = /TOKEN(?!I[ZS])|SECRET|PASSW|PASSPHRASE|PASSCODE|(?<!^(?:OLD)?)PWD|CREDENTIAL|AUTH(?!OR(?!I))|KEY|CONN(ECTION)?_?STR(ING)?|PASS(_|$)|(^|_)(PAT|DSN|SAS|JWT|WEBHOOK|COOKIE)(_|$)/i;
/** What says the same of a part of a query. `?keyword=` and `?primary_key=` do not. */
const SECRET_QUERY = /(^|[_-])(token|secret|password|sig|signature)$|^((api|access|private|subscription)[_-]?)?key$/i;
/** Stars for a short word would only spoil the log. */
const SHORTEST = 6;
/** Whether the name of an environment variable says that its value is secret. */
function isSecretName(name) {
    return SECRET_NAME.test(name);
}
/**
 * The passwords and tokens of the addresses in a text, also in their queries. The user of an address is a token where there is no password, or
 * only a word in its place, as in `https://TOKEN:x-oauth-basic@host`.
 *
 * @param text may hold anything else, too
 * @param environment for references such as `${INDEX_PASSWORD}`, which requirements files may hold
 */
function secretsInAddresses(text, environment = {}) {
    const resolved = text.replace(/\$\{(\w+)\}/g, (reference, name) => environment[name] || reference);
    const queries = [...resolved.matchAll(/:\/\/[^\s#"<>]*?[?&][^\s#"<>]*/g)].flatMap(([address]) => [...address.matchAll(/[?&]([^=&]+)=([^&]+)/g)]
        .filter(([, name = '']) => SECRET_QUERY.test(name))
        .flatMap(([, , value = '']) => decodedForms(value)));
    const logins = [...resolved.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^\s/?#"<>]*)@/gi)].flatMap(([, scheme = '', login = '']) => {
        const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(login) ?? [];
        if (!/^(x|x-oauth-basic|x-token-auth|)$/i.test(password))
            return decodedForms(password);
        return /ssh$/i.test(scheme) || LOGINS.test(user) ? [] : decodedForms(user);
    });
    return [...logins, ...queries];
}
/** Users that are no tokens: the password comes from a keyring, a helper or a variable. */
const LOGINS = /^(git|oauth2|oauth2accesstoken|VssSessionToken|x-access-token|x-token-auth|__token__|aws)$/i;
function decodedForms(text) {
    // A reference to a variable is not the secret itself.
    if (text.startsWith('${') || text.length < SHORTEST)
        return [];
    try {
        return [...new Set([text, decodeURIComponent(text)])];
    }
    catch {
        return [text];
    }
}
/** Hides the values of variables that the training sees: of secret ones all, of others what is secret in an address. */
function maskVariables(names, environment) {
    for (const name of names) {
        const value = environment[name] ?? '';
        const whole = isSecretName(name) && value.length >= SHORTEST ? [value] : [];
        for (const secret of [...whole, ...secretsInAddresses(value)])
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    }
}
/**
 * Hides the passwords of package indexes and proxies.
 *
 * @param texts of all files that pip or uv read: requirements and settings
 */
function maskIndexes(texts, environment) {
    for (const text of texts)
        for (const secret of secretsInAddresses(text, environment))
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    const settings = Object.keys(environment).filter((name) => /^(PIP|UV)_|_PROXY$/i.test(name));
    for (const name of settings)
        for (const secret of secretsInAddresses(environment[name] ?? ''))
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    maskVariables(settings.filter((name) => /^UV_INDEX_.+_PASSWORD$/i.test(name)), environment);
}
//# sourceMappingURL=secrets.js.map

/***/ }),

/***/ 5965:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   p: () => (/* binding */ shownPath)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);

/** A path as messages show it: relative to a folder, with `/` on every platform. Empty for the folder itself. */
function shownPath(folder, path) {
    return (0,node_path__WEBPACK_IMPORTED_MODULE_0__.relative)(folder, path).split(node_path__WEBPACK_IMPORTED_MODULE_0__.sep).join('/');
}
//# sourceMappingURL=shown-path.js.map

/***/ }),

/***/ 5954:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  train: () => (/* binding */ train)
});

// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/src/errors.js
var errors = __webpack_require__(7406);
// EXTERNAL MODULE: ./build/src/pip-failure.js
var pip_failure = __webpack_require__(5459);
;// CONCATENATED MODULE: ./build/src/training/python/all-ended.js
/** Waits for all even when one fails, and then fails: nothing may still be at work when the caller removes the folder. */
async function allEnded(work) {
    await Promise.allSettled(work);
    return (await Promise.all(work));
}
//# sourceMappingURL=all-ended.js.map
// EXTERNAL MODULE: ./build/src/training/secrets.js
var secrets = __webpack_require__(1337);
;// CONCATENATED MODULE: ./build/src/training/python/choose-installer.js

/** Where packages come from. */
const SOURCES = [
    { pip: ['index-url'], uv: ['index-url'], forUv: 'UV_DEFAULT_INDEX', forPip: 'PIP_INDEX_URL' },
    { pip: ['extra-index-url'], uv: ['index', 'extra-index-url'], forUv: 'UV_INDEX', forPip: 'PIP_EXTRA_INDEX_URL' },
    { pip: ['find-links'], uv: ['find-links'], forUv: 'UV_FIND_LINKS', forPip: 'PIP_FIND_LINKS' },
    // There is no UV_NO_INDEX.
    { pip: ['no-index'], uv: ['no-index', 'offline'], forUv: 'UV_OFFLINE', forPip: 'PIP_NO_INDEX' },
];
/** Which packages are taken. */
const SELECTION = [
    { pip: ['constraint'], uv: ['constraint'], forUv: 'UV_CONSTRAINT', forPip: 'PIP_CONSTRAINT' },
    { pip: ['require-hashes'], uv: ['require-hashes'], forUv: 'UV_REQUIRE_HASHES', forPip: 'PIP_REQUIRE_HASHES' },
    { pip: ['no-binary'], uv: ['no-binary', 'no-binary-package'], forUv: 'UV_NO_BINARY', forPip: 'PIP_NO_BINARY' },
    { pip: ['only-binary'], uv: ['no-build', 'no-build-package'], forUv: 'UV_NO_BUILD', forPip: 'PIP_ONLY_BINARY' },
    { pip: ['pre'], uv: ['prerelease'], forUv: 'UV_PRERELEASE', forPip: 'PIP_PRE' },
];
/**
 * Which program installs. Neither pip nor uv knows the other's variables and files, and packages must not come from another
 * index than the one that is configured: whoever can register a name on the public index could have their code run.
 *
 * `auto` therefore looks at the settings that say where packages come from (index, further index, find-links, no index):
 * - uv is taken if it is there, and knows all of them that pip knows;
 * - where only pip is told, pip it is; and where only uv is told, pip is never taken;
 * - where each is told something else, a person has to decide.
 *
 * `uv` and `pip` are taken at their word, with a warning of what they do not read. Other settings, such as those of caches
 * and certificates, decide nothing; of those that select versions or files there is a warning.
 *
 * @throws DeployError when `auto` would take packages from elsewhere than is configured
 */
function chooseInstaller(facts) {
    const { installer, uv, pipSettings, uvSettings } = facts;
    const pipOnly = SOURCES.filter(({ pip, uv }) => hasAny(pipSettings, pip) && !hasAny(uvSettings, uv));
    const uvOnly = SOURCES.filter(({ pip, uv }) => hasAny(uvSettings, uv) && !hasAny(pipSettings, pip));
    const toldPip = placesOf(pipOnly, 'pip', pipSettings);
    const toldUv = placesOf(uvOnly, 'uv', uvSettings);
    if (installer === 'auto' && uv !== undefined && pipOnly.length > 0 && uvOnly.length > 0) {
        throw undecided(`pip and uv are told different places of packages: pip alone by ${toldPip}, uv alone by ${toldUv}`, `Set \`installer: uv\` or \`installer: pip\`, or tell ${list(uvOnly.map(({ forPip }) => forPip))} to pip, or ` +
            `${list(pipOnly.map(({ forUv }) => forUv))} to uv`);
    }
    if (installer === 'auto' && uv === undefined && uvOnly.length > 0) {
        throw undecided(`only uv is told where packages come from (${toldUv}), but there is no uv on PATH, and pip would take them from ` +
            'the public index', `Add the step \`uses: astral-sh/setup-uv@v7\` before this one, or set \`installer: uv\`, or set ` +
            `${list(uvOnly.map(({ forPip }) => forPip))} for pip`);
    }
    if (installer === 'auto' && uv !== undefined && pipOnly.length > 0) {
        const text = `pip installs, although there is uv ${uv}: only pip is told where packages come from (${toldPip}). ` +
            `To have uv install, set ${list(pipOnly.map(({ forUv }) => forUv))}.`;
        return { name: 'pip', remark: { text, isWarning: false } };
    }
    const name = installer === 'pip' || (installer === 'auto' && uv === undefined) ? 'pip' : 'uv';
    const text = unread(name, facts);
    return { name, ...(text === '' ? {} : { remark: { text, isWarning: true } }) };
}
/** What the one that installs does not read although the other one is told it. */
function unread(name, { pipSettings, uvSettings }) {
    const [own, others, other] = name === 'uv' ? [uvSettings, pipSettings, 'pip'] : [pipSettings, uvSettings, 'uv'];
    const missed = [...SOURCES, ...SELECTION].filter((pair) => hasAny(others, pair[other]) && !hasAny(own, pair[name]));
    if (missed.length === 0)
        return '';
    const remedies = missed.map(({ forUv, forPip }) => (name === 'uv' ? forUv : forPip));
    return `${name} installs, and does not read ${placesOf(missed, other, others)}. For ${name} set ${list(remedies)}.`;
}
const hasAny = ({ values }, names) => names.some((name) => values.has(name));
function placesOf(pairs, whose, { values }) {
    const settings = pairs.flatMap((pair) => pair[whose].map((name) => values.get(name)));
    return list(settings.filter((setting) => setting !== undefined).map(({ place }) => place));
}
/** `a`, `a and b`, `a, b and c`. */
function list(words) {
    return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
function undecided(problem, remedy) {
    return new errors/* DeployError */.sH(`No installer can be chosen: ${problem}. ${remedy}.`, {
        annotation: { title: 'Where do packages come from?' },
    });
}
//# sourceMappingURL=choose-installer.js.map
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./build/src/training/process-environment.js



/** By RUNNER_TRACKING_ID the runner finds, and ends, what is left running. */
const KERNEL_NAMES = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|HOSTNAME|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_[A-Z]+|TZ|CI|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(https?|no|all)_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|(CUDA|NVIDIA|NCCL)(_[A-Z0-9_]+)?|(OMP|MKL|OPENBLAS|NUMEXPR)_NUM_THREADS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|RUNNER_TRACKING_ID)$/;
const WINDOWS_NAMES = /^(SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|OS|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|COMMONPROGRAMFILES(\(X86\))?|ALLUSERSPROFILE|PUBLIC|USERNAME|USERPROFILE|USERDOMAIN|HOMEDRIVE|HOMEPATH|COMPUTERNAME|NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z0-9_]+)$/i;
/** Facts about the run; none of them is secret or a file that changes the job. */
const GITHUB_FACTS = /^(GITHUB_(ACTIONS|ACTOR|ACTOR_ID|API_URL|BASE_REF|EVENT_NAME|GRAPHQL_URL|HEAD_REF|JOB|REF|REF_NAME|REF_TYPE|REPOSITORY|REPOSITORY_ID|REPOSITORY_OWNER|RUN_ATTEMPT|RUN_ID|RUN_NUMBER|SERVER_URL|SHA|TRIGGERING_ACTOR|WORKFLOW|WORKFLOW_REF|WORKSPACE)|RUNNER_(OS|ARCH|NAME|TEMP|TOOL_CACHE|ENVIRONMENT))$/;
/** What no child gets, even by name: the action's own inputs, tokens of the runner, files with which a step changes the job. */
const NEVER = /^(INPUT_.*|ACTIONS_.*|STATE_.*|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))$/i;
/** What would let another Python, or another environment's packages, in. */
const FOREIGN_PYTHON = /^(PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PYTHONUSERBASE|PYTHONEXECUTABLE|VIRTUAL_ENV|CONDA_.*|JUPYTER_.*|IPYTHONDIR|__PYVENV_LAUNCHER__)$/i;
/** What would send pip's packages elsewhere. Indexes, proxies, certificates and the cache stay as the user has them. */
const PIP_ELSEWHERE = /^PIP_(TARGET|PREFIX|ROOT|USER|PYTHON|DRY_RUN|REQUIREMENT|EDITABLE)$/i;
/** The same for uv, with what would make it take another Python, project or settings. */
const UV_ELSEWHERE = /^UV_(TARGET|PREFIX|PYTHON|PYTHON_PREFERENCE|PYTHON_DOWNLOADS|(NO_)?MANAGED_PYTHON|SYSTEM_PYTHON|BREAK_SYSTEM_PACKAGES|(NO_)?PROJECT|PROJECT_ENVIRONMENT|WORKING_DIR(ECTORY)?|ENV_FILE|VENV_.*|DRY_RUN|NO_VERIFY_HASHES)$/i;
/** Which versions and files of packages an installer takes. */
const USERS_CHOICE = /^(PIP_(CONSTRAINT|BUILD_CONSTRAINT|NO_BINARY|ONLY_BINARY|PRE|NO_DEPS|UPGRADE_STRATEGY|REQUIRE_HASHES)|UV_(CONSTRAINT|BUILD_CONSTRAINT|OVERRIDE|EXCLUDE|EXCLUDE_NEWER|RESOLUTION|PRERELEASE|FORK_STRATEGY|NO_BINARY|NO_BINARY_PACKAGE|NO_BUILD|NO_BUILD_PACKAGE|REQUIRE_HASHES|TORCH_BACKEND|COMPILE_BYTECODE))$/i;
/** A variable, whatever the case of its name where the platform does not distinguish; empty counts as unset. */
function variable(environment, name) {
    const exact = environment[name];
    if (exact !== undefined && exact !== '')
        return exact;
    const key = Object.keys(environment).find((key) => key.toUpperCase() === name.toUpperCase() && environment[key] !== '');
    return process.platform === 'win32' && key !== undefined ? environment[key] : undefined;
}
function pick(environment, wanted) {
    const picked = {};
    for (const [name, value] of Object.entries(environment)) {
        if (value !== undefined && wanted(name))
            picked[name] = value;
    }
    return picked;
}
/** For `venv`, pip and uv: requirement files may refer to any variable of the job, so it is all there. */
function installerEnvironment(environment) {
    const foreign = [NEVER, FOREIGN_PYTHON, PIP_ELSEWHERE, UV_ELSEWHERE];
    const kept = pick(environment, (name) => !foreign.some((names) => names.test(name)));
    return { ...kept, PYTHONNOUSERSITE: '1', PYTHONIOENCODING: 'utf-8', PIP_USER: '0', UV_PYTHON_DOWNLOADS: 'never' };
}
/**
 * For packages that we choose: they come from where the user's come from, and nothing else of the user's settings counts.
 * pip's variables count more than its files, so they can take back what stands there.
 */
function ownInstallerEnvironment(environment) {
    const kept = pick(installerEnvironment(environment), (name) => !USERS_CHOICE.test(name));
    return { ...kept, PIP_CONSTRAINT: external_node_os_.devNull, PIP_REQUIRE_HASHES: '0' };
}
/** Whether a variable may be passed to the notebook when the user names it. */
function mayPass(name) {
    return !NEVER.test(name);
}
/** What every Python process may see. NVIDIA_API_KEY is a secret beside NVIDIA_VISIBLE_DEVICES. */
function isHarmless(name) {
    return (KERNEL_NAMES.test(name) || WINDOWS_NAMES.test(name)) && !(0,secrets/* isSecretName */.eh)(name);
}
/** For the notebook's kernel. */
function kernelEnvironment({ environment, kernelPython, home, passThrough }) {
    const bin = (0,external_node_path_.dirname)(kernelPython);
    const allowed = (name) => isHarmless(name) || GITHUB_FACTS.test(name);
    return {
        QT_QPA_PLATFORM: 'offscreen',
        // Or else git asks in the terminal that Jupyter makes for `!command`, where nobody answers.
        GIT_TERMINAL_PROMPT: '0',
        ...pick(environment, (name) => (allowed(name) || passThrough.includes(name)) && mayPass(name)),
        ...privateJupyter(home),
        PATH: [bin, variable(environment, 'PATH')].filter((part) => part !== undefined).join(external_node_path_.delimiter),
        VIRTUAL_ENV: (0,external_node_path_.dirname)(bin),
        PYDEVD_DISABLE_FILE_VALIDATION: '1',
    };
}
/** For the driver, which runs in the tool environment and must meet nothing of the machine's own Jupyter. */
function driverEnvironment(environment, home) {
    // The driver lies in the action's own folder, which must stay as it was checked out.
    return { ...pick(environment, isHarmless), ...privateJupyter(home), PYTHONDONTWRITEBYTECODE: '1' };
}
function privateJupyter(home) {
    return {
        JUPYTER_DATA_DIR: (0,external_node_path_.join)(home, 'data'),
        JUPYTER_CONFIG_DIR: (0,external_node_path_.join)(home, 'config'),
        JUPYTER_RUNTIME_DIR: (0,external_node_path_.join)(home, 'runtime'),
        JUPYTER_NO_CONFIG: '1',
        IPYTHONDIR: (0,external_node_path_.join)(home, 'ipython'),
        PYTHONNOUSERSITE: '1',
    };
}
//# sourceMappingURL=process-environment.js.map
// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./build/src/training/process.js



/** How long stdout may stay open after the end of the program, in milliseconds: something it started may hold it. */
const STREAM_GRACE_MS = 3000;
/** How long a program that is to stop may take to clean up, in milliseconds. The runner kills after 7.5 seconds. */
const STOP_GRACE_MS = 2000;
/**
 * Runs a program to its end. It has nothing to read: what asks a question fails, instead of waiting.
 *
 * @param cancelled ends it, with all that it has started
 * @returns its exit code, -1 when a signal ended it
 * @throws the reason of `cancelled`; Error when the program cannot be started
 */
async function runToEnd(call, cancelled) {
    cancelled?.throwIfAborted();
    const child = (0,external_node_child_process_.spawn)(call.program, call.args, {
        cwd: call.cwd,
        env: call.env,
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own can be ended as a whole.
        detached: process.platform !== 'win32',
        windowsHide: true,
    });
    let killer;
    const stop = () => {
        // As from a keyboard: pip removes its temporary files then.
        signalAll(child, 'SIGINT');
        killer = setTimeout(() => signalAll(child, 'SIGKILL'), STOP_GRACE_MS);
    };
    cancelled?.addEventListener('abort', stop, { once: true });
    child.stdout.on('data', call.onStdout);
    child.stderr.on('data', call.onStderr);
    try {
        const code = await endOf(child);
        cancelled?.throwIfAborted();
        return code;
    }
    finally {
        cancelled?.removeEventListener('abort', stop);
        clearTimeout(killer);
        // What it started may not have ended with it.
        if (cancelled?.aborted)
            signalAll(child, 'SIGKILL');
    }
}
/** Ends a program that leads a group, with all that it has started. */
function signalAll({ pid }, signal) {
    if (pid === undefined)
        return;
    if (process.platform === 'win32') {
        (0,external_node_child_process_.spawnSync)('taskkill', ['/F', '/T', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true });
        return;
    }
    try {
        process.kill(-pid, signal);
    }
    catch {
        // It is gone.
    }
}
/**
 * Runs a program whose stdin is first its request and then its lifeline: it has to stop, and to save its work, when that
 * ends, and it ends with this process. (Windows has no other way to ask.)
 *
 * @param request one line of text that the program reads first
 * @param cancelled asks it to stop; what it saves then is waited for
 * @returns its exit code, -1 when a signal ended it
 * @throws the reason of `cancelled` before it is started; Error when it cannot be started
 */
async function runWithLifeline(call, request, cancelled) {
    cancelled?.throwIfAborted();
    const child = (0,external_node_child_process_.spawn)(call.program, call.args, { cwd: call.cwd, env: call.env, windowsHide: true });
    const stop = () => child.stdin.end();
    cancelled?.addEventListener('abort', stop, { once: true });
    // One that ends without having read its request says so by its exit code.
    child.stdin.on('error', () => { });
    child.stdin.write(`${request}\n`);
    child.stdout.on('data', call.onStdout);
    child.stderr.on('data', call.onStderr);
    try {
        return await endOf(child);
    }
    finally {
        cancelled?.removeEventListener('abort', stop);
    }
}
async function endOf(child) {
    const closed = (0,external_node_events_.once)(child, 'close');
    closed.catch(() => { });
    const [code] = await (0,external_node_events_.once)(child, 'exit');
    await Promise.race([closed, (0,external_node_timers_promises_.setTimeout)(STREAM_GRACE_MS, undefined, { ref: false })]);
    child.stdout?.destroy();
    child.stderr?.destroy();
    return code ?? -1;
}
//# sourceMappingURL=process.js.map
// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(6193);
;// CONCATENATED MODULE: ./build/src/training/whole-lines.js

/** An unfinished line longer than this is handed on in pieces, all but the last `HELD_BACK` characters. */
const LONGEST_PARTIAL_LINE = 1024 * 1024;
const HELD_BACK = 8192;
/**
 * Cuts a stream of bytes into text that ends at the end of a line, so that what looks for secrets in it never sees half
 * of one. A carriage return ends a line too: progress bars use it, and so does the runner.
 */
class WholeLines {
    #sink;
    #clean;
    #decoder = new external_node_string_decoder_.StringDecoder('utf8');
    #partial = '';
    /**
     * @param sink receives one or more whole lines, with their ends
     * @param clean is applied to the text before, such as `redact`
     */
    constructor(sink, clean = (text) => text) {
        this.#sink = sink;
        this.#clean = clean;
    }
    write(chunk) {
        this.#partial += this.#decoder.write(chunk);
        this.#handOn(Math.max(this.#partial.lastIndexOf('\n'), this.#partial.lastIndexOf('\r')) + 1);
        if (this.#partial.length > LONGEST_PARTIAL_LINE) {
            // Cleaned as a whole before the cut: a secret that is complete must not be cut in two.
            this.#partial = this.#clean(this.#partial);
            this.#handOn(this.#partial.length - HELD_BACK);
        }
    }
    /** Hands on what is left. */
    end() {
        this.#partial += this.#decoder.end();
        this.#handOn(this.#partial.length);
    }
    #handOn(length) {
        if (length <= 0)
            return;
        const text = this.#partial.slice(0, length);
        this.#partial = this.#partial.slice(length);
        this.#sink(this.#clean(text));
    }
}
//# sourceMappingURL=whole-lines.js.map
;// CONCATENATED MODULE: ./build/src/training/python/run-installer.js



const LONGEST_OUTPUT_KEPT = 4 * 1024 * 1024;
/**
 * Runs pip, uv or a Python program, with nothing to read: a package's build script that asks a question must fail, not
 * wait. Never throws for what it says.
 *
 * @param chatter lines that hide what matters, which only a debug log shows
 */
async function runInstaller(program, args, call, chatter) {
    let output = '';
    const lines = new WholeLines((text) => {
        output = (output + text).slice(-LONGEST_OUTPUT_KEPT);
        if (call.live !== true)
            return;
        for (const line of text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/))
            (chatter?.test(line) ? log/* debug */.Yz : log/* info */.pq)(line);
    });
    const write = (chunk) => lines.write(chunk);
    const { cwd, env, cancelled } = call;
    const code = await runToEnd({ program, args, cwd, env, onStdout: write, onStderr: write }, cancelled);
    lines.end();
    return { code, output };
}
//# sourceMappingURL=run-installer.js.map
;// CONCATENATED MODULE: ./build/src/training/python/pip.js

/** pip as a module. It prints what pip only logs, and then takes for "no such package": an index that refuses or cannot answer. */
const PIP = `
import logging, runpy, sys

class Unfetched(logging.Handler):
    def emit(self, record):
        if str(record.msg).startswith("Could not fetch URL"):
            print(record.getMessage(), file=sys.stderr, flush=True)

logging.getLogger("pip._internal.index").setLevel(logging.DEBUG)
logging.getLogger("pip._internal.index").addHandler(Unfetched())
runpy.run_module("pip", run_name="__main__", alter_sys=True)
`;
/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter = /^\s*(Collecting |Requirement already |Using cached |Looking in |Could not fetch URL |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/;
/** Arguments for a requirements file of ours, to be followed by its path: it is complete, so there is nothing to resolve. */
const COMPLETE = ['--require-hashes', '--no-deps', '--only-binary', ':all:', '-r'];
/** Runs `pip install` in an environment. Never throws for what pip says. */
async function pipInstall(args, call) {
    return pip(['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...args], call);
}
async function pip(args, call) {
    const plain = ['--disable-pip-version-check', '--no-color'];
    // Isolated mode: a file of the workspace named like a module of pip must not take its place.
    return runInstaller(call.python, ['-I', '-c', PIP, ...plain, ...args], call, chatter);
}
//# sourceMappingURL=pip.js.map
// EXTERNAL MODULE: ./node_modules/@actions/exec/lib/exec.js + 5 modules
var exec = __webpack_require__(2876);
;// CONCATENATED MODULE: ./build/src/training/ask.js

/**
 * What a short-lived program prints, without a shell. On Windows it may be a batch file, as the shims of pyenv are.
 *
 * @returns its exit code (-1 when a signal ended it), and what it printed to stdout alone
 * @throws Error when it cannot be started
 */
async function ask(program, args, { cwd, env }) {
    const chunks = [];
    // The library splits its first argument at spaces unless they are quoted.
    const code = await (0,exec/* exec */.m)(`"${program.replaceAll('"', '\\"')}"`, [...args], {
        cwd,
        env,
        silent: true,
        ignoreReturnCode: true,
        listeners: { stdout: (chunk) => chunks.push(chunk) },
    });
    return { code: code ?? -1, output: Buffer.concat(chunks).toString() };
}
/**
 * The JSON in the last line of what a program printed: what Python prints at its start, as for a broken `.pth` file, comes
 * before.
 *
 * @returns undefined when there is none
 */
function jsonIn(output) {
    try {
        return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=ask.js.map
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./build/src/training/python/find-python.js






const OLDEST = { major: 3, minor: 9 };
/** A file, for the launchers that are batch files: they take no program of several lines. */
const PROBE = (0,external_node_path_.join)(import.meta.dirname, 'find_python.py');
/**
 * Finds the Python that trains: the input, else the one of actions/setup-python, else the one that UV_PYTHON asks for (as
 * astral-sh/setup-uv does with `python-version`) if there is uv, else what the platform calls Python. A candidate counts
 * when it runs and says that it is 3.9 or newer. What the workflow has set up never gives way to another one.
 *
 * @throws DeployError when there is none; it lists what was tried
 */
async function findPython(search) {
    const tried = [];
    const demand = search.input === undefined ? (ofSetupPython(search) ?? (await ofUv(search))) : undefined;
    for (const candidate of demand ? [demand.candidate] : pythonCandidates(search)) {
        const [command = '', ...args] = candidate;
        const program = locateProgram(command, search);
        const found = program === undefined ? 'not found' : await probe(program, args, search);
        if (typeof found !== 'string')
            return found;
        tried.push(`${candidate.join(' ')}: ${found}`);
    }
    if (demand)
        throw unusable(demand.what, tried.join(), demand.remedy);
    const what = search.input === undefined ? 'No Python' : 'The input `python` names no Python';
    throw new errors/* DeployError */.sH(`${what} of version ${OLDEST.major}.${OLDEST.minor} or newer (${tried.join('; ')}). ` +
        'Add the step `uses: actions/setup-python@v6` before this one, or set the input `python`.', { annotation: { title: 'No Python for training' } });
}
/** What to try, in order, each as a command and its arguments. */
function pythonCandidates(search) {
    const { input, platform = process.platform } = search;
    if (input !== undefined) {
        const isPath = isFile((0,external_node_path_.resolve)(search.workspace, input));
        return [isPath ? [input] : input.split(/\s+/).filter((word) => word !== '')];
    }
    return platform === 'win32' ? [['python'], ['py', '-3'], ['python3']] : [['python3'], ['python']];
}
function ofSetupPython({ environment, platform = process.platform }) {
    const location = variable(environment, 'pythonLocation');
    if (location === undefined)
        return undefined;
    return {
        what: 'the Python of actions/setup-python (pythonLocation)',
        candidate: [platform === 'win32' ? (0,external_node_path_.join)(location, 'python.exe') : (0,external_node_path_.join)(location, 'bin/python3')],
        remedy: 'Set `python-version` of that step',
    };
}
async function ofUv(search) {
    const request = variable(search.environment, 'UV_PYTHON');
    if (request === undefined)
        return undefined;
    const uv = locateProgram('uv', search);
    if (uv === undefined) {
        (0,log/* warning */.$e)(`UV_PYTHON asks for ${request}, which only uv can find, and there is no uv on PATH: it is not followed.`);
        return undefined;
    }
    const what = `the Python that UV_PYTHON asks for (${request})`;
    const remedy = 'Set UV_PYTHON (`python-version` of astral-sh/setup-uv)';
    const args = ['python', 'find', '--no-project', '--no-config', request];
    const { code, output } = await ask(uv, args, question(search)).catch(() => ({ code: -1, output: '' }));
    if (code !== 0) {
        throw unusable(what, 'uv does not find it', `Run \`uv python install ${request}\` before this step, or set UV_PYTHON`);
    }
    return { what, candidate: [output.trim()], remedy };
}
function unusable(what, problem, remedy) {
    return new errors/* DeployError */.sH(`Training cannot use ${what}: ${problem}. ${remedy} to ${OLDEST.major}.${OLDEST.minor} or newer, or name another ` +
        'Python in the input `python`.', { annotation: { title: 'No Python for training' } });
}
/**
 * The file that a command means: a path as it is, a name looked up in PATH. The `python.exe` of the folder WindowsApps is
 * passed over: it only opens the Microsoft Store.
 *
 * @param endings of programs of Windows; a file without one is none there, though pyenv has such beside its `python.bat`
 */
function locateProgram(command, search, endings = ['.exe', '.bat', '.cmd']) {
    const windows = (search.platform ?? process.platform) === 'win32';
    const suffixes = windows && !endings.includes((0,external_node_path_.extname)(command).toLowerCase()) ? endings : [''];
    const isPath = (0,external_node_path_.isAbsolute)(command) || /[\\/]/.test(command);
    const folders = isPath
        ? [search.workspace]
        : (variable(search.environment, 'PATH') ?? '')
            .split(external_node_path_.delimiter)
            .filter((folder) => folder !== '' && !/[\\/]WindowsApps[\\/]?$/i.test(folder));
    return folders
        .flatMap((folder) => suffixes.map((suffix) => (0,external_node_path_.resolve)(folder, command + suffix)))
        .find((path) => isFile(path));
}
function question({ workspace, environment }) {
    return { cwd: workspace, env: installerEnvironment(environment) };
}
async function probe(program, args, search) {
    const answer = await ask(program, [...args, '-I', PROBE], question(search)).catch(() => undefined);
    if (answer === undefined)
        return 'cannot be run';
    if (answer.code !== 0)
        return `ends with exit code ${answer.code}`;
    const { executable, version, wheels = [] } = Object(jsonIn(answer.output));
    if (executable === undefined || version === undefined)
        return 'does not say its version';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    const tooOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
    return tooOld ? `is ${version}` : { executable, version, wheels };
}
function isFile(path) {
    return (0,external_node_fs_.statSync)(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
//# sourceMappingURL=find-python.js.map
;// CONCATENATED MODULE: ./build/src/training/python/uv.js








const UV_REQUIREMENTS = (0,external_node_path_.join)(import.meta.dirname, 'requirements-uv.txt');
const plain = ['--color', 'never', '--no-progress'];
const uv_chatter = /^(Using Python |Resolved |Prepared |Checked | *Updated? )/;
/** The uv of PATH that says its version. A batch file that stands for it could not be stopped. */
async function findUv(search) {
    const program = locateProgram('uv', search, ['.exe']);
    return program === undefined ? undefined : askVersion(program, search.environment, search.workspace);
}
async function askVersion(program, environment, cwd) {
    const question = { cwd, env: installerEnvironment(environment) };
    const { output } = await ask(program, ['--version'], question).catch(() => ({ output: '' }));
    const version = /^uv (\d+\.\S+)/.exec(output)?.[1];
    return version === undefined ? undefined : { program, version };
}
/**
 * Installs uv into an environment that has pip.
 *
 * @throws DeployError when the package index does not have it
 */
async function installUv(python, { workspace, environment, cancelled }) {
    const call = { python, cwd: workspace, env: ownInstallerEnvironment(environment), cancelled };
    const { code, output } = await pipInstall([...COMPLETE, UV_REQUIREMENTS], call);
    const program = locateProgram((0,external_node_path_.join)(python, '..', 'uv'), { workspace, environment });
    const uv = code === 0 && program !== undefined ? await askVersion(program, environment, workspace) : undefined;
    if (uv !== undefined)
        return uv;
    (0,log/* info */.pq)(output);
    throw new errors/* DeployError */.sH('uv is not on PATH and could not be installed with pip, whose own words are in the log. Add the step ' +
        '`uses: astral-sh/setup-uv@v7` before this one, or set `installer: pip`.', { annotation: { title: 'uv could not be installed' } });
}
/** Makes an environment without pip. Never throws for what uv says. */
async function uvVenv(uv, python, folder, call) {
    return withoutBrokenCache((more) => runInstaller(uv.program, ['venv', ...plain, ...configured(call), ...more, '--no-project', '--clear', '--python', python, folder], call));
}
/** Runs `uv pip install` in an environment. Never throws for what uv says. */
async function uvInstall(uv, args, call) {
    return withoutBrokenCache((more) => {
        const options = [...plain, ...configured(call), ...more, '--python', call.python];
        return runInstaller(uv.program, ['pip', 'install', ...options, ...args], call, uv_chatter);
    });
}
/** What is installed, as `name==version` lines. */
async function uvFreeze(uv, call) {
    const { output } = await withoutBrokenCache((more) => runInstaller(uv.program, ['pip', 'freeze', ...plain, ...more, '--python', call.python], call));
    return output;
}
const configured = ({ config }) => (config === undefined ? [] : ['--config-file', config]);
const cacheTrouble = /Failed to initialize cache|Failed to (?:read|write|open|deserialize|query|acquire)[^\n]*cache|cache entry|CACHEDIR/i;
/** A cache that cannot be written or read must not keep a package from being installed. */
async function withoutBrokenCache(run) {
    const outcome = await run([]);
    if (outcome.code === 0 || !cacheTrouble.test(outcome.output))
        return outcome;
    (0,log/* info */.pq)('The cache of uv cannot be used; it is left aside.');
    return run(['--no-cache']);
}
//# sourceMappingURL=uv.js.map
;// CONCATENATED MODULE: ./build/src/training/python/virtual-environments.js









const BUNDLED_WHEELS = (0,external_node_path_.join)(import.meta.dirname, 'bundled_wheels.py');
/**
 * Makes virtual environments that have pip.
 *
 * @param folders do not exist yet
 * @returns their interpreters
 * @throws DeployError when this Python cannot
 */
async function makeWithPip(folders, request) {
    const pythons = await allEnded(folders.map((folder) => makeBare(folder, request)));
    const [first = ''] = pythons;
    const wheels = request.python.wheels;
    if (wheels.length > 0) {
        const targets = folders.map(sitePackages);
        const { code, text } = await runPython(first, [BUNDLED_WHEELS, ...targets, '--', ...wheels], request);
        if (code === 0)
            return pythons;
        (0,log/* debug */.Yz)(text);
    }
    // The long way: ensurepip knows best where the wheels of this Python are.
    const [folder, ...others] = folders;
    await (0,promises_.rm)(folder, { recursive: true, force: true });
    await makeWithEnsurepip(folder, request);
    await Promise.all(others.map((other) => copyPip(folder, other)));
    return pythons;
}
function pythonIn(folder) {
    return process.platform === 'win32' ? (0,external_node_path_.join)(folder, 'Scripts', 'python.exe') : (0,external_node_path_.join)(folder, 'bin', 'python');
}
/** Where the packages of an environment are. @throws Error when there is no environment */
function sitePackages(folder) {
    if (process.platform === 'win32')
        return (0,external_node_path_.join)(folder, 'Lib', 'site-packages');
    // `python3.12`, or `python3.13t`, or `pypy3.10`.
    const name = (0,external_node_fs_.readdirSync)((0,external_node_path_.join)(folder, 'lib')).find((name) => /^(python|pypy)\d/.test(name));
    return (0,external_node_path_.join)(folder, 'lib', name ?? 'python3', 'site-packages');
}
async function runPython(python, args, { workspace, environment, cancelled }) {
    const env = installerEnvironment(environment);
    const { code, output } = await runInstaller(python, ['-I', ...args], { cwd: workspace, env, cancelled });
    return { code, text: output };
}
async function makeBare(folder, request) {
    const { code, text } = await runPython(request.python.executable, ['-m', 'venv', '--without-pip', folder], request);
    if (code !== 0)
        throw venvError(text, request.python);
    return pythonIn(folder);
}
async function makeWithEnsurepip(folder, request) {
    const { code, text } = await runPython(request.python.executable, ['-m', 'venv', folder], request);
    if (code === 0)
        return;
    // Debian splits Python: without the package python3-venv there is no pip to put into the environment. The system's
    // own pip, if there is one, can. A half-made environment is never built upon.
    await (0,promises_.rm)(folder, { recursive: true, force: true });
    await makeBare(folder, request);
    const system = await pipInstall(['--quiet', '--target', sitePackages(folder), 'pip'], {
        python: request.python.executable,
        cwd: request.workspace,
        env: ownInstallerEnvironment(request.environment),
        cancelled: request.cancelled,
    });
    if (system.code !== 0)
        throw venvError(text, request.python);
    (0,log/* info */.pq)('This Python has no ensurepip; its own pip has filled the environment.');
}
async function copyPip(from, to) {
    const [source, target] = [sitePackages(from), sitePackages(to)];
    const names = (await (0,promises_.readdir)(source)).filter((name) => /^pip(-.*)?$/.test(name));
    await Promise.all(names.map((name) => (0,promises_.cp)((0,external_node_path_.join)(source, name), (0,external_node_path_.join)(target, name), { recursive: true })));
}
/** Why no environment could be made, from what Python or uv said. */
function venvError(output, python) {
    const minor = python.version.split('.').slice(0, 2).join('.');
    const lastLine = output.trim().split('\n').at(-1) ?? '';
    const missing = /ensurepip|No module named '?venv/.test(output);
    return new errors/* DeployError */.sH(missing
        ? `Python ${python.version} (${python.executable}) cannot make virtual environments. Run ` +
            `\`apt-get install -y python${minor}-venv\` before this step, or use actions/setup-python.`
        : `No virtual environment could be made with ${python.executable}: ${lastLine}`, { annotation: { title: 'No virtual environment' } });
}
//# sourceMappingURL=virtual-environments.js.map
;// CONCATENATED MODULE: ./build/src/training/python/installer.js








function pipInstaller(request) {
    const { workspace: cwd, environment, cancelled } = request;
    const env = installerEnvironment(environment);
    const own = ownInstallerEnvironment(environment);
    return {
        name: 'pip',
        makeEnvironments: async (...folders) => {
            const [kernel, tool] = folders;
            const [kernelPython = '', toolPython] = await makeWithPip(tool === undefined ? [kernel] : [kernel, tool], request);
            return { kernelPython, toolPython };
        },
        install: (args, python) => pipInstall(args, { python, cwd, env, cancelled, live: true }),
        installOwn: (args, python) => pipInstall(args, { python, cwd, env: own, cancelled }),
        freeze: async (python) => (await pip(['freeze'], { python, cwd, env, cancelled })).output,
        warmUp: (python, imports) => warmUp(python, imports, request),
    };
}
/**
 * @param sources text of a `uv.toml` that says where packages come from
 */
async function uvInstaller(uv, sources, request) {
    const { workspace: cwd, environment, temp, cancelled } = request;
    const env = installerEnvironment(environment);
    const config = (0,external_node_path_.join)(temp, 'own-uv.toml');
    const ownCall = { cwd, env: ownInstallerEnvironment(environment), cancelled, config };
    // It may hold passwords.
    await (0,promises_.writeFile)(config, sources, { mode: 0o600 });
    const make = async (folder) => {
        const { code, output } = await uvVenv(uv, request.python.executable, folder, ownCall);
        if (code !== 0)
            throw venvError(output, request.python);
        return pythonIn(folder);
    };
    const installOwn = (args, python) => uvInstall(uv, args, { ...ownCall, python });
    return {
        name: 'uv',
        makeEnvironments: async (kernel, tool) => {
            const kernelPython = await make(kernel);
            const toolPython = tool === undefined ? undefined : await make(tool);
            await addPip(request.python.wheels, (args) => installOwn(args, kernelPython));
            return { kernelPython, toolPython };
        },
        install: (args, python) => uvInstall(uv, args, { python, cwd, env, cancelled, live: true }),
        installOwn,
        freeze: (python) => uvFreeze(uv, { python, cwd, env, cancelled }),
        warmUp: (python, imports) => warmUp(python, imports, request),
    };
}
/** pip as it comes with Python, or from the index. Only cells that call it need it. */
async function addPip(wheels, install) {
    const { code, output } = await install(wheels.length > 0 ? ['--offline', '--no-deps', ...wheels] : ['pip']);
    if (code === 0)
        return;
    (0,log/* debug */.Yz)(output);
    (0,log/* info */.pq)('pip could not be put into the environment: `%pip` will not work in the notebook.');
}
async function warmUp(python, imports, { workspace, ...request }) {
    const env = { ...installerEnvironment(request.environment), PYTHONDONTWRITEBYTECODE: '' };
    await runInstaller(python, ['-I', '-c', imports], { cwd: workspace, env, cancelled: request.cancelled });
}
//# sourceMappingURL=installer.js.map
;// CONCATENATED MODULE: ./build/src/training/python/settings.js
/** Whether a switch of pip or uv is on. */
function isOn(value) {
    return /^(1|y|yes|t|true|on)$/i.test(value ?? '');
}
//# sourceMappingURL=settings.js.map
;// CONCATENATED MODULE: ./build/src/training/python/pip-settings.js





/**
 * What pip is told by its variables and configuration files, as far as it installs.
 *
 * The files are in the format of Python's configparser, so that reads them.
 */
const READER = `
import configparser, json, locale, sys
files = []
for path in sys.argv[1:]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding=locale.getpreferredencoding(False))
        files.append({"path": path, "sections": {name: dict(parser.items(name)) for name in parser.sections()}})
    except (configparser.Error, UnicodeDecodeError) as error:
        files.append({"path": path, "problem": " ".join(str(error).split())})
print(json.dumps(files))
`;
/**
 * @param python any interpreter
 * @param workspace where pip runs
 */
async function readPipSettings(python, environment, workspace) {
    const texts = readPipConfiguration(environment, workspace);
    const files = await parse(Object.keys(texts), python, environment, workspace);
    const broken = files.find(({ problem }) => problem !== undefined);
    // A file's section for a command counts more than another file's for all, and variables count most.
    const inFiles = ['global', 'install'].flatMap((section) => files.flatMap(({ path, sections }) => Object.entries(sections?.[section] ?? {}).map(([key, value]) => {
        const name = optionName(key);
        return { name, value, place: `${name} in ${path}` };
    })));
    const prefix = process.platform === 'win32' ? /^PIP_/i : /^PIP_/;
    const inVariables = Object.entries(environment)
        .filter(([key]) => prefix.test(key))
        .map(([key, value = '']) => ({ name: optionName(key.slice(4)), value, place: key }));
    const isSet = ({ name, value }) => value !== '' && (!switches.includes(name) || isOn(value));
    return {
        values: new Map([...inFiles, ...inVariables].filter(isSet).map((setting) => [setting.name, setting])),
        texts: Object.values(texts),
        elsewhere: inFiles.filter(({ name }) => ['target', 'prefix', 'root'].includes(name)),
        ...(broken === undefined ? {} : { problem: `pip cannot read ${broken.path}: ${broken.problem}` }),
    };
}
const switches = ['no-index', 'require-hashes', 'pre'];
/** As pip does: `PIP_index_url`, `INDEX_URL` and `--index-url` are one. */
function optionName(key) {
    const name = key.toLowerCase().replaceAll('_', '-').replace(/^--/, '');
    return name === 'pypi-url' ? 'index-url' : name;
}
async function parse(paths, python, environment, cwd) {
    if (paths.length === 0)
        return [];
    const { output } = await ask(python, ['-I', '-c', READER, ...paths], { cwd, env: installerEnvironment(environment) });
    return (jsonIn(output) ?? [
        { path: paths.join(', '), problem: 'Python does not say what is in it' },
    ]);
}
/** pip's configuration files that exist, by path. A file that cannot be read counts as empty, as it does for pip. */
function readPipConfiguration(environment, workspace) {
    const texts = {};
    for (const path of pipConfigurationFiles(environment, process.platform, workspace)) {
        try {
            texts[path] = (0,external_node_fs_.readFileSync)(path, 'utf8');
        }
        catch {
            // Most of them do not exist.
        }
    }
    return texts;
}
/**
 * Where pip looks for its configuration; of two that say different things the last counts.
 *
 * @see https://pip.pypa.io/en/stable/topics/configuration/#location
 */
function pipConfigurationFiles(environment, platform, workspace) {
    const of = (name, ...parts) => {
        const folder = variable(environment, name);
        return folder === undefined ? [] : [(0,external_node_path_.join)(folder, ...parts)];
    };
    const named = variable(environment, 'PIP_CONFIG_FILE');
    // The null device means: none at all.
    if (named !== undefined && /^(\/dev\/null|nul)$/i.test(named))
        return [];
    const machine = platform === 'win32'
        ? of('PROGRAMDATA', 'pip', 'pip.ini')
        : platform === 'darwin'
            ? ['/Library/Application Support/pip/pip.conf']
            : [
                ...(variable(environment, 'XDG_CONFIG_DIRS') ?? '/etc/xdg')
                    .split(':')
                    .map((folder) => (0,external_node_path_.join)(folder, 'pip/pip.conf')),
                '/etc/pip.conf',
            ];
    const user = platform === 'win32'
        ? [...of('USERPROFILE', 'pip', 'pip.ini'), ...of('APPDATA', 'pip', 'pip.ini')]
        : [
            ...of('HOME', '.pip', 'pip.conf'),
            ...(platform === 'darwin' ? of('HOME', 'Library', 'Application Support', 'pip', 'pip.conf') : []),
            ...(variable(environment, 'XDG_CONFIG_HOME') === undefined
                ? of('HOME', '.config', 'pip', 'pip.conf')
                : of('XDG_CONFIG_HOME', 'pip', 'pip.conf')),
        ];
    if (named === undefined)
        return [...machine, ...user];
    const path = (0,external_node_path_.resolve)(workspace, named);
    return [...machine, ...((0,external_node_fs_.existsSync)(path) ? [] : user), path];
}
//# sourceMappingURL=pip-settings.js.map
;// CONCATENATED MODULE: ./build/src/training/python/uv-settings.js





/** Of the variables, those that have a name in the files too; the first that is set counts. */
const VARIABLES = {
    UV_DEFAULT_INDEX: 'index-url',
    UV_INDEX_URL: 'index-url',
    UV_INDEX: 'index',
    UV_EXTRA_INDEX_URL: 'extra-index-url',
    UV_FIND_LINKS: 'find-links',
    UV_OFFLINE: 'offline',
    UV_CONSTRAINT: 'constraint',
    UV_REQUIRE_HASHES: 'require-hashes',
    UV_NO_BINARY: 'no-binary',
    UV_NO_BINARY_PACKAGE: 'no-binary-package',
    UV_NO_BUILD: 'no-build',
    UV_NO_BUILD_PACKAGE: 'no-build-package',
    UV_PRERELEASE: 'prerelease',
};
const SWITCHES = ['offline', 'require-hashes', 'no-binary', 'no-build'];
const PLACES = ['index-url', 'extra-index-url', 'index', 'find-links', 'no-index', 'offline'];
const WAYS = [
    ...['index-strategy', 'keyring-provider', 'allow-insecure-host', 'native-tls', 'system-certs'],
    ...['http-proxy', 'https-proxy', 'no-proxy', 'cache-dir', 'no-cache', 'link-mode', 'concurrent-downloads'],
];
/** Files or folders when they are no addresses, relative to the file that names them. */
const PATHS = ['index-url', 'extra-index-url', 'find-links', 'cache-dir'];
/**
 * @param workspace where uv runs
 */
async function readUvSettings(environment, workspace) {
    const files = await configurationFiles(environment, workspace);
    const values = new Map();
    const elsewhere = [];
    for (const [variableName, name] of Object.entries(VARIABLES)) {
        const value = variable(environment, variableName);
        const isSet = value !== undefined && (!SWITCHES.includes(name) || isOn(value));
        if (isSet && !values.has(name))
            values.set(name, { name, value, place: variableName });
    }
    for (const { path, table } of files) {
        for (const [name, value] of Object.entries(settingsOf(table))) {
            const setting = { name, value: JSON.stringify(value), place: `${name} in ${path}` };
            if (name === 'target' || name === 'prefix')
                elsewhere.push(setting);
            for (const kind of name === 'index' ? kindsOfIndexes(value) : [name]) {
                const isSet = value !== false && !(Array.isArray(value) && value.length === 0);
                if (isSet && !values.has(kind))
                    values.set(kind, { ...setting, name: kind });
            }
        }
    }
    const broken = files.find(({ problem }) => problem !== undefined);
    return {
        values,
        texts: files.map(({ text }) => text),
        elsewhere,
        sources: await sourcesOf(files),
        ...(broken === undefined ? {} : { problem: `uv's settings in ${broken.path} cannot be read: ${broken.problem}` }),
    };
}
/** The settings for `uv pip`, whose own table goes before the general one. */
function settingsOf(table) {
    const { pip, ...general } = table;
    return { ...general, ...(isTable(pip) ? pip : {}) };
}
/** An index that is only for packages that name it is none of `uv pip install`. */
function kindsOfIndexes(value) {
    const indexes = (Array.isArray(value) ? value : []).filter(isTable).filter((index) => index.explicit !== true);
    return indexes.map((index) => (index.default === true ? 'index-url' : 'index'));
}
/** Of a setting in several files the first counts, and lists are put together: the files come in that order. */
async function sourcesOf(files) {
    if (files.length === 0)
        return '';
    const merged = {};
    for (const { path, table } of files) {
        for (const [name, value] of Object.entries(settingsOf(table))) {
            if (![...PLACES, ...WAYS].includes(name))
                continue;
            const whole = absolute(name, value, (0,external_node_path_.dirname)(path));
            const earlier = merged[name];
            if (earlier === undefined)
                merged[name] = whole;
            else if (Array.isArray(earlier) && Array.isArray(whole))
                merged[name] = [...earlier, ...whole];
        }
    }
    const { stringify } = await __webpack_require__.e(/* import() */ 292).then(__webpack_require__.bind(__webpack_require__, 3292));
    return stringify(merged);
}
function absolute(name, value, folder) {
    if (typeof value === 'string') {
        return PATHS.includes(name) && !/^[a-z][a-z0-9+.-]+:/i.test(value) ? (0,external_node_path_.resolve)(folder, value) : value;
    }
    if (Array.isArray(value))
        return value.map((one) => absolute(name, one, folder));
    if (isTable(value) && value.url !== undefined)
        return { ...value, url: absolute('index-url', value.url, folder) };
    return value;
}
/**
 * The files that uv reads, the one that counts most first.
 *
 * @see https://docs.astral.sh/uv/concepts/configuration-files/
 */
async function configurationFiles(environment, workspace) {
    if (isOn(variable(environment, 'UV_NO_CONFIG')))
        return [];
    const named = variable(environment, 'UV_CONFIG_FILE');
    if (named !== undefined)
        return [await read((0,external_node_path_.resolve)(workspace, named))].filter((file) => file !== undefined);
    const system = await firstOf(systemFiles(environment).map((path) => () => read(path)));
    const user = await firstOf(userFiles(environment).map((path) => () => read(path)));
    return [await ofProject(workspace), user, system].filter((file) => file !== undefined);
}
/** Of the workspace, or of the nearest folder above it that has settings for uv. */
function ofProject(workspace) {
    const folders = [(0,external_node_path_.resolve)(workspace)];
    for (let folder = (0,external_node_path_.resolve)(workspace); (0,external_node_path_.dirname)(folder) !== folder; folder = (0,external_node_path_.dirname)(folder))
        folders.push((0,external_node_path_.dirname)(folder));
    return firstOf(folders.flatMap((folder) => [
        () => read((0,external_node_path_.join)(folder, 'uv.toml')),
        async () => {
            const file = await read((0,external_node_path_.join)(folder, 'pyproject.toml'));
            if (file?.problem !== undefined)
                return /^\s*\[+tool\.uv\b/m.test(file.text) ? file : undefined;
            const tool = file?.table.tool;
            const table = isTable(tool) ? tool.uv : undefined;
            return file && isTable(table) ? { ...file, table } : undefined;
        },
    ]));
}
async function firstOf(tries) {
    for (const attempt of tries) {
        const found = await attempt();
        if (found !== undefined)
            return found;
    }
    return undefined;
}
function userFiles(environment) {
    if (process.platform === 'win32')
        return below(variable(environment, 'APPDATA'), 'uv/uv.toml');
    const home = below(variable(environment, 'HOME'), '.config/uv/uv.toml');
    return variable(environment, 'XDG_CONFIG_HOME') === undefined
        ? home
        : below(variable(environment, 'XDG_CONFIG_HOME'), 'uv/uv.toml');
}
function systemFiles(environment) {
    if (process.platform === 'win32')
        return below(variable(environment, 'SYSTEMDRIVE'), '/ProgramData/uv/uv.toml');
    const folders = (variable(environment, 'XDG_CONFIG_DIRS') ?? '/etc/xdg').split(':');
    return [...folders.map((folder) => (0,external_node_path_.join)(folder, 'uv/uv.toml')), '/etc/uv/uv.toml'];
}
const below = (folder, path) => (folder === undefined ? [] : [(0,external_node_path_.join)(folder, path)]);
async function read(path) {
    let text;
    try {
        text = (0,external_node_fs_.readFileSync)(path, 'utf8');
    }
    catch {
        return undefined;
    }
    const { parse } = await __webpack_require__.e(/* import() */ 292).then(__webpack_require__.bind(__webpack_require__, 3292));
    try {
        return { path, text, table: parse(text) };
    }
    catch (error) {
        // The lines after the first show the place in the file.
        return { path, text, table: {}, problem: (0,errors/* messageOf */.bD)(error).split('\n')[0] ?? '' };
    }
}
function isTable(value) {
    return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date);
}
//# sourceMappingURL=uv-settings.js.map
;// CONCATENATED MODULE: ./build/src/training/python/find-installer.js











/**
 * The installer that is to be used, ready for work; a uv that is asked for and absent is installed first. The passwords in
 * what it reads are hidden from the log.
 *
 * @param requirements texts of the requirements files
 * @throws DeployError when none can be chosen, pip's settings cannot be read, or uv cannot be installed
 */
async function findInstaller(search, requirements) {
    const { environment, installer, workspace, python } = search;
    const [present, pipSettings, uvSettings] = await allEnded([
        installer === 'pip' ? Promise.resolve(undefined) : findUv(search),
        readPipSettings(python.executable, environment, workspace),
        readUvSettings(environment, workspace),
    ]);
    (0,secrets/* maskIndexes */.jc)([...requirements, ...pipSettings.texts, ...uvSettings.texts], environment);
    if (installer !== 'uv')
        refuseBroken(pipSettings, 'uv');
    const { name, remark } = chooseInstaller({ installer, uv: present?.version, pipSettings, uvSettings });
    // A uv that installs says itself what is wrong; pip would not miss what uv is told there.
    if (name === 'pip' && installer === 'auto')
        refuseBroken(uvSettings, 'pip');
    if (remark !== undefined)
        (remark.isWarning ? log/* warning */.$e : log/* info */.pq)(remark.text);
    refuseElsewhere(name === 'pip' ? pipSettings : uvSettings, name);
    if (name === 'pip')
        return { installer: pipInstaller(search), settings: pipSettings };
    const uv = present ?? (await downloadUv(search));
    (0,log/* info */.pq)(`uv ${uv.version} (${uv.program}) installs.`);
    return { installer: await uvInstaller(uv, uvSettings.sources, search), settings: uvSettings };
}
function refuseBroken({ problem }, other) {
    if (problem === undefined)
        return;
    throw new errors/* DeployError */.sH(`${problem}. Mend that file, or set \`installer: ${other}\`.`, {
        annotation: { title: 'Broken settings of packages' },
    });
}
/** Variables of this kind are not passed on, but a file counts. */
function refuseElsewhere({ elsewhere }, name) {
    if (elsewhere.length === 0)
        return;
    const places = elsewhere.map(({ place }) => place).join(', ');
    throw new errors/* DeployError */.sH(`${name} is told to put packages elsewhere than into the environment of this run, where the training would miss them ` +
        `(${places}). Remove that setting, or set the input \`installer\` to the other one.`, { annotation: { title: 'Packages would be elsewhere' } });
}
async function downloadUv(search) {
    const [python = ''] = await makeWithPip([(0,external_node_path_.join)(search.temp, 'uv')], search);
    return installUv(python, search);
}
//# sourceMappingURL=find-installer.js.map
// EXTERNAL MODULE: ./build/src/disk.js
var disk = __webpack_require__(532);
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
;// CONCATENATED MODULE: ./build/src/training/memory.js


/** What there is at this moment for the action and all that it starts. */
function memoryNow() {
    const limit = process.constrainedMemory();
    // Without a limit it is 0 on some systems, and more than any machine has on others.
    const isLimited = limit > 0 && limit < (0,external_node_os_.totalmem)();
    return isLimited
        ? { total: limit, free: Math.min(process.availableMemory(), (0,external_node_os_.freemem)()), isLimited }
        : { total: (0,external_node_os_.totalmem)(), free: (0,external_node_os_.freemem)(), isLimited };
}
/** A sentence for the time when a process is gone: what it held counts as free. */
function describeMemory({ total, free, isLimited }) {
    const owner = isLimited ? 'The container may use' : 'The machine has';
    return `${owner} ${(0,format/* formatBytes */.z)(total)} of memory, ${(0,format/* formatBytes */.z)(free)} of it free now.`;
}
//# sourceMappingURL=memory.js.map
// EXTERNAL MODULE: ./build/src/training/shown-path.js
var shown_path = __webpack_require__(5965);
;// CONCATENATED MODULE: ./build/src/training/python/requirements-files.js



/**
 * A requirements file and those that it includes with `-r` or `-c`, as far as they can be read: what is wrong with them
 * is for the installer to say.
 */
function readRequirements(path) {
    const files = new Map();
    const read = (path) => {
        if (files.has(path))
            return;
        let text;
        try {
            text = decode((0,external_node_fs_.readFileSync)(path));
        }
        catch {
            return;
        }
        files.set(path, { path, text });
        for (const line of text.split(/\r?\n/)) {
            const included = /^\s*(?:-r|-c|--requirement|--constraint)[\s=]*("[^"]*"|'[^']*'|[^\s#]+)/.exec(line)?.[1];
            if (included !== undefined && !included.includes('://'))
                read((0,external_node_path_.resolve)((0,external_node_path_.dirname)(path), unquote(included)));
        }
    };
    read(path);
    return [...files.values()];
}
/** The requirements that the files name, in their order. Paths and addresses have no name. */
function namedRequirements(files) {
    return files.flatMap((file) => file.text.split(/\r?\n/).flatMap((text, index) => {
        const name = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[[<>=!~;@#(\s])/.exec(text)?.[1];
        return name === undefined ? [] : [{ name: (0,pip_failure/* canonicalName */.Ew)(name), file, line: index + 1 }];
    }));
}
/** As pip and uv do: a byte order mark tells UTF-16. Without one its zero bytes stay, for a person to be told. */
function decode(bytes) {
    if (bytes[0] === 0xff && bytes[1] === 0xfe)
        return bytes.subarray(2).toString('utf16le');
    if (bytes[0] === 0xfe && bytes[1] === 0xff)
        return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
    return bytes.toString('utf8').replace(/^\ufeff/, '');
}
function unquote(text) {
    return text.replace(/^(["'])(.*)\1$/, '$2');
}
//# sourceMappingURL=requirements-files.js.map
;// CONCATENATED MODULE: ./build/src/training/python/unparsed-requirement.js
/** The line that uv takes for no requirement, if it says so. It tells lines for some of them and bytes for others. */
function unparsedRequirement(output, files) {
    const [, path, line] = /Unexpected .*?, expected .*: (.+?):(\d+):\d+\s*$/m.exec(output) ?? [];
    if (path !== undefined) {
        const file = fileNamed(path, files);
        const text = file?.text.split(/\r?\n/)[Number(line) - 1]?.trim() ?? '';
        return { reason: notARequirement(text), path, line: Number(line) };
    }
    const [, named, position] = /Couldn't parse requirement in `([^`]+)` at position (\d+)/.exec(output) ?? [];
    if (named === undefined)
        return undefined;
    const bytes = Buffer.from(fileNamed(named, files)?.text ?? '');
    const number = bytes.subarray(0, Number(position)).toString().split('\n').length;
    const text = bytes.toString().split(/\r?\n/)[number - 1]?.trim() ?? '';
    return { reason: notARequirement(text), path: named, line: number };
}
function notARequirement(text) {
    const merge = /^(<{7}|={7}|>{7})/.test(text);
    return `'${text}' is not a requirement${merge ? ': the file holds an unfinished merge' : ''}`;
}
function fileNamed(path, files) {
    const wanted = path.replaceAll('\\', '/').replace(/^\.\//, '');
    return files.find((file) => `/${file.path.replaceAll('\\', '/')}`.endsWith(`/${wanted.replace(/^\//, '')}`));
}
//# sourceMappingURL=unparsed-requirement.js.map
;// CONCATENATED MODULE: ./build/src/training/python/uv-failure.js


const causes = [
    { find: /(No space left on device)/, say: (it) => it },
    {
        find: /failed to read from file `([^`]+)`|(?:Could not|Failed to) open requirements file:? (\S+)/i,
        say: (it) => `a requirements file cannot be opened: ${it}`,
    },
    {
        find: /(?<!\S)(\S{1,300}) was not found in the (?:package registry|provided package locations|cache)/,
        say: (it, told) => told.includes('not found in the package registry')
            ? `there is no package ${it} in the package index; check its spelling`
            : `${it} is not here, and uv may not look in a package index (UV_OFFLINE, \`offline\` or \`no-index\`)`,
    },
    {
        find: /Python>=?(\S+?),? and you require \S+?[,.]? we can conclude/,
        say: (it, told) => needsPython(it, told),
    },
    {
        find: /(?<!\S)(\S{1,300}) depends on Python\S+/,
        say: (it, told) => {
            const [, needed] = /depends on Python(\S+?),? /.exec(told) ?? [];
            return `${it} needs Python ${needed}${thisPython(told)}`;
        },
    },
    {
        find: /(only \S+ (?:is|are) available) and you require \S+/,
        say: (it, told) => `there is no package ${requiredIn(told)}; ${it}`,
    },
    {
        find: /there (?:is no version|are no versions) of (\S+?),? /,
        say: (it) => `there is no package ${it}; check spelling and version`,
    },
    {
        find: /(?<!\S)(\S{1,300}) has no (?:wheels|usable wheels|source distribution)/,
        say: (it) => `there is no package ${it} for this Python and platform; check its version`,
    },
    { find: /you require (\S+) and (?:you require )?\S+, we can conclude/, say: (_, told) => exclude(told) },
    { find: /(?<!\S)(\S{1,300}) depends on \S+/, say: (_, told) => exclude(told) },
    {
        find: /Hash mismatch for `([^`]+)`/,
        say: (it) => `${it} does not have the hash that the file asks for`,
    },
    {
        find: /Hash-checking is required, but no trusted hash was provided for: `([^`]+)`/,
        say: (it) => `the file has hashes, but none for ${it}`,
    },
    {
        find: /\b(401 Unauthorized|403 Forbidden)/,
        say: (it) => `the package index refuses access (${it}); check its user and password`,
    },
    {
        find: /(failed to clone into|Git operation failed)/,
        say: (_, told) => {
            const url = /git fetch .*?'?(\w+:\/\/[^\s']+)/.exec(told)?.[1] ?? /git\+(\w+:\/\/[^\s`]+)/.exec(told)?.[1];
            return `git could not clone ${url ?? 'a repository'}${after(/fatal: (.+?)(?: ×|$)/.exec(told)?.[1])}`;
        },
    },
    { find: /Distribution not found at: (\S+)/, say: (it) => `there is no package at ${it}` },
    {
        find: /(`[^`]+` does not appear to be a Python project)/,
        say: (it) => `${it}: it has neither pyproject.toml nor setup.py`,
    },
];
/**
 * What uv's output says about a failure.
 *
 * @param output all that uv printed
 * @param files the requirements file and those that it includes
 */
function explainUvFailure(output, files) {
    const binary = files.find((file) => file.text.includes('\0'));
    if (binary)
        return { reason: 'the file is saved as UTF-16; save it as UTF-8', path: binary.path, line: 1 };
    const unparsed = unparsedRequirement(output, files);
    if (unparsed)
        return unparsed;
    // Markers in braces belong to dependencies, and hold what looks like other requirements.
    const told = oneLine(output).replace(/\{[^{}]*\}/g, '');
    const built = buildFailure(output, told);
    if (built)
        return built;
    const refused = refusal(output);
    if (refused !== undefined && /was not found in|no versions? of/.test(told)) {
        const missing = /(?<!\S)(\S{1,300}) was not found in/.exec(told)?.[1] ?? requiredIn(told) ?? 'a package';
        return {
            reason: `the package index ${refused} while looking for ${missing}; check its user and password`,
            ...nameIn(missing),
        };
    }
    const network = /(?:Failed to fetch|error sending request for url)[:\s(]+`?([^\s`)]+)/.exec(told)?.[1];
    for (const { find, say } of causes) {
        const match = find.exec(told);
        if (match === null)
            continue;
        const detail = match.slice(1).find((group) => group !== undefined) ?? '';
        return { reason: `${say(detail, told)}${differsFromPip(output)}`, ...nameIn(requiredIn(told) ?? detail) };
    }
    if (network !== undefined) {
        const last = told.split(' × ').at(-1) ?? '';
        return { reason: `the package index cannot be reached (${network}: ${last})` };
    }
    return { reason: told.split(' × ')[0] || 'uv gave no reason' };
}
/** How an index refused. uv tells it in a hint, as if the package were missing. */
function refusal(output) {
    const hint = /hint: An index (?:URL )?\((\S+)\) .*?\b(40[137] [A-Z][a-z]+(?: [A-Z][a-z]+)*)/.exec(output.replace(/\s+/g, ' '));
    return hint === null ? undefined : `${hint[1]} refuses access (${hint[2]})`;
}
/** What pip would have installed, and how to get it. */
function differsFromPip(output) {
    if (/^\s*hint: .*--index-strategy/ms.test(output)) {
        return '; uv takes a package from the first index that has it, set `UV_INDEX_STRATEGY: unsafe-best-match` if all are equally trusted';
    }
    if (/^\s*hint: .*--prerelease/ms.test(output))
        return '; there are pre-releases, set `UV_PRERELEASE: allow` to take them';
    return '';
}
/** The error and its causes, without frames and line breaks, with ` × ` between them. What comes before is dropped. */
function oneLine(output) {
    const lines = output.split(/\r?\n/);
    const start = lines.findIndex((line) => /^\s*(error:|×)/.test(line));
    const end = lines.findIndex((line) => /^\s*hint:/.test(line));
    const text = lines
        .slice(start < 0 ? lines.length : start, end < 0 ? undefined : end)
        .map((line) => line.replace(/^[\s│]*(?:×|error:|cause:|Caused by:|├─▶|╰─▶|├▶|╰▶)\s*/, ' × ').replace(/^[\s│]+/, ' '));
    return text
        .join(' ')
        .replace(/\s+/g, ' ')
        .replace(/^[\s×]+/, '')
        .trim();
}
function buildFailure(output, told) {
    if (!/build backend returned an error|Failed to (?:download and )?build|exit (?:status|code): \d+\) \[/.test(told)) {
        return undefined;
    }
    if (/Git operation failed|No space left on device|error sending request/.test(told))
        return undefined;
    const name = /Failed to (?:download and )?build `([^`\s]+)/.exec(told)?.[1];
    // The compiler's first error counts, and Python's last.
    const fatal = /fatal error: (.+)$/m.exec(output)?.[1];
    const errors = [...output.matchAll(/^[\s│]*((?:[\w.]+(?:Error|Exception)): .+)$/gm)];
    const reason = `${name ?? 'a package'} could not be built${after(fatal ?? errors.at(-1)?.[1])}`;
    return { reason, ...nameIn(name ?? '') };
}
function needsPython(needed, told) {
    const required = requiredIn(told);
    return `${required ?? 'a package'} needs Python >=${needed.replace(/^=/, '')}${thisPython(told)}`;
}
function thisPython(told) {
    const version = /current Python version \(([^)]+)\)/.exec(told)?.[1];
    return version === undefined ? '' : `, and this is ${version}`;
}
/** The requirement that the resolver names as one of the file, the last one first blamed. */
function requiredIn(told) {
    return /you require ([A-Za-z0-9][\w.-]*\S*?)(?:,| and|\.$| we can)/.exec(told)?.[1];
}
/** What uv names as the two or more sides of a conflict. */
function exclude(told) {
    const sides = [...told.matchAll(/(?<!can conclude that )(?:you require (\S+)|(\S+ depends on \S+))/g)].map(([, required, depends]) => (required === undefined ? depends : `the file asks for ${required}`));
    const plain = sides.map((side = '') => side.replace(/[,.]$/, ''));
    const both = /you require (\S+) and (?!you)(\S+?), we can/.exec(told);
    const more = both === null ? [] : [`the file asks for ${both[2]}`];
    return `packages exclude each other: ${[...new Set([...plain, ...more])].slice(0, 4).join(', ')}`;
}
function nameIn(detail) {
    const name = /^[A-Za-z0-9][\w.-]*/.exec(detail)?.[0];
    return name === undefined ? {} : { name: (0,pip_failure/* canonicalName */.Ew)(name) };
}
const after = (detail) => (detail === undefined ? '' : `: ${detail}`);
//# sourceMappingURL=uv-failure.js.map
;// CONCATENATED MODULE: ./build/src/training/python/installation-error.js








/** Packages that could not be installed, with all that the installer said. */
class InstallationError extends errors/* DeployError */.sH {
    said;
    constructor(message, said, annotation) {
        super(message, { annotation });
        this.said = said;
    }
}
/** A failed installation of the user's packages, as the error that the run ends with. */
async function installationError(failed) {
    const { installer, code, files, workspace, temp } = failed;
    const shown = (path) => (0,shown_path/* shownPath */.p)(workspace, path);
    const { reason, path, line } = code === -1 ? { reason: killed() } : installer === 'uv' ? explainUv(failed) : explainPip(failed);
    const main = files[0];
    const what = main === undefined ? 'ipykernel' : `the packages of ${shown(main.path)}`;
    const file = path ?? main?.path;
    const where = file === main?.path ? (line ? ` (line ${line})` : '') : ` (${shown(file ?? '')}${line ? `, line ${line}` : ''})`;
    const isOurs = /\bipykernel\b/.test(reason) && !namedRequirements(files).some(({ name }) => name === 'ipykernel');
    const choice = /cannot be reached|refuses access/.test(reason)
        ? ''
        : '; name it in the requirements to choose its version';
    const why = isOurs ? ` ipykernel runs the notebook${choice}.` : '';
    const message = `${installer} could not install ${what}: ${reason}${where}.${why} ${installer}'s own words are in the log.`;
    return new InstallationError(await (0,disk/* explainFullDisk */.E)(message, temp), failed.output, {
        title: 'Packages could not be installed',
        ...(file === undefined ? {} : { file: shown(file) }),
        ...(line === undefined ? {} : { startLine: line }),
    });
}
/** Why an installer failed that had no file of the user, in a sentence without its end. */
function failureReason(installer, code, output) {
    if (code === -1)
        return killed();
    return (installer === 'uv' ? explainUvFailure(output, []) : (0,pip_failure/* explainPipFailure */.p2)(output, '')).reason;
}
function killed() {
    const memory = describeMemory(memoryNow()).replace(/\.$/, '');
    return `something killed it, as systems do when memory runs out; ${memory.charAt(0).toLowerCase()}${memory.slice(1)}`;
}
function explainUv({ output, files, workspace }) {
    const { reason, name, path, line } = explainUvFailure(output, files);
    if (path !== undefined)
        return { reason, path: (0,external_node_path_.resolve)(workspace, path), line };
    const found = namedRequirements(files).find((one) => one.name === name);
    return { reason, path: found?.file.path, line: found?.line };
}
function explainPip({ output, files, workspace }) {
    const binary = files.find((file) => file.text.includes('\0'));
    if (binary)
        return { reason: (0,pip_failure/* explainPipFailure */.p2)(output, binary.text).reason, path: binary.path, line: 1 };
    const reason = (0,pip_failure/* explainPipFailure */.p2)(output, '').reason;
    const named = placeNamedByPip(output, workspace);
    if (named)
        return { reason, ...named };
    for (const file of files) {
        const { line } = (0,pip_failure/* explainPipFailure */.p2)(output, file.text);
        if (line !== undefined)
            return { reason, path: file.path, line };
    }
    return { reason };
}
/** pip tells a line as `(from line 3 of FILE)`, or `(from -r FILE (line 3))`. */
function placeNamedByPip(output, workspace) {
    const errors = output.slice(Math.max(output.search(/^\s*(ERROR|error):/m), 0));
    const [, line, file] = /\(from line (\d+) of ([^)]+)\)/.exec(errors) ?? [];
    if (file !== undefined)
        return { path: (0,external_node_path_.resolve)(workspace, file), line: Number(line) };
    return undefined;
}
//# sourceMappingURL=installation-error.js.map
;// CONCATENATED MODULE: ./build/src/training/python/installed-packages.js


const MOST = 15;
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
];
/**
 * The packages of an environment that matter to its model: those that were asked for, then well-known ones; at most 15.
 *
 * @param sitePackages folder of the environment's packages
 * @param asked names in their canonical form
 */
function installedPackages(sitePackages, asked) {
    const found = new Map();
    for (const entry of (0,external_node_fs_.readdirSync)(sitePackages)) {
        const [, name, version] = /^(.+?)-([^-]+)\.(?:dist|egg)-info$/.exec(entry) ?? [];
        if (name !== undefined && version !== undefined) {
            const canonical = (0,pip_failure/* canonicalName */.Ew)(name);
            found.set(canonical, { name: canonical, version });
        }
    }
    const wanted = [...new Set([...asked, ...WELL_KNOWN])];
    const packages = wanted.flatMap((name) => found.get(name) ?? []);
    return packages.slice(0, MOST).sort((a, b) => (a.name < b.name ? -1 : 1));
}
//# sourceMappingURL=installed-packages.js.map
;// CONCATENATED MODULE: ./build/src/training/python/environments.js












/**
 * ipykernel 7 has broken running notebooks before. A requirements file that mentions ipykernel decides for itself;
 * the installer goes back to an older one where other pins ask for it.
 */
const OUR_KERNEL = 'ipykernel<7';
const TOOL_REQUIREMENTS = (0,external_node_path_.join)(import.meta.dirname, 'requirements-tool.txt');
/** What the driver imports first. */
const WARM_UP = 'import nbclient, nbformat.v4, jupyter_client.manager, zmq.asyncio';
/**
 * Makes the environments. There are two for a notebook, so that no pin of the user can break what drives it, and no
 * version of ours decides what the user gets.
 *
 * @throws DeployError when the environments cannot be made or a package cannot be installed
 */
async function prepareEnvironments(request) {
    const files = request.requirements === undefined ? [] : readRequirements(request.requirements);
    const ready = await findInstaller(request, files.map(({ text }) => text));
    const { installer } = ready;
    const kernel = (0,external_node_path_.join)(request.temp, 'kernel');
    const { kernelPython, toolPython } = request.needsKernel
        ? await installer.makeEnvironments(kernel, (0,external_node_path_.join)(request.temp, 'tool'))
        : await installer.makeEnvironments(kernel);
    await allEnded([
        installUserPackages(kernelPython, ready, files, request),
        toolPython === undefined ? Promise.resolve() : installTools(toolPython, installer, request.python.version),
    ]);
    const asked = namedRequirements(files).map(({ name }) => name);
    const packages = installedPackages(sitePackages(kernel), asked);
    if (packages.length > 0)
        (0,log/* info */.pq)(packages.map(({ name, version }) => `${name} ${version}`).join(', '));
    return { kernelPython, toolPython: toolPython ?? kernelPython, installer: installer.name, packages };
}
async function installTools(python, installer, version) {
    const { code, output } = await installer.installOwn([...COMPLETE, TOOL_REQUIREMENTS], python);
    if (code === 0)
        return installer.warmUp(python, WARM_UP);
    (0,log/* info */.pq)(output);
    throw new errors/* DeployError */.sH(`${installer.name} could not install what runs the notebook (nbclient and its dependencies): ` +
        `${failureReason(installer.name, code, output)}. It needs PyPI or a mirror of it, and a Python that they support (this one is ` +
        `${version}). ${installer.name}'s own words are in the log.`, { annotation: { title: 'The notebook runner could not be installed' } });
}
async function installUserPackages(python, { installer, settings }, files, request) {
    const { requirements, workspace, temp, needsKernel } = request;
    const check = async ({ code, output }) => {
        if (code !== 0)
            throw await installationError({ installer: installer.name, code, output, files, workspace, temp });
        // uv fails then; pip goes on with what other indexes have.
        for (const index of (0,pip_failure/* refusingIndexes */.Cp)(output)) {
            (0,log/* warning */.$e)(`The package index ${index} refused access, so its packages were left out. Check its user and password.`);
        }
    };
    const users = requirements === undefined ? [] : ['-r', requirements];
    const names = new Set(namedRequirements(files).map(({ name }) => name));
    const kernel = needsKernel ? [names.has('ipykernel') ? 'ipykernel' : OUR_KERNEL] : [];
    // One call lets the installer find versions that suit both. With hashes every package must have one, so ours comes
    // after, held to what is installed by then.
    if (!demandsHashes(files, settings, workspace)) {
        const all = [...users, ...kernel];
        return all.length === 0 ? undefined : check(await installer.install(all, python));
    }
    if (users.length > 0)
        await check(await installer.install(['--require-hashes', ...users], python));
    if (!needsKernel)
        return;
    const outcome = await installer.installOwn(['-c', await freeze(installer, python, temp), ...kernel], python);
    if (outcome.code !== 0)
        (0,log/* info */.pq)(outcome.output);
    await check(outcome);
}
/** Whether the requirements, the settings, or the constraints that those name ask for hashes. */
function demandsHashes(files, { values }, workspace) {
    const paths = values.get('constraint')?.value.split(/\s+/).filter(Boolean) ?? [];
    const constraints = paths.flatMap((path) => readRequirements((0,external_node_path_.resolve)(workspace, path)));
    return (values.has('require-hashes') ||
        [...files, ...constraints].some(({ text }) => /--(require-)?hash(es)?\b/.test(text.replace(/(^|\s)#.*$/gm, ''))));
}
async function freeze(installer, python, temp) {
    const output = await installer.freeze(python);
    const path = (0,external_node_path_.join)(temp, 'installed.txt');
    const pins = output.split(/\r?\n/).filter((line) => /^[\w.-]+==/.test(line));
    await (0,promises_.writeFile)(path, `${pins.join('\n')}\n`);
    return path;
}
//# sourceMappingURL=environments.js.map
// EXTERNAL MODULE: ./build/src/training/report.js
var training_report = __webpack_require__(2560);
;// CONCATENATED MODULE: ./build/src/training/driver/output.js





/** As `w`, but a link is not followed. */
const REPLACE = external_node_fs_.constants.O_RDWR | external_node_fs_.constants.O_CREAT | external_node_fs_.constants.O_TRUNC | (external_node_fs_.constants.O_NOFOLLOW ?? 0);
/** In bytes. A program that runs wild must not fill the disk that the model is to be written to. */
const LARGEST_FILE = 1_000_000_000;
/** How much of the end is kept at hand, in characters. */
const TAIL = 64 * 1024;
/**
 * What a training prints, without secrets and otherwise unchanged: all of it goes to a file as it arrives, and to the
 * log of the job as much as that can take.
 */
class TrainingOutput {
    #path;
    #limit;
    #largestFile;
    #file;
    #fileProblem = '';
    #filed = 0;
    #shown = 0;
    #hidden = 0;
    #atLineStart = true;
    #tail = '';
    #streams = [];
    /**
     * @param path absolute path of the file, which is replaced
     * @param limit how much goes to the log, in bytes
     * @param largestFile how much goes to the file, in bytes
     */
    constructor(path, limit, largestFile = LARGEST_FILE) {
        this.#path = path;
        this.#limit = limit;
        this.#largestFile = largestFile;
        this.#tryFile(() => {
            (0,external_node_fs_.mkdirSync)((0,external_node_path_.dirname)(path), { recursive: true });
            this.#file = (0,external_node_fs_.openSync)(path, REPLACE);
        });
    }
    /** A stream of the training. Lines of several ones are not mixed. */
    stream() {
        const lines = new WholeLines((text) => this.#take(text), log/* redact */.E$);
        this.#streams.push(lines);
        return lines;
    }
    /** The last lines that arrived. */
    get tail() {
        return this.#tail;
    }
    /** Whether the log has only a part of it. */
    get isCut() {
        return this.#hidden > 0;
    }
    /** Keeps a text in the file that the log shows otherwise. */
    keep(text) {
        this.#toFile((0,log/* redact */.E$)(text));
    }
    /** Hands on what the streams hold back, and says in the log how much of it is missing there. */
    flush() {
        for (const stream of this.#streams)
            stream.end();
        if (this.isCut)
            this.#say(`(${(0,format/* formatBytes */.z)(this.#hidden)} more were printed; ${this.#whereAllIs()}.)`);
    }
    /** @returns what went wrong with the file; empty when it is complete */
    close() {
        this.#tryFile(() => {
            if (this.#file === undefined)
                return;
            const [written, there] = [(0,external_node_fs_.fstatSync)(this.#file), (0,external_node_fs_.lstatSync)(this.#path, { throwIfNoEntry: false })];
            if (there?.ino !== written.ino || there.dev !== written.dev)
                this.#writeAgain(this.#file);
        });
        if (this.#file !== undefined)
            (0,external_node_fs_.closeSync)(this.#file);
        this.#file = undefined;
        return this.#fileProblem === '' ? '' : `The training log ${this.#path} is not complete: ${this.#fileProblem}.`;
    }
    /** What the training has put in place of the file is not ours to offer: nobody has looked for secrets in it. */
    #writeAgain(written) {
        (0,external_node_fs_.rmSync)(this.#path, { recursive: true, force: true });
        (0,external_node_fs_.mkdirSync)((0,external_node_path_.dirname)(this.#path), { recursive: true });
        const file = (0,external_node_fs_.openSync)(this.#path, REPLACE);
        const buffer = Buffer.alloc(1024 * 1024);
        try {
            for (let position = 0, length = -1; length !== 0; position += length) {
                length = (0,external_node_fs_.readSync)(written, buffer, 0, buffer.length, position);
                for (let done = 0; done < length;)
                    done += (0,external_node_fs_.writeSync)(file, buffer, done, length - done);
            }
        }
        finally {
            (0,external_node_fs_.closeSync)(file);
        }
    }
    #take(text) {
        this.#toFile(text);
        this.#tail = (this.#tail + text).slice(-TAIL);
        const bytes = Buffer.from(text);
        if (this.#hidden > 0) {
            this.#hidden += bytes.length;
            return;
        }
        const room = this.#limit - this.#shown;
        if (bytes.length <= room) {
            this.#show(text);
            this.#shown += bytes.length;
            return;
        }
        // Whole lines only: the runner reads a half one together with what follows.
        const cut = bytes.subarray(0, Math.max(0, room)).lastIndexOf('\n') + 1;
        this.#show(bytes.subarray(0, cut).toString());
        this.#hidden = bytes.length - cut;
        this.#say(`(The log shows the first ${(0,format/* formatBytes */.z)(this.#limit)} of the output (training_log_megabytes); ${this.#whereAllIs()}.)`);
    }
    #whereAllIs() {
        return this.#fileProblem === ''
            ? `all of it is in ${this.#path}`
            : `its file ${this.#path} is not complete: ${this.#fileProblem}`;
    }
    #say(line) {
        this.#show(`${this.#atLineStart ? '' : '\n'}${line}\n`);
    }
    #show(text) {
        if (text === '')
            return;
        process.stdout.write(text);
        this.#atLineStart = text.endsWith('\n');
    }
    #toFile(text) {
        // Written at once, so that it is there when this process is killed.
        this.#tryFile(() => {
            const bytes = Buffer.from(text);
            this.#filed += bytes.length;
            if (this.#filed > this.#largestFile)
                throw new Error(`it ends after ${(0,format/* formatBytes */.z)(this.#largestFile)}`);
            for (let done = 0; this.#file !== undefined && done < bytes.length;)
                done += (0,external_node_fs_.writeSync)(this.#file, bytes, done);
        });
    }
    /** A full disk must not end hours of training; it is told at the end. */
    #tryFile(work) {
        if (this.#fileProblem !== '')
            return;
        try {
            work();
        }
        catch (error) {
            this.#fileProblem = error instanceof Error ? error.message : String(error);
        }
    }
}
//# sourceMappingURL=output.js.map
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./build/src/training/driver/driver.js









/**
 * Runs a driver and prints what it prints, while it runs.
 *
 * @param request what its program asks for
 * @returns how the run ended, in the driver's words: `cancelled` when it was asked to stop, `failed` with a message when
 *   the driver itself broke down
 */
async function runDriver(driver, request) {
    const { home, output } = driver;
    const result = (0,external_node_path_.join)(home, 'result.json');
    const [print, printErrors] = [output.stream(), output.stream()];
    const code = await (0,log/* withoutCommands */.Df)(async () => {
        const call = {
            program: driver.python,
            args: [...driver.options, '-u', '-X', 'utf8', (0,external_node_path_.join)(import.meta.dirname, driver.program)],
            cwd: home,
            env: driver.environment,
            onStdout: (chunk) => print.write(chunk),
            onStderr: (chunk) => printErrors.write(chunk),
        };
        // It holds the variables that the user passes on, which belong neither on a command line nor into a file.
        const ended = await runWithLifeline(call, JSON.stringify({ ...request, result }), driver.cancelled);
        output.flush();
        return ended;
    });
    const outcome = (0,external_node_fs_.existsSync)(result)
        ? JSON.parse(await (0,promises_.readFile)(result, 'utf8'))
        : { status: 'failed', message: brokenDown(code, output.tail) };
    if (outcome.message)
        outcome.message = await (0,disk/* explainFullDisk */.E)(outcome.message, home);
    // A signal that came too late for the program still ends the action.
    return driver.cancelled?.aborted ? { ...outcome, status: 'cancelled' } : outcome;
}
function brokenDown(code, said) {
    if (code === -1)
        return `what runs it was killed, as systems do when memory runs out. ${describeMemory(memoryNow())}`;
    const last = said.trim().split('\n').at(-1) ?? '';
    return `what runs it ended with exit code ${code}${last === '' ? '' : `: ${last}`}`;
}
/** A fresh folder for one run. */
async function makeHome(temp) {
    const home = (0,external_node_path_.join)(temp, `run-${(0,external_node_crypto_.randomUUID)().slice(0, 8)}`);
    await (0,promises_.mkdir)(home, { recursive: true });
    return home;
}
/** Milliseconds as a driver wants them: seconds, or null. */
function seconds(milliseconds) {
    return milliseconds === undefined ? null : milliseconds / 1000;
}
/** The variables that the notebook or script gets. What it may not get though it is named is told. */
function visibleVariables(visibility, home) {
    const refused = visibility.passThrough.filter((name) => !mayPass(name));
    if (refused.length > 0)
        (0,log/* warning */.$e)(`Not passed to the training, as it belongs to the action: ${refused.join(', ')}`);
    return kernelEnvironment({ ...visibility, home });
}
/** The variables of the job that it does not get, but could. */
function hiddenVariables(visibility) {
    const seen = kernelEnvironment({ ...visibility, home: '' });
    return Object.keys(visibility.environment).filter((name) => !(name in seen) && mayPass(name));
}
//# sourceMappingURL=driver.js.map
;// CONCATENATED MODULE: ./build/src/training/death.js



/** A sentence about a Python process that ended on its own. */
function describeDeath({ exit_code: code, peak_memory: peak }, available) {
    const used = peak === undefined || peak === null || peak === 0 ? '' : ` It had used ${(0,format/* formatBytes */.z)(peak)} at most.`;
    const memory = `${used} ${describeMemory(available)}`;
    if (code === -9 || code === 137) {
        const cause = memoryRanOut(peak ?? 0, available)
            ? ', likely out of memory'
            : ': something stopped it, as systems do when memory runs out';
        return `its Python process was killed (SIGKILL)${cause}.${memory}`;
    }
    if (code === 0)
        return 'its Python process ended by itself with exit code 0, for example through os._exit(0).';
    if (code === undefined || code === null)
        return 'its Python process does not answer.';
    if (code < 0)
        return `its Python process was ended by ${signalName(-code)}.${memory}`;
    return `its Python process ended with exit code ${code}.`;
}
/**
 * Whether the figures speak for it: little memory is free even without the process, or it held so much that what is free
 * now may not have sufficed. Half of that is enough, for the peak is that of one process, and it may have started others.
 */
function memoryRanOut(peak, { total, free }) {
    return free < total / 10 || peak > free / 2;
}
function signalName(number) {
    const names = Object.entries(external_node_os_.constants.signals);
    return names.find(([, value]) => value === number)?.[0] ?? `signal ${number}`;
}
//# sourceMappingURL=death.js.map
;// CONCATENATED MODULE: ./build/src/training/hints.js




/** What to do about a well-known Python error; empty when there is nothing to say. */
function hintFor(ename, evalue, surroundings) {
    switch (ename.split('.').at(-1)) {
        case 'ModuleNotFoundError':
            return missingModule(/^No module named '?([\w]+)/.exec(evalue)?.[1] ?? '', surroundings);
        case 'StdinNotImplementedError':
            return 'Nobody can answer input() here: use notebook_parameters instead.';
        case 'EOFError':
            return surroundings.kind === 'script' && evalue.startsWith('EOF when reading a line')
                ? 'Nobody can answer input() here: use training_arguments instead.'
                : '';
        case 'KeyError':
            return hiddenVariable(/^'(\w+)'$/.exec(evalue)?.[1] ?? '', surroundings);
        case 'RuntimeError':
            return surroundings.kind === 'notebook' && /asyncio\.run\(\) cannot be called/.test(evalue)
                ? 'Use `await` instead: a notebook has a running event loop.'
                : '';
        case 'FileNotFoundError':
            return missingFile(/: '(.+)'$/.exec(evalue)?.[1] ?? '', surroundings);
        case 'MemoryError':
        case '_ArrayMemoryError':
            return describeMemory(surroundings.memory);
        case 'UnsupportedModelRegistryStoreURIException':
            return 'mlflow-skinny keeps runs in a file only with sqlalchemy and alembic: add both to the requirements file, or use mlflow.';
        case 'MlflowException':
            return /maintenance mode/.test(evalue)
                ? 'Leave MLFLOW_TRACKING_URI away, so that MLflow keeps its runs in mlflow.db; or set MLFLOW_ALLOW_FILE_STORE to true in `env`, and name it in notebook_environment.'
                : '';
        case 'SystemExit':
            return 'A cell that exits fails the run, also with code 0.';
        default:
            return '';
    }
}
/** A hint after what failed, which ends as it likes. */
function withHint(failure, hint) {
    if (hint === '')
        return failure;
    return `${failure}${/[.!?…]$/.test(failure) ? '' : '.'} ${hint}`;
}
function missingModule(name, surroundings) {
    const { kind, program, workingDirectory, requirements, workspace } = surroundings;
    const isIn = (folder) => name !== '' && ((0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, `${name}.py`)) || (0,external_node_fs_.existsSync)((0,external_node_path_.join)(folder, name, '__init__.py')));
    const isElsewhere = (0,external_node_path_.dirname)(program) !== workingDirectory;
    // Python looks for a script's modules beside it, and for a notebook's in the working directory.
    if (kind === 'notebook' && isElsewhere && isIn((0,external_node_path_.dirname)(program))) {
        return `It lies beside the notebook: ${startThere(surroundings)}`;
    }
    if (kind === 'script' && isElsewhere && isIn(workingDirectory)) {
        return 'It lies in the working directory, and Python looks beside the script: set PYTHONPATH to that folder and name PYTHONPATH in notebook_environment.';
    }
    return requirements === undefined
        ? 'No packages are installed, as there is no requirements file: write a requirements.txt that names the package that has it.'
        : `Add the package that has it to the requirements file (${(0,shown_path/* shownPath */.p)(workspace, requirements)}).`;
}
function missingFile(path, surroundings) {
    const { workspace, workingDirectory, program, kind } = surroundings;
    const start = (0,shown_path/* shownPath */.p)(workspace, workingDirectory);
    const folder = start === '' ? 'the root of the workspace' : start;
    if (path !== '' && (0,external_node_fs_.existsSync)((0,external_node_path_.join)((0,external_node_path_.dirname)(program), path)) && (0,external_node_path_.dirname)(program) !== workingDirectory) {
        return `Relative paths start at ${folder}, and ${(0,external_node_path_.basename)(path)} lies beside the ${kind}: ${startThere(surroundings)}`;
    }
    return `Relative paths start at ${folder} (working_directory).`;
}
function startThere({ workspace, program }) {
    return `set working_directory to ${(0,shown_path/* shownPath */.p)(workspace, (0,external_node_path_.dirname)(program)) || '.'}.`;
}
function hiddenVariable(name, { kind, hiddenVariables }) {
    return hiddenVariables.includes(name)
        ? `The ${kind} does not see the environment variable ${name}: name it in notebook_environment.`
        : '';
}
//# sourceMappingURL=hints.js.map
;// CONCATENATED MODULE: ./build/src/training/reason.js
const LONGEST_REASON = 500;
/** A Python exception in one line, as Python shows it. */
function reasonOf(ename, evalue) {
    const first = evalue
        .split('\n')
        .map((line) => line.trim())
        .find((line) => line !== '');
    // A cell is a file with a number for a name; the line is told elsewhere.
    const told = first?.replace(/ \((?:\S*ipykernel_\d+[\\/])?\d+\.py, line \d+\)$/, '');
    const text = told === undefined ? ename : `${ename}: ${told}`;
    return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
}
//# sourceMappingURL=reason.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook/notebook-failure.js






/** The outcome of a run that did not end well, as the error that the action ends with. */
function notebookError(outcome, context) {
    const [what, title] = describeFailure(outcome, context);
    const message = `Notebook ${context.notebook} ${what}`;
    return new errors/* DeployError */.sH((0,log/* redact */.E$)(message), { annotation: { title: (0,log/* redact */.E$)(title), file: context.notebook } });
}
function describeFailure(outcome, context) {
    const place = placeOf(outcome);
    const { ename = 'Error', evalue = '' } = outcome;
    switch (outcome.status) {
        case 'error':
            return [
                withHint(`failed${place}: ${reasonOf(ename, evalue)}`, hintFor(ename, evalue, context)),
                'The training notebook failed',
            ];
        case 'cell-timeout':
            return [
                `was stopped${place}: the cell took longer than ${(0,format/* formatDuration */.a)(context.cellTimeoutMs ?? 0)} (cell_timeout_minutes). Raise the limit, or let the cell do less.`,
                'A notebook cell took too long',
            ];
        case 'timeout':
            return [
                `was stopped${place}: the run took longer than ${(0,format/* formatDuration */.a)(context.timeoutMs ?? 0)} (notebook_timeout_minutes). Raise the limit, or let the notebook do less.`,
                'The training notebook took too long',
            ];
        case 'output-lost':
            return [`was stopped${place}: its output did not arrive.`, 'Output of the notebook was lost'];
        case 'died':
            return [`was ended${place}: ${describeDeath(outcome, context.memory)}`, 'The Python process of the notebook died'];
        case 'start-failed':
            return [`could not be started: ${describeStart(outcome, context)}`, 'The notebook kernel did not start'];
        case 'no-effect':
            return [
                `was not run, because a value of notebook_parameters would have no effect: ${outcome.message}.`,
                'A parameter would have no effect',
            ];
        case 'cancelled':
            return [`was cancelled${place}.`, 'Training was cancelled'];
        default:
            return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training notebook could not be run'];
    }
}
function describeStart(outcome, { kernelPython, kernelStartTimeoutMs, memory }) {
    const kernel = `its kernel (ipykernel in ${kernelPython})`;
    return outcome.exit_code === undefined || outcome.exit_code === null
        ? `${kernel} did not answer within ${(0,format/* formatDuration */.a)(kernelStartTimeoutMs)} (kernel_start_timeout_minutes). Raise the limit if the runner is slow.`
        : `${kernel} ended before it answered: ${describeDeath(outcome, memory)} What it said is in the log.`;
}
/** By its place among the code cells, as in the log; Jupyter does not count those that are empty or skipped. */
function placeOf({ cell, total, line, execution_count }) {
    if (cell === undefined)
        return '';
    if (cell === 0)
        return ' in the cell that sets notebook_parameters';
    const shown = execution_count ?? cell;
    return ` in cell ${cell} of ${total ?? 0}${shown === cell ? '' : ` (In [${shown}])`}${line ? `, line ${line}` : ''}`;
}
//# sourceMappingURL=notebook-failure.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook/parameters.js
/** The Python source of each value, which has the same type there. */
function pythonSources(parameters) {
    return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, pythonSource(value)]));
}
/**
 * @param value whole numbers are bigint, other numbers float; a mapping is a Map or an object
 * @returns an expression of builtins only, in one line
 */
function pythonSource(value) {
    if (value === null || value === undefined)
        return 'None';
    if (typeof value === 'boolean')
        return value ? 'True' : 'False';
    if (typeof value === 'bigint')
        return String(value);
    if (typeof value === 'number')
        return parameters_float(value);
    // What JSON escapes, Python reads the same.
    if (typeof value === 'string')
        return JSON.stringify(value);
    if (Array.isArray(value))
        return `[${value.map(pythonSource).join(', ')}]`;
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return `{${entries.map(([key, part]) => `${pythonSource(key)}: ${pythonSource(part)}`).join(', ')}}`;
}
function parameters_float(value) {
    if (Number.isNaN(value))
        return 'float("nan")';
    if (!Number.isFinite(value))
        return value > 0 ? 'float("inf")' : 'float("-inf")';
    return /[.e]/.test(String(value)) ? String(value) : `${value}.0`;
}
//# sourceMappingURL=parameters.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook/execute.js











const LARGE_NOTEBOOK = 50_000_000;
/**
 * Executes a notebook and prints what it prints, while it runs.
 *
 * @param report receives the cells, the last plots and the end of a traceback
 * @throws DeployError when the notebook fails, exceeds a limit or is cancelled
 */
async function executeNotebook(run, output, report) {
    const outcome = await drive(run, output);
    for (const text of outcome.warnings ?? [])
        (0,training_report/* warn */.R8)(report, text);
    report.totalCells = outcome.total ?? 0;
    report.cells = (outcome.timings ?? []).map(({ cell, first_line, seconds }) => ({
        cell,
        firstLine: (0,log/* redact */.E$)(first_line),
        seconds,
    }));
    report.images = outcome.images ?? [];
    tellEvidence(run, outcome, report);
    if (outcome.status === 'ok')
        return;
    showTraceback(outcome.traceback ?? '', output, report);
    throw notebookError(outcome, {
        ...run,
        kind: 'notebook',
        notebook: report.program,
        hiddenVariables: hiddenVariables(run),
        memory: memoryNow(),
    });
}
async function drive(run, output) {
    const home = await makeHome(run.temp);
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(run.executedNotebook), { recursive: true });
    return runDriver({
        python: run.toolPython,
        options: [],
        program: 'run_notebook.py',
        environment: driverEnvironment(run.environment, home),
        home,
        output,
        cancelled: run.cancelled,
    }, {
        notebook: run.program,
        executed: run.executedNotebook,
        cwd: run.workingDirectory,
        kernel_python: run.kernelPython,
        kernel_environment: visibleVariables(run, home),
        parameters: pythonSources(run.parameters),
        strict: run.isStrict,
        notebook_timeout: seconds(run.timeoutMs),
        cell_timeout: seconds(run.cellTimeoutMs),
        start_timeout: seconds(run.kernelStartTimeoutMs),
        // It saves the notebook while it runs, so it has to know what may not be in it.
        secrets: (0,log/* secretForms */.eo)(),
    });
}
/** A traceback is not part of what cells print: the file gets all of it, log and report an excerpt. */
function showTraceback(traceback, output, report) {
    if (traceback === '') {
        report.traceback = (0,training_report/* lastPrinted */.nt)(output.tail);
        return;
    }
    output.keep(`${traceback.trimEnd()}\n`);
    report.traceback = (0,training_report/* tracebackExcerpt */.OF)(traceback);
    for (const line of report.traceback.split('\n'))
        (0,log/* info */.pq)(line);
}
/** What there is to be told of the files; a training that has failed is told for its own reason, whatever is wrong here. */
function tellEvidence(run, outcome, report) {
    if (outcome.has_secrets) {
        (0,training_report/* warn */.R8)(report, 'The notebook printed a secret: one of this action, or of a variable in notebook_environment. It was replaced by *** in ' +
            'the log and in the executed notebook.');
    }
    const size = sizeOf(run.executedNotebook);
    if (size === undefined)
        return;
    (0,log/* info */.pq)(`Executed notebook: ${run.executedNotebook} (${(0,format/* formatBytes */.z)(size)})`);
    if (report.images.length > 0)
        (0,log/* info */.pq)(`Last plots: ${report.images.length} in ${(0,external_node_path_.dirname)(report.images[0] ?? '')}`);
    if (size > LARGE_NOTEBOOK) {
        (0,training_report/* warn */.R8)(report, `The executed notebook has ${(0,format/* formatBytes */.z)(size)}. Let its cells print less.`);
    }
}
/** @returns undefined unless it is a file; the notebook may have put a link or folder in its place */
function sizeOf(path) {
    try {
        const found = (0,external_node_fs_.lstatSync)(path);
        return found.isFile() ? found.size : undefined;
    }
    catch {
        return undefined;
    }
}
//# sourceMappingURL=execute.js.map
// EXTERNAL MODULE: external "node:util"
var external_node_util_ = __webpack_require__(7975);
// EXTERNAL MODULE: ./build/src/traceback.js
var src_traceback = __webpack_require__(6695);
;// CONCATENATED MODULE: ./build/src/training/script/script-failure.js












/**
 * The outcome of a run that did not end well, as the error that the action ends with.
 *
 * @param printed the last that the script printed
 * @returns with it an excerpt of the traceback, or of what was printed last when there is none
 */
function scriptError(outcome, printed, context) {
    const lines = (0,external_node_util_.stripVTControlCharacters)(printed)
        .split(/\r\n|[\r\n]/)
        .map((line) => line.trimEnd());
    const traceback = outcome.status === 'error' ? uncaught(lines, outcome, context) : undefined;
    const place = traceback && ownPlace(traceback.frames, context);
    const [what, title] = traceback
        ? [describeError(traceback, place, context), 'The training script failed']
        : describeEnd(outcome, lines, context);
    const annotation = { title, file: place?.file ?? context.script, ...(place && { startLine: place.line }) };
    const evidence = traceback ? (0,training_report/* tracebackExcerpt */.OF)(lines.slice(traceback.start).join('\n')) : (0,training_report/* lastPrinted */.nt)(printed);
    return { error: new errors/* DeployError */.sH((0,log/* redact */.E$)(`Script ${context.script} ${what}`), { annotation }), evidence };
}
/**
 * The exception that ended the script. Python ends with code 1 then, and prints the traceback from the script's outermost
 * line on; that of an error which the script has caught in a function, and logged, begins in that function.
 */
function uncaught(lines, { exit_code }, context) {
    const traceback = exit_code === 1 ? (0,src_traceback/* lastTraceback */.T)(lines) : undefined;
    const outermost = traceback?.frames[0];
    if (outermost === undefined || !['<module>', ''].includes(outermost.scope))
        return undefined;
    return fileInWorkspace(outermost.path, context) === context.script ? traceback : undefined;
}
function describeError({ type, message }, place, context) {
    const where = place === undefined
        ? ''
        : place.file === context.script
            ? ` in line ${place.line}`
            : ` in ${place.file}, line ${place.line}`;
    return withHint(`failed${where}: ${reasonOf(type, message)}`, hintFor(type, message, context));
}
function describeEnd(outcome, lines, context) {
    switch (outcome.status) {
        case 'error': {
            // As a shell says it of a program that it has started.
            if (outcome.exit_code === 137)
                return [
                    `was ended: ${describeDeath(outcome, context.memory)}`,
                    'The Python process of the training script died',
                ];
            const last = lines.findLast((line) => line.trim() !== '');
            const said = last === undefined ? '. It printed nothing.' : `. The last it printed: ${reasonOf(last.trim(), '')}`;
            return [`ended with exit code ${outcome.exit_code}${said}`, 'The training script failed'];
        }
        case 'died':
            return [`was ended: ${describeDeath(outcome, context.memory)}`, 'The Python process of the training script died'];
        case 'timeout':
            return [
                `was stopped: it took longer than ${(0,format/* formatDuration */.a)(context.timeoutMs ?? 0)} (notebook_timeout_minutes). Raise the limit, or let it do less.`,
                'The training script took too long',
            ];
        case 'cancelled':
            return ['was cancelled.', 'Training was cancelled'];
        default:
            return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training script could not be run'];
    }
}
/** The innermost frame of the user's own code. */
function ownPlace(frames, context) {
    for (const { path, line } of frames.toReversed()) {
        const file = fileInWorkspace(path, context);
        if (file !== undefined)
            return { file, line };
    }
    return undefined;
}
/** @returns the path relative to the workspace; undefined for installed packages and what lies elsewhere */
function fileInWorkspace(path, { workspace, workingDirectory }) {
    if (path.startsWith('<'))
        return undefined;
    const absolute = (0,external_node_path_.resolve)(workingDirectory, path);
    // The script may have removed it, and code may say that it comes from a file that there is not.
    if (!(0,external_node_fs_.existsSync)(absolute))
        return undefined;
    for (const root of [workspace, (0,external_node_fs_.realpathSync)(workspace)]) {
        const file = (0,shown_path/* shownPath */.p)(root, absolute);
        if (file.startsWith('../') || (0,external_node_path_.isAbsolute)(file))
            continue;
        return /(^|\/)(site|dist)-packages\//.test(file) ? undefined : file;
    }
    return undefined;
}
//# sourceMappingURL=script-failure.js.map
;// CONCATENATED MODULE: ./build/src/training/script/execute-script.js





/** Nothing of the environment is loaded into the driver, which shares its interpreter: no `.pth` file, no user code. */
const ISOLATED = ['-E', '-s', '-S', '-B'];
/**
 * Runs a Python file as `python -u <script> <arguments>` and prints what it prints, while it runs. It ends well when its
 * exit code is 0.
 *
 * @param report receives the end of a traceback
 * @throws DeployError when the script fails, exceeds its limit or is cancelled
 */
async function executeScript(run, output, report) {
    const home = await makeHome(run.temp);
    const outcome = await runDriver({
        python: run.toolPython,
        options: ISOLATED,
        program: 'run_script.py',
        environment: driverEnvironment(run.environment, home),
        home,
        output,
        cancelled: run.cancelled,
    }, {
        command: [run.kernelPython, '-u', run.program, ...run.arguments],
        cwd: run.workingDirectory,
        environment: scriptVariables(run, home),
        timeout: seconds(run.timeoutMs),
    });
    if (outcome.status === 'ok')
        return;
    const { error, evidence } = scriptError(outcome, output.tail, {
        ...run,
        kind: 'script',
        script: report.program,
        hiddenVariables: hiddenVariables(run),
        memory: memoryNow(),
    });
    report.traceback = evidence;
    if (output.isCut)
        for (const line of report.traceback.split('\n'))
            (0,log/* info */.pq)(line);
    throw error;
}
function scriptVariables(run, home) {
    // Plots need no display. What a pipe gets is UTF-8 on every system.
    return { MPLBACKEND: 'Agg', PYTHONIOENCODING: 'utf-8', ...visibleVariables(run, home) };
}
//# sourceMappingURL=execute-script.js.map
;// CONCATENATED MODULE: ./build/src/training/run-program.js






/** In characters. */
const longestLine = 500;
/**
 * Runs the notebook or script in environments that are ready.
 *
 * @param report is filled in on the way
 * @throws DeployError when it fails, exceeds a limit or is cancelled; its evidence is kept as far as it got
 */
async function runProgram(run, report) {
    const execute = run.kind === 'script' ? executeScript : executeNotebook;
    const started = performance.now();
    const output = new TrainingOutput(run.logFile, run.logLimit);
    try {
        await (0,log/* group */.Os)(`Run ${report.program}`, async () => {
            report.given = (0,log/* shorten */.ml)(run.kind === 'script' ? run.arguments.map(quoted).join(' ') : settings(run), longestLine);
            if (report.given !== '')
                (0,log/* info */.pq)(`${run.kind === 'script' ? 'Arguments' : 'Parameters'}: ${report.given}`);
            await execute(run, output, report);
        });
    }
    finally {
        report.durationMs = performance.now() - started;
        const problem = output.close();
        if (problem !== '')
            (0,training_report/* warn */.R8)(report, problem);
    }
}
/** Of a parameter; `max_tokens` is none. */
const secretName = /passw|secret|credential|(api|access)_?key|token$/i;
function settings({ parameters }) {
    const sources = Object.entries(pythonSources(parameters));
    return sources.map(([name, source]) => `${name} = ${secretName.test(name) ? '***' : source}`).join(', ');
}
/** So that a person sees where an argument ends. */
function quoted(argument) {
    return /^[\w.,:=/+@%-]+$/.test(argument) ? argument : JSON.stringify(argument);
}
//# sourceMappingURL=run-program.js.map
;// CONCATENATED MODULE: ./build/src/training/train.js






/**
 * Trains the model with a notebook or script, in a Python environment made for it. Nothing of an environment or kernel
 * that the machine has is used, except the interpreter.
 *
 * @param report is filled in on the way
 * @returns just before the program started: what it wrote is not older
 * @throws DeployError when the program or its packages fail; its evidence is kept as far as it got
 */
async function train(request, report) {
    const environments = await (0,log/* group */.Os)('Prepare Python', async () => {
        const python = await findPython({ ...request, input: request.python });
        (0,log/* info */.pq)(`Python ${python.version} (${python.executable})`);
        report.python = python.version;
        const needsKernel = request.kind === 'notebook';
        const prepared = await prepareEnvironments({ ...request, python, needsKernel }).catch((error) => {
            if (error instanceof InstallationError)
                report.traceback = (0,training_report/* lastPrinted */.nt)(error.said);
            throw error;
        });
        report.installer = prepared.installer;
        report.packages = prepared.packages;
        return prepared;
    });
    const startedAt = new Date();
    await runProgram({ ...request, ...environments }, report);
    return startedAt;
}
//# sourceMappingURL=train.js.map

/***/ })

};
