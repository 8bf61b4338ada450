import { ERRNO } from '../../errors/errno.js';
import { UPDATE } from '../../maps/flags.js';
import type { EngineMemory } from '../memory.js';
import { MAP_MAX_ENTRIES, MAP_VALUES, PROG_STRIDE } from '../runtime/layout.js';
import { type AccessContext, type MapAccess, noCopy } from './access.js';
import { slotOf } from './slots.js';

/** What a value in one of these maps must be: 0, or a negated errno. */
type Admit = (first: number, program: number, key: number) => number;

const BIGGEST_FLAG = BigInt(UPDATE.exist);
const NO_EXIST = BigInt(UPDATE.noExist);
/** Longest queue of a CPU. */
const MAX_QUEUE = 16384;

function valueAt(memory: EngineMemory, at: number, size: number): [first: number, program: number] {
  return [memory.u32(at), size === 8 ? memory.u32(at + 4) : 0];
}

/** Arrays whose entries are two words, there when the first is not 0. */
function slots(memory: EngineMemory, valueSize: number, admit: Admit): MapAccess {
  return {
    walk: 'keys',
    lookup(map, key, size) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      return slot === undefined || memory.u32(slot) === 0 ? undefined : memory.read(slot, size);
    },
    update(map, key, value, flags) {
      if (flags > BIGGEST_FLAG) return -ERRNO.EINVAL;
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      if (flags === NO_EXIST) return -ERRNO.EEXIST;
      const [first, program] = valueAt(memory, value, valueSize);
      const refusal = admit(first, program, memory.u32(key));
      if (refusal < 0) return refusal;
      memory.setU32(slot + 4, program);
      Atomics.store(new Uint32Array(memory.memory.buffer), slot / 4, first);
      return 0;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.EINVAL;
      memory.setU32(slot, 0);
      return 0;
    },
    copyIndexed: noCopy,
  };
}

function admitDevice({ devices, programType }: AccessContext): Admit {
  return (ifindex, program) => {
    if (ifindex === 0) return program === 0 ? 0 : -ERRNO.EINVAL;
    if (devices.find(ifindex) === undefined) return -ERRNO.EINVAL;
    return admitProgram(programType, program);
  };
}

function admitProgram(programType: AccessContext['programType'], id: number): number {
  if (id === 0) return 0;
  const type = programType(id);
  if (type === undefined) return -ERRNO.EBADF;
  return type === 'xdp' ? 0 : -ERRNO.EINVAL;
}

/** Maps of devices by index. The second word of a value is a program's id. */
export function devmapAccess(context: AccessContext): MapAccess {
  return slots(context.memory, context.valueSize, admitDevice(context));
}

/** Maps of devices by key. */
export function devmapHashAccess(context: AccessContext): MapAccess {
  const { memory, valueSize } = context;
  const admit = admitDevice(context);
  const { runtime } = memory;
  return {
    walk: 'keys',
    lookup(map, key, size) {
      const entry = runtime.map_peek(map, key) >>> 0;
      return entry === 0 ? undefined : memory.read(entry, size);
    },
    update(map, key, value, flags) {
      if (flags > BIGGEST_FLAG) return -ERRNO.EINVAL;
      const [ifindex, program] = valueAt(memory, value, valueSize);
      if (ifindex === 0) return -ERRNO.EINVAL;
      const refusal = admit(ifindex, program, 0);
      if (refusal < 0) return refusal;
      // Linux asks only whether the key must be new.
      return runtime.map_store(map, key, value, flags === NO_EXIST ? flags : 0n);
    },
    delete: (map, key) => runtime.map_delete(map, key),
    copyIndexed: noCopy,
  };
}

/** Maps of CPUs. */
export function cpumapAccess(context: AccessContext): MapAccess {
  const { memory, programType, valueSize } = context;
  return slots(memory, valueSize, (queue, program, cpu) => {
    if (queue > MAX_QUEUE) return -ERRNO.EOVERFLOW;
    if (cpu >= memory.cpus) return -ERRNO.ENODEV;
    return queue === 0 ? 0 : admitProgram(programType, program);
  });
}

/** Maps of AF_XDP sockets: there are none that a value could name. */
export function xskmapAccess({ memory }: AccessContext): MapAccess {
  return {
    walk: 'none',
    lookup: (_map, _key, _size, fail) => fail('EOPNOTSUPP', 'sockets cannot be looked up'),
    update(map, key, _value, flags) {
      if (flags > BIGGEST_FLAG) return -ERRNO.EINVAL;
      return slotOf(memory, map, key, PROG_STRIDE) === undefined ? -ERRNO.E2BIG : -ERRNO.EBADF;
    },
    delete: (map, key) => (slotOf(memory, map, key, PROG_STRIDE) === undefined ? -ERRNO.EINVAL : 0),
    copyIndexed: noCopy,
  };
}

/** Maps of cgroups. Values are their ids. */
export function cgroupArrayAccess({ memory, cgroups }: AccessContext): MapAccess {
  return {
    walk: 'none',
    lookup: (_map, _key, _size, fail) => fail('ENOTSUPP', 'cgroups cannot be looked up'),
    update(map, key, value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      const id = memory.u32(value);
      if (cgroups.byId(BigInt(id)) === undefined) return -ERRNO.EBADF;
      memory.setU32(slot, id);
      return 0;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      if (memory.u32(slot) === 0) return -ERRNO.ENOENT;
      memory.setU32(slot, 0);
      return 0;
    },
    copyIndexed: noCopy,
    save: (map) => memory.read(memory.u32(map + MAP_VALUES), memory.u32(map + MAP_MAX_ENTRIES) * PROG_STRIDE),
    load: (map, saved) => memory.write(memory.u32(map + MAP_VALUES), saved),
  };
}
