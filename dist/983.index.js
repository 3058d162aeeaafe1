export const id = 983;
export const ids = [983];
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

/***/ 9983:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readTestCases: () => (/* binding */ readTestCases)
});

// EXTERNAL MODULE: ./build/src/format.js
var format = __webpack_require__(2866);
// EXTERNAL MODULE: ./build/src/json.js
var src_json = __webpack_require__(4715);
// EXTERNAL MODULE: ./build/src/log.js
var log = __webpack_require__(6671);
// EXTERNAL MODULE: ./node_modules/zod/v4/mini/schemas.js + 5 modules
var schemas = __webpack_require__(8395);
// EXTERNAL MODULE: ./node_modules/zod/v4/core/api.js + 1 modules
var api = __webpack_require__(3305);
;// CONCATENATED MODULE: ./build/src/release/test-case-schema.js

/** The schema of a test case: platform reference §7.2, and what this action adds to it. */
/** Any JSON value, but a value. */
const anyValue = schemas/* custom */.IeY((value) => value !== undefined, 'is missing; any JSON value is allowed');
/** Integers that a number cannot hold arrive as bigint. */
const number = schemas/* custom */.IeY((value) => typeof value === 'number' || typeof value === 'bigint', 'must be a number for this type');
const notNegative = schemas/* number */.aig('must be a number that is not negative')
    .check(api/* _nonnegative */.UI('must be a number that is not negative'));
const deviations = 'must be a number that is not negative, or {"absolute": x, "relative": y} with such numbers';
const tolerance = schemas/* union */.KCZ([notNegative, schemas/* strictObject */.rej({ absolute: schemas/* optional */.lqM(notNegative), relative: schemas/* optional */.lqM(notNegative) }, deviations)], deviations);
const expression = (message) => schemas/* string */.YjP(message).check(schemas/* refine */.YPB(compiles, { error: ({ input }) => `is not a regular expression: ${whyNot(input)}` }));
const errorText = 'must be a text (the type of the error, or a regular expression for its message), or {"type": "...", "message": "..."}';
const expectedError = schemas/* union */.KCZ([
    expression(errorText),
    schemas/* strictObject */.rej({ type: schemas/* optional */.lqM(schemas/* string */.YjP(errorText)), message: schemas/* optional */.lqM(expression(errorText)) }, errorText)
        .check(schemas/* refine */.YPB((error) => error.type !== undefined || error.message !== undefined, errorText)),
], errorText);
const key = 'must be a text (the key of an object) or a whole number (the index in a list, negative from its end)';
const milliseconds = 'must be a positive number of milliseconds';
const common = schemas/* object */.Ikc({
    case_name: schemas/* nullish */.cl6(schemas/* union */.KCZ([schemas/* string */.YjP(), schemas/* number */.aig()], 'must be a text')),
    input: anyValue,
    /** What to judge of the result: keys and indexes that are applied one after another. */
    tree: schemas/* nullish */.cl6(schemas/* array */.YOg(schemas/* union */.KCZ([schemas/* string */.YjP(), schemas/* int */.Whr()], key), 'must be a list of keys and indexes, or absent')),
    max_latency_ms: schemas/* optional */.lqM(schemas/* number */.aig(milliseconds).check(api/* _positive */.NC(milliseconds))),
});
const noTolerance = schemas/* optional */.lqM(schemas/* undefined */.Vxk('is only for EXACT_MATCH and CONTAINS'));
const kinds = [
    schemas/* object */.Ikc({
        type: schemas/* optional */.lqM(schemas/* literal */.euz('EXACT_MATCH')),
        expected_output: schemas/* optional */.lqM(anyValue),
        tolerance: schemas/* optional */.lqM(tolerance),
    }),
    schemas/* object */.Ikc({ type: schemas/* literal */.euz('CONTAINS'), expected_output: anyValue, tolerance: schemas/* optional */.lqM(tolerance) }),
    schemas/* object */.Ikc({
        type: schemas/* enum */.k5n(['GREATER_OR_EQUAL', 'LESS_OR_EQUAL']),
        expected_output: number,
        tolerance: noTolerance,
    }),
    schemas/* object */.Ikc({
        type: schemas/* literal */.euz('MATCHES'),
        expected_output: expression('must be a regular expression, as a text'),
        tolerance: noTolerance,
    }),
    schemas/* object */.Ikc({ type: schemas/* literal */.euz('ERROR_MATCHES'), expected_output: expectedError, tolerance: noTolerance }),
    schemas/* object */.Ikc({
        type: schemas/* enum */.k5n(['NO_EXCEPTION', 'EXCEPTION']),
        expected_output: schemas/* optional */.lqM(anyValue),
        tolerance: noTolerance,
    }),
];
const types = 'EXACT_MATCH, GREATER_OR_EQUAL, LESS_OR_EQUAL, CONTAINS, MATCHES, NO_EXCEPTION, EXCEPTION, ERROR_MATCHES';
const schema = schemas/* intersection */.E$q(common, schemas/* discriminatedUnion */.gMt('type', kinds, `must be one of ${types}`));
/** All fields of all types. */
const fieldNames = new Set([common, ...kinds].flatMap((part) => Object.keys(part.shape)));
function compiles(pattern) {
    return whyNot(pattern) === undefined;
}
function whyNot(pattern) {
    try {
        new RegExp(String(pattern), 'u');
        return undefined;
    }
    catch (error) {
        return error.message.replace('Invalid regular expression: ', '');
    }
}
//# sourceMappingURL=test-case-schema.js.map
;// CONCATENATED MODULE: ./build/src/release/test-cases.js




