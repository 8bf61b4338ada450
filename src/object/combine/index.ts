export { combineObjects } from './combine.js';
export type { LinkInput } from './inputs.js';
