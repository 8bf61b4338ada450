export { type KconfigFacts, kconfigContents } from './kconfig.js';
export { objectNameOf } from './names.js';
export { type ParseObjectOptions, parseObject } from './parse.js';
export { type RelocateOptions, relocate } from './relocate.js';
export { SECTIONS, type SectionMeaning, type SectionRow, sectionMeaning, sectionsOf } from './sections.js';
export type * from './spec.js';
