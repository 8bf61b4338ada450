import { Engine } from '../../src/engine/engine.js';
import type { Insn } from '../../src/isa/index.js';
import type { BpfMap, LoadableProgram } from '../../src/kernel/kernel.js';
import {
  bpfAvailability,
  mapCreate,
  mapLookup,
  mapNextKey,
  mapUpdate,
  progLoad,
  progTestRun,
} from '../../src/linux/bpf.js';
import { mapType } from '../../src/maps/registry.js';
import { asmProgram } from './asm-program.js';
import { PROG_TYPE } from './kernel-verifier.js';

/** A program, its maps with their first entries, and the packet that it runs on. */
export interface TwinCase {
  readonly hook: keyof typeof PROG_TYPE;
  readonly maps: readonly {
    readonly type: string;
    readonly keySize: number;
    readonly valueSize: number;
    readonly maxEntries: number;
    /** Default 0. */
    readonly flags?: number;
    readonly entries?: readonly (readonly [Uint8Array, Uint8Array])[];
  }[];
  readonly packet: Uint8Array;
  readonly text: string;
  /** Default 1. */
  readonly repeat?: number;
  /** Linux is not asked what is in the maps, for types that cannot tell. */
  readonly skipContents?: boolean;
}

/** What a run left behind: r0, the packet, and each map's entries in order of their keys, as hex. */
export interface TwinOutcome {
  readonly returnValue: number;
  readonly packet: string;
  readonly maps: readonly (readonly string[])[];
}

export const kernelAvailability = bpfAvailability();

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const entry = (key: Uint8Array, value: Uint8Array) => `${hex(key)}=${hex(value)}`;

/** Runs a case in the engine. Values of per-CPU maps are those of the CPU that ran. */
export async function runInEngine(twin: TwinCase, engine: 'jit' | 'interpreter'): Promise<TwinOutcome> {
  const kernel = await Engine.create({ engine });
  const maps: BpfMap[] = [];
  for (const { entries = [], ...shape } of twin.maps) {
    const map = await kernel.createMap({ name: 'twin', flags: 0, pinning: 'none', ...shape });
    for (const [key, value] of entries) await map.update(key, value);
    maps.push(map);
  }
  const program = await kernel.loadProgram(asmProgram(twin.hook, twin.text, maps) satisfies LoadableProgram);
  const result = await program.run({ data: twin.packet, repeat: twin.repeat ?? 1 });
  const contents: string[][] = [];
  for (const map of maps) {
    const rows: string[] = [];
    for await (const [key, value] of map.entries()) rows.push(entry(key, value));
    contents.push(rows.sort());
  }
  return { returnValue: result.returnValue, packet: hex(result.data), maps: contents };
}

/** Runs a case in this machine's own kernel. Values of per-CPU maps are summed up to one, as only one CPU ran. */
export function runInLinux(twin: TwinCase): TwinOutcome {
  const maps = twin.maps.map(({ type, keySize, valueSize, maxEntries, flags = 0 }) =>
    mapCreate({ type: mapType(type).id, keySize, valueSize, maxEntries, flags }),
  );
  try {
    twin.maps.forEach(({ entries = [] }, index) => {
      for (const [key, value] of entries) mapUpdate(maps[index]!, key, value);
    });
    const insns: readonly Insn[] = asmProgram(twin.hook, twin.text, []).insns;
    const load = progLoad({ type: PROG_TYPE[twin.hook], insns, license: 'GPL', maps, logLevel: 1 });
    if (!load.ok) throw new Error(`Linux rejects the twin program:\n${load.log}`);
    using program = load.program;
    const result = progTestRun(program, { data: twin.packet, repeat: twin.repeat ?? 1 });
    const contents = maps.map((map, index) => {
      const { keySize, valueSize } = twin.maps[index]!;
      const rows: string[] = [];
      if (twin.skipContents === true) return rows;
      for (
        let key = mapNextKey(map, undefined, keySize);
        key !== undefined;
        key = mapNextKey(map, key, keySize)
      ) {
        const value = mapLookup(map, key, valueSize);
        if (value !== undefined) rows.push(entry(key, value));
      }
      return rows.sort();
    });
    return { returnValue: result.returnValue, packet: hex(result.data), maps: contents };
  } finally {
    for (const map of maps) map.close();
  }
}
