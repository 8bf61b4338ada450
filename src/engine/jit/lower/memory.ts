import type { AccessBytes, InsnIndex, Operation, Reg } from '../../../isa/index.js';
import { SYSTEM_BASE } from '../../runtime/layout.js';
import { ATOMIC, WASM } from '../wasm/opcodes.js';
import {
  type FunctionContext,
  getLow,
  getOperand,
  getRegister,
  setFromLow,
  setRegister,
  trapIf,
} from './context.js';

const LOAD_UNSIGNED: Record<AccessBytes, number> = {
  1: WASM.i64_load8_u,
  2: WASM.i64_load16_u,
  4: WASM.i64_load32_u,
  8: WASM.i64_load,
};
const LOAD_SIGNED: Record<AccessBytes, number> = {
  1: WASM.i64_load8_s,
  2: WASM.i64_load16_s,
  4: WASM.i64_load32_s,
  8: WASM.i64_load,
};
const STORE: Record<AccessBytes, number> = {
  1: WASM.i64_store8,
  2: WASM.i64_store16,
  4: WASM.i64_store32,
  8: WASM.i64_store,
};
const SIGN_EXTEND: Partial<Record<AccessBytes, number>> = {
  1: WASM.i64_extend8_s,
  2: WASM.i64_extend16_s,
  4: WASM.i64_extend32_s,
};

/**
 * Leaves an access's address as i32, and answers the offset that goes into the access itself.
 *
 * A positive offset may go there although wasm adds it without wrapping: the verifier proved that the sum is an address
 * of the engine, all of which are above any offset, so the base alone is within 32 bits too. A negative one is added.
 */
function pushAddress(
  context: FunctionContext,
  base: Reg,
  off: number,
  bytes: AccessBytes,
  write: boolean,
): number {
  const { code, environment } = context;
  if (!environment.sandbox) {
    getLow(context, base);
    if (off >= 0) return off;
    code.i32(off).op(WASM.i32_add);
    return 0;
  }
  const address = context.scratch('i64');
  const lowest = write ? SYSTEM_BASE : 0;
  getRegister(context, base);
  code.i64(off).op(WASM.i64_add).tee(address);
  // One unsigned comparison refuses what is below, above the memory, and above 32 bits.
  if (lowest > 0) code.i64(lowest).op(WASM.i64_sub);
  code.op(WASM.memory_size, 0, WASM.i64_extend_i32_u).i64(16).op(WASM.i64_shl);
  code.i64(bytes + lowest).op(WASM.i64_sub, WASM.i64_gt_u);
  trapIf(context, 'address');
  code.get(address).op(WASM.i32_wrap_i64);
  return 0;
}

/** The local that holds what an instruction accesses, when it is a frame slot that lives in one. */
function slotLocal(context: FunctionContext, at: InsnIndex): number | undefined {
  const off = context.plan.accesses.get(at);
  return off === undefined ? undefined : context.slots.get(off);
}

export function lowerLoad(
  context: FunctionContext,
  at: InsnIndex,
  { bytes, signed, dst, base, off }: Extract<Operation, { kind: 'load' }>,
): void {
  const { code } = context;
  const local = slotLocal(context, at);
  const constant = frozenValue(context, at, bytes, signed);
  if (constant !== undefined) {
    code.i64(constant);
  } else if (local !== undefined) {
    code.get(local);
    const extend = signed ? SIGN_EXTEND[bytes] : undefined;
    if (extend !== undefined) code.op(extend);
  } else {
    const offset = pushAddress(context, base, off, bytes, false);
    code.memory((signed ? LOAD_SIGNED : LOAD_UNSIGNED)[bytes], offset);
  }
  setRegister(context, dst);
}

