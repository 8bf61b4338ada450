export { formatIpv4, formatIpv6 } from './btf/address.js';
export { linuxBtf } from './btf/linux/linux-btf.js';
export type { Btf, BtfType } from './btf/types.js';
export type { Given } from './btf/value.js';
export { type Compiled, type CompileOptions, compileSource as compile } from './compiler/compile.js';
export { type BpfCpu, clangInThisThread, type Diagnostic, type FrontEnd } from './compiler/front/index.js';
export {
  type CaptureSource,
  type CurrentTask,
  Device,
  Engine,
  type EngineOptions,
  type EngineReplayOptions,
  type EngineSnapshot,
  NetNamespace,
  type PerfReader,
  type PerfReaderOptions,
  type PerfRecord,
  type ProgramCounts,
  type ReplayProgress,
  type ReplaySummary,
  type RingBatch,
  type RingBufferOptions,
  RingBufferReader,
  type RingBufferWait,
  SimulatedTask,
  type TaskFile,
  type TaskOptions,
  type TaskSocket,
  type VethEnd,
  World,
} from './engine/index.js';
export { SkepError, type SkepErrorDetails } from './errors/base.js';
export { type ErrnoName, KernelError } from './errors/errno.js';
export { Globals, type GlobalValues, withGlobals } from './kernel/globals.js';
export type * from './kernel/kernel.js';
export { LoadedObject, type LoadOptions, load } from './kernel/load.js';
export {
  LoadedModule,
  type ModuleLoadOptions,
  ObjectModule,
  type ObjectShape,
} from './kernel/object-module.js';
export { ProgramRejected } from './kernel/rejected.js';
export { TypedMap } from './kernel/typed-map.js';
export { parseObject } from './object/index.js';
export type * from './object/spec.js';
export type { Rejection } from './verifier/verify.js';
