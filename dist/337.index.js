export const id = 337;
export const ids = [337];
export const modules = {

/***/ 1337:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   eh: () => (/* binding */ isSecretName),
/* harmony export */   jc: () => (/* binding */ maskIndexes),
/* harmony export */   maskVariables: () => (/* binding */ maskVariables)
/* harmony export */ });
/* unused harmony export secretsInAddresses */
/* harmony import */ var _log_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6671);

/** What secrets look like that are not the action's own: by the name of their variable, or by their place in an address. */
/** What says that a value is secret. `TOKENIZERS_PARALLELISM`, `GIT_AUTHOR_NAME` and `OLDPWD` do not. */
const SECRET_NAME = /TOKEN(?!I[ZS])|SECRET|PASSW|PASSPHRASE|PASSCODE|(?<!^(?:OLD)?)PWD|CREDENTIAL|AUTH(?!OR(?!I))|KEY|CONN(ECTION)?_?STR(ING)?|PASS(_|$)|(^|_)(PAT|DSN|SAS|JWT|WEBHOOK|COOKIE)(_|$)/i;
/** What says the same of a part of a query. `?keyword=` and `?primary_key=` do not. */
const SECRET_QUERY = /(^|[_-])(token|secret|password|sig|signature)$|^((api|access|private|subscription)[_-]?)?key$/i;
/** Stars for a short word would only spoil the log. */
const SHORTEST = 6;
/** Whether the name of an environment variable says that its value is secret. */
function isSecretName(name) {
    return SECRET_NAME.test(name);
}
/**
 * The passwords and tokens of the addresses in a text, also in their queries. The user of an address is a token where there is no password, or
 * only a word in its place, as in `https://TOKEN:x-oauth-basic@host`.
 *
 * @param text may hold anything else, too
 * @param environment for references such as `${INDEX_PASSWORD}`, which requirements files may hold
 */
function secretsInAddresses(text, environment = {}) {
    const resolved = text.replace(/\$\{(\w+)\}/g, (reference, name) => environment[name] || reference);
    const queries = [...resolved.matchAll(/:\/\/[^\s#"<>]*?[?&][^\s#"<>]*/g)].flatMap(([address]) => [...address.matchAll(/[?&]([^=&]+)=([^&]+)/g)]
        .filter(([, name = '']) => SECRET_QUERY.test(name))
        .flatMap(([, , value = '']) => decodedForms(value)));
    const logins = [...resolved.matchAll(/([a-z][a-z0-9+.-]*):\/\/([^\s/?#"<>]*)@/gi)].flatMap(([, scheme = '', login = '']) => {
        const [, user = '', password = ''] = /^([^:]*):?(.*)$/.exec(login) ?? [];
        if (!/^(x|x-oauth-basic|x-token-auth|)$/i.test(password))
            return decodedForms(password);
        return /ssh$/i.test(scheme) || LOGINS.test(user) ? [] : decodedForms(user);
    });
    return [...logins, ...queries];
}
/** Users that are no tokens: the password comes from a keyring, a helper or a variable. */
const LOGINS = /^(git|oauth2|oauth2accesstoken|VssSessionToken|x-access-token|x-token-auth|__token__|aws)$/i;
function decodedForms(text) {
    // A reference to a variable is not the secret itself.
    if (text.startsWith('${') || text.length < SHORTEST)
        return [];
    try {
        return [...new Set([text, decodeURIComponent(text)])];
    }
    catch {
        return [text];
    }
}
/** Hides the values of variables that the training sees: of secret ones all, of others what is secret in an address. */
function maskVariables(names, environment) {
    for (const name of names) {
        const value = environment[name] ?? '';
        const whole = isSecretName(name) && value.length >= SHORTEST ? [value] : [];
        for (const secret of [...whole, ...secretsInAddresses(value)])
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    }
}
/**
 * Hides the passwords of package indexes and proxies.
 *
 * @param texts of all files that pip or uv read: requirements and settings
 */
function maskIndexes(texts, environment) {
    for (const text of texts)
        for (const secret of secretsInAddresses(text, environment))
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    const settings = Object.keys(environment).filter((name) => /^(PIP|UV)_|_PROXY$/i.test(name));
    for (const name of settings)
        for (const secret of secretsInAddresses(environment[name] ?? ''))
            (0,_log_js__WEBPACK_IMPORTED_MODULE_0__/* .mask */ .dK)(secret);
    maskVariables(settings.filter((name) => /^UV_INDEX_.+_PASSWORD$/i.test(name)), environment);
}
//# sourceMappingURL=secrets.js.map

/***/ })

};
