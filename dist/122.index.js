export const id = 122;
export const ids = [122];
export const modules = {

/***/ 8122:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  train: () => (/* binding */ train)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./build/src/errors.js
var errors = __webpack_require__(7406);
;// CONCATENATED MODULE: ./build/src/training/check-notebook.js


/**
 * Checks, before minutes are spent on packages, that a file is a notebook that can be run here.
 *
 * @param path absolute path of an existing file
 * @param name how messages call it
 * @throws DeployError when it is not a notebook, or one for another language than Python
 */
function checkNotebook(path, name) {
    const problem = problemOf((0,external_node_fs_.readFileSync)(path, 'utf8').replace(/^\ufeff/, ''));
    if (problem === undefined)
        return;
    throw new errors/* DeployError */.sH(`${name} ${problem}`, { annotation: { title: 'Not a notebook that can be run', file: name } });
}
/** Names of kernels for other languages, for notebooks that do not say their language. */
const FOREIGN_KERNELS = /^(ir|julia.*|bash|scala|almond|javascript|jslab|deno|xc.*|java|gophernotes|ruby|octave|sagemath.*)$/i;
function problemOf(text) {
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
    const { nbformat, metadata } = notebook;
    if (typeof nbformat !== 'number')
        return 'is not a notebook: it has no `nbformat`.';
    if (nbformat < 3 || nbformat > 4)
        return `has notebook format ${nbformat}; formats 3 and 4 can be run.`;
    return languageProblem(metadata ?? {});
}
function parse(text) {
    try {
        const value = JSON.parse(text);
        return typeof value === 'object' && value !== null ? value : {};
    }
    catch {
        return undefined;
    }
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
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:string_decoder"
var external_node_string_decoder_ = __webpack_require__(6193);
// EXTERNAL MODULE: ./node_modules/@actions/exec/lib/exec.js + 5 modules
var exec = __webpack_require__(2876);
;// CONCATENATED MODULE: ./build/src/training/child.js


/** How long stdout may stay open after a child has ended, in milliseconds: something it started may hold it. */
const STREAM_GRACE_MS = 3000;
/**
 * Runs a program without a shell, silently, and resolves with its exit code (-1 when a signal ended it).
 *
 * Its stdin stays open and empty as long as this process lives: a child may watch it to notice our end, and one that
 * might read from it has to close it. (Closing it from here throws past every handler when the child ends first.)
 *
 * @throws Error when the program cannot be started
 */
async function runChild(program, args, options) {
    const listeners = {
        stdout: options.onStdout ?? (() => { }),
        stderr: options.onStderr ?? (() => { }),
    };
    // The library splits its first argument at spaces unless they are quoted.
    const code = await (0,exec/* exec */.m)(`"${program.replaceAll('"', '\\"')}"`, [...args], {
        cwd: options.cwd,
        env: options.env,
        silent: true,
        ignoreReturnCode: true,
        delay: STREAM_GRACE_MS,
        listeners,
    });
    return code ?? -1;
}
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
//# sourceMappingURL=child.js.map
// EXTERNAL MODULE: ./build/src/pip-failure.js
var pip_failure = __webpack_require__(5459);
;// CONCATENATED MODULE: ./build/src/training/pip.js






/** pip as a module, with nothing to read: a package's build script that asks a question must fail, not wait. */
const PIP = 'import os, runpy; os.dup2(os.open(os.devnull, os.O_RDONLY), 0); runpy.run_module("pip", run_name="__main__", alter_sys=True)';
const LONGEST_OUTPUT_KEPT = 4 * 1024 * 1024;
/** A line for each small package, which hides what matters: what takes long, what was installed, what went wrong. */
const chatter = /^\s*(Collecting |Requirement already |Using cached |Looking in |Downloading .*[ (]\d+(\.\d+)? (bytes|kB)|Installing collected)/;
/** Runs `pip install` in an environment. Never throws for what pip says. */
async function pipInstall(args, call) {
    return pip(['install', '--no-input', '--no-compile', '--progress-bar', 'off', ...args], call);
}
async function pip(args, call) {
    let output = '';
    const lines = new WholeLines((text) => {
        output = (output + text).slice(-LONGEST_OUTPUT_KEPT);
        if (call.live !== true)
            return;
        for (const line of text.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/))
            (chatter.test(line) ? log/* debug */.Yz : log/* info */.pq)(line);
    });
    const write = (chunk) => lines.write(chunk);
    // Isolated mode: a file of the workspace named like a module of pip must not take its place.
    const code = await runChild(call.python, ['-I', '-c', PIP, '--disable-pip-version-check', ...args], {
        cwd: call.cwd,
        env: call.env,
        onStdout: write,
        onStderr: write,
    });
    lines.end();
    return { code, output };
}
/** Hides the passwords of package indexes, which may stand in a requirements file or in pip's variables. */
function maskIndexPasswords(requirements, environment) {
    const variables = Object.entries(environment).filter(([name]) => /^PIP_|_PROXY$/i.test(name));
    const texts = [requirements, ...variables.map(([, value]) => value ?? '')];
    for (const match of texts.join('\n').matchAll(/:\/\/([^\s/:@]*)(?::([^\s/@]+))?@/g)) {
        // A token may stand in either place, its counterpart being a word like `x` or `__token__`.
        for (const part of [match[1], match[2]])
            maskIndexSecret(part ?? '');
    }
}
function maskIndexSecret(text) {
    // A reference to a variable is not the secret itself, and stars for a short word would only spoil the log.
    if (text.startsWith('${') || text.length < 6)
        return;
    (0,log/* mask */.dK)(text);
    if (/%[0-9a-f]{2}/i.test(text))
        (0,log/* mask */.dK)(decode(text));
}
function decode(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}
/** A failed installation of the user's packages, as the error that the run ends with. */
function installationError(outcome, file, workspace) {
    const shown = file === undefined ? undefined : (0,external_node_path_.relative)(workspace, file).split(external_node_path_.sep).join('/');
    const failure = (0,pip_failure/* explainPipFailure */.p)(outcome.output, file === undefined ? '' : (0,external_node_fs_.readFileSync)(file, 'latin1'));
    const what = shown === undefined ? 'ipykernel' : `the packages of ${shown}`;
    const line = failure.line === undefined ? '' : ` (line ${failure.line})`;
    return new errors/* DeployError */.sH(`pip could not install ${what}: ${failure.reason}${line}. pip's own words are in the log.`, {
        annotation: {
            title: 'Packages could not be installed',
            ...(shown === undefined ? {} : { file: shown }),
            ...(failure.line === undefined ? {} : { startLine: failure.line }),
        },
    });
}
//# sourceMappingURL=pip.js.map
;// CONCATENATED MODULE: ./build/src/training/process-environment.js

const KERNEL_NAMES = /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|HOSTNAME|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_[A-Z]+|TZ|CI|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(https?|no|all)_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|(CUDA|NVIDIA|NCCL)(_[A-Z0-9_]+)?|(OMP|MKL|OPENBLAS|NUMEXPR)_NUM_THREADS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;
const WINDOWS_NAMES = /^(SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|OS|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|COMMONPROGRAMFILES(\(X86\))?|ALLUSERSPROFILE|PUBLIC|USERNAME|USERPROFILE|USERDOMAIN|HOMEDRIVE|HOMEPATH|COMPUTERNAME|NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z0-9_]+)$/i;
/** Facts about the run; none of them is secret or a file that changes the job. */
const GITHUB_FACTS = /^(GITHUB_(ACTIONS|ACTOR|ACTOR_ID|API_URL|BASE_REF|EVENT_NAME|GRAPHQL_URL|HEAD_REF|JOB|REF|REF_NAME|REF_TYPE|REPOSITORY|REPOSITORY_ID|REPOSITORY_OWNER|RUN_ATTEMPT|RUN_ID|RUN_NUMBER|SERVER_URL|SHA|TRIGGERING_ACTOR|WORKFLOW|WORKFLOW_REF|WORKSPACE)|RUNNER_(OS|ARCH|NAME|TEMP|TOOL_CACHE|ENVIRONMENT))$/;
/** What no child gets, even by name: the action's own inputs, tokens of the runner, files with which a step changes the job. */
const NEVER = /^(INPUT_.*|ACTIONS_.*|STATE_.*|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))$/i;
/** What would let another Python, or another environment's packages, in. */
const FOREIGN_PYTHON = /^(PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PYTHONUSERBASE|PYTHONEXECUTABLE|VIRTUAL_ENV|CONDA_.*|JUPYTER_.*|IPYTHONDIR|__PYVENV_LAUNCHER__)$/i;
/** What would send pip's packages elsewhere. Indexes, proxies, certificates and the cache stay as the user has them. */
const PIP_ELSEWHERE = /^PIP_(TARGET|PREFIX|ROOT|USER|PYTHON|DRY_RUN|REQUIREMENT|EDITABLE)$/i;
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
/** For `venv` and `pip`: requirement files may refer to any variable of the job, so it is all there. */
function pipEnvironment(environment) {
    const kept = pick(environment, (name) => !NEVER.test(name) && !FOREIGN_PYTHON.test(name) && !PIP_ELSEWHERE.test(name));
    return { ...kept, PYTHONNOUSERSITE: '1', PYTHONIOENCODING: 'utf-8' };
}
/** For pip in the tool environment, where the choice of packages is ours. */
function toolPipEnvironment(environment) {
    const users = /^PIP_(CONSTRAINT|NO_BINARY|ONLY_BINARY|PRE|NO_DEPS|UPGRADE_STRATEGY|REQUIRE_HASHES)$/i;
    return pick(pipEnvironment(environment), (name) => !users.test(name));
}
/** Whether a variable may be passed to the notebook when the user names it. */
function mayPass(name) {
    return !NEVER.test(name);
}
/** For the notebook's kernel. */
function kernelEnvironment({ environment, kernelPython, home, passThrough }) {
    const bin = (0,external_node_path_.dirname)(kernelPython);
    const allowed = (name) => KERNEL_NAMES.test(name) || WINDOWS_NAMES.test(name) || GITHUB_FACTS.test(name);
    return {
        QT_QPA_PLATFORM: 'offscreen',
        ...pick(environment, (name) => (allowed(name) || passThrough.includes(name)) && mayPass(name)),
        ...privateJupyter(home),
        PATH: [bin, variable(environment, 'PATH')].filter((part) => part !== undefined).join(external_node_path_.delimiter),
        VIRTUAL_ENV: (0,external_node_path_.dirname)(bin),
        PYDEVD_DISABLE_FILE_VALIDATION: '1',
    };
}
/** For the driver, which runs in the tool environment and must meet nothing of the machine's own Jupyter. */
function driverEnvironment(environment, home) {
    const allowed = (name) => KERNEL_NAMES.test(name) || WINDOWS_NAMES.test(name);
    // The driver lies in the action's own folder, which must stay as it was checked out.
    return { ...pick(environment, allowed), ...privateJupyter(home), PYTHONDONTWRITEBYTECODE: '1' };
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
;// CONCATENATED MODULE: ./build/src/training/environments.js








/**
 * ipykernel 7 has broken running notebooks before. A requirements file that mentions ipykernel decides for itself;
 * pip goes back to an older one where other pins ask for it.
 */
const OUR_KERNEL = 'ipykernel<7';
const TOOL_REQUIREMENTS = (0,external_node_path_.join)(import.meta.dirname, 'requirements-tool.txt');
/**
 * Makes the two environments. They are separate so that no pin of the user can break what drives the notebook, and no
 * version of ours decides what the user gets.
 *
 * @throws DeployError when the environments cannot be made or a package cannot be installed
 */
async function prepareEnvironments(request) {
    const [kernelPython, toolPython] = await both(createWithPip((0,external_node_path_.join)(request.temp, 'kernel'), request), createBare((0,external_node_path_.join)(request.temp, 'tool'), request));
    // A copy is quicker than installing pip a second time, and the two can work at the same time without sharing a file
    // that a requirement such as `pip==24.0` replaces.
    await copyPip(kernelPython, toolPython, request);
    await both(installUserPackages(kernelPython, request), installTools(toolPython, request));
    return { kernelPython, toolPython };
}
/** Waits for both even when one fails: nothing may still be at work when the caller removes the folder. */
async function both(first, second) {
    await Promise.allSettled([first, second]);
    return [await first, await second];
}
function pythonIn(folder) {
    return process.platform === 'win32' ? (0,external_node_path_.join)(folder, 'Scripts', 'python.exe') : (0,external_node_path_.join)(folder, 'bin', 'python');
}
async function runPython(python, args, request) {
    let text = '';
    const keep = (chunk) => {
        text += chunk.toString();
    };
    const env = pipEnvironment(request.environment);
    const code = await runChild(python, ['-I', ...args], { cwd: request.temp, env, onStdout: keep, onStderr: keep });
    return { code, text };
}
async function createBare(folder, request) {
    const { code, text } = await runPython(request.python.executable, ['-m', 'venv', '--without-pip', folder], request);
    if (code !== 0)
        throw venvError(text, request);
    return pythonIn(folder);
}
async function createWithPip(folder, request) {
    const { code, text } = await runPython(request.python.executable, ['-m', 'venv', folder], request);
    if (code === 0)
        return pythonIn(folder);
    // Debian splits Python: without the package python3-venv there is no pip to put into the environment. The system's
    // own pip, if there is one, can. A half-made environment is never built upon.
    await (0,promises_.rm)(folder, { recursive: true, force: true });
    const python = await createBare(folder, request);
    const target = await sitePackages(python, request);
    const system = await pipInstall(['--quiet', '--target', target, 'pip'], {
        python: request.python.executable,
        cwd: request.temp,
        env: toolPipEnvironment(request.environment),
    });
    if (system.code !== 0)
        throw venvError(text, request);
    (0,log/* info */.pq)('This Python has no ensurepip; its own pip has filled the environment.');
    return python;
}
function venvError(output, { python }) {
    const minor = python.version.split('.').slice(0, 2).join('.');
    const lastLine = output.trim().split('\n').at(-1) ?? '';
    const missing = /ensurepip|No module named '?venv/.test(output);
    return new errors/* DeployError */.sH(missing
        ? `Python ${python.version} (${python.executable}) cannot make virtual environments. Run ` +
            `\`apt-get install -y python${minor}-venv\` before this step, or use actions/setup-python.`
        : `No virtual environment could be made with ${python.executable}: ${lastLine}`, { annotation: { title: 'No virtual environment' } });
}
async function sitePackages(python, request) {
    const script = 'import sysconfig; print(sysconfig.get_path("purelib"))';
    const { text } = await runPython(python, ['-c', script], request);
    return text.trim();
}
async function copyPip(from, to, request) {
    const [source, target] = await Promise.all([sitePackages(from, request), sitePackages(to, request)]);
    const names = (await (0,promises_.readdir)(source)).filter((name) => /^pip(-.*)?$/.test(name));
    await Promise.all(names.map((name) => (0,promises_.cp)((0,external_node_path_.join)(source, name), (0,external_node_path_.join)(target, name), { recursive: true })));
}
async function installTools(python, request) {
    const args = ['--require-hashes', '--only-binary', ':all:', '-r', TOOL_REQUIREMENTS];
    const env = toolPipEnvironment(request.environment);
    const { code, output } = await pipInstall(args, { python, cwd: request.temp, env });
    if (code === 0)
        return;
    (0,log/* info */.pq)(output);
    throw new errors/* DeployError */.sH('pip could not install what runs the notebook (nbclient and its dependencies). It needs PyPI or a mirror of it, ' +
        `and a Python that they support (this one is ${request.python.version}). pip's own words are in the log.`, { annotation: { title: 'The notebook runner could not be installed' } });
}
async function installUserPackages(python, request) {
    const { requirements, workspace, temp } = request;
    const text = requirements === undefined ? '' : (0,external_node_fs_.readFileSync)(requirements, 'latin1');
    maskIndexPasswords(text, request.environment);
    const call = { python, cwd: workspace, env: pipEnvironment(request.environment), live: true };
    const users = requirements === undefined ? [] : ['-r', requirements];
    const kernel = /^\s*ipykernel\b/im.test(text) ? 'ipykernel' : OUR_KERNEL;
    // One call lets pip find versions that suit both. With hashes every package must have one, so ours comes after,
    // held to what is installed by then.
    const hashed = /--(require-)?hash(es)?\b/.test(text);
    const first = await pipInstall(hashed ? users : [...users, kernel], call);
    if (first.code !== 0)
        throw installationError(first, requirements, workspace);
    if (!hashed)
        return;
    const second = await pipInstall(['-c', await freeze(call, temp), kernel], call);
    if (second.code !== 0)
        throw installationError(second, requirements, workspace);
}
async function freeze(call, temp) {
    const { output } = await pip(['freeze'], { ...call, live: false });
    const path = (0,external_node_path_.join)(temp, 'installed.txt');
    const pins = output.split(/\r?\n/).filter((line) => /^[\w.-]+==/.test(line));
    await (0,promises_.writeFile)(path, `${pins.join('\n')}\n`);
    return path;
}
//# sourceMappingURL=environments.js.map
// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
;// CONCATENATED MODULE: ./build/src/training/cancellation.js

const SIGNALS = ['SIGTERM', 'SIGINT'];
/**
 * From now on a signal that ends the action is passed on to the child whose process id is in the file, once it is there.
 * The action lives on until the child has saved its work; ending is left to the caller.
 */
function forwardCancellation(pidFile) {
    let requested = false;
    let retry;
    const pass = () => {
        requested = true;
        clearTimeout(retry);
        // A child that is just starting has not told its id yet.
        if (!signalChild(pidFile))
            retry = setTimeout(pass, 50);
    };
    for (const signal of SIGNALS)
        process.on(signal, pass);
    return {
        requested: () => requested,
        stop: () => {
            clearTimeout(retry);
            for (const signal of SIGNALS)
                process.off(signal, pass);
        },
    };
}
function signalChild(pidFile) {
    try {
        const pid = Number((0,external_node_fs_.readFileSync)(pidFile, 'ascii'));
        if (!Number.isInteger(pid) || pid <= 1)
            return false;
        process.kill(pid, 'SIGTERM');
        return true;
    }
    catch {
        return false;
    }
}
//# sourceMappingURL=cancellation.js.map
;// CONCATENATED MODULE: ./build/src/training/notebook-failure.js



const LONGEST_REASON = 500;
/** The outcome of a run that did not end well, as the error that the action ends with. */
function notebookError(outcome, context) {
    const [what, title] = describeFailure(outcome, context);
    const message = `Notebook ${context.notebook} ${what}`;
    return new errors/* DeployError */.sH((0,log/* redact */.E$)(message), { annotation: { title: (0,log/* redact */.E$)(title), file: context.notebook } });
}
function describeFailure(outcome, context) {
    const place = placeOf(outcome);
    switch (outcome.status) {
        case 'error':
            return [
                [`failed${place}: ${reasonOf(outcome)}`, hintFor(outcome, context)].filter(Boolean).join('. '),
                'The training notebook failed',
            ];
        case 'cell-timeout':
            return [
                `was stopped${place}: the cell took longer than ${(0,format/* formatDuration */.a)(context.cellTimeoutMs ?? 0)} (cell_timeout_minutes).`,
                'A notebook cell took too long',
            ];
        case 'timeout':
            return [
                `was stopped${place}: the run took longer than ${(0,format/* formatDuration */.a)(context.notebookTimeoutMs ?? 0)} (notebook_timeout_minutes).`,
                'The training notebook took too long',
            ];
        case 'output-lost':
            return [`was stopped${place}: its output did not arrive.`, 'Output of the notebook was lost'];
        case 'died':
            return [`was ended${place}: ${describeDeath(outcome, context)}`, 'The Python process of the notebook died'];
        case 'start-failed':
            return [
                `could not be started: ${outcome.message ?? 'the kernel gave no reason'} ` +
                    `(${describeDeath(outcome, context)} The limit for a start is ${(0,format/* formatDuration */.a)(context.startTimeoutMs)}.)`,
                'The notebook kernel did not start',
            ];
        case 'cancelled':
        case 'orphaned':
            return [`was cancelled${place}.`, 'Training was cancelled'];
        default:
            return [`could not be run: ${outcome.message ?? outcome.status}`, 'The training notebook could not be run'];
    }
}
function placeOf({ cell, total, line }) {
    if (cell === undefined)
        return '';
    if (cell === 0)
        return ' in the cell that sets notebook_parameters';
    return ` in cell ${cell} of ${total}${line === undefined || line === null ? '' : `, line ${line}`}`;
}
function reasonOf({ ename = 'Error', evalue = '' }) {
    const first = evalue
        .split('\n')
        .map((line) => line.trim())
        .find((line) => line !== '');
    const text = first === undefined ? ename : `${ename}: ${first}`;
    return text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;
}
function describeDeath({ exit_code: code, peak_memory: peak }, { machineMemory }) {
    const used = peak === undefined || peak === null || peak === 0 ? '' : ` It had used ${(0,format/* formatBytes */.z)(peak)} at most;`;
    const memory = `${used} the machine has ${(0,format/* formatBytes */.z)(machineMemory)} of memory.`;
    if (code === -9 || code === 137)
        return `its Python process was killed (SIGKILL), likely out of memory.${memory}`;
    if (code === 0)
        return 'its Python process ended by itself with exit code 0, for example through os._exit(0).';
    if (code === undefined || code === null)
        return 'its Python process does not answer.';
    if (code < 0)
        return `its Python process was ended by ${signalName(-code)}.${memory}`;
    return `its Python process ended with exit code ${code}.`;
}
function signalName(number) {
    const names = {
        4: 'SIGILL',
        6: 'SIGABRT',
        7: 'SIGBUS',
        8: 'SIGFPE',
        11: 'SIGSEGV',
        15: 'SIGTERM',
    };
    return names[number] ?? `signal ${number}`;
}
/** What to do about well-known errors; empty when there is nothing to say. */
function hintFor({ ename = '', evalue = '' }, { hiddenVariables, machineMemory }) {
    const key = /^'(\w+)'$/.exec(evalue)?.[1];
    switch (ename) {
        case 'ModuleNotFoundError':
            return 'Add the package that has it to the requirements file.';
        case 'StdinNotImplementedError':
            return 'Nobody can answer input() here: use notebook_parameters instead.';
        case 'KeyError':
            return key !== undefined && hiddenVariables.includes(key)
                ? `The notebook does not see the environment variable ${key}: name it in notebook_environment.`
                : '';
        case 'RuntimeError':
            return /asyncio\.run\(\) cannot be called/.test(evalue)
                ? 'Use `await` instead: a notebook has a running event loop.'
                : '';
        case 'FileNotFoundError':
            return 'Relative paths start at the root of the workspace.';
        case 'MemoryError':
            return `The machine has ${(0,format/* formatBytes */.z)(machineMemory)} of memory.`;
        case 'SystemExit':
            return 'A cell that exits fails the run, also with code 0.';
        default:
            return '';
    }
}
//# sourceMappingURL=notebook-failure.js.map
;// CONCATENATED MODULE: ./build/src/training/parameters.js

const KEYWORDS = new Set(('False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield').split(' '));
/**
 * Checks that each parameter can become a Python variable.
 *
 * @throws DeployError that names the first one that cannot
 */
function checkParameters(parameters) {
    for (const [name, value] of Object.entries(parameters)) {
        if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || KEYWORDS.has(name)) {
            throw parameterError(`\`${name}\` is not a name that a Python variable can have`);
        }
        checkValue(name, value);
    }
}
function checkValue(name, value) {
    if (typeof value === 'number' && !Number.isFinite(value)) {
        throw parameterError(`\`${name}\` holds ${value}, which cannot be passed to the notebook`);
    }
    if (typeof value === 'object' && value !== null) {
        for (const part of Object.values(value))
            checkValue(name, part);
    }
}
/**
 * The values as JSON that Python reads with the same types: whole numbers of any size stay whole (bigint), and `1.0`
 * stays a float (number).
 */
