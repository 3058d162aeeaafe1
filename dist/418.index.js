export const id = 418;
export const ids = [418];
export const modules = {

/***/ 1418:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readMetrics: () => (/* binding */ readMetrics)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: ./build/src/json.js
var json = __webpack_require__(4715);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
// EXTERNAL MODULE: ./build/src/metrics.js
var metrics = __webpack_require__(8372);
// EXTERNAL MODULE: ./build/src/training/shown-path.js
var shown_path = __webpack_require__(5965);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./build/src/errors.js
var errors = __webpack_require__(7406);
;// CONCATENATED MODULE: ./build/src/training/metrics/metrics-file.js






/** In bytes: they go into the manifest and the outputs of the step, which are no place for histories. */
const largestMetrics = 1_000_000;
const deepest = 50;
/**
 * Reads the metrics that a training wrote as JSON.
 *
 * @returns undefined when there are none that belong to this run
 * @throws DeployError when the file is demanded, and missing, old or not usable
 */
async function readMetricsFile(file) {
    const { relative, isDemanded, trainedSince } = file;
    // Nobody trained, so nobody knows what a file of this name is about, unless the workflow says so.
    if (trainedSince === undefined && !isDemanded)
        return undefined;
    const found = await (0,promises_.stat)(file.absolute).catch((error) => noneOrProblem(error, file));
    if (found === undefined) {
        if (!isDemanded)
            return undefined;
        const why = trainedSince ? 'the training ran, but did not write it' : 'nothing was trained in this step';
        throw new errors/* DeployError */.sH(`There are no metrics at ${relative} (metrics_path): ${why}. Write them there as a JSON object, or remove metrics_path`);
    }
    // As with the model: the time of the change counts too, and two seconds are what some file systems round to.
    if (trainedSince && Math.max(found.mtimeMs, found.ctimeMs) < trainedSince.getTime() - 2000) {
        const times = `it is from ${found.mtime.toISOString()}, the training began at ${trainedSince.toISOString()}`;
        if (!isDemanded) {
            file.note(`${relative} is not taken for the metrics of this training, which did not write it: ${times}.`);
            return undefined;
        }
        throw new errors/* DeployError */.sH(`The training ran, but did not write ${relative} (metrics_path): ${times}. Write the metrics in the training, or ` +
            'remove metrics_path');
    }
    return read(file, found).catch((error) => problem(error, file));
}
/** @throws DeployError when the workflow names the file; otherwise it is a warning */
function problem(error, { relative, isDemanded, warn }) {
    const sentence = `The metrics in ${relative} cannot be used: ${(0,errors/* messageOf */.bD)(error)}`;
    if (isDemanded)
        throw new errors/* DeployError */.sH(sentence, { annotation: { file: relative } });
    warn(`${sentence}. They are left out.`, { file: relative });
}
function noneOrProblem(error, file) {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')
        problem(error, file);
}
async function read({ absolute, workspace }, found) {
    const [real, root] = await Promise.all([(0,promises_.realpath)(absolute), (0,promises_.realpath)(workspace)]);
    // Training may have put a link in its place.
    if (!real.startsWith(root + external_node_path_.sep))
        throw new Error(`it leads out of the workspace, to ${real}`);
    if (!found.isFile())
        throw new Error('it is not a regular file');
    if (found.size > largestMetrics) {
        throw new Error(`it has ${(0,format/* formatBytes */.z)(found.size)}, more than the ${(0,format/* formatBytes */.z)(largestMetrics)} for metrics`);
    }
    return objectIn((await (0,promises_.readFile)(real, 'utf8')).replace(/^\ufeff/, ''));
}
function objectIn(text) {
    const value = (0,json/* parseSpelt */.y7)(quoteNonNumbers(text));
    if (!(0,metrics/* isGroup */.IZ)(value))
        throw new Error('it is JSON, but not an object of names and values');
    refuseDepth(value, deepest);
    return value;
}
/** Everything that reads the values later goes down into them step by step. */
function refuseDepth(value, left) {
    if (typeof value !== 'object' || value === null || (0,json/* spelling */.DS)(value) !== undefined)
        return;
    if (left === 0)
        throw new Error(`it is nested more than ${deepest} levels deep`);
    for (const inner of Object.values(value))
        refuseDepth(inner, left - 1);
}
/** What Python's json writes for numbers that JSON does not have. Strings are matched to be left alone. */
function quoteNonNumbers(text) {
    return text.replace(/"(?:[^"\\]|\\.)*(?:"|$)|-?\b(?:NaN|Infinity)\b/gs, (token) => token.startsWith('"') ? token : `"${token}"`);
}
//# sourceMappingURL=metrics-file.js.map
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __webpack_require__(3136);
;// CONCATENATED MODULE: ./build/src/training/metrics/mlflow-run.js
/** JSON has no word for these three; Python's are understood by `float()`. */
function metricValue(value) {
    if (Number.isFinite(value))
        return value;
    return String(value);
}
//# sourceMappingURL=mlflow-run.js.map
;// CONCATENATED MODULE: ./build/src/training/metrics/mlflow-database.js


/**
 * The runs of an SQLite store that are not deleted and began in time. Later versions of MLflow 3 keep one by default, in
 * `mlflow.db`.
 *
 * @param since Unix time in milliseconds
 * @throws Error when it is no such database, or damaged or locked
 */
async function runsInDatabase(file, since) {
    const rows = await query(file, (database) => database
        .prepare(`SELECT run_uuid, name, status, start_time,
           EXISTS (SELECT 1 FROM tags WHERE tags.run_uuid = runs.run_uuid AND key = 'mlflow.parentRunId') AS is_child
         FROM runs WHERE lifecycle_stage = 'active' AND start_time >= ?`)
        .all(since));
    return rows.map(({ run_uuid, name, status, start_time, is_child }) => ({
        name: String(name || run_uuid),
        startedAt: Number(start_time),
        isFinished: status === 'FINISHED',
        isChild: is_child === 1,
        read: () => readLog(file, String(run_uuid)),
    }));
}
async function readLog(file, run) {
    return query(file, (database) => {
        const rows = (table) => database.prepare(`SELECT * FROM ${table} WHERE run_uuid = ? ORDER BY key`).all(run);
        return {
            metrics: Object.fromEntries(rows('latest_metrics').map((row) => [String(row.key), storedValue(row)])),
            parameters: Object.fromEntries(rows('params').map(({ key, value }) => [String(key), String(value)])),
        };
    });
}
/** MLflow stores NaN as 0 with a flag, and what is infinite as the largest number. */
function storedValue({ value, is_nan }) {
    if (is_nan === 1)
        return metricValue(Number.NaN);
    const number = Number(value);
    return metricValue(Math.abs(number) === Number.MAX_VALUE ? number * 2 : number);
}
/** Loaded and opened only where there is such a file. */
async function query(file, read) {
    // The opening of a pipe would wait for a writer.
    if (!(0,external_node_fs_.statSync)(file).isFile())
        throw new Error('it is not a regular file');
    const { DatabaseSync } = await Promise.resolve(/* import() */).then(__webpack_require__.t.bind(__webpack_require__, 99, 19));
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
    try {
        return read(database);
    }
    finally {
        database.close();
    }
}
//# sourceMappingURL=mlflow-database.js.map
// EXTERNAL MODULE: external "node:readline"
var external_node_readline_ = __webpack_require__(481);
;// CONCATENATED MODULE: ./build/src/training/metrics/mlflow-files.js







/** In bytes. MLflow allows 6000 characters for a parameter. */
const largestFile = 64_000;
/**
 * The runs of a file store that are not deleted and began in time. MLflow 2 keeps one by default, in `mlruns`, as
 * `<experiment>/<run>/{meta.yaml,metrics,params,tags}`.
 *
 * @param since Unix time in milliseconds
 * @throws Error when none of its runs can be read, and there are some
 */
async function runsInFiles(store, since) {
    const runs = [];
    const failures = [];
    for (const experiment of await foldersIn(store)) {
        for (const folder of await foldersIn(experiment)) {
            const run = await readRun(folder, since).catch((error) => void failures.push(error));
            if (run)
                runs.push(run);
        }
    }
    // One that is broken does not hide the others.
    if (runs.length === 0 && failures.length > 0)
        throw failures[0];
    return runs;
}
async function foldersIn(folder) {
    const entries = await (0,promises_.readdir)(folder, { withFileTypes: true });
    return entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => (0,external_node_path_.join)(folder, name));
}
async function readRun(folder, since) {
    const path = (0,external_node_path_.join)(folder, 'meta.yaml');
    const found = await (0,promises_.lstat)(path).catch(() => undefined);
    // Spares the reading of a long history: what was written last before that began before.
    if (!found?.isFile() || found.mtimeMs < since)
        return undefined;
    const { parse } = await __webpack_require__.e(/* import() */ 815).then(__webpack_require__.t.bind(__webpack_require__, 8815, 19));
    const meta = parse(await readShort(path));
    if (meta === null || meta.lifecycle_stage !== 'active')
        return undefined;
    const startedAt = Number(meta.start_time);
    if (!(startedAt >= since))
        return undefined;
    // Other tags may be long, and are not asked for.
    const tag = (name) => (0,external_node_path_.join)(folder, 'tags', name);
    return {
        name: String(meta.run_name || (await readShort(tag('mlflow.runName')).catch(() => '')) || meta.run_id),
        startedAt,
        // The number of RunStatus.FINISHED.
        isFinished: meta.status === 3,
        isChild: (0,external_node_fs_.existsSync)(tag('mlflow.parentRunId')),
        read: async () => ({
            metrics: await lastValuesIn((0,external_node_path_.join)(folder, 'metrics')),
            parameters: await valuesIn((0,external_node_path_.join)(folder, 'params')),
        }),
    };
}
/** The files below a folder by name, with `/` in it, in alphabetical order; a folder that is missing has none. */
async function filesBelow(folder) {
    const entries = await (0,promises_.readdir)(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
        .filter((entry) => entry.isFile())
        .map((entry) => (0,external_node_path_.join)(entry.parentPath, entry.name))
        .map((path) => [(0,shown_path/* shownPath */.p)(folder, path), path])
        .sort(([a], [b]) => (a < b ? -1 : 1));
}
/** @throws Error when it is larger than a parameter of MLflow can be, or no regular file, which might never end */
async function readShort(path) {
    const found = await (0,promises_.lstat)(path);
    if (!found.isFile())
        throw new Error(`${path} is not a regular file`);
    if (found.size > largestFile)
        throw new Error(`${path} has ${(0,format/* formatBytes */.z)(found.size)}`);
    return (0,promises_.readFile)(path, 'utf8');
}
async function valuesIn(folder) {
    const values = [];
    for (const [name, path] of await filesBelow(folder))
        values.push([name, await readShort(path)]);
    return Object.fromEntries(values);
}
async function lastValuesIn(folder) {
    const values = [];
    for (const [name, path] of await filesBelow(folder)) {
        const value = await lastValue(path);
        if (value === undefined)
            throw new Error(`the metric ${name} has no value that can be read`);
        values.push([name, metricValue(value)]);
    }
    return Object.fromEntries(values);
}
/** Of lines with time, value and step, that of the last step, of those the latest, and of those the largest, as in MLflow. */
async function lastValue(path) {
    let last;
    for await (const line of (0,external_node_readline_.createInterface)({ input: (0,external_node_fs_.createReadStream)(path, 'utf8') })) {
        const [time, value, step = '0'] = line.trim().split(' ');
        if (time === undefined || value === undefined)
            continue;
        const next = { step: Number(step), time: Number(time), value: pythonNumber(value) };
        if (last === undefined || isLater(next, last))
            last = next;
    }
    return last?.value;
}
function isLater(a, b) {
    return (a.step - b.step || a.time - b.time || a.value - b.value) > 0;
}
function pythonNumber(text) {
    const infinite = /^([-+]?)inf(inity)?$/i.exec(text);
    if (infinite)
        return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return Number(text);
}
//# sourceMappingURL=mlflow-files.js.map
;// CONCATENATED MODULE: ./build/src/training/metrics/mlflow-stores.js





/**
 * The stores that are there: the one of the tracking URI, and those that MLflow makes by itself where it runs. Older
 * versions make `mlruns`, newer ones `mlflow.db`.
 */
function storesOf({ workspace, workingDirectory, program, trackingUri }) {
    const folders = [workingDirectory, workspace, (0,external_node_path_.dirname)(program)];
    const stores = [
        ...(trackingUri === undefined ? [] : storeAt(trackingUri, workingDirectory)),
        ...folders.flatMap((folder) => [fileStore((0,external_node_path_.join)(folder, 'mlruns')), database((0,external_node_path_.join)(folder, 'mlflow.db'))]),
    ];
    const present = stores.filter(({ path }) => (0,external_node_fs_.existsSync)(path));
    return [...new Map(present.map((store) => [(0,external_node_fs_.realpathSync)(store.path), store])).values()];
}
/** Whether a tracking URI names no place on this machine. */
function isServer(trackingUri) {
    return storeAt(trackingUri, '.').length === 0;
}
/** The store of a tracking URI as MLflow understands it: `sqlite:///file`, `file:`, or a path. */
function storeAt(uri, workingDirectory) {
    const sqlite = /^sqlite:\/\/\/([^?]+)/.exec(uri)?.[1];
    if (sqlite !== undefined)
        return [database((0,external_node_path_.resolve)(workingDirectory, decode(sqlite)))];
    if (/^file:\/\//i.test(uri))
        return fileUrlPath(uri).map(fileStore);
    const path = /^file:(.+)/i.exec(uri)?.[1];
    if (path !== undefined)
        return [fileStore((0,external_node_path_.resolve)(workingDirectory, decode(path)))];
    // A scheme of one letter is a drive of Windows.
    return /^[a-z][a-z0-9+.-]+:/i.test(uri) || /^databricks/i.test(uri) ? [] : [fileStore((0,external_node_path_.resolve)(workingDirectory, uri))];
}
function fileStore(path) {
    return { path, runs: (since) => runsInFiles(path, since) };
}
function database(path) {
    return { path, runs: (since) => runsInDatabase(path, since) };
}
function fileUrlPath(uri) {
    try {
        return [(0,external_node_url_.fileURLToPath)(uri)];
    }
    catch {
        return [];
    }
}
function decode(path) {
    try {
        return decodeURIComponent(path);
    }
    catch {
        return path;
    }
}
//# sourceMappingURL=mlflow-stores.js.map
;// CONCATENATED MODULE: ./build/src/training/metrics/mlflow.js


/**
 * What the newest MLflow run of this training has logged, if it logged to files of this machine. A store that cannot be
 * read fails nothing: the model may be as good as any.
 *
 * @returns undefined when there is no such run
 */
async function readMlflow(search) {
    // Two seconds, as for the files of a training: some clocks are coarse.
    const since = search.trainedSince.getTime() - 2000;
    const runs = [];
    for (const { path, runs: find } of storesOf(search))
        runs.push(...((await orWarn(search, path, () => find(since))) ?? []));
    const run = runs.sort(better)[0];
    if (run === undefined) {
        if (search.trackingUri !== undefined && isServer(search.trackingUri)) {
            search.note('Metrics logged to the MLflow server of MLFLOW_TRACKING_URI are not read; write them to metrics_path too.');
        }
        return undefined;
    }
    const log = await orWarn(search, `run ${run.name}`, () => run.read());
    if (log === undefined)
        return undefined;
    const others = runs.filter(({ isChild }) => isChild === run.isChild).length - 1;
    if (others > 0)
        search.note(`The training made ${others + 1} MLflow runs; the metrics are those of ${run.name}.`);
    return { ...log, source: `MLflow run ${run.name}` };
}
/** A whole run before a part of one, a finished one before others, the newest first. */
function better(a, b) {
    return (Number(a.isChild) - Number(b.isChild) || Number(b.isFinished) - Number(a.isFinished) || b.startedAt - a.startedAt);
}
async function orWarn({ warn }, what, read) {
    try {
        return await read();
    }
    catch (error) {
        warn(`The metrics of MLflow in ${what} cannot be read and are left out: ${(0,errors/* messageOf */.bD)(error)}.`);
        return undefined;
    }
}
//# sourceMappingURL=mlflow.js.map
;// CONCATENATED MODULE: ./build/src/training/metrics/read-metrics.js








/**
 * The metrics of a training that ended well: those of its JSON file, and those of its MLflow run that the file does not
 * name.
 *
 * @returns undefined when there are none
 * @throws DeployError when a demanded file is missing, old or not usable
 */
async function readMetrics(request) {
    const { training } = request;
    const written = await readWritten(request);
    const logged = training && (await readLogged({ ...request, ...training, trainedSince: training.since }));
    const values = { ...logged?.metrics, ...written?.values };
    if (logged && Object.keys(logged.parameters).length > 0) {
        if ('parameters' in values)
            (0,log/* info */.pq)('The parameters of MLflow are left out: there are metrics of that name.');
        else
            values.parameters = logged.parameters;
    }
    if (Object.keys(values).length === 0)
        return undefined;
    const sources = [written?.source, logged?.source];
    return {
        values: withoutSecrets(values),
        source: (0,log/* redact */.E$)(sources.filter((source) => source !== undefined).join(' and ')),
    };
}
/** Of the file in the workspace; one that nobody named may be where the training ran as well. */
async function readWritten({ file, training, ...request }) {
    if (file === undefined)
        return undefined;
    const places = [file];
    if (training && !request.isDemanded) {
        const absolute = (0,external_node_path_.join)(training.workingDirectory, (0,external_node_path_.basename)(file.absolute));
        if (absolute !== file.absolute)
            places.push({ absolute, relative: (0,shown_path/* shownPath */.p)(request.workspace, absolute) });
    }
    for (const place of places) {
        const values = await readMetricsFile({ ...request, ...place, trainedSince: training?.since });
        if (values)
            return { values, source: place.relative };
    }
    return undefined;
}
async function readLogged(search) {
    const logged = await readMlflow(search);
    const size = Buffer.byteLength(JSON.stringify(logged ?? {}));
    if (size <= largestMetrics)
        return logged;
    search.warn(`The metrics of ${logged?.source} have ${(0,format/* formatBytes */.z)(size)}, more than the ${(0,format/* formatBytes */.z)(largestMetrics)} for metrics, ` +
        'and are left out.');
    return undefined;
}
/** A parameter is a likely place for a secret to be logged by mistake. */
function withoutSecrets(value) {
    if (typeof value === 'string')
        return (0,log/* redact */.E$)(value);
    if (Array.isArray(value))
        return value.map(withoutSecrets);
    if ((0,metrics/* isGroup */.IZ)(value)) {
        return Object.fromEntries(Object.entries(value).map(([name, inner]) => [(0,log/* redact */.E$)(name), withoutSecrets(inner)]));
    }
    const digits = (0,json/* spelling */.DS)(value);
    return digits !== undefined && (0,log/* redact */.E$)(digits) !== digits ? (0,log/* redact */.E$)(digits) : value;
}
//# sourceMappingURL=read-metrics.js.map

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

/***/ })

};
