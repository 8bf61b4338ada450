export { Engine, type EngineOptions, type EngineReplayOptions } from './engine.js';
export type { CurrentTask } from './memory.js';
export type { PerfReader, PerfReaderOptions, PerfRecord } from './perf-reader.js';
export type { ProgramCounts } from './replay/counts.js';
export type { ReplayProgress, ReplaySummary } from './replay/replay.js';
export type { CaptureSource } from './replay/source.js';
export {
  type RingBatch,
  type RingBufferOptions,
  RingBufferReader,
  type RingBufferWait,
} from './ringbuf-reader.js';
export type { EngineSnapshot } from './snapshot.js';
export { Device } from './world/devices.js';
export { NetNamespace } from './world/net/namespace.js';
export { SimulatedTask, type TaskOptions } from './world/task.js';
export type { TaskFile } from './world/task-file.js';
export type { TaskSocket } from './world/task-socket.js';
export { type VethEnd, World } from './world/world.js';
