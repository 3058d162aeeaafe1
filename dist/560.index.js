export const id = 560;
export const ids = [560];
export const modules = {

/***/ 2560:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   newReport: () => (/* binding */ newReport)
/* harmony export */ });
function newReport(kind, program) {
    return {
        kind,
        program,
        python: '',
        installer: '',
        packages: [],
        durationMs: 0,
        totalCells: 0,
        cells: [],
        images: [],
        traceback: '',
    };
}
//# sourceMappingURL=report.js.map

/***/ })

};
