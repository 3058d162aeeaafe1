export const id = 560;
export const ids = [560];
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

/***/ })

};
