import { devNull } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { isSecretName } from './secrets.ts'

/**
 * Which environment variables a child process gets. pip and uv get what the job has, without what belongs to the action. The
 * notebook gets only what a Python process needs and what the user names: whatever it sees may end up in its outputs.
 */

type Variables = Record<string, string>

/** By RUNNER_TRACKING_ID the runner finds, and ends, what is left running. */
const KERNEL_NAMES =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|HOSTNAME|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_[A-Z]+|TZ|CI|LD_LIBRARY_PATH|DYLD_LIBRARY_PATH|(https?|no|all)_proxy|HTTPS?_PROXY|NO_PROXY|ALL_PROXY|(CUDA|NVIDIA|NCCL)(_[A-Z0-9_]+)?|(OMP|MKL|OPENBLAS|NUMEXPR)_NUM_THREADS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|RUNNER_TRACKING_ID)$/
const WINDOWS_NAMES =
  /^(SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|OS|APPDATA|LOCALAPPDATA|PROGRAMDATA|PROGRAMFILES(\(X86\))?|COMMONPROGRAMFILES(\(X86\))?|ALLUSERSPROFILE|PUBLIC|USERNAME|USERPROFILE|USERDOMAIN|HOMEDRIVE|HOMEPATH|COMPUTERNAME|NUMBER_OF_PROCESSORS|PROCESSOR_[A-Z0-9_]+)$/i
/** Facts about the run; none of them is secret or a file that changes the job. */
const GITHUB_FACTS =
  /^(GITHUB_(ACTIONS|ACTOR|ACTOR_ID|API_URL|BASE_REF|EVENT_NAME|GRAPHQL_URL|HEAD_REF|JOB|REF|REF_NAME|REF_TYPE|REPOSITORY|REPOSITORY_ID|REPOSITORY_OWNER|RUN_ATTEMPT|RUN_ID|RUN_NUMBER|SERVER_URL|SHA|TRIGGERING_ACTOR|WORKFLOW|WORKFLOW_REF|WORKSPACE)|RUNNER_(OS|ARCH|NAME|TEMP|TOOL_CACHE|ENVIRONMENT))$/

/** What no child gets, even by name: the action's own inputs, tokens of the runner, files with which a step changes the job. */
const NEVER = /^(INPUT_.*|ACTIONS_.*|STATE_.*|GITHUB_(ENV|OUTPUT|PATH|STATE|STEP_SUMMARY))$/i

/** What would let another Python, or another environment's packages, in. */
const FOREIGN_PYTHON =
  /^(PYTHONPATH|PYTHONHOME|PYTHONSTARTUP|PYTHONUSERBASE|PYTHONEXECUTABLE|VIRTUAL_ENV|CONDA_.*|JUPYTER_.*|IPYTHONDIR|__PYVENV_LAUNCHER__)$/i

/** What would send pip's packages elsewhere. Indexes, proxies, certificates and the cache stay as the user has them. */
const PIP_ELSEWHERE = /^PIP_(TARGET|PREFIX|ROOT|USER|PYTHON|DRY_RUN|REQUIREMENT|EDITABLE)$/i

/** The same for uv, with what would make it take another Python, project or settings. */
const UV_ELSEWHERE =
  /^UV_(TARGET|PREFIX|PYTHON|PYTHON_PREFERENCE|PYTHON_DOWNLOADS|(NO_)?MANAGED_PYTHON|SYSTEM_PYTHON|BREAK_SYSTEM_PACKAGES|(NO_)?PROJECT|PROJECT_ENVIRONMENT|WORKING_DIR(ECTORY)?|ENV_FILE|VENV_.*|DRY_RUN|NO_VERIFY_HASHES)$/i

/** Which versions and files of packages an installer takes. */
const USERS_CHOICE =
  /^(PIP_(CONSTRAINT|BUILD_CONSTRAINT|NO_BINARY|ONLY_BINARY|PRE|NO_DEPS|UPGRADE_STRATEGY|REQUIRE_HASHES)|UV_(CONSTRAINT|BUILD_CONSTRAINT|OVERRIDE|EXCLUDE|EXCLUDE_NEWER|RESOLUTION|PRERELEASE|FORK_STRATEGY|NO_BINARY|NO_BINARY_PACKAGE|NO_BUILD|NO_BUILD_PACKAGE|REQUIRE_HASHES|TORCH_BACKEND|COMPILE_BYTECODE))$/i

