export const id = 24;
export const ids = [24];
export const modules = {

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

/***/ 6024:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  renderSummary: () => (/* binding */ renderSummary)
});

// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
// EXTERNAL MODULE: ./build/src/report/markdown.js
var markdown = __webpack_require__(75);
;// CONCATENATED MODULE: ./build/src/report/code-section.js


/** The commit has them all. */
const mostRows = 20;
/** More than these are folded. */
const shortList = 5;
const longestPath = 200;
/** What the commit changes in the algorithm's repository, and what of the code it leaves out. */
function codeSection({ changes, outputs }) {
    // Of a commit that did not arrive there is nothing to tell.
    if (changes === undefined || outputs.algorithm_commit_sha === '')
        return [];
    const { files, skipped } = changes;
    if (files.length + skipped.length === 0)
        return [];
    const count = (kind) => files.filter((file) => file.kind === kind).length;
    const counts = ['added', 'changed', 'deleted'].map((kind) => `${count(kind)} ${kind}`);
    const title = `Files: ${[...counts, ...(skipped.length > 0 ? [`${skipped.length} skipped`] : [])].join(', ')}`;
    const lines = [
        ...rows(files.map(({ path, kind }) => [kind, path])),
        ...(skipped.length === 0 ? [] : rows(skipped.map(({ path, why }) => [`skipped, because ${why}`, path]))),
    ];
    if (files.length + skipped.length > shortList)
        return (0,markdown/* folded */.TM)(title, lines);
    return [`**${title}**`, '', ...lines];
}
function rows(entries) {
    if (entries.length === 0)
        return [];
    const shown = entries.slice(0, mostRows).map(([what, path]) => [(0,markdown/* code */.aY)((0,log/* shorten */.ml)(path, longestPath)), (0,markdown/* cell */.Hn)(what)]);
    const more = entries.length > mostRows ? [`and ${entries.length - mostRows} more`, ''] : [];
    return [...(0,markdown/* table */.tp)('| Path | |', '|---|---|', shown), ...more];
}
//# sourceMappingURL=code-section.js.map
// EXTERNAL MODULE: ./build/src/report/metrics-section.js
var metrics_section = __webpack_require__(2743);
// EXTERNAL MODULE: ./build/src/report/models-section.js
var models_section = __webpack_require__(7358);
// EXTERNAL MODULE: ./build/src/plan.js
var plan = __webpack_require__(682);
;// CONCATENATED MODULE: ./build/src/report/plan-section.js




