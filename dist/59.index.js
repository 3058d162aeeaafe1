export const id = 59;
export const ids = [59];
export const modules = {

/***/ 2059:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   StoredGzip: () => (/* binding */ StoredGzip)
/* harmony export */ });
/* harmony import */ var node_zlib__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8522);

/** No name and no time; 255 stands for no particular system. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** What a stored block can hold, in bytes, and what stands before it. */
const [blockSize, frameSize] = [65_535, 5];
const trailerSize = 8;
/**
 * A gzip file of stored blocks (RFC 1952, RFC 1951 §3.2.4). Not compressed, for three reasons: the numbers of a model
 * hardly shrink, and compressing them takes longer than sending them; zlib compresses the same bytes differently from
 * version to version and processor to processor, and equal models must be equal files; and only so the size is known
 * before the first byte, as an upload needs it.
 */
class StoredGzip {
    size;
    #content;
    #trailerAt;
    #position = 0;
    #crc = 0;
    /** @param content not read from yet; closed with this */
    constructor(content) {
        this.#content = content;
        const blocks = Math.max(1, Math.ceil(content.size / blockSize));
        this.#trailerAt = header.length + blocks * frameSize + content.size;
        this.size = this.#trailerAt + trailerSize;
    }
    async fill(buffer) {
        const start = this.#position;
        this.#position += buffer.length;
        // Read in one go to the end of the buffer; then each block moves forward to its place, which leaves the gaps.
        const length = this.#contentBefore(this.#position) - this.#contentBefore(start);
        const content = buffer.subarray(buffer.length - length);
        await this.#content.fill(content);
        this.#crc = (0,node_zlib__WEBPACK_IMPORTED_MODULE_0__.crc32)(content, this.#crc);
        for (let at = 0, next = buffer.length - length; at < buffer.length;) {
            const piece = this.#pieceAt(start + at);
            if (typeof piece === 'number') {
                const end = Math.min(next + piece, buffer.length);
                buffer.copyWithin(at, next, end);
                at += end - next;
                next = end;
            }
            else
                at += piece.copy(buffer, at);
        }
    }
    refuseChange() {
        return this.#content.refuseChange();
    }
    close() {
        return this.#content.close();
    }
    /** How many bytes of the content lie before a position of the file. */
    #contentBefore(position) {
        const inBlocks = Math.max(0, Math.min(position, this.#trailerAt) - header.length);
        const blocks = Math.floor(inBlocks / (frameSize + blockSize));
        return blocks * blockSize + Math.max(0, (inBlocks % (frameSize + blockSize)) - frameSize);
    }
    /** @returns the bytes that begin at a position of the file, or how many bytes of the content do */
    #pieceAt(position) {
        if (position < header.length)
            return header.subarray(position);
        if (position >= this.#trailerAt)
            return this.#trailer().subarray(position - this.#trailerAt);
        const within = (position - header.length) % (frameSize + blockSize);
        const block = (position - header.length - within) / (frameSize + blockSize);
        const left = this.#content.size - block * blockSize;
        if (within >= frameSize)
            return Math.min(blockSize, left) - (within - frameSize);
        const frame = Buffer.from([left <= blockSize ? 1 : 0, 0, 0, 0, 0]);
        frame.writeUInt16LE(Math.min(blockSize, left), 1);
        frame.writeUInt16LE(0xffff - Math.min(blockSize, left), 3);
        return frame.subarray(within);
    }
    #trailer() {
        const trailer = Buffer.alloc(trailerSize);
        trailer.writeUInt32LE(this.#crc, 0);
        trailer.writeUInt32LE(this.#content.size % 2 ** 32, 4);
        return trailer;
    }
}
//# sourceMappingURL=gzip.js.map

/***/ })

};
