export type { Breakpoint, Watch, WatchedChange } from './breakpoints.js';
export { Debugger, type Location, type Outcome, type RegisterView } from './debugger.js';
export { type Place, parsePlace } from './places.js';
export type { Variable } from './variables.js';
export type { Stop } from './walker.js';
