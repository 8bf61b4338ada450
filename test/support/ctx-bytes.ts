import { hookByName } from '../../src/hooks/index.js';

/** Numbers at places of a context: offset, bytes, value. */
export type Assignments = readonly (readonly [offset: number, bytes: 4 | 8, value: number])[];

/** Longest context of bytes that tests give. */
const BYTES = 64;

/** A context struct of a program type with some members set. */
export function ctxBytes(type: string, values: Assignments): Uint8Array {
  const ctx = hookByName(type)?.ctx;
  const bytes = new Uint8Array(ctx === undefined || ctx.fields === 'bytes' ? BYTES : ctx.size);
  const view = new DataView(bytes.buffer);
  for (const [offset, size, value] of values) {
    if (size === 4) view.setUint32(offset, value, true);
    else view.setBigUint64(offset, BigInt(value), true);
  }
  return bytes;
}
