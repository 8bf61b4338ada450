import { type Btf, writeBtf } from '../../src/btf/index.js';
import { helperId } from '../../src/helpers/registry.js';
import { attachBtfId } from '../../src/hooks/attach-btf.js';
import { hookByName } from '../../src/hooks/registry.js';
import { assemble } from '../../src/isa/asm/index.js';
import type { Insn } from '../../src/isa/index.js';
import { type BpfFd, btfLoad, mapCreate, type RawMapShape } from '../../src/linux/bpf.js';
import type { MapFacts } from '../../src/maps/map-type.js';
import { mapKind } from '../../src/maps/registry.js';
import { valueTypes } from '../../src/maps/value-types.js';
import type { StructOpsMember } from '../../src/object/spec.js';
import { needsKernelTypes } from '../../src/verifier/kernel-types/needs.js';
import type { Capability } from '../../src/verifier/privileges.js';
import type { VerifierProgram, VerifyOptions } from '../../src/verifier/verify.js';
import { kernelSymbol, kernelTypes, kfuncId } from './kernel-types.js';
import {
  functionTypes,
  labelPlaces,
  OBJECT_TYPE,
  OBJECT_TYPES,
  type TestFunctions,
  takeFunctions,
} from './verifier-btf.js';

/** BPF_F_RDONLY_PROG */
const READ_ONLY = 0x80;

/** BPF_F_NO_PREALLOC */
const NO_PREALLOC = 1;
/** BPF_F_MMAPABLE, and where user space would have an arena. */
const MMAPABLE = 0x400;
const ADDRESS = 1n << 44n;

