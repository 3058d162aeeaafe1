export const id = 283;
export const ids = [283];
export const modules = {

/***/ 2283:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   parseParameters: () => (/* binding */ parseParameters)
/* harmony export */ });
/* harmony import */ var yaml__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8815);
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6671);
/* harmony import */ var _values_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(7745);



/**
 * Names and values in YAML 1.2, of which JSON is a part. Whole numbers become bigint, other numbers number, and mappings
 * below the first level Map, as their keys need not be texts.
 *
 * @throws Error whose message completes the sentence "`<input>` ..."
 */
function parseParameters(text, input) {
    const lines = new yaml__WEBPACK_IMPORTED_MODULE_0__/* .LineCounter */ .HN();
    const document = (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .parseDocument */ .Tp)(text, { intAsBigInt: true, lineCounter: lines, prettyErrors: false });
    const at = (offset) => {
        const { line, col } = lines.linePos(offset);
        return `line ${line}, column ${col}`;
    };
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) {
        const usual = text.startsWith('{') ? checkBraces : writeLines;
        const [what, remedy] = whatToDo[problem.code] ?? [problem.message.replace(/\.$/, ''), usual];
        throw new Error(`cannot be read: ${at(problem.pos[0])}: ${what}; ${remedy}`);
    }
    checkReferences(document, at);
    const values = document.toJS({ mapAsMap: true });
    if (!(values instanceof Map)) {
        throw new Error('is not a mapping; write one `name: value` a line, or a JSON object');
    }
    const unusable = [...values.keys()].find((name) => typeof name !== 'string');
    if (unusable !== undefined)
        throw new Error(`sets ${(0,_values_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD)(String(unusable))}, which is not a name but a value`);
    const wrong = [...values.keys()].filter((name) => !isPythonName(name));
    if (wrong.length > 0) {
        throw new Error(`sets ${wrong.map(_values_js__WEBPACK_IMPORTED_MODULE_2__/* .quote */ .hD).join(', ')}, which no Python variable can be called: letters, digits and _, no digit first, ` +
            'and no word of the language');
    }
    warnOfLookAlikes(document, at, input);
    return Object.fromEntries(values);
}
const keywords = new Set(('False None True and as assert async await break class continue def del elif else except finally for from global ' +
    'if import in is lambda nonlocal not or pass raise return try while with yield').split(' '));
function isPythonName(name) {
    return /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !keywords.has(name);
}
const writeLines = 'write one `name: value` a line, and quotes around a text that holds `: ` or ` #` or begins with a sign (name: "a: b")';
const checkBraces = 'check the commas, quotes and braces around it';
/** The library's words for some mistakes are for programmers. */
const whatToDo = {
    BLOCK_AS_IMPLICIT_KEY: [
        'a value holds `: `, or the line after it is indented',
        'put quotes around the value (name: "a: b"), and begin all names in the same column',
    ],
    DUPLICATE_KEY: ['this name is set twice', 'remove one of the two'],
    MULTIPLE_DOCS: ['a second document begins', 'remove the line with `---`'],
    TAG_RESOLVE_FAILED: ['this tag is not known', 'remove it, or put quotes around a text that begins with `!`'],
};
/** `*.csv` is meant as a text, but is a reference to what has been named `&.csv`. */
function checkReferences(document, at) {
    (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .visit */ .YR)(document, (_key, node, path) => {
        if (!(0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isAlias */ .Vj)(node))
            return;
        const target = node.resolve(document);
        if (target !== undefined && !path.includes(target))
            return;
        const what = target === undefined ? `nothing is named &${node.source}` : `*${node.source} is a part of itself`;
        throw new Error(`cannot be read: ${at(startOf(node))}: ${what}; put quotes around a text that begins with \`*\` ("*${node.source}")`);
    });
}
/** Words that are a text, though who writes them may mean something else: other YAML readers, or Python, take them so. */
const lookAlikes = [
    [/^(yes|on)$/i, 'true'],
    [/^(no|off)$/i, 'false'],
    [/^None$/, 'null'],
    [/^nan$/i, '.nan'],
    [/^\+?inf(inity)?$/i, '.inf'],
    [/^-inf(inity)?$/i, '-.inf'],
    [/^[-+]?\d[\d_]*_\d[\d_]*$/, 'the digits without _'],
];
function warnOfLookAlikes(document, at, input) {
    (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .visit */ .YR)(document, {
        Scalar(key, { value, type, range }, path) {
            const isName = key === 'key' && (0,yaml__WEBPACK_IMPORTED_MODULE_0__/* .isPair */ .tO)(path.at(-1));
            if (isName || type !== 'PLAIN' || typeof value !== 'string')
                return;
            const instead = lookAlikes.find(([word]) => word.test(value))?.[1];
            if (instead === undefined)
                return;
            (0,_log_js__WEBPACK_IMPORTED_MODULE_1__/* .warning */ .$e)(`${input}, ${at(range?.[0] ?? 0)}: ${value} is a text, as YAML 1.2 has it. Write ${instead}, or "${value}" if the text is meant.`);
        },
    });
}
const startOf = (node) => node.range?.[0] ?? 0;
//# sourceMappingURL=parameters.js.map

/***/ })

};
