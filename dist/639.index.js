export const id = 639;
export const ids = [639];
export const modules = {

/***/ 4639:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  generateSources: () => (/* binding */ generateSources)
});

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/src/errors.js
var errors = __webpack_require__(7406);
// EXTERNAL MODULE: ./build/src/pip-failure.js
var pip_failure = __webpack_require__(5459);
// EXTERNAL MODULE: ./build/src/mlflow/folder.js
var mlflow_folder = __webpack_require__(2939);
;// CONCATENATED MODULE: ./build/src/mlflow/requirements.js




/** The first of these is enough: pyfunc is in both. */
const mlflowPackages = ['mlflow', 'mlflow-skinny'];
/** The official client brings the Algorithm Development Kit along (platform reference §5.1); 3 does not exist. */
const client = 'algorithmia>=1.17,<3';
/**
 * The lines of a requirements.txt with which the model can be loaded on the platform: Algorithmia's client, MLflow, and
 * what the model itself asks for in its `requirements.txt` or else its `conda.yaml`.
 *
 * Files that they include are put in their place, constraints as well: the platform installs before the rest of the
 * repository is there (platform reference §5.1).
 *
 * @throws DeployError when the model's requirements cannot be read
 */
async function modelRequirements({ mlflowVersion }, folder) {
    const text = await (0,mlflow_folder/* readModelFile */.G)(folder, 'requirements.txt');
    const own = text === undefined
        ? await withIncluded(await fromConda(folder), 'conda.yaml', folder, [])
        : await withIncluded(linesOf(text), 'requirements.txt', folder, ['requirements.txt']);
    const names = new Set(own.map(nameOf));
    // A version that is under development is on no package index.
    const released = mlflowVersion !== undefined && /^\d+(\.\d+)*(rc\d+)?$/.test(mlflowVersion);
    const mlflow = released ? `mlflow==${mlflowVersion}` : 'mlflow';
    return [
        ...(names.has('algorithmia') ? [] : [client]),
        ...(mlflowPackages.some((name) => names.has(name)) ? [] : [mlflow]),
        ...own,
    ];
}
/**
 * Makes sure that requirements can be installed on the platform, and may be written into a repository.
 *
 * @throws DeployError for one that is a file, and for an address with a password in it
 */
