export { type Loaded, loadOf, mayStore, mayUse, viewOf } from './access.js';
export { ATTACH_TYPES, type AttachType, attachTypeById, attachTypeByName } from './attach-types.js';
export type {
  AccessOffsets,
  CtxField,
  CtxLayout,
  Hook,
  HookRules,
  HookView,
  PacketAccess,
  ReturnRange,
  SectionRule,
  StructAccess,
} from './hook.js';
export {
  PROGRAM_TYPES,
  type ProgramType,
  type ProgramTypeName,
  programTypeById,
  programTypeByName,
} from './program-types.js';
export { HOOKS, hookByName } from './registry.js';
