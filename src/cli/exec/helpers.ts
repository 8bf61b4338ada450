import type { EngineMemory } from '../../engine/memory.js';
import { type SandboxHelper, Unwind } from '../../engine/sandbox.js';

/** Memory that a helper walks over at most, so that no argument makes it run for long. */
const MAX_BYTES = 1 << 20;

/** The part of the memory from an address on, cut to what is there. */
function bytesAt(memory: EngineMemory, address: bigint, length: bigint): Uint8Array {
  const { bytes } = memory;
  if (address >= BigInt(bytes.length)) return new Uint8Array(0);
  const start = Number(address);
  const wanted = length > BigInt(MAX_BYTES) ? MAX_BYTES : Number(length);
  return bytes.subarray(start, start + wanted);
}

/** The floor of a square root. */
function squareRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = BigInt(Math.floor(Math.sqrt(Number(value))));
  while (guess * guess > value) guess--;
  while ((guess + 1n) * (guess + 1n) <= value) guess++;
  return guess;
}

/** strcmp over zero-terminated bytes; null pointers are all different. */
function compareStrings(memory: EngineMemory, a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0xffffffffffffffffn;
  const [left, right] = [bytesAt(memory, a, BigInt(MAX_BYTES)), bytesAt(memory, b, BigInt(MAX_BYTES))];
  for (let at = 0; at < MAX_BYTES; at++) {
    const [x, y] = [left[at] ?? 0, right[at] ?? 0];
    if (x !== y) return BigInt.asUintN(64, BigInt(x - y));
    if (x === 0) break;
  }
  return 0n;
}

/**
 * The helpers that the public conformance tools call by number; `skep exec` has these and no others. uBPF's plug-in
 * set the numbers.
 */
export const EXEC_HELPERS: ReadonlyMap<number, SandboxHelper> = new Map<number, SandboxHelper>([
  [
    0,
    {
      name: 'gather_bytes',
      args: 5,
      call: (_memory, ...args) => args.reduce((sum, arg) => (sum << 8n) | (arg & 0xffn), 0n),
    },
  ],
  [
    1,
    {
      name: 'memfrob',
      args: 2,
      call: (memory, address, length) => {
        const bytes = bytesAt(memory, address, length);
        bytes.forEach((byte, at) => {
          bytes[at] = byte ^ 42;
        });
        return address;
      },
    },
  ],
  // Elsewhere it overwrites the machine's own registers; here no BPF register lives in one.
  [2, { name: 'trash_registers', args: 0, call: () => 0n }],
  [3, { name: 'sqrti', args: 1, call: (_memory, value) => squareRoot(value) }],
  [4, { name: 'strcmp_ext', args: 2, call: compareStrings }],
  [
    5,
    {
      name: 'unwind',
      args: 1,
      // An argument of 0 ends the program, any other goes on.
      call: (_memory, value) => {
        if (value === 0n) throw new Unwind(0n);
        return value;
      },
    },
  ],
]);