/** All of them are in the log. */
const mostModels = 50;
const mostFiles = 100;
const mostLines = 300;
/** In characters. */
const longestLine = 500;
/** What a dry run found, for whoever reviews the change that it is run for. */
function planSection({ plan }) {
    if (plan === undefined)
        return [];
    return [
        ...sentences('**Not checked or not shown**', plan.unchecked),
        ...sentences('**New**', plan.creations),
        ...models(plan),
        ...commit(plan),
        ...copied(plan),
        ...sentences('**After the push**', plan.release),
    ];
}
function sentences(title, lines) {
    return lines.length === 0 ? [] : [title, '', ...lines.map((line) => `- ${(0,markdown/* cell */.Hn)(line)}`), ''];
}
function models({ models, modelsAreOld }) {
    if (models.length === 0)
        return [];
    const rows = models
        .slice(0, mostModels)
        .map((model) => [
        (0,markdown/* cell */.Hn)(model.entry),
        (0,markdown/* code */.aY)(model.path),
        (0,format/* formatBytes */.z)(model.size),
        `${(0,markdown/* code */.aY)(model.md5)}<br>${(0,markdown/* code */.aY)(model.sha256)}`,
        (0,markdown/* code */.aY)(model.uri),
        upload(model),
    ]);
    return [
        modelsAreOld ? '**Models**, as they were before the training' : '**Models**',
        '',
        ...(0,markdown/* table */.tp)('| Model | File | Size | MD5, SHA-256 | Stored as | |', '|---|---|--:|---|---|---|', rows),
        ...more(models, mostModels),
    ];
}
function upload({ isStored }) {
    if (isStored === undefined)
        return 'would be uploaded, unless it is there';
    return isStored ? 'already stored' : 'would be uploaded';
}
function commit({ commit }) {
    if (commit === undefined)
        return [];
    const { target, files, skipped, manifestDifference } = commit;
    const left = skipped.map(({ path, why }) => `- skipped ${(0,markdown/* code */.aY)(path)}, because ${(0,markdown/* cell */.Hn)(why)}`);
    if (files.length === 0)
        return [`**No commit**: ${(0,markdown/* cell */.Hn)(target)} has it all.`, '', ...list(left)];
    return [
        `**Commit** to ${(0,markdown/* cell */.Hn)(target)}: ${(0,plan/* countFiles */.D)(files)}`,
        '',
        ...list([...files.map(({ kind, path }) => `- ${kind} ${(0,markdown/* code */.aY)(path)}`), ...left]),
        ...difference(manifestDifference),
    ];
}
function copied({ code: files }) {
    if (files === undefined)
        return [];
    return [
        `**Code** that would be copied: ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
        '',
        ...list(files.map((path) => `- ${(0,markdown/* code */.aY)(path)}`)),
    ];
}
function list(lines) {
    return lines.length === 0 ? [] : [...lines.slice(0, mostFiles), '', ...more(lines, mostFiles)];
}
/** From the names of both sides on. */
function difference(text) {
    if (text === '')
        return [];
    const lines = text.trimEnd().split('\n');
    const start = Math.max(0, lines.findIndex((line) => line.startsWith('--- ')));
    const shown = lines.slice(start, start + mostLines).map((line) => (0,log/* shorten */.ml)(line, longestLine));
    return [...(0,markdown/* codeBlock */.DV)((0,log/* neutralise */.$0)(shown.join('\n')), 'diff'), '', ...more(lines.slice(start), mostLines)];
}
function more(all, shown) {
    return all.length > shown ? [`${all.length - shown} more are in the log.`, ''] : [];
}
//# sourceMappingURL=plan-section.js.map
;// CONCATENATED MODULE: ./build/src/report/training-section.js



const slowest = 5;
const training_section_longestLine = 80;
const longestWarning = 500;
/**
 * Where a failed program, or the installation of its packages, stopped, for the top of the page: next to nothing when it
 * did not say.
 */
function traceback({ training }) {
    if (training === undefined || training.traceback.trim() === '')
        return [];
    // It is known once the packages are there.
    const end = training.installer === '' ? 'The preparation of Python ended with' : 'The training ended with';
    return [end, '', ...(0,markdown/* codeBlock */.DV)(training.traceback.trimEnd()), ''];
}
/** How the model was trained, as far as it got, and where the evidence is. */
function trainingSection({ training, outputs }) {
    if (training === undefined)
        return [];
    const rows = [[training.kind === 'notebook' ? 'Notebook' : 'Script', program(training)]];
    if (training.given !== '')
        rows.push([training.kind === 'notebook' ? 'Parameters' : 'Arguments', (0,markdown/* code */.aY)(training.given)]);
    if (training.python !== '')
        rows.push(['Python', python(training)]);
    if (outputs.executed_notebook !== '')
        rows.push(['Executed notebook', (0,markdown/* code */.aY)(outputs.executed_notebook)]);
    if (outputs.training_log !== '')
        rows.push(['Log', (0,markdown/* code */.aY)(outputs.training_log)]);
    if (training.images.length > 0)
        rows.push(['Plots', training.images.map(markdown/* code */.aY).join('<br>')]);
    return ['**Training**', '', ...(0,markdown/* table */.tp)('| | |', '|---|---|', rows), ...warnings(training), ...slowestCells(training)];
}
function warnings({ warnings }) {
    if (warnings.length === 0)
        return [];
    return [...warnings.map((warning) => `- ${(0,markdown/* cell */.Hn)((0,log/* shorten */.ml)(warning, longestWarning))}`), ''];
}
function program({ kind, program, durationMs, cells, totalCells }) {
    const parts = [(0,markdown/* code */.aY)(program)];
    // Cell 0 is not one of the notebook's.
    const executed = cells.filter(({ cell }) => cell > 0).length;
    if (kind === 'notebook' && totalCells > 0) {
        const all = `${totalCells} ${totalCells === 1 ? 'cell' : 'cells'}`;
        parts.push(executed < totalCells ? `${executed} of ${all}` : all);
    }
    if (durationMs > 0)
        parts.push((0,format/* formatDuration */.a)(durationMs));
    return parts.join(', ');
}
function python({ python, installer, packages }) {
    const names = packages.map(({ name, version }) => `${name} ${version}`).join(', ');
    const installed = installer === '' ? '' : ` with ${installer}`;
    return (0,markdown/* cell */.Hn)(`${python}${installed}${names === '' ? '' : `: ${names}`}`);
}
function slowestCells({ cells }) {
    if (cells.length < 2)
        return [];
    const rows = [...cells]
        .sort((a, b) => b.seconds - a.seconds)
        .slice(0, slowest)
        .map(({ cell: number, firstLine, seconds }) => [
        number === 0 ? 'parameters' : String(number),
        (0,markdown/* code */.aY)((0,log/* shorten */.ml)(firstLine, training_section_longestLine)),
        (0,format/* formatDuration */.a)(seconds * 1000),
    ]);
    return (0,markdown/* folded */.TM)('Slowest cells', (0,markdown/* table */.tp)('| Cell | | Time |', '|--:|---|--:|', rows));
}
//# sourceMappingURL=training-section.js.map
;// CONCATENATED MODULE: ./build/src/report/summary.js








/**
 * The job summary as Markdown: what is deployed and from which commit, for a person who will not read the log.
 *
 * @param failure the annotation's text, when the run failed
 */
function renderSummary(deployment, failure) {
    const { target, notes, stages } = deployment;
    const lines = [`### ${(0,markdown/* escapeHtml */.ZD)(target?.algorithm ?? 'Deploy to Algorithmia')}: ${outcome(deployment)}`, ''];
    if (failure !== undefined)
        lines.push(...(0,markdown/* codeBlock */.DV)(failure), '');
    lines.push(...traceback(deployment));
    const rows = tableRows(deployment);
    if (rows.length > 0)
        lines.push(...(0,markdown/* table */.tp)('| | |', '|---|---|', rows));
    lines.push(...planSection(deployment), ...(0,models_section/* modelsSection */.k)(deployment), ...(0,metrics_section/* metricsSection */.P)(deployment), ...trainingSection(deployment), ...testTable(deployment), ...codeSection(deployment));
    if (notes.length > 0)
        lines.push(...notes.map((note) => `- ${(0,markdown/* cell */.Hn)(note)}`), '');
    if (stages.length > 0) {
        const durations = new Map();
        for (const { name, milliseconds } of stages)
            durations.set(name, (durations.get(name) ?? 0) + milliseconds);
        const times = [...durations].map(([name, milliseconds]) => `${name} ${(0,format/* formatDuration */.a)(milliseconds)}`);
        lines.push(`<sub>${times.join(' · ')}</sub>`, '');
    }
    return `${lines.join('\n')}\n`;
}
/** No more than was seen. */
function outcome(deployment) {
    const { outputs, tests, pullRequest } = deployment;
    if (pullRequest && outputs.status !== 'failed')
        return requestOutcome(pullRequest, outputs.status);
    switch (outputs.status) {
        case 'released':
            return `released as ${outputs.version}`;
        case 'built':
            return tests ? 'pushed, built and tested' : 'pushed and built';
        case 'pushed':
            return 'pushed, whether it is built is not known';
        case 'unchanged':
            return `unchanged, this model and code are already ${outputs.build_id === '' ? 'pushed' : 'deployed'}`;
        case 'superseded':
            return `superseded by a newer commit, ${deployment.pushed ? 'pushed but not published' : 'nothing was pushed'}`;
        case 'planned':
            return `planned, nothing was ${deployment.training ? '' : 'trained, '}uploaded or pushed`;
        default:
            return failed(deployment);
    }
}
function requestOutcome({ number, from }, status) {
    const isUnchanged = status === 'unchanged';
    if (number === undefined)
        return `${isUnchanged ? 'unchanged' : 'pushed'}, ${(0,markdown/* code */.aY)(from)} has to be merged before anything is deployed`;
    return isUnchanged
        ? `unchanged, pull request #${number} already has this model and code`
        : `pull request #${number} is open, nothing is deployed until it is merged`;
}
function failed({ outputs, phase, uncertain, pushed, published, revertedBy, revertIsUnknown }) {
    const nothing = uncertain ? 'and it is not known whether it was deployed' : 'nothing was deployed';
    if (outputs.algorithm_commit_sha === '')
        return `failed (${phase}), ${nothing}`;
    if (published)
        return `failed (${phase}), ${published.number} is published but not proven`;
    if (uncertain)
        return `failed (${phase}), and it is not known whether it was published`;
    if (!pushed)
        return `failed (${phase}), nothing was pushed or published`;
    if (revertIsUnknown)
        return `failed (${phase}), and it is not known whether the push was reverted`;
    return `failed (${phase}), ${revertedBy === '' ? 'pushed but not released' : 'the push was reverted'}`;
}
/** The whole of a long list is in the report file. */
const mostCases = 50;
const longestCell = 200;
function testTable({ tests, outputs }) {
    if (tests === undefined)
        return [];
    const rows = tests.results.slice(0, mostCases).map(({ passed, testCase, expected, got, milliseconds }) => {
        const texts = [testCase.name, expected, got].map((text) => (0,markdown/* cell */.Hn)((0,log/* shorten */.ml)(text, longestCell)));
        return [passed ? 'passed' : '**failed**', ...texts, String(Math.round(milliseconds))];
    });
    const more = tests.total > mostCases ? [`${tests.total - mostCases} more are in ${(0,markdown/* code */.aY)(outputs.test_report)}.`, ''] : [];
    return [
        `**${tests.passed} of ${tests.total} test cases passed**`,
        '',
        ...(0,markdown/* table */.tp)('| | Test case | Expected | Got | ms |', '|---|---|---|---|--:|', rows),
        ...more,
    ];
}
function tableRows({ outputs, models, origin, target, branch, pullRequest, revertedBy, }) {
    const rows = [];
    if (outputs.model_uri !== '' && models.length < 2) {
        rows.push(['Model', `${(0,markdown/* code */.aY)(outputs.model_uri)} (${(0,format/* formatBytes */.z)(Number(outputs.model_size_bytes))})`]);
        rows.push(['MD5', (0,markdown/* code */.aY)(outputs.model_md5_hash)]);
        rows.push(['SHA-256', (0,markdown/* code */.aY)(outputs.model_sha256_hash)]);
    }
    if (origin) {
        const link = `[${(0,markdown/* cell */.Hn)(origin.repository)}@${origin.commit.slice(0, 7)}](${origin.repositoryUrl}/commit/${origin.commit})`;
        rows.push(['Origin', `${link} ${(0,markdown/* cell */.Hn)(origin.message.split('\n')[0] ?? '')}`.trim()]);
    }
    if (outputs.algorithm_commit_sha !== '' && target) {
        const short = (0,markdown/* code */.aY)(outputs.algorithm_commit_sha.slice(0, 12));
        const commit = outputs.algorithm_commit_url === '' ? short : `[${short}](${outputs.algorithm_commit_url})`;
        const undone = revertedBy === '' ? '' : `, taken back by ${(0,markdown/* code */.aY)(revertedBy.slice(0, 12))}`;
        rows.push([
            'Algorithm commit',
            `${commit} ${branch === '' ? '' : `on ${(0,markdown/* code */.aY)(branch)} `}of ${(0,markdown/* code */.aY)(target.repositoryUrl)}${undone}`,
        ]);
    }
    if (pullRequest)
        rows.push(['Pull request', requestLink(pullRequest)]);
    if (outputs.build_id !== '')
        rows.push(['Build', (0,markdown/* code */.aY)(outputs.build_id)]);
    if (outputs.version !== '') {
        rows.push(['Version', (0,markdown/* code */.aY)(outputs.version)]);
        rows.push(['Endpoint', (0,markdown/* code */.aY)(outputs.endpoint_url)]);
    }
    return rows;
}
function requestLink({ from, into, url, number }) {
    const branches = `${(0,markdown/* code */.aY)(from)} into ${(0,markdown/* code */.aY)(into)}`;
    if (url === '')
        return `${branches}, to be merged by hand`;
    return number === undefined ? `[Open one](${url}) from ${branches}` : `[#${number}](${url}) from ${branches}`;
}
//# sourceMappingURL=summary.js.map

/***/ })

};
