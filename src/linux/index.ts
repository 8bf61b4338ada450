/** The real kernel. Needs Linux and the optional package koffi; import it where it is used. */
export { linuxTracepointFormat } from './explain/tracepoint.js';
export { LinuxKernel } from './kernel.js';
export { LinuxLink } from './links.js';
export { LinuxMap } from './maps.js';
export { LinuxProgram } from './programs.js';
export { readIterator } from './readers/iterator.js';
export { LinuxPerfBuffer, type LinuxPerfOptions, type LinuxPerfRecord } from './readers/perf-buffer.js';
export { LinuxRingBuffer } from './readers/ring-buffer.js';
