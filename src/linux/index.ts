/** The real kernel. Needs Linux and the optional package koffi; import it where it is used. */

export { type CallNames, callNames } from './call-names.js';
export {
  attachToCgroup,
  type CgroupProgram,
  cgroupPrograms,
  cgroupTree,
  detachFromCgroup,
} from './cgroup-programs.js';
export { permissionHint, privileges } from './explain/privileges.js';
export { linuxTracepointFormat } from './explain/tracepoint.js';
export { type JitedFunction, jitedFunctions } from './jited.js';
export { LinuxKernel } from './kernel.js';
export { LinuxLink } from './links.js';
export { LinuxMap } from './maps.js';
export {
  detachXdp,
  flowDissectors,
  type TcProgram,
  tcPrograms,
  type XdpProgram,
  xdpPrograms,
} from './net-programs.js';
export { type PerfProgram, perfPrograms } from './perf-programs.js';
export { LinuxEnvironment } from './probe/environment.js';
export { LinuxSupport } from './probe/support.js';
export { LinuxProgram } from './programs.js';
export { readIterator } from './readers/iterator.js';
export { LinuxPerfBuffer, type LinuxPerfOptions, type LinuxPerfRecord } from './readers/perf-buffer.js';
export { LinuxRingBuffer } from './readers/ring-buffer.js';
export { type ProgramStream, readStream } from './readers/stream.js';
export { traceLines } from './trace-pipe.js';