function pythonValues(value) {
    if (typeof value === 'bigint')
        return rawJson(String(value));
    if (typeof value === 'number')
        return rawJson(/[.e]/.test(String(value)) ? String(value) : `${value}.0`);
    if (Array.isArray(value))
        return value.map(pythonValues);
    if (typeof value !== 'object' || value === null)
        return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, pythonValues(part)]));
}
/** @see https://github.com/tc39/proposal-json-parse-with-source, in Node from 21 on */
function rawJson(text) {
    return JSON.rawJSON(text);
}
function parameterError(problem) {
    return new errors/* DeployError */.sH(`In the input notebook_parameters ${problem}.`, {
        annotation: { title: 'Parameter not usable' },
    });
}
//# sourceMappingURL=parameters.js.map
;// CONCATENATED MODULE: ./build/src/training/execute.js












/** How long a kernel may take to start: the first import of large packages from a cold disk is slow. */
const START_TIMEOUT_MS = 180_000;
const LARGE_NOTEBOOK = 50_000_000;
const TRACEBACK_LINES = 20;
const DRIVER = (0,external_node_path_.join)(import.meta.dirname, 'run_notebook.py');
/**
 * Executes a notebook and prints what it prints, while it runs.
 *
 * @returns how many code cells were executed
 * @throws DeployError when the notebook fails, exceeds a limit or is cancelled
 */
