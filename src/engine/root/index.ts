export { RootError } from './errors.js';
export { rootFolder } from './folder.js';
export { type LockHolder, lockHolder } from './lock.js';
export { pack, unpack } from './pack.js';
export { livenessOf } from './process.js';
export { LOCK_WAIT_MS, openRoot, peekRoot, Root, type Served } from './root.js';
export { EMPTY_SNAPSHOT, RootStore } from './store.js';
