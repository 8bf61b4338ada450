import type { AccessBytes, InsnIndex } from '../../../isa/index.js';
import type { HelperBinding, MapBinding } from '../../abi.js';
import {
  BUCKET_HEAD,
  BUCKET_SIZE,
  CPU_ID,
  ELEM_KEY,
  ELEM_NEXT,
  ELEM_REFERENCED,
  ELEM_STATE,
  HASH_MULTIPLIER,
  MAP_BUCKET_MASK,
  MAP_BUCKETS,
  MAP_CPU_STRIDE,
  MAP_VALUE_OFFSET,
  MAP_VALUES,
} from '../../runtime/layout.js';
import { WASM } from '../wasm/opcodes.js';
import { type FunctionContext, getLow, setFromLow } from './context.js';

/**
 * Runtime exports that the JIT writes out in place when it knows the map: their key is then a value, which need not
 * be in memory. Each leaves the address of the value, or 0, as i32.
 */
interface Inline {
  readonly keyBytes: AccessBytes;
  readonly usesCpu: boolean;
  readonly emit: (context: FunctionContext, map: MapBinding, key: number) => void;
}

const INLINE: Readonly<Record<string, Inline>> = {
  array_lookup: { keyBytes: 4, usesCpu: false, emit: (...args) => arrayLookup(...args, false) },
  percpu_array_lookup: { keyBytes: 4, usesCpu: true, emit: (...args) => arrayLookup(...args, true) },
  hash_lookup_4: { keyBytes: 4, usesCpu: false, emit: (...args) => hashLookup4(...args) },
  percpu_hash_lookup_4: {
    keyBytes: 4,
    usesCpu: true,
    emit: (context, map, key) => hashLookup4(context, map, key, () => addCpuOffset(context, map)),
  },
  lru_percpu_hash_lookup_4: {
    keyBytes: 4,
    usesCpu: true,
    emit: (context, map, key) => hashLookup4(context, map, key, () => addCpuOffset(context, map), touch),
  },
  lru_hash_lookup_4: {
    keyBytes: 4,
    usesCpu: false,
    emit: (context, map, key) => hashLookup4(context, map, key, () => {}, touch),
  },
};

/** How the JIT writes a binding out itself; undefined when it calls it. */
export function inlineOf(binding: HelperBinding | undefined): Omit<Inline, 'emit'> | undefined {
  return binding?.kind === 'runtime' ? INLINE[binding.name] : undefined;
}

/** Writes a lookup out in place; false when it has to be called. */
export function inlineLookup(context: FunctionContext, at: InsnIndex, binding: HelperBinding): boolean {
  const { code, environment, plan, slots } = context;
  const inline = binding.kind === 'runtime' ? INLINE[binding.name] : undefined;
  const site = plan.calls.get(at);
  const map = site?.map === undefined ? undefined : environment.executable.maps[site.map];
  if (inline === undefined || map === undefined) return false;
  const key = context.scratch('i32');
  const local = site?.keyOff === undefined ? undefined : slots.get(site.keyOff);
  if (local !== undefined) code.get(local).op(WASM.i32_wrap_i64);
  else {
    getLow(context, 2);
    code.memory(WASM.i32_load, 0);
  }
  code.set(key);
  inline.emit(context, map, key);
  setFromLow(context, 0);
  return true;
}

function arrayLookup(context: FunctionContext, map: MapBinding, key: number, perCpu: boolean): void {
  const { code } = context;
  const stride = Math.ceil(map.facts.valueSize / 8) * 8;
  code.get(key).i32(map.facts.maxEntries).op(WASM.i32_lt_u).if('i32');
  if (map.valueAddress !== 0) code.i32(map.valueAddress);
  else code.i32(map.address).memory(WASM.i32_load, MAP_VALUES);
  code.get(key).i32(stride).op(WASM.i32_mul, WASM.i32_add);
  if (perCpu) addCpuOffset(context, map);
  code.else().i32(0).end();
}

/** From the first CPU's value to the current one's. */
function addCpuOffset({ code, environment }: FunctionContext, map: MapBinding): void {
  code.globalGet(environment.cpuArea).memory(WASM.i32_load, CPU_ID);
  code.i32(map.address).memory(WASM.i32_load, MAP_CPU_STRIDE).op(WASM.i32_mul, WASM.i32_add);
}

/** Marks an element as used since the last search for a victim. Written only when that is new, to spare the cache line. */
function touch({ code }: FunctionContext, element: number): void {
  code
    .get(element)
    .memory(WASM.i32_load, ELEM_STATE)
    .i32(ELEM_REFERENCED)
    .op(WASM.i32_and, WASM.i32_eqz)
    .if();
  code.get(element).get(element).memory(WASM.i32_load, ELEM_STATE).i32(ELEM_REFERENCED).op(WASM.i32_or);
  code.memory(WASM.i32_store, ELEM_STATE).end();
}

/** As `find4` of the runtime: a chain that ends with another bucket's mark was changed meanwhile and is walked anew. */
function hashLookup4(
  context: FunctionContext,
  map: MapBinding,
  key: number,
  addOffset: () => void = () => {},
  found: (context: FunctionContext, element: number) => void = () => {},
): void {
  const { code } = context;
  const hash = context.scratch('i32', 1);
  const element = context.scratch('i32', 2);
  const product = context.scratch('i64');
  code.get(key).op(WASM.i64_extend_i32_u).i64(HASH_MULTIPLIER).op(WASM.i64_mul).tee(product);
  code.op(WASM.i32_wrap_i64).get(product).i64(32).op(WASM.i64_shr_u, WASM.i32_wrap_i64, WASM.i32_xor);
  code.i32(map.address).memory(WASM.i32_load, MAP_BUCKET_MASK).op(WASM.i32_and).set(hash);
  // found: loop retry: block ended: …; the element is 0 when the key is not there.
  code.block().loop();
  code.i32(map.address).memory(WASM.i32_load, MAP_BUCKETS);
  code
    .get(hash)
    .i32(BUCKET_SIZE)
    .op(WASM.i32_mul, WASM.i32_add)
    .memory(WASM.i32_load, BUCKET_HEAD)
    .set(element);
  code.block().loop();
  code.get(element).i32(1).op(WASM.i32_and).brIf(1);
  code.get(element).memory(WASM.i32_load, ELEM_KEY).get(key).op(WASM.i32_eq).brIf(3);
  code.get(element).memory(WASM.i32_load, ELEM_NEXT).set(element).br(0);
  code.end().end();
  code.get(element).get(hash).i32(1).op(WASM.i32_shl).i32(1).op(WASM.i32_or, WASM.i32_ne).brIf(0);
  code.i32(0).set(element).end().end();
  code.get(element).if('i32');
  found(context, element);
  code.get(element).i32(map.address).memory(WASM.i32_load, MAP_VALUE_OFFSET).op(WASM.i32_add);
  addOffset();
  code.else().i32(0).end();
}
