import { embeddedBytes } from '../../btf/embedded.js';
import { wasmBase64 } from './runtime.wasm.js';

/** What the runtime exports. Addresses and sizes are i32 (read them with `>>> 0`), 64-bit numbers bigint. */
export interface RuntimeExports {
  heap_init(start: number, end: number): void;
  alloc(size: number): number;
  alloc_zeroed(size: number): number;
  free(address: number): void;
  map_create(
    type: number,
    keySize: number,
    valueSize: number,
    maxEntries: number,
    flags: number,
    extra: number,
  ): number;
  map_destroy(map: number): void;
  map_lookup(map: number, key: number): number;
  map_peek(map: number, key: number): number;
  map_lookup_percpu(map: number, key: number, cpu: number): number;
  map_update(map: number, key: number, value: number, flags: bigint): number;
  map_store(map: number, key: number, value: number, flags: bigint): number;
  map_delete(map: number, key: number): number;
  map_next_key(map: number, key: number, next: number): number;
  map_push(map: number, value: number, flags: bigint): number;
  map_pop(map: number, value: number): number;
  map_peek_value(map: number, value: number): number;
  queue_at(map: number, index: number, value: number): number;
  hash_dump(map: number, bucket: number, out: number, room: number): bigint;
  perf_ring_create(cpu: number, capacity: number): number;
  /** Frees what helpers took for an skb. */
  skb_release(skb: number): void;
  sock_init(sock: number): void;
  sock_cookie(sock: number): bigint;
  sock_netns_cookie(sock: number): bigint;
  ktime_get_ns(): bigint;
  get_prandom_u32(): number;
  run_repeat(slot: number, ctx: bigint, times: number): bigint;
  /** Replays packets of a batch: `state` is laid out as in replay-layout.ts. */
  replay_run(state: number, first: number, count: number): void;
  /** Drops the IP datagrams that are not complete yet, and their memory. */
  replay_forget(state: number): void;
  readonly [name: string]: (...args: never[]) => unknown;
}

const modules = new Map<boolean, WebAssembly.Module>();

/** The runtime, compiled once for shared and once for unshared memory. */
export function loadRuntimeModule(shared: boolean): WebAssembly.Module {
  let module = modules.get(shared);
  if (module === undefined) {
    const code = embeddedBytes(wasmBase64);
    if (!shared) unshareMemoryImport(code);
    module = new WebAssembly.Module(code);
    modules.set(shared, module);
  }
  return module;
}

const IMPORT_SECTION = 2;
const SHARED_BIT = 2;

/** Clears the `shared` bit in the limits of the imported memory, in place. */
export function unshareMemoryImport(code: Uint8Array): void {
  const cursor = new Cursor(code, 8);
  while (cursor.at < code.length) {
    const section = cursor.byte();
    const size = cursor.leb();
    if (section !== IMPORT_SECTION) {
      cursor.at += size;
      continue;
    }
    for (let left = cursor.leb(); left > 0; left--) {
      cursor.skipBytes();
      cursor.skipBytes();
      if (skipImport(cursor, code)) return;
    }
  }
}

/** Goes past one import's description; true when it was the memory, which is unshared then. */
function skipImport(cursor: Cursor, code: Uint8Array): boolean {
  switch (cursor.byte()) {
    case 0:
      cursor.leb();
      return false;
    case 1:
      cursor.byte();
      cursor.limits();
      return false;
    case 2:
      code[cursor.at] = code[cursor.at]! & ~SHARED_BIT;
      return true;
    default:
      cursor.at += 2;
      return false;
  }
}

class Cursor {
  at: number;
  readonly #code: Uint8Array;
  constructor(code: Uint8Array, at: number) {
    this.#code = code;
    this.at = at;
  }
  byte(): number {
    return this.#code[this.at++]!;
  }
  leb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }
  skipBytes(): void {
    const size = this.leb();
    this.at += size;
  }
  limits(): void {
    const flags = this.byte();
    this.leb();
    if (flags & 1) this.leb();
  }
}
