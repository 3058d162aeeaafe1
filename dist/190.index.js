export const id = 190;
export const ids = [190];
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

/***/ 2190:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  renderSummary: () => (/* binding */ renderSummary)
});

// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
;// CONCATENATED MODULE: ./build/src/report/markdown.js

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
    return (0,log/* redact */.E$)(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
/** A fence longer than any in the text, so that the text cannot end it. */
function codeBlock(text) {
    const shown = (0,log/* redact */.E$)(text);
    const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    return [`${fence}text`, shown, fence];
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
// EXTERNAL MODULE: ./build/src/metrics.js
var src_metrics = __webpack_require__(8372);
;// CONCATENATED MODULE: ./build/src/report/metrics-section.js



/** All of them are in the output `metrics`. */
const mostRows = 30;
/** As many fit into a line. */
const mostInLine = 6;
const longestCell = 100;
/** What the training said of its model: metrics in a table, parameters in a line or folded. */
function metricsSection({ metrics: found }) {
    if (found === undefined)
        return [];
    const { metrics, parameters } = (0,src_metrics/* withoutParameters */.nM)(found.values);
    const rows = (0,src_metrics/* metricRows */.IN)(metrics);
    return [
        `**Metrics** from ${cell(found.source)}`,
        '',
        ...(rows.length === 0 ? [] : rowTable('| Metric | Value |', '|---|--:|', rows)),
        ...parameterLines((0,src_metrics/* metricRows */.IN)(parameters)),
    ];
}
function parameterLines(rows) {
    if (rows.length === 0)
        return [];
    if (rows.length > mostInLine) {
        return folded(`${rows.length} parameters`, rowTable('| Parameter | Value |', '|---|---|', rows));
    }
    return [`Parameters: ${rows.map(({ name, value }) => `${metrics_section_short(name)} = ${metrics_section_short(value)}`).join(', ')}`, ''];
}
function rowTable(head, alignment, rows) {
    const shown = rows.slice(0, mostRows).map(({ name, value }) => [metrics_section_short(name), metrics_section_short(value)]);
    const more = rows.length - shown.length;
    return [...table(head, alignment, shown), ...(more > 0 ? [`${more} more are in the output \`metrics\`.`, ''] : [])];
}
function metrics_section_short(text) {
    return cell((0,log/* shorten */.ml)(text, longestCell));
}
//# sourceMappingURL=metrics-section.js.map
;// CONCATENATED MODULE: ./build/src/report/models-section.js


/** All of them are in the output `models`. */
const models_section_mostRows = 50;
/** One model is told in the rows of the summary's own table; more of them have one. */
function modelsSection({ models: found }) {
    // Also where only one of several could be stored.
    if (found.length < 2)
        return [];
    const models = found.filter(Boolean);
    const uploads = models.filter(({ uploaded }) => uploaded).length;
    const rows = models
        .slice(0, models_section_mostRows)
        .map(({ entry, uri, size, md5, uploaded }) => [
        cell(entry),
        code(uri),
        (0,format/* formatBytes */.z)(size),
        code(md5),
        uploaded ? 'uploaded' : 'was there already',
    ]);
    return [
        `**${models.length} ${models.length === 1 ? 'model' : 'models'}**, ${uploads} of them uploaded`,
        '',
        ...table('| Model | Stored as | Size | MD5 | |', '|---|---|--:|---|---|', rows),
        ...(models.length > models_section_mostRows ? [`${models.length - models_section_mostRows} more are in the output \`models\`.`, ''] : []),
    ];
}
//# sourceMappingURL=models-section.js.map
;// CONCATENATED MODULE: ./build/src/report/training-section.js



const slowest = 5;
const longestLine = 80;
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
    return [end, '', ...codeBlock(training.traceback.trimEnd()), ''];
}
/** How the model was trained, as far as it got, and where the evidence is. */
function trainingSection({ training, outputs }) {
    if (training === undefined)
        return [];
    const rows = [[training.kind === 'notebook' ? 'Notebook' : 'Script', program(training)]];
    if (training.given !== '')
        rows.push([training.kind === 'notebook' ? 'Parameters' : 'Arguments', code(training.given)]);
    if (training.python !== '')
        rows.push(['Python', python(training)]);
    if (outputs.executed_notebook !== '')
        rows.push(['Executed notebook', code(outputs.executed_notebook)]);
    if (outputs.training_log !== '')
        rows.push(['Log', code(outputs.training_log)]);
    if (training.images.length > 0)
        rows.push(['Plots', training.images.map(code).join('<br>')]);
    return ['**Training**', '', ...table('| | |', '|---|---|', rows), ...warnings(training), ...slowestCells(training)];
}
function warnings({ warnings }) {
    if (warnings.length === 0)
        return [];
    return [...warnings.map((warning) => `- ${cell((0,log/* shorten */.ml)(warning, longestWarning))}`), ''];
}
function program({ kind, program, durationMs, cells, totalCells }) {
    const parts = [code(program)];
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
    return cell(`${python}${installed}${names === '' ? '' : `: ${names}`}`);
}
function slowestCells({ cells }) {
    if (cells.length < 2)
        return [];
    const rows = [...cells]
        .sort((a, b) => b.seconds - a.seconds)
        .slice(0, slowest)
        .map(({ cell: number, firstLine, seconds }) => [
        number === 0 ? 'parameters' : String(number),
        code((0,log/* shorten */.ml)(firstLine, longestLine)),
        (0,format/* formatDuration */.a)(seconds * 1000),
    ]);
    return folded('Slowest cells', table('| Cell | | Time |', '|--:|---|--:|', rows));
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
    const lines = [`### ${escapeHtml(target?.algorithm ?? 'Deploy to Algorithmia')}: ${outcome(deployment)}`, ''];
    if (failure !== undefined)
        lines.push(...codeBlock(failure), '');
    lines.push(...traceback(deployment));
    const rows = tableRows(deployment);
    if (rows.length > 0)
        lines.push(...table('| | |', '|---|---|', rows));
    lines.push(...modelsSection(deployment), ...metricsSection(deployment), ...trainingSection(deployment), ...testTable(deployment));
    if (notes.length > 0)
        lines.push(...notes.map((note) => `- ${cell(note)}`), '');
    if (stages.length > 0) {
        const times = stages.map(({ name, milliseconds }) => `${name} ${(0,format/* formatDuration */.a)(milliseconds)}`);
        lines.push(`<sub>${times.join(' · ')}</sub>`, '');
    }
    return `${lines.join('\n')}\n`;
}
/** No more than was seen. */
function outcome(deployment) {
    const { outputs, tests } = deployment;
    switch (outputs.status) {
        case 'released':
            return `released as ${outputs.version}`;
        case 'built':
            return tests ? 'pushed, built and tested' : 'pushed and built';
        case 'pushed':
            return 'pushed, whether it is built is not known';
        case 'unchanged':
            return `unchanged, this model and code are already ${outputs.build_id === '' ? 'pushed' : 'deployed'}`;
        case 'planned':
            return 'planned, nothing was trained, uploaded or pushed';
        default:
            return failed(deployment);
    }
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
const summary_longestCell = 200;
function testTable({ tests, outputs }) {
    if (tests === undefined)
        return [];
    const rows = tests.results.slice(0, mostCases).map(({ passed, testCase, expected, got, milliseconds }) => {
        const texts = [testCase.name, expected, got].map((text) => cell((0,log/* shorten */.ml)(text, summary_longestCell)));
        return [passed ? 'passed' : '**failed**', ...texts, String(Math.round(milliseconds))];
    });
    const more = tests.total > mostCases ? [`${tests.total - mostCases} more are in ${code(outputs.test_report)}.`, ''] : [];
    return [
        `**${tests.passed} of ${tests.total} test cases passed**`,
        '',
        ...table('| | Test case | Expected | Got | ms |', '|---|---|---|---|--:|', rows),
        ...more,
    ];
}
function tableRows({ outputs, models, origin, target, branch, revertedBy }) {
    const rows = [];
    if (outputs.model_uri !== '' && models.length < 2) {
        rows.push(['Model', `${code(outputs.model_uri)} (${(0,format/* formatBytes */.z)(Number(outputs.model_size_bytes))})`]);
        rows.push(['MD5', code(outputs.model_md5_hash)]);
        rows.push(['SHA-256', code(outputs.model_sha256_hash)]);
    }
    if (origin) {
        const link = `[${cell(origin.repository)}@${origin.commit.slice(0, 7)}](${origin.repositoryUrl}/commit/${origin.commit})`;
        rows.push(['Origin', `${link} ${cell(origin.message.split('\n')[0] ?? '')}`.trim()]);
    }
    if (outputs.algorithm_commit_sha !== '' && target) {
        const short = code(outputs.algorithm_commit_sha.slice(0, 12));
        const commit = outputs.algorithm_commit_url === '' ? short : `[${short}](${outputs.algorithm_commit_url})`;
        const undone = revertedBy === '' ? '' : `, taken back by ${code(revertedBy.slice(0, 12))}`;
        rows.push(['Algorithm commit', `${commit} on ${code(branch)} of ${code(target.repositoryUrl)}${undone}`]);
    }
    if (outputs.build_id !== '')
        rows.push(['Build', code(outputs.build_id)]);
    if (outputs.version !== '') {
        rows.push(['Version', code(outputs.version)]);
        rows.push(['Endpoint', code(outputs.endpoint_url)]);
    }
    return rows;
}
//# sourceMappingURL=summary.js.map

/***/ })

};
