import { type Btf, writeBtf } from '../../../src/btf/index.js';
import type { BtfType } from '../../../src/btf/types.js';
import { attachBtfId } from '../../../src/hooks/attach-btf.js';
import { attachTypeByName, hookByName } from '../../../src/hooks/index.js';
import {
  type BpfFd,
  btfLoad,
  mapCreate,
  mapFreeze,
  mapUpdate,
  progLoad,
  type RawLoad,
  type RawProgram,
} from '../../../src/linux/bpf.js';
import { LINUX_MAP_TYPES } from '../../../src/maps/registry.js';
import type { MapSpec } from '../../../src/object/spec.js';
import { funcInfo } from '../../support/verifier-btf.js';
import type { Subject } from './subject.js';

const FLAG = { sleepable: 1 << 4, xdpFrags: 1 << 5 } as const;
const LOG_STATISTICS = 4;

/** The kernel's objects for one ELF file: each map and the types are made once. */
export class KernelObject {
  readonly #maps = new Map<string, BpfFd>();
  #btf: BpfFd | undefined;

  constructor(btf: Btf | undefined) {
    if (btf !== undefined) this.#btf = btfLoad(writeBtf(acceptable(btf)));
  }

  /** The kernel's answer to a program, and its log without the way to it. @throws {KernelError} for its maps. */
  load(subject: Subject, kernelBtf: Btf, logLevel = LOG_STATISTICS): RawLoad {
    const result = progLoad({ ...this.#program(subject, kernelBtf), logLevel });
    if (result.ok) result.program.close();
    return result;
  }

  #program({ spec, type, insns, maps }: Subject, kernelBtf: Btf): RawProgram {
    const attach = spec.attachType === undefined ? undefined : attachTypeByName(spec.attachType);
    const target = attachBtfId(kernelBtf, spec.attachType, spec.attachTo ?? '');
    return {
      type: hookByName(type)?.id ?? 0,
      insns,
      license: spec.license,
      name: spec.name,
      flags: (spec.sleepable ? FLAG.sleepable : 0) | (spec.xdpFrags ? FLAG.xdpFrags : 0),
      maps: maps.map((map) => this.#map(map)),
      ...(attach === undefined ? {} : { expectedAttachType: attach.id }),
      ...(target === undefined ? {} : { attachBtfId: target }),
      ...(this.#btf === undefined || spec.subprograms.some(({ funcType }) => funcType === 0)
        ? {}
        : { btf: this.#btf, funcInfo: funcInfo(spec.subprograms) }),
    };
  }

  #map(spec: MapSpec): BpfFd {
    const made = this.#maps.get(spec.name) ?? createMap(spec, this.#btf);
    this.#maps.set(spec.name, made);
    return made;
  }

  close(): void {
    for (const map of this.#maps.values()) map.close();
    this.#btf?.close();
  }
}

/** Where an arena lies when user space does not say: any address of its own will do. */
const ARENA_ADDRESS = 1n << 44n;

function createMap(spec: MapSpec, btf: BpfFd | undefined): BpfFd {
  const { name, keySize, valueSize, maxEntries, flags } = spec;
  const inner = spec.inner === undefined ? undefined : createMap(spec.inner, btf);
  const type = LINUX_MAP_TYPES.find((row) => row.name === spec.type)?.id ?? 0;
  const mapExtra = spec.mapExtra ?? (spec.type === 'arena' ? ARENA_ADDRESS : 0n);
  const shape = { type, name, keySize, valueSize, maxEntries, flags, mapExtra };
  const bare = { ...shape, ...(inner === undefined ? {} : { inner }) };
  const map = withTypes(bare, spec, btf);
  inner?.close();
  if (spec.contents !== undefined) {
    const value = new Uint8Array(valueSize);
    value.set(spec.contents.subarray(0, valueSize));
    mapUpdate(map, new Uint8Array(4), value);
  }
  if (spec.frozen) mapFreeze(map);
  return map;
}

/** As libbpf: with the types of keys and values, and without when the kernel does not want them. */
function withTypes(bare: Parameters<typeof mapCreate>[0], spec: MapSpec, btf: BpfFd | undefined): BpfFd {
  const value = spec.valueType ?? 0;
  if (btf === undefined || value === 0) return mapCreate(bare);
  try {
    return mapCreate({ ...bare, types: { btf, key: spec.keyType ?? 0, value } });
  } catch {
    return mapCreate(bare);
  }
}

/** The types as the kernel takes them: what the object only declares becomes defined, as libbpf makes it. */
function acceptable(btf: Btf): Btf {
  const types: BtfType[] = Array.from(btf.types, (type) => {
    if (type.kind === 'func' && type.linkage === 'extern') return { ...type, linkage: 'global' };
    if (type.kind === 'var' && type.linkage === 'extern') return { ...type, linkage: 'global' };
    return type;
  });
  for (const type of btf.types)
    if (type.kind === 'func' && type.linkage === 'extern') nameArguments(types, type.type);
  const int = types.findIndex((type) => type.kind === 'int' && type.size === 4);
  const stand = types.length;
  let isUsed = false;
  for (const [id, type] of types.entries()) {
    if (type.kind !== 'datasec' || type.name !== '.ksyms') continue;
    isUsed = true;
    const vars = type.vars.map((_, index) => ({ type: stand, offset: index * 4, size: 4 }));
    types[id] = { ...type, size: vars.length * 4, vars };
  }
  if (isUsed) types.push({ kind: 'var', name: 'dummy_ksym', type: int, linkage: 'global' });
  return { types };
}

/** A declaration may leave its arguments without names; the kernel wants them named. */
function nameArguments(types: BtfType[], id: number): void {
  const proto = types[id];
  if (proto?.kind !== 'func_proto') return;
  types[id] = {
    ...proto,
    params: proto.params.map((param) => ({ ...param, name: param.name || 'unnamed' })),
  };
}
