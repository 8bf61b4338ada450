export type { Diagnostic, Severity } from './diagnostics.js';
export type { BpfCpu, FrontEnd, FrontRequest, FrontResult } from './front.js';
export { clangInThisThread } from './in-thread.js';
