import type { Operation } from '../../isa/index.js';
import type { Machine } from './machine.js';

/** Offsets of `data` and `data_end` in `struct __sk_buff`. */
const SKB_DATA = 76n;
const SKB_DATA_END = 80n;

/**
 * LD_ABS and LD_IND: r0 becomes the number at a packet offset, read in network order. RFC 9669 section 6.
 *
 * @returns false when the packet does not reach so far; r0 is 0 then.
 */
export function loadFromPacket(
  machine: Machine,
  operation: Extract<Operation, { readonly kind: 'ld_abs' | 'ld_ind' }>,
): boolean {
  const index = operation.kind === 'ld_ind' ? machine.get(operation.src) : 0n;
  const offset = Number(BigInt.asIntN(32, index + BigInt(operation.imm)));
  const load = machine.options.skbLoad ?? ((ctx, at, bytes) => loadFromSkb(machine, ctx, at, bytes));
  const loaded = load(machine.get(6), offset, operation.bytes);
  machine.set(0, loaded ?? 0n);
  return loaded !== undefined;
}

function loadFromSkb(machine: Machine, ctx: bigint, offset: number, bytes: number): bigint | undefined {
  const data = machine.read(ctx + SKB_DATA, 4);
  const end = machine.read(ctx + SKB_DATA_END, 4);
  const from = data + BigInt(offset);
  if (offset < 0 || from + BigInt(bytes) > end) return undefined;
  let value = 0n;
  for (let at = from; at < from + BigInt(bytes); at++) value = (value << 8n) | machine.read(at, 1);
  return value;
}