/** The most that a call may carry (platform reference §4). */
const maxInputBytes = 10 * 1024 * 1024;
/**
 * Reads the text of a TEST_CASES.json. The inputs stay as they are spelt there.
 *
 * @throws Error that lists everything that is wrong, with case, field and what is allowed
 */
function readTestCases(text) {
    const json = text.replace(/^\ufeff/, '');
    const values = (0,src_json/* parseJson */.qF)(json);
    if (!Array.isArray(values))
        throw new Error('the test cases must be a list of objects: [{...}, {...}]');
    if (values.length === 0)
        throw new Error('the list of test cases is empty: add one, or delete the file');
    const elements = (0,src_json/* locateElements */.kS)(json);
    const readings = values.map((value, index) => readCase(value, index, elements[index] ?? { line: 1, fields: new Map() }));
    const problems = readings.flatMap((reading) => reading.problems);
    if (problems.length > 0)
        throw new Error(inWords(problems));
    return {
        cases: readings.flatMap((reading) => reading.testCase ?? []),
        warnings: readings.flatMap((reading) => reading.warnings),
    };
}
function readCase(value, index, element) {
    const name = ownName(value);
    const label = `case ${index + 1} (${name === undefined ? '' : `${(0,log/* shorten */.ml)(name, 60)}, `}line ${element.line})`;
    if (!(0,src_json/* isObject */.Gv)(value))
        return { problems: [`${label}: must be an object`], warnings: [] };
    const { data, error } = schema.safeParse(value);
    const input = inputOf(value, element);
    const problems = (error?.issues ?? []).map(({ path, message }) => `${label}: ${place(path)} ${message}`);
    const size = Buffer.byteLength(input.body);
    if (size > maxInputBytes)
        problems.push(`${label}: input is ${(0,format/* formatBytes */.z)(size)}; a call carries at most 10 MiB`);
    const warnings = unknownFields(element).map((field) => `${label}: the field ${field} is unknown, and ignored`);
    return {
        ...(data === undefined ? {} : { testCase: testCase(data, name ?? `case ${index + 1}`, element.line, input) }),
        problems,
        warnings,
    };
}
function inWords(problems) {
    const different = [...new Set(problems)];
    const list = different.map((problem) => `- ${problem}`).join('\n');
    return different.length === 1 ? String(different[0]) : `${different.length} problems:\n${list}`;
}
function testCase(fields, name, line, input) {
    const { type = 'EXACT_MATCH', expected_output = null, tree, max_latency_ms, tolerance = 0 } = fields;
    const { absolute = 0, relative = 0 } = typeof tolerance === 'number' ? { absolute: tolerance } : tolerance;
    return {
        name,
        line,
        type,
        input,
        expected: expected_output,
        tolerance: { absolute, relative },
        tree: tree ?? [],
        maxLatencyMs: max_latency_ms,
        // The schema has proved that type and expected output fit.
    };
}
/** A text travels as it is, everything else as JSON (platform reference §7.2). */
function inputOf({ input }, element) {
    if (typeof input === 'string')
        return { contentType: 'text/plain', body: input };
    return { contentType: 'application/json', body: element.fields.get('input') ?? '' };
}
function ownName(value) {
    const name = (0,src_json/* isObject */.Gv)(value) ? value.case_name : undefined;
    const text = typeof name === 'string' || typeof name === 'number' ? String(name).replace(/\s+/g, ' ').trim() : '';
    return text === '' ? undefined : text;
}
function unknownFields({ fields }) {
    return [...fields.keys()].filter((field) => !fieldNames.has(field)).map((field) => (0,log/* shorten */.ml)(field, 60));
}
/** `tree[1]`, `tolerance.relative` */
function place([field, ...inner]) {
    return String(field) + inner.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
}
//# sourceMappingURL=test-cases.js.map

/***/ })

};