async function executeNotebook(execution) {
    const outcome = await runDriver(execution);
    for (const text of outcome.warnings)
        (0,log/* warning */.$e)(text);
    await inspectExecutedNotebook(execution.executedNotebook);
    if (outcome.status === 'ok')
        return { cells: outcome.executed };
    const lines = (outcome.traceback ?? '').trimEnd().split('\n');
    if (lines.length > TRACEBACK_LINES)
        (0,log/* info */.pq)(`(the last ${TRACEBACK_LINES} lines of the traceback)`);
    for (const line of lines.slice(-TRACEBACK_LINES))
        (0,log/* info */.pq)(line);
    throw notebookError(outcome, {
        notebook: (0,external_node_path_.relative)(execution.workspace, execution.notebook).split(external_node_path_.sep).join('/'),
        notebookTimeoutMs: execution.notebookTimeoutMs,
        cellTimeoutMs: execution.cellTimeoutMs,
        startTimeoutMs: START_TIMEOUT_MS,
        hiddenVariables: hiddenVariables(execution),
        machineMemory: (0,external_node_os_.totalmem)(),
    });
}
function hiddenVariables(execution) {
    const seen = kernelEnvironment({ ...execution, home: execution.temp });
    return Object.keys(execution.environment).filter((name) => !(name in seen) && mayPass(name));
}
async function runDriver(execution) {
    const home = (0,external_node_path_.join)(execution.temp, `run-${(0,external_node_crypto_.randomUUID)().slice(0, 8)}`);
    await (0,promises_.mkdir)(home);
    await (0,promises_.mkdir)((0,external_node_path_.dirname)(execution.executedNotebook), { recursive: true });
    const files = { request: (0,external_node_path_.join)(home, 'request.json'), result: (0,external_node_path_.join)(home, 'result.json'), pid: (0,external_node_path_.join)(home, 'pid') };
    // Holds the variables that the user passes on, so nobody else may read it; the driver deletes it.
    await (0,promises_.writeFile)(files.request, JSON.stringify(driverRequest(execution, home, files)), { mode: 0o600 });
    const cancellation = forwardCancellation(files.pid);
    let lastWords = '';
    const print = new WholeLines((text) => process.stdout.write(text), log/* redact */.E$);
    const printErrors = new WholeLines((text) => {
        lastWords = (lastWords + text).slice(-4000);
        process.stdout.write(text);
    }, log/* redact */.E$);
    try {
        const code = await (0,log/* withoutCommands */.Df)(async () => {
            const code = await runChild(execution.toolPython, ['-u', '-X', 'utf8', DRIVER, files.request], {
                cwd: home,
                env: driverEnvironment(execution.environment, home),
                onStdout: (chunk) => print.write(chunk),
                onStderr: (chunk) => printErrors.write(chunk),
            });
            print.end();
            printErrors.end();
            return code;
        });
        if (!(0,external_node_fs_.existsSync)(files.result))
            return withoutResult(code, lastWords, cancellation.requested());
        const outcome = JSON.parse(await (0,promises_.readFile)(files.result, 'utf8'));
        // A signal that came too late for the notebook still ends the action.
        return cancellation.requested() ? { ...outcome, status: 'cancelled' } : outcome;
    }
    finally {
        cancellation.stop();
    }
}
/** The `Request` of run_notebook.py; times in seconds. */
function driverRequest(execution, home, files) {
    const seconds = (milliseconds) => (milliseconds === undefined ? null : milliseconds / 1000);
    const refused = execution.passThrough.filter((name) => !mayPass(name));
    if (refused.length > 0)
        (0,log/* warning */.$e)(`Not passed to the notebook, as it belongs to the action: ${refused.join(', ')}`);
    return {
        notebook: execution.notebook,
        executed: execution.executedNotebook,
        cwd: execution.workspace,
        kernel_python: execution.kernelPython,
        kernel_environment: kernelEnvironment({ ...execution, home }),
        parameters: pythonValues(execution.parameters),
        notebook_timeout: seconds(execution.notebookTimeoutMs),
        cell_timeout: seconds(execution.cellTimeoutMs),
        start_timeout: START_TIMEOUT_MS / 1000,
        result: files.result,
        pid: files.pid,
    };
}
function withoutResult(code, lastWords, cancelled) {
    const said = lastWords.trim().split('\n').at(-1) ?? '';
    const message = `what runs it ended with exit code ${code}${said === '' ? '' : `: ${said}`}`;
    return { status: cancelled ? 'cancelled' : 'failed', total: 0, executed: 0, warnings: [], timings: [], message };
}
/** The executed notebook is uploaded and shared, so no secret may stay in it; and it may be too large for that. */
async function inspectExecutedNotebook(path) {
    if (!(0,external_node_fs_.existsSync)(path))
        return;
    const text = await (0,promises_.readFile)(path, 'utf8');
    const clean = (0,log/* redact */.E$)(text);
    if (clean !== text) {
        await (0,promises_.writeFile)(`${path}.part`, clean);
        await (0,promises_.rename)(`${path}.part`, path);
        (0,log/* warning */.$e)('The notebook printed a secret of this action. It was replaced by *** in the executed notebook.');
    }
    const { size } = await (0,promises_.stat)(path);
    (0,log/* info */.pq)(`Executed notebook: ${path} (${(0,format/* formatBytes */.z)(size)})`);
    if (size > LARGE_NOTEBOOK)
        (0,log/* warning */.$e)(`The executed notebook has ${(0,format/* formatBytes */.z)(size)}. Let its cells print less.`);
}
//# sourceMappingURL=execute.js.map
;// CONCATENATED MODULE: ./build/src/training/find-python.js