/** The maps that verifier tests may name, in this order. */
const SHAPES = [
  { name: 'hash', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 16, flags: 0 },
  { name: 'array', type: 'array', keySize: 4, valueSize: 16, maxEntries: 4, flags: 0 },
  { name: 'readonly', type: 'array', keySize: 4, valueSize: 16, maxEntries: 1, flags: READ_ONLY },
  { name: 'data', type: 'array', keySize: 4, valueSize: 64, maxEntries: 1, flags: 0 },
  { name: 'percpu', type: 'percpu_array', keySize: 4, valueSize: 8, maxEntries: 2, flags: 0 },
  { name: 'progs', type: 'prog_array', keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
  { name: 'ring', type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  { name: 'objects', type: 'hash', keySize: 4, valueSize: 32, maxEntries: 4, flags: 0 },
  { name: 'user_ring', type: 'user_ringbuf', keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0 },
  { name: 'sockets', type: 'sockmap', keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
  { name: 'xsks', type: 'xskmap', keySize: 4, valueSize: 4, maxEntries: 4, flags: 0 },
  { name: 'work', type: 'hash', keySize: 4, valueSize: 24, maxEntries: 4, flags: 0 },
  { name: 'resilient', type: 'hash', keySize: 4, valueSize: 16, maxEntries: 4, flags: 0 },
  { name: 'kptrs', type: 'hash', keySize: 4, valueSize: 40, maxEntries: 4, flags: 0 },
  { name: 'lists', type: 'array', keySize: 4, valueSize: 40, maxEntries: 1, flags: 0 },
  { name: 'of_tasks', type: 'task_storage', keySize: 4, valueSize: 8, maxEntries: 0, flags: NO_PREALLOC },
  { name: 'of_cgroups', type: 'cgrp_storage', keySize: 4, valueSize: 8, maxEntries: 0, flags: NO_PREALLOC },
  { name: 'of_files', type: 'inode_storage', keySize: 4, valueSize: 8, maxEntries: 0, flags: NO_PREALLOC },
  { name: 'of_sockets', type: 'sk_storage', keySize: 4, valueSize: 8, maxEntries: 0, flags: NO_PREALLOC },
  {
    name: 'arena',
    type: 'arena',
    keySize: 0,
    valueSize: 0,
    maxEntries: 4,
    flags: MMAPABLE,
    mapExtra: ADDRESS,
  },
  {
    name: 'arena2',
    type: 'arena',
    keySize: 0,
    valueSize: 0,
    maxEntries: 4,
    flags: MMAPABLE,
    mapExtra: ADDRESS,
  },
] as const;

/** Maps whose values hold objects of types of the program's own: it must come with the types of the map. */
const HOLDERS: ReadonlySet<string> = new Set(['kptrs', 'lists']);

/** The type of the values of a map that has types. */
function valueTypeOf(name: string): number | undefined {
  return name === 'key' ? undefined : (OBJECT_TYPE as Readonly<Record<string, number>>)[name];
}

/** The types that a map of this shape has. */
function typesOf(shape: (typeof SHAPES)[number]): Pick<MapFacts, 'types'> {
  const valueType = valueTypeOf(shape.name);
  if (valueType === undefined) return {};
  const types = valueTypes({ ...shape, btf: { types: OBJECT_TYPES }, keyType: OBJECT_TYPE.key, valueType });
  return types === undefined ? {} : { types };
}

export const TEST_MAPS: readonly MapFacts[] = SHAPES.map((shape) => ({
  ...shape,
  type: mapKind(shape.type),
  frozen: false,
  ...typesOf(shape),
}));

const ARRAY = TEST_MAPS[1] as MapFacts;
/** A map of maps, behind the others; its inner maps are like `array`. The registry need not know the type. */
const OUTER: MapFacts = {
  name: 'outer',
  keySize: 4,
  valueSize: 4,
  maxEntries: 2,
  flags: 0,
  frozen: false,
  type: {
    ...ARRAY.type,
    id: 12,
    name: 'array_of_maps',
    indexed: false,
    directValue: false,
    lookup: 'inner_map',
    helpers: ['bpf_map_lookup_elem'],
  },
  inner: { ...ARRAY, name: '' },
};

/** All maps made in the kernel, in the order in which programs name them. */
export function makeKernelMaps(): BpfFd[] {
  using btf = btfLoad(writeBtf({ types: OBJECT_TYPES }));
  const maps = KERNEL_MAPS.map((shape) => {
    const value = valueTypeOf(shape.name ?? '');
    return mapCreate(value === undefined ? shape : { ...shape, types: { btf, key: OBJECT_TYPE.key, value } });
  });
  const { name, type, keySize, valueSize, maxEntries } = OUTER;
  const inner = maps[1] as BpfFd;
  return [...maps, mapCreate({ name, type: type.id, keySize, valueSize, maxEntries, inner })];
}

/** Whether a program names the map at this place. */
function names(insns: readonly Insn[], index: number): boolean {
  return insns.some(({ opcode, src, imm }) => opcode === LD_IMM64 && src === PSEUDO_MAP_IDX && imm === index);
}

/** The maps for a program with types of its own: those that it names and that hold objects of such types are made anew. */
export function mapsWithTypes(
  shared: readonly BpfFd[],
  btf: BpfFd,
  insns: readonly Insn[],
): { maps: BpfFd[]; close: () => void } {
  const made: BpfFd[] = [];
  const maps = shared.map((map, index) => {
    const shape = KERNEL_MAPS[index];
    const value = valueTypeOf(shape?.name ?? '');
    if (shape === undefined || value === undefined || !HOLDERS.has(shape.name ?? '')) return map;
    if (!names(insns, index)) return map;
    const own = mapCreate({ ...shape, types: { btf, key: OBJECT_TYPE.key, value } });
    made.push(own);
    return own;
  });
  return {
    maps,
    close: () => {
      for (const map of made) map.close();
    },
  };
}

/** The same maps for the kernel. */
export const KERNEL_MAPS: readonly RawMapShape[] = TEST_MAPS.map(
  ({ name, type, keySize, valueSize, maxEntries, flags, mapExtra }) => ({
    name,
    type: type.id,
    keySize,
    valueSize,
    maxEntries,
    flags,
    ...(mapExtra === undefined ? {} : { mapExtra }),
  }),
);

const PSEUDO_MAP_IDX = 5;
const FUNCTIONS = new WeakMap<readonly Insn[], (context: string) => TestFunctions>();
const LD_IMM64 = 0x18;
const PSEUDO_FUNC = 4;

/**
 * Reads a test program: helpers and kernel functions by name, maps as `map[hash]`, values as `map[data][0]+8`, functions
 * as `LABEL ll`, variables of the kernel and the ids of its structs as `NAME ll`. Lines
 * `.func NAME static|global TYPE…` give functions a type, and the program BTF.
 */
export function assembleTest(text: string): Insn[] {
  const { source, declared, exceptionCallbacks } = takeFunctions(text);
  const places = labelPlaces(source);
  const insns = assemble(source, {
    helper: (name) => helperId(name),
    kfunc: kfuncId,
    symbol: (name) => {
      const place = places.get(name);
      if (place !== undefined) return { pseudo: 'func', low: place };
      const low = name === OUTER.name ? SHAPES.length : SHAPES.findIndex((shape) => shape.name === name);
      return low < 0 ? kernelSymbol(name) : { pseudo: 'map_idx', low };
    },
  }).map((insn, index) =>
    insn.opcode === LD_IMM64 && insn.src === PSEUDO_FUNC ? { ...insn, imm: insn.imm - index - 1 } : insn,
  );
  if (declared.length > 0)
    FUNCTIONS.set(insns, (context) => functionTypes(declared, places, context, exceptionCallbacks));
  return insns;
}

/** The BTF of a test program with `.func` lines. */
export function testFunctions(insns: readonly Insn[], hook: string): TestFunctions | undefined {
  return FUNCTIONS.get(insns)?.(hookByName(hook)?.ctx.struct ?? '');
}

/** How a test program is loaded, apart from its hook. */
export interface TestLoad {
  readonly license?: string;
  readonly attachType?: string | undefined;
  /** What a program of a BTF-typed hook is for. */
  readonly target?: string | undefined;
  readonly sleepable?: boolean | undefined;
  /** The member of a kernel struct that the program implements. */
  readonly structOps?: StructOpsMember | undefined;
  /** Of who loads it; all when absent. */
  readonly capabilities?: readonly Capability[] | undefined;
}

/** What the verifier is told of who loads a test program. */
export function loaderOf({ capabilities }: TestLoad): Pick<VerifyOptions, 'privileges'> {
  return capabilities === undefined ? {} : { privileges: { capabilities } };
}

/** A map that was made with the types of a program: they begin with those of the maps. */
function typedBy(map: MapFacts, btf: Btf): MapFacts {
  return map.types === undefined ? map : { ...map, types: { ...map.types, btf } };
}

/** A program as the verifier takes it, with the test maps. */
export function testProgram(
  insns: readonly Insn[],
  hook = 'socket_filter',
  { license = 'GPL', attachType, target, sleepable, structOps }: TestLoad = {},
): VerifierProgram {
  const facts = hookByName(hook);
  if (facts === undefined) throw new RangeError(`no hook ${hook}`);
  const functions = testFunctions(insns, hook);
  return {
    name: 'test',
    insns,
    hook: facts,
    ...(attachType === undefined ? {} : { attachType }),
    license,
    maps: [
      ...(functions === undefined ? TEST_MAPS : TEST_MAPS.map((map) => typedBy(map, functions.btf))),
      OUTER,
    ],
    subprograms: functions?.subprograms ?? [],
    lines: [],
    btf: functions?.btf,
    ...(target !== undefined ||
    needsKernelTypes({
      insns,
      hook: facts,
      attachType,
      btf: functions?.btf,
      maps: TEST_MAPS.filter((_, index) => names(insns, index)),
    })
      ? { kernelBtf: kernelTypes() }
      : {}),
    ...(target === undefined ? {} : { attachBtfId: attachBtfId(kernelTypes(), attachType, target) }),
    ...(sleepable === true || facts.sleepable === 'must' ? { sleepable: true } : {}),
    ...(structOps === undefined ? {} : { structOps }),
  };
}

/** What a rejection's log says last: the lines between the last instruction and the statistics. */
export function finalMessage(log: string): string {
  const lines = log.replace(/processed \d+ insns[\s\S]*$/, '').split('\n');
  let last = -1;
  lines.forEach((line, index) => {
    if (
      /^\d+: (\([0-9a-f]{2}\)|R\d+=)/.test(line) ||
      /^(from \d+ to|(caller|callee|to caller at).*:$| frame\d+: | R\d+=|func#\d+ @)/.test(line)
    )
      last = index;
  });
  return lines
    .slice(last + 1)
    .filter((line) => line !== '')
    .join('\n');
}
