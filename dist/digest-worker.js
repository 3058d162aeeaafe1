import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
/** Hashes slots of shared memory in the order in which they are announced, and tells when a slot may be reused. */
const { memory, slotSize, algorithm } = workerData;
const bytes = Buffer.from(memory);
const hash = createHash(algorithm);
parentPort?.on('message', ({ slot, length }) => {
    if (length === 0) {
        parentPort?.postMessage({ digest: hash.digest('hex') });
        parentPort?.close();
        return;
    }
    hash.update(bytes.subarray(slot * slotSize, slot * slotSize + length));
    parentPort?.postMessage({ slot });
});
//# sourceMappingURL=digest-worker.js.map