export { alignOf } from './align.js';
export { cContext, declare } from './c-declare.js';
export { kfuncsOf } from './c-kfuncs.js';
export { CORE_KINDS, type CoreKind } from './core/kinds.js';
export { coreReach } from './core/reach.js';
export { type CoreRelocation, type CoreTarget, coreRelocate } from './core/relocate.js';
export { dedupBtf } from './dedup.js';
export { findAllByName, findByName, findEnumerations, nameOf, typesOfKind } from './find.js';
export { formatC } from './format-c.js';
export { mapReferences } from './map-references.js';
export { minimiseBtf } from './minimise.js';
export { readBtf } from './read.js';
export {
  type BtfExt,
  type ExtCoreRelocation,
  type ExtFunction,
  type ExtLine,
  readBtfExt,
} from './read-ext.js';
export { readValue } from './read-value.js';
export { referencesOf } from './references.js';
export { POINTER_BYTES, resolve, resolvedType, sizeOf, skipModifiers, trySizeOf, typeAt } from './resolve.js';
export { typeText } from './type-text.js';
export type * from './types.js';
export type { BtfValue } from './value.js';
export { writeBtf } from './write.js';
export { writeValue } from './write-value.js';
