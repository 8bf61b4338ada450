export { type CompiledProgram, type CompileOptions, compileToWasm } from './compile.js';
export {
  instantiate,
  type ProgramEnvironment,
  type ProgramInstance,
  supportsTailCalls,
} from './instantiate.js';
export { explainTrap } from './trap.js';
