import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { type Btf, findByName, readBtf } from '../../../src/btf/index.js';
import type { Insn } from '../../../src/isa/index.js';
import { kconfigContents, relocate } from '../../../src/object/index.js';
import type { MapSpec, ObjectSpec, ProgramSpec } from '../../../src/object/spec.js';

/** What objects ask of the kernel that is the referee: its types, symbols and configuration. */
export interface Referee {
  readonly btf: Btf;
  readonly cpus: number;
  readonly symbol: (name: string) => bigint | undefined;
  readonly config: ReadonlyMap<string, string>;
}

/** This machine's kernel. */
export function thisKernel(): Referee {
  let symbols: ReadonlyMap<string, bigint> | undefined;
  return {
    btf: readBtf(new Uint8Array(readFileSync('/sys/kernel/btf/vmlinux')), 'vmlinux'),
    cpus: availableParallelism(),
    symbol: (name) => {
      symbols ??= readSymbols();
      return symbols.get(name);
    },
    config: readConfig(),
  };
}

function readSymbols(): ReadonlyMap<string, bigint> {
  const lines = readFileSync('/proc/kallsyms', 'utf8').split('\n');
  return new Map(
    lines.map((line) => line.split(' ')).map(([address, , name]) => [`${name}`, BigInt(`0x${address || 0}`)]),
  );
}

function readConfig(): ReadonlyMap<string, string> {
  try {
    const text = gunzipSync(readFileSync('/proc/config.gz')).toString();
    return new Map(
      [...text.matchAll(/^(CONFIG_\w+)=(.*)$/gm)].map(([, name, value]) => [`${name}`, `${value}`]),
    );
  } catch {
    return new Map();
  }
}

/** One program of an object, relocated for the referee; `maps` are those that its instructions name, by index. */
export interface Subject {
  readonly spec: ProgramSpec;
  readonly type: string;
  readonly insns: readonly Insn[];
  readonly maps: readonly MapSpec[];
}

/** @throws {SkepError} when something that the program refers to is not in this kernel. */
export function subjectOf(object: ObjectSpec, spec: ProgramSpec, referee: Referee): Subject {
  if (spec.type === undefined) throw new RangeError(`section ${spec.section} names no program type`);
  const used = object.maps.filter((map) =>
    spec.relocations.some((one) => (one.kind === 'map' || one.kind === 'map_value') && one.map === map.name),
  );
  const { btf } = referee;
  const insns = relocate(spec, {
    mapIndex: (name) => used.findIndex((map) => map.name === name),
    kernelBtf: btf,
    ksym: (name, typed) => {
      if (!typed) return referee.symbol(name);
      const id = findByName(btf, name, 'var', 'func');
      return id === undefined ? undefined : BigInt(id);
    },
    kfunc: (name) => findByName(btf, name, 'func'),
  });
  return { spec, type: spec.type, insns, maps: used.map((map) => fitted(map, referee)) };
}

/** Hashes of more entries than this are made smaller: no decision depends on their number, and memory does. */
const MOST_ENTRIES = 4096;
const HASHES = new Set(['hash', 'lru_hash', 'percpu_hash', 'lru_percpu_hash', 'sockhash', 'devmap_hash']);

/** What loaders say of a map, whatever the object does. */
const IMPLIED: Readonly<Record<string, Partial<MapSpec>>> = {
  ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
  user_ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
  perf_event_array: { keySize: 4, valueSize: 4 },
};
/** What user space says of a map before it is loaded, where the object leaves it open. */
const STACK_BYTES = 127 * 8;
const isLocalStorage = (type: string) => type.endsWith('_storage');

function fitted(map: MapSpec, { cpus, config }: Referee): MapSpec {
  const facts = { kernelVersion: 0x06_12_00, hasSyscallWrapper: true, hasBpfCookie: true };
  if (map.externs !== undefined) return { ...map, contents: kconfigContents(map, config, facts) };
  if (HASHES.has(map.type) && map.maxEntries > MOST_ENTRIES) return { ...map, maxEntries: MOST_ENTRIES };
  return opened({ ...map, ...IMPLIED[map.type] }, cpus);
}

function opened(map: MapSpec, cpus: number): MapSpec {
  const valueSize = map.type === 'stack_trace' && map.valueSize === 0 ? STACK_BYTES : map.valueSize;
  if (map.maxEntries !== 0 || isLocalStorage(map.type)) return { ...map, valueSize };
  const maxEntries = map.type === 'perf_event_array' ? cpus : 1;
  return { ...map, valueSize, maxEntries };
}
