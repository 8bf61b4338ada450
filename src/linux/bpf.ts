/** bpf(2) as functions: one for each command, on descriptors, without policy. */

export { btfLoad } from './bpf/btf.js';
export { bpf, bpfError, tryBpf } from './bpf/call.js';
export {
  mapAsk,
  mapCreate,
  mapDelete,
  mapFreeze,
  mapLookup,
  mapLookupAndDelete,
  mapNextKey,
  mapUpdate,
  type RawMapShape,
} from './bpf/map.js';
export { objectInfo } from './bpf/object.js';
export {
  progLoad,
  progTestRun,
  type RawLoad,
  type RawProgram,
  type RawRun,
  type RawRunResult,
} from './bpf/program.js';
export { Fd as BpfFd } from './sys/fd.js';

import { mapCreate } from './bpf/map.js';

/** Whether this process may call bpf(2), and if not, why: what a test prints when it skips. */
export function bpfAvailability(): { readonly available: boolean; readonly reason: string } {
  try {
    mapCreate({ type: 2, keySize: 4, valueSize: 4, maxEntries: 1 }).close();
    return { available: true, reason: '' };
  } catch (error) {
    return { available: false, reason: (error as Error).message };
  }
}