/** What a load from a frozen map at a constant offset gives. */
function frozenValue(
  { environment, plan }: FunctionContext,
  at: InsnIndex,
  bytes: AccessBytes,
  signed: boolean,
): bigint | undefined {
  const place = plan.mapValues.get(at);
  const facts = place && environment.executable.maps[place.map]?.facts;
  if (place === undefined || facts?.contents === undefined || !facts.frozen) return undefined;
  if (place.off < 0 || place.off + bytes > facts.contents.length) return undefined;
  let value = 0n;
  for (let byte = bytes - 1; byte >= 0; byte--) {
    value = (value << 8n) | BigInt(facts.contents[place.off + byte] ?? 0);
  }
  return signed ? BigInt.asIntN(bytes * 8, value) : value;
}

export function lowerStore(
  context: FunctionContext,
  at: InsnIndex,
  { bytes, base, off, src }: Extract<Operation, { kind: 'store' }>,
): void {
  const { code } = context;
  const local = slotLocal(context, at);
  if (local !== undefined) {
    getOperand(context, src, 64);
    truncate(context, bytes);
    code.set(local);
    return;
  }
  const offset = pushAddress(context, base, off, bytes, true);
  getOperand(context, src, 64);
  code.memory(STORE[bytes], offset);
}

/** Zero-extends the low bytes of the i64 on the stack. */
function truncate({ code }: FunctionContext, bytes: AccessBytes): void {
  if (bytes === 4) code.op(WASM.i32_wrap_i64, WASM.i64_extend_i32_u);
  else if (bytes < 4) code.i64(bytes === 1 ? 0xff : 0xffff).op(WASM.i64_and);
}

type Atomic = Extract<Operation, { kind: 'atomic' }>;

const ATOMIC_OPCODES = {
  add: { 4: ATOMIC.i32_add, 8: ATOMIC.i64_add },
  or: { 4: ATOMIC.i32_or, 8: ATOMIC.i64_or },
  and: { 4: ATOMIC.i32_and, 8: ATOMIC.i64_and },
  xor: { 4: ATOMIC.i32_xor, 8: ATOMIC.i64_xor },
  xchg: { 4: ATOMIC.i32_xchg, 8: ATOMIC.i64_xchg },
  cmpxchg: { 4: ATOMIC.i32_cmpxchg, 8: ATOMIC.i64_cmpxchg },
} as const;
const ATOMIC_LOAD: Record<AccessBytes, number> = {
  1: ATOMIC.i32_load8_u,
  2: ATOMIC.i32_load16_u,
  4: ATOMIC.i32_load,
  8: ATOMIC.i64_load,
};
const ATOMIC_STORE: Record<AccessBytes, number> = {
  1: ATOMIC.i32_store8,
  2: ATOMIC.i32_store16,
  4: ATOMIC.i32_store,
  8: ATOMIC.i64_store,
};

/**
 * Atomic operations. They work on i32 below 8 bytes, so that a comparison looks at the low half of r0 only.
 */
export function lowerAtomic(context: FunctionContext, operation: Atomic): void {
  const { code, environment } = context;
  const { op, fetch, bytes, base, off, src } = operation;
  const width = bytes === 8 ? 64 : 32;
  const offset = pushAddress(context, base, off, bytes, op !== 'load_acquire');
  if (environment.sandbox && bytes > 1) {
    const address = context.scratch('i32');
    code
      .tee(address)
      .i32(bytes - 1)
      .op(WASM.i32_and);
    trapIf(context, 'address');
    code.get(address);
  }
  switch (op) {
    case 'load_acquire':
      code.atomic(ATOMIC_LOAD[bytes], bytes, offset);
      if (width === 64) setRegister(context, src);
      else setFromLow(context, src);
      return;
    case 'store_release':
      getOperand(context, { kind: 'reg', reg: src }, width);
      code.atomic(ATOMIC_STORE[bytes], bytes, offset);
      return;
    case 'cmpxchg':
      getOperand(context, { kind: 'reg', reg: 0 }, width);
  }
  getOperand(context, { kind: 'reg', reg: src }, width);
  code.atomic(ATOMIC_OPCODES[op][bytes === 8 ? 8 : 4], bytes, offset);
  if (!fetch) {
    code.op(WASM.drop);
    return;
  }
  const result = op === 'cmpxchg' ? 0 : src;
  if (width === 64) setRegister(context, result);
  else setFromLow(context, result);
}
