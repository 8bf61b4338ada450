import type { Executable, HelperBinding, HostFunction } from '../../../src/engine/abi.js';
import { bindingFor } from '../../../src/engine/helpers/bindings.js';
import { EngineMap } from '../../../src/engine/maps.js';
import { EngineMemory } from '../../../src/engine/memory.js';
import { helperById } from '../../../src/helpers/registry.js';
import type { Insn } from '../../../src/isa/index.js';
import { findMapType } from '../../../src/maps/registry.js';
import { TEST_MAPS } from '../../support/verifier-program.js';
import type { Generated, Random } from '../fuzz/generate.js';

const CTX_SIZE = 256;
const MAX_PACKET = 128;
const FRAMES = 8;
const FRAME_BYTES = 512;

/** Where things are while a program runs: what abstract pointers are compared with. */
export interface Places {
  readonly ctx: number;
  readonly data: number;
  readonly dataEnd: number;
  readonly stackTop: number;
  /** Header address of each map. */
  readonly maps: readonly number[];
  /** Addresses of values that pointers into each map may start from. */
  readonly values: readonly Set<number>[];
}

/** Memory, maps, a context and a packet that programs of the fuzzer run in, filled at random. */
export class World {
  readonly memory = EngineMemory.create({ maximumPages: 256, shared: false });
  // Those that the engine runs come first, so that programs name the same ones.
  readonly #maps = TEST_MAPS.filter(({ type }) => findMapType(type.name) !== undefined).map((facts, index) =>
    EngineMap.create(
      this.memory,
      {
        name: facts.name,
        type: facts.type.name,
        keySize: facts.keySize,
        valueSize: facts.valueSize,
        maxEntries: facts.maxEntries,
        flags: facts.flags,
        pinning: 'none',
      },
      { id: index + 1 },
    ),
  );
  readonly #ctx = this.memory.alloc(CTX_SIZE);
  readonly #packet = this.memory.alloc(MAX_PACKET);
  readonly #stack = this.memory.alloc(FRAMES * FRAME_BYTES);

  /** New random contents of everything. */
  fill(random: Random, hook: Generated['hook']): Places {
    const { memory } = this;
    const bytes = (at: number, count: number) => {
      for (let index = 0; index < count; index++)
        memory.bytes[at + index] = random.chance(40)
          ? random.pick([0, 0, 1, 0xff, 0x80, 0x7f])
          : random.below(256);
    };
    bytes(this.#ctx, CTX_SIZE);
    bytes(this.#packet, MAX_PACKET);
    bytes(this.#stack, FRAMES * FRAME_BYTES);
    const data = this.#packet;
    const dataEnd = data + random.pick([0, 1, 4, 8, 13, 14, 20, 34, 64, MAX_PACKET]);
    const [dataAt, endAt] = hook === 'xdp' ? [0, 4] : [76, 80];
    if (hook === 'xdp' || hook === 'sched_cls' || hook === 'socket_filter') {
      memory.view.setUint32(this.#ctx + dataAt, data, true);
      memory.view.setUint32(this.#ctx + endAt, dataEnd, true);
      if (hook === 'xdp') memory.view.setUint32(this.#ctx + 8, data, true);
    }
    const values = this.#maps.map(
      ({ binding }) => new Set(binding.valueAddress === 0 ? [] : [binding.valueAddress]),
    );
    this.#fillMaps(random);
    return {
      ctx: this.#ctx,
      data,
      dataEnd,
      stackTop: this.#stack + FRAMES * FRAME_BYTES,
      maps: this.#maps.map(({ address }) => address),
      values,
    };
  }

  #fillMaps(random: Random): void {
    for (const map of this.#maps) {
      const { type, keySize, valueSize, maxEntries } = map.facts;
      if (type.lookup !== 'value') continue;
      for (let index = 0; index < Math.min(maxEntries, 6); index++) {
        const key = new Uint8Array(keySize);
        key[0] = index;
        const value = Uint8Array.from({ length: valueSize }, () =>
          random.pick([0, 1, 0xff, random.below(256)]),
        );
        if (type.name !== 'hash' || random.chance(60)) map.update(key, value);
      }
    }
  }

  /** A program whose helpers answer at random where the verifier may not know the answer. */
  executable(insns: readonly Insn[], hook: Generated['hook']): Executable {
    return {
      insns,
      functions: [0],
      maps: this.#maps.map(({ binding }) => binding),
      helper: (id) => this.#bind(id, hook),
      facts: undefined,
      sandbox: false,
    };
  }

  /** What a map argument holds. */
  mapAddress(index: number): bigint {
    return BigInt(this.#maps[index]?.binding.address ?? 0);
  }

  #bind(id: number, hook: Generated['hook']): HelperBinding | undefined {
    const facts = helperById(id);
    switch (facts?.name) {
      case 'bpf_map_lookup_elem':
        return { kind: 'host', name: 'lookup', args: 2 };
      case 'bpf_skb_load_bytes':
        return { kind: 'host', name: 'load_bytes', args: 4 };
      case 'bpf_map_update_elem':
      case 'bpf_map_delete_elem':
      case 'bpf_tail_call':
        return bindingFor(id, { programType: hook });
    }
    if (facts?.returns.kind !== 'integer') return undefined;
    return { kind: 'host', name: 'number', args: 0 };
  }

  host(random: Random, places: Places): Readonly<Record<string, HostFunction>> {
    const { memory } = this;
    return {
      number: () => randomWord(random),
      lookup: (map, key) => {
        const index = places.maps.indexOf(Number(map));
        const lookup = memory.runtime['map_lookup'] as (map: number, key: number) => number;
        const found = lookup(Number(map), Number(key)) >>> 0;
        if (found !== 0) places.values[index]?.add(found);
        return BigInt(found);
      },
      load_bytes: (_ctx, _off, to, size) => {
        for (let index = 0; index < Number(size); index++)
          memory.bytes[Number(to) + index] = random.below(256);
        return random.chance(70) ? 0n : 0xffff_ffff_ffff_fff2n;
      },
    };
  }
}

/** A 64-bit number, often one at an edge. */
export function randomWord(random: Random): bigint {
  const edge = random.pick([0n, 1n, 7n, 255n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 1n << 63n]);
  switch (random.below(4)) {
    case 0:
      return BigInt.asUintN(64, edge + BigInt(random.below(5)) - 2n);
    case 1:
      return BigInt(random.below(70));
    default:
      return (BigInt(random.next()) << 32n) | BigInt(random.next());
  }
}
