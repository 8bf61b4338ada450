export { ATTACH_TYPES, type AttachType, attachTypeById, attachTypeByName } from './attach-types.js';
export type { CtxField, CtxLayout, Hook, SectionRule } from './hook.js';
export {
  PROGRAM_TYPES,
  type ProgramType,
  type ProgramTypeName,
  programTypeById,
  programTypeByName,
} from './program-types.js';
export { HOOKS, hookByName } from './registry.js';
