export { alignOf } from './align.js';
export { findAllByName, findByName, nameOf } from './find.js';
export { readBtf } from './read.js';
export {
  type BtfExt,
  type ExtCoreRelocation,
  type ExtFunction,
  type ExtLine,
  readBtfExt,
} from './read-ext.js';
export { referencesOf } from './references.js';
export { POINTER_BYTES, resolve, resolvedType, sizeOf, skipModifiers, trySizeOf, typeAt } from './resolve.js';
export type * from './types.js';