function checkShippable(requirements) {
    const ownFile = "or put a requirements.txt of your own into the algorithm's repository";
    for (const line of requirements) {
        if (/https?:\/\/(?![^/\s@]*\$\{)[^/\s@]+@/.test(line))
            throw new errors/* DeployError */.sH(`The MLflow model requires ${withoutPassword(line)}, an address with a password, which is not written ` +
                `into a repository. Save the model without it, ${ownFile}`);
        if (isLocal(line))
            throw new errors/* DeployError */.sH(`The MLflow model requires ${line}, a file that the platform does not have when it installs packages. Save the model ` +
                `with a requirement that a package index can serve, ${ownFile}`);
    }
}
/** The requirements, of those of a model, whose packages a requirements.txt does not name; without passwords. */
function missingRequirements(text, requirements) {
    const named = new Set(linesOf(text).map(nameOf));
    if (mlflowPackages.some((name) => named.has(name)))
        for (const name of mlflowPackages)
            named.add(name);
    return requirements.filter((line) => nameOf(line) !== undefined && !named.has(nameOf(line))).map(withoutPassword);
}
function withoutPassword(line) {
    return line.replace(/\/\/[^/\s@]+@/g, '//***@');
}
/** The package that a line of a requirements file names, in the form that all its spellings share. */
function nameOf(line) {
    const name = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[[<>=!~;@(\s])/.exec(line)?.[1];
    return name === undefined ? undefined : (0,pip_failure/* canonicalName */.Ew)(name);
}
/** The lines of a requirements file without comments, continued lines as one. */
function linesOf(text) {
    return text
        .replace(/^\ufeff/, '')
        .replace(/\\\r?\n/g, ' ')
        .split(/\r?\n/)
        .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
        .filter((line) => line !== '');
}
/** @param including files of the model's folder in which these lines stand, the outermost first */
async function withIncluded(lines, file, folder, including) {
    const lists = await Promise.all(lines.map(async (line) => {
        const included = /^(?:-r|-c|--requirement|--constraint)[\s=]*(\S.*)$/
            .exec(line)?.[1]
            ?.replace(/^(["'])(.*)\1$/, '$2');
        if (included === undefined || included.includes('://'))
            return [line];
        const path = external_node_path_.posix.join(external_node_path_.posix.dirname(file), included);
        if (including.includes(path))
            return [];
        const text = await (0,mlflow_folder/* readModelFile */.G)(folder, path);
        if (text === undefined)
            throw new errors/* DeployError */.sH(`${file} of the MLflow model ${folder} includes ${included}, which is not there`);
        return withIncluded(linesOf(text), path, folder, [...including, path]);
    }));
    return lists.flat();
}
/** The dependencies of a conda environment as pip spells them, without Python and pip themselves. */
async function fromConda(folder) {
    const text = await (0,mlflow_folder/* readModelFile */.G)(folder, 'conda.yaml');
    if (text === undefined)
        return [];
    const { parse } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
    let dependencies;
    try {
        dependencies = parse(text, { schema: 'failsafe' })?.dependencies;
    }
    catch (error) {
        throw new errors/* DeployError */.sH(`conda.yaml of the MLflow model ${folder} is not YAML (${error.message.split('\n', 1)[0]}); save the model anew with MLflow`);
    }
    const entries = Array.isArray(dependencies) ? dependencies : [];
    const ofConda = entries
        .filter((entry) => typeof entry === 'string')
        .map(fromCondaEntry)
        .filter((line) => !['python', 'pip'].includes(nameOf(line) ?? ''));
    const ofPip = entries.flatMap((entry) => {
        const { pip } = Object(entry);
        return Array.isArray(pip) ? pip : [];
    });
    return [...ofConda, ...linesOf(ofPip.join('\n'))];
}
/** `channel::name=version=build`, or a name and comparisons, with or without spaces. */
function fromCondaEntry(entry) {
    const [, name = entry, versions = ''] = /^(?:\S*::)?([\w.-]+)\s*(.*)$/.exec(entry.trim()) ?? [];
    const pinned = /^={0,2}\s*([^=<>!~,|\s]+)(?:[=\s]\S+)?$/.exec(versions)?.[1];
    return pinned === undefined ? name + versions.replace(/\s+/g, '') : `${name}==${pinned}`;
}
/** Whether pip would look for it among files. */
function isLocal(line) {
    if (/(?:^|[\s@])file:/.test(line))
        return true;
    if (line.includes('://'))
        return false;
    return /^(?:-e|--editable|-f|--find-links)[\s=]|^\.{0,2}\/|^[^\s;]+\.(?:whl|zip|tar\.gz)(?:$|[\s;])/.test(line);
}
//# sourceMappingURL=requirements.js.map
;// CONCATENATED MODULE: ./build/src/mlflow/untouched.js

// The files with which the platform begins the repository of an algorithm. Nobody has written them, so they may be
// replaced. Compared without comments and spacing, in which the platform's own versions differ (platform reference §5.1).
const hello = 'defapply(input):return"hello{}".format(input)';
const starts = ['Algorithmia', 'world'].map((input) => `algorithm=ADK(apply)algorithm.init("${input}")`);
const templates = [`importAlgorithmia${hello}`, ...starts.map((start) => `fromAlgorithmiaimportADK${hello}${start}`)];
/** Whether this is the platform's main file, legacy or of the Algorithm Development Kit. */
function isTemplateMain(text) {
    return templates.includes(bare(text).replace('str(input)', 'input'));
}
/** Whether this is the platform's test of its main file. */
function isTemplateTest(text, algorithm) {
    const test = `deftest_${algorithm}():assert${algorithm}.apply("Jane")=="helloJane"`;
    return ['', 'from.', 'fromsrc'].some((from) => bare(text) === `${from}import${algorithm}${test}`);
}
/** Whether this asks for nothing but what the platform's templates do. */
function isTemplateRequirements(text) {
    return linesOf(text).every((line) => /^(?:algorithmia(?:-.*)?|six)$/.test(nameOf(line) ?? ''));
}
/** Python source without the comments that fill a line, the text at its beginning, and all spacing. */
function bare(source) {
    return source
        .replace(/^\ufeff/, '')
        .replace(/^[ \t]*#.*$/gm, '')
        .replace(/^\s*("""|''')[\s\S]*?\1/, '')
        .replace(/\s+/g, '');
}
//# sourceMappingURL=untouched.js.map
;// CONCATENATED MODULE: ./build/src/mlflow/sources.js





/** Beside the main file, with a name that no algorithm has: theirs begin with a letter (platform reference §3.1). */
const library = 'src/_mlflow_model.py';
/**
 * Writes an algorithm that answers with the predictions of an MLflow model. Only files that are missing, were generated
 * before, or are the platform's template are written. Where the main file is the user's own, the others are written only if
 * it was made from a generated one.
 *
 * @throws DeployError when MLflow's pyfunc cannot load the model, its requirements cannot be installed, or `src` is no folder
 */
async function generateSources(request) {
    const { clone, algorithm, model } = request;
    const main = `src/${algorithm}.py`;
    const result = { written: [], kept: [], removed: [], missing: [] };
    const isFree = async (path, isTemplate = (_text) => false) => {
        const text = await readInClone(clone, path);
        return text === undefined || (text !== null && (text.startsWith(generated) || isTemplate(text)));
    };
    const write = async (path, text) => {
        await (0,promises_.writeFile)((0,external_node_path_.join)(clone, path), `${headerFor(model)}\n${text}`);
        result.written.push(path);
    };
    await checkSourceFolder(clone);
    const isOwn = !(await isFree(main, isTemplateMain));
    if (isOwn) {
        result.kept.push(main);
        // One that was made from a generated one needs the rest, and what says that it is generated has to be.
        const [text, requirements] = await Promise.all([main, 'requirements.txt'].map((path) => readInClone(clone, path)));
        const usesRest = text?.includes((0,external_node_path_.basename)(library, '.py')) || requirements?.startsWith(generated);
        if (!usesRest)
            return result;
    }
    if (model.loader === undefined)
        throw new errors/* DeployError */.sH(`The MLflow model ${request.modelFolder} has no flavor python_function, so no code can be generated that loads it. Save it ` +
            "with a flavor that pyfunc supports, or write the algorithm's code yourself");
    const requirements = await modelRequirements(model, request.modelFolder);
    if (await isFree('requirements.txt', isTemplateRequirements)) {
        checkShippable(requirements);
        await write('requirements.txt', `${requirements.join('\n')}\n`);
    }
    else {
        result.kept.push('requirements.txt');
        result.missing = missingRequirements((await readInClone(clone, 'requirements.txt')) ?? '', requirements);
    }
    await (0,promises_.mkdir)((0,external_node_path_.join)(clone, 'src'), { recursive: true });
    // What the user's own one says does not matter: it only makes a package of the folder.
    if (await isFree('src/__init__.py'))
        await write('src/__init__.py', '');
    if (await isFree(library))
        await write(library, await readSource((0,external_node_path_.basename)(library)));
    else
        result.kept.push(library);
    if (!isOwn) {
        const source = await readSource(request.variant === 'adk' ? 'adk_algorithm.py' : 'legacy_algorithm.py');
        await write(main, source.split('"__ENTRY__"').join(JSON.stringify(request.entry)));
    }
    // Empty, as in the platform's template: without it the module would be taken for one with `apply` (platform reference §5.1).
    if (!isOwn && request.variant === 'adk' && (await readInClone(clone, '.adk')) === undefined) {
        await (0,promises_.writeFile)((0,external_node_path_.join)(clone, '.adk'), '');
        result.written.push('.adk');
    }
    const test = `src/${algorithm}_test.py`;
    const testText = await readInClone(clone, test);
    if (typeof testText === 'string' && isTemplateTest(testText, algorithm)) {
        await (0,promises_.rm)((0,external_node_path_.join)(clone, test));
        result.removed.push(test);
    }
    return result;
}
const generated = '# Generated by Deploy to Algorithmia';
/** Says nothing that differs between two models of a kind: a model that is trained anew changes no source. */
function headerFor({ loader = '' }) {
    const kind = /^[\w.]+$/.test(loader) ? ` (${loader})` : '';
    return `${generated} from an MLflow model${kind}, anew at each deployment. Remove this line to make the file your own.`;
}
/** A Python file that is beside this one. */
function readSource(name) {
    return (0,promises_.readFile)((0,external_node_path_.join)(import.meta.dirname, name), 'utf8');
}
/** A link would lead out of the clone what is written into it. */
async function checkSourceFolder(clone) {
    const found = await (0,promises_.lstat)((0,external_node_path_.join)(clone, 'src')).catch(() => undefined);
    if (found !== undefined && !found.isDirectory())
        throw new errors/* DeployError */.sH("src is a file or a link in the algorithm's repository; replace it there by a folder");
}
/** @returns undefined when there is nothing, null when it is a link or a folder, which are not followed */
async function readInClone(clone, path) {
    const found = await (0,promises_.lstat)((0,external_node_path_.join)(clone, path)).catch(() => undefined);
    if (found === undefined)
        return undefined;
    return found.isFile() ? (0,promises_.readFile)((0,external_node_path_.join)(clone, path), 'utf8') : null;
}
//# sourceMappingURL=sources.js.map

/***/ })

};
