import type { Width } from '../../isa/index.js';
import type { VirtualRegister } from '../machine/instruction.js';
import { imm, reg } from './builder.js';
import type { Selector } from './selector.js';

/** A number made of one byte pattern, in a register or as an immediate. */
function pattern(s: Selector, byte: number, width: Width) {
  let all = 0n;
  for (let at = 0; at < width / 8; at++) all = (all << 8n) | BigInt(byte);
  const signed = BigInt.asIntN(width, all);
  return s.imm(signed) ?? reg(s.builder.constant(signed, width));
}

/** The bytes in the other order; 16, 32 and 64 bits. */
export function swapBytes(s: Selector, register: VirtualRegister, bits: number): VirtualRegister {
  const { builder } = s;
  if (bits !== 16 && bits !== 32 && bits !== 64) s.unsupported(`BPF cannot swap the bytes of ${bits} bits`);
  const to = s.atLeast('v4') ? 'bswap' : s.littleEndian ? 'be' : 'le';
  const dst = builder.register(64);
  builder.emit({ kind: 'end', to, bits, dst, src: builder.copy(register, 64) });
  return builder.copy(dst, bits === 64 ? 64 : 32);
}

/** The bits in the other order. The value has zeros above its bits. */
export function reverseBits(
  s: Selector,
  value: VirtualRegister,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  let result = value;
  for (const [shift, mask] of [
    [1, 0x55],
    [2, 0x33],
    [4, 0x0f],
  ] as const) {
    const right = builder.alu(
      'and',
      width,
      builder.alu('rsh', width, result, imm(shift)),
      pattern(s, mask, width),
    );
    const left = builder.alu(
      'lsh',
      width,
      builder.alu('and', width, result, pattern(s, mask, width)),
      imm(shift),
    );
    result = builder.alu('or', width, left, reg(right));
  }
  const swapped = swapBytes(s, result, width);
  return bits === width ? swapped : builder.alu('rsh', width, swapped, imm(width - bits));
}

/** How many bits are set. The value has zeros above its bits. */
export function countOnes(s: Selector, value: VirtualRegister, width: Width): VirtualRegister {
  const { builder } = s;
  const half = builder.alu('and', width, builder.alu('rsh', width, value, imm(1)), pattern(s, 0x55, width));
  const pairs = builder.alu('sub', width, value, reg(half));
  const low = builder.alu('and', width, pairs, pattern(s, 0x33, width));
  const high = builder.alu('and', width, builder.alu('rsh', width, pairs, imm(2)), pattern(s, 0x33, width));
  const fours = builder.alu('add', width, low, reg(high));
  const sums = builder.alu('add', width, fours, reg(builder.alu('rsh', width, fours, imm(4))));
  const bytes = builder.alu('and', width, sums, pattern(s, 0x0f, width));
  const product = builder.alu('mul', width, bytes, pattern(s, 0x01, width));
  return builder.alu('rsh', width, product, imm(width - 8));
}

/** Zeros above the highest bit set. The value has zeros above its bits; all of them count for 0. */
export function countLeadingZeros(
  s: Selector,
  value: VirtualRegister,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  let filled = value;
  for (let by = 1; by < width; by *= 2) {
    filled = builder.alu('or', width, filled, reg(builder.alu('rsh', width, filled, imm(by))));
  }
  const zeros = countOnes(s, builder.alu('xor', width, filled, imm(-1)), width);
  return bits === width ? zeros : builder.alu('add', width, zeros, imm(bits - width));
}

/** Zeros below the lowest bit set; all bits count for 0. */
export function countTrailingZeros(
  s: Selector,
  value: VirtualRegister,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  const below = builder.alu('add', width, value, imm(-1));
  const mask = builder.alu('and', width, builder.alu('xor', width, value, imm(-1)), reg(below));
  if (bits === width) return countOnes(s, mask, width);
  return countOnes(s, builder.alu('and', width, mask, imm(2 ** bits - 1)), width);
}