/** A variable, whatever the case of its name where the platform does not distinguish; empty counts as unset. */
export function variable(environment: NodeJS.ProcessEnv, name: string): string | undefined {
  const exact = environment[name]
  if (exact !== undefined && exact !== '') return exact
  const key = Object.keys(environment).find(
    (key) => key.toUpperCase() === name.toUpperCase() && environment[key] !== '',
  )
  return process.platform === 'win32' && key !== undefined ? environment[key] : undefined
}

function pick(environment: NodeJS.ProcessEnv, wanted: (name: string) => boolean): Variables {
  const picked: Variables = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && wanted(name)) picked[name] = value
  }
  return picked
}

/** For `venv`, pip and uv: requirement files may refer to any variable of the job, so it is all there. */
export function installerEnvironment(environment: NodeJS.ProcessEnv): Variables {
  const foreign = [NEVER, FOREIGN_PYTHON, PIP_ELSEWHERE, UV_ELSEWHERE]
  const kept = pick(environment, (name) => !foreign.some((names) => names.test(name)))
  return { ...kept, PYTHONNOUSERSITE: '1', PYTHONIOENCODING: 'utf-8', PIP_USER: '0', UV_PYTHON_DOWNLOADS: 'never' }
}

/**
 * For packages that we choose: they come from where the user's come from, and nothing else of the user's settings counts.
 * pip's variables count more than its files, so they can take back what stands there.
 */
export function ownInstallerEnvironment(environment: NodeJS.ProcessEnv): Variables {
  const kept = pick(installerEnvironment(environment), (name) => !USERS_CHOICE.test(name))
  return { ...kept, PIP_CONSTRAINT: devNull, PIP_REQUIRE_HASHES: '0' }
}

export interface KernelVariables {
  environment: NodeJS.ProcessEnv
  /** Interpreter of the kernel environment; its folder comes first in PATH. */
  kernelPython: string
  /** Existing folder for what Jupyter and IPython keep. */
  home: string
  passThrough: readonly string[]
}

/** Whether a variable may be passed to the notebook when the user names it. */
export function mayPass(name: string): boolean {
  return !NEVER.test(name)
}

/** What every Python process may see. NVIDIA_API_KEY is a secret beside NVIDIA_VISIBLE_DEVICES. */
function isHarmless(name: string): boolean {
  return (KERNEL_NAMES.test(name) || WINDOWS_NAMES.test(name)) && !isSecretName(name)
}

/** For the notebook's kernel. */
export function kernelEnvironment({ environment, kernelPython, home, passThrough }: KernelVariables): Variables {
  const bin = dirname(kernelPython)
  const allowed = (name: string) => isHarmless(name) || GITHUB_FACTS.test(name)
  return {
    QT_QPA_PLATFORM: 'offscreen',
    // Or else git asks in the terminal that Jupyter makes for `!command`, where nobody answers.
    GIT_TERMINAL_PROMPT: '0',
    ...pick(environment, (name) => (allowed(name) || passThrough.includes(name)) && mayPass(name)),
    ...privateJupyter(home),
    PATH: [bin, variable(environment, 'PATH')].filter((part) => part !== undefined).join(delimiter),
    VIRTUAL_ENV: dirname(bin),
    PYDEVD_DISABLE_FILE_VALIDATION: '1',
  }
}

/** For the driver, which runs in the tool environment and must meet nothing of the machine's own Jupyter. */
export function driverEnvironment(environment: NodeJS.ProcessEnv, home: string): Variables {
  // The driver lies in the action's own folder, which must stay as it was checked out.
  return { ...pick(environment, isHarmless), ...privateJupyter(home), PYTHONDONTWRITEBYTECODE: '1' }
}

function privateJupyter(home: string): Variables {
  return {
    JUPYTER_DATA_DIR: join(home, 'data'),
    JUPYTER_CONFIG_DIR: join(home, 'config'),
    JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
    JUPYTER_NO_CONFIG: '1',
    IPYTHONDIR: join(home, 'ipython'),
    PYTHONNOUSERSITE: '1',
  }
}
