export const id = 320;
export const ids = [320];
export const modules = {

/***/ 4715:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Gv: () => (/* binding */ isObject),
/* harmony export */   kS: () => (/* binding */ locateElements),
/* harmony export */   ml: () => (/* binding */ shorten),
/* harmony export */   qF: () => (/* binding */ parseJson),
/* harmony export */   qN: () => (/* binding */ showJson)
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
        const near = shorten(text.slice(offset, offset + length).replace(/\s+/g, ' '), 40);
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
    return shorten(compact(value, maxLength + redactionMargin, 0), maxLength);
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
/** A text of at most `maxLength` characters, with an ellipsis where it is cut; secrets are hidden. */
function shorten(text, maxLength) {
    const shown = (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .redact */ .E$)(text);
    if (shown.length <= maxLength)
        return shown;
    return `${shown.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
//# sourceMappingURL=json.js.map

/***/ }),

/***/ 3320:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   renderSummary: () => (/* binding */ renderSummary)
/* harmony export */ });
/* harmony import */ var _format_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(2866);
/* harmony import */ var _json_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4715);
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6671);



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
    const rows = tableRows(deployment);
    if (rows.length > 0)
        lines.push('| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`), '');
    lines.push(...testTable(deployment));
    if (notes.length > 0)
        lines.push(...notes.map((note) => `- ${cell(note)}`), '');
    if (stages.length > 0) {
        const times = stages.map(({ name, milliseconds }) => `${name} ${(0,_format_js__WEBPACK_IMPORTED_MODULE_2__/* .formatDuration */ .a)(milliseconds)}`);
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
const longestCell = 200;
function testTable({ tests, outputs }) {
    if (tests === undefined)
        return [];
    const rows = tests.results.slice(0, mostCases).map(({ passed, testCase, expected, got, milliseconds }) => {
        const texts = [testCase.name, expected, got].map((text) => cell((0,_json_js__WEBPACK_IMPORTED_MODULE_0__/* .shorten */ .ml)(text, longestCell)));
        return `| ${[passed ? 'passed' : '**failed**', ...texts, Math.round(milliseconds)].join(' | ')} |`;
    });
    const more = tests.total > mostCases ? [`${tests.total - mostCases} more are in ${code(outputs.test_report)}.`, ''] : [];
    const head = ['| | Test case | Expected | Got | ms |', '|---|---|---|---|--:|'];
    return [`**${tests.passed} of ${tests.total} test cases passed**`, '', ...head, ...rows, '', ...more];
}
function tableRows({ outputs, origin, target, branch, revertedBy }) {
    const rows = [];
    if (outputs.model_uri !== '') {
        rows.push(['Model', `${code(outputs.model_uri)} (${(0,_format_js__WEBPACK_IMPORTED_MODULE_2__/* .formatBytes */ .z)(Number(outputs.model_size_bytes))})`]);
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
    if (outputs.executed_notebook !== '')
        rows.push(['Executed notebook', code(outputs.executed_notebook)]);
    return rows;
}
/** Text of others in a table cell: no cell border, no HTML, no Markdown that would run on. */
function cell(text) {
    return escapeHtml(text)
        .replace(/[\\`*_[\]|~]/g, '\\$&')
        .replace(/\s+/g, ' ');
}
function code(text) {
    return `<code>${escapeHtml(text).replaceAll('|', '&#124;').replace(/\s+/g, ' ')}</code>`;
}
/** Redacts first: an escaped secret would not be known again. */
function escapeHtml(text) {
    return (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .redact */ .E$)(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
/** A fence longer than any in the text, so that the text cannot end it. */
function codeBlock(text) {
    const shown = (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .redact */ .E$)(text);
    const longest = Math.max(2, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    return [`${fence}text`, shown, fence];
}
//# sourceMappingURL=summary.js.map

/***/ })

};
