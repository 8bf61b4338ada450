import type { AtomicOp, Operation } from '../../isa/index.js';
import { alu } from './alu.js';
import type { Machine } from './machine.js';

/**
 * One atomic operation. Only one program runs at a time in the interpreter, so that a plain read and write will do.
 * A misaligned address is an error: the verifier refuses it and WebAssembly traps on it. RFC 9669 section 5.3.
 */
export function atomic(
  machine: Machine,
  operation: Extract<Operation, { readonly kind: 'atomic' }>,
  address: bigint,
): void {
  const { op, bytes, src, fetch } = operation;
  if (address % BigInt(bytes) !== 0n) {
    throw machine.fail(
      'EXEC_ADDRESS',
      `an atomic access of ${bytes} bytes at 0x${address.toString(16)} is misaligned`,
      {
        address: `0x${address.toString(16)}`,
        bytes,
      },
    );
  }
  if (op === 'store_release') {
    machine.write(address, bytes, machine.get(src));
    return;
  }
  const old = machine.read(address, bytes);
  if (op === 'load_acquire') {
    machine.set(src, old);
    return;
  }
  if (op === 'cmpxchg') {
    // As on x86, memory is written even when the comparison fails: the old value.
    const expected = BigInt.asUintN(bytes * 8, machine.get(0));
    machine.write(address, bytes, old === expected ? machine.get(src) : old);
    machine.set(0, old);
    return;
  }
  machine.write(address, bytes, combine(op, bytes, old, machine.get(src)));
  if (fetch) machine.set(src, old);
}

function combine(
  op: Exclude<AtomicOp, 'cmpxchg' | 'load_acquire' | 'store_release'>,
  bytes: number,
  old: bigint,
  operand: bigint,
): bigint {
  return op === 'xchg' ? operand : alu(op, bytes === 8 ? 64 : 32, old, operand);
}