const OLDEST = { major: 3, minor: 9 };
const PROBE = 'import json, sys; print(json.dumps({"executable": sys.executable, "version": "%d.%d.%d" % sys.version_info[:3]}))';
/**
 * Finds the Python that trains: the input, else the one of actions/setup-python, else what the platform calls Python.
 * A candidate counts when it runs and says that it is 3.9 or newer.
 *
 * @throws DeployError when there is none; it lists what was tried
 */
async function findPython(search) {
    const tried = [];
    for (const candidate of pythonCandidates(search)) {
        const [command = '', ...args] = candidate;
        const program = locateProgram(command, search);
        const found = program === undefined ? 'not found' : await probe(program, args, search);
        if (typeof found !== 'string')
            return found;
        tried.push(`${candidate.join(' ')}: ${found}`);
    }
    const what = search.input === undefined ? 'No Python' : 'The input `python` names no Python';
    throw new errors/* DeployError */.sH(`${what} of version ${OLDEST.major}.${OLDEST.minor} or newer (${tried.join('; ')}). ` +
        'Add the step `uses: actions/setup-python@v6` before this one, or set the input `python`.', { annotation: { title: 'No Python for training' } });
}
/** What to try, in order, each as a command and its arguments. */
function pythonCandidates(search) {
    const { input, environment, platform = process.platform } = search;
    if (input !== undefined) {
        const isPath = isFile((0,external_node_path_.resolve)(search.workspace, input));
        return [isPath ? [input] : input.split(/\s+/).filter((word) => word !== '')];
    }
    const windows = platform === 'win32';
    const location = variable(environment, 'pythonLocation');
    const setUp = location === undefined ? [] : [[windows ? (0,external_node_path_.join)(location, 'python.exe') : (0,external_node_path_.join)(location, 'bin/python3')]];
    return [...setUp, ...(windows ? [['python'], ['py', '-3'], ['python3']] : [['python3'], ['python']])];
}
/**
 * The file that a command means: a path as it is, a name looked up in PATH. The `python.exe` of the folder WindowsApps is
 * passed over: it only opens the Microsoft Store.
 */
function locateProgram(command, search) {
    const windows = (search.platform ?? process.platform) === 'win32';
    const suffixes = windows ? ['', '.exe', '.bat', '.cmd'] : [''];
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
async function probe(program, args, search) {
    let output = '';
    const options = {
        cwd: search.workspace,
        env: pipEnvironment(search.environment),
        onStdout: (chunk) => {
            output += chunk.toString();
        },
    };
    try {
        const code = await runChild(program, [...args, '-I', '-c', PROBE], options);
        if (code !== 0)
            return `ends with exit code ${code}`;
        const { executable, version } = JSON.parse(output);
        const [major = 0, minor = 0] = version.split('.').map(Number);
        const tooOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
        return tooOld ? `is ${version}` : { executable, version };
    }
    catch {
        return 'cannot be run';
    }
}
function isFile(path) {
    return (0,external_node_fs_.statSync)(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
//# sourceMappingURL=find-python.js.map
;// CONCATENATED MODULE: ./build/src/training/train.js








/**
 * Runs the training notebook in a Python environment made for it. Nothing of an environment or kernel that the machine
 * has is used, except the interpreter.
 *
 * @throws DeployError when the notebook or its packages fail; the executed notebook is kept as far as it got
 */
async function train(request) {
    const name = (0,external_node_path_.relative)(request.workspace, request.notebook).split(external_node_path_.sep).join('/');
    checkNotebook(request.notebook, name);
    checkParameters(request.parameters);
    const { python, environments } = await (0,log/* group */.Os)('Prepare Python', async () => {
        const python = await findPython({ ...request, input: request.python });
        (0,log/* info */.pq)(`Python ${python.version} (${python.executable})`);
        return { python, environments: await prepareEnvironments({ ...request, python }) };
    });
    const startedAt = new Date();
    const { cells } = await (0,log/* group */.Os)(`Run ${name}`, () => executeNotebook({ ...request, ...environments }));
    const durationMs = Date.now() - startedAt.getTime();
    (0,log/* info */.pq)(`${name}: ${cells} cells executed in ${(0,format/* formatDuration */.a)(durationMs)}`);
    return { startedAt, cells, durationMs, python: python.version };
}
//# sourceMappingURL=train.js.map

/***/ })

};
