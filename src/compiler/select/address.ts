import { constantAddress } from '../emit/data.js';
import { sizeOf, structLayout } from '../ir/layout.js';
import type { TypeId } from '../ir/type.js';
import type { ValueId } from '../ir/value.js';
import type { VirtualRegister } from '../machine/instruction.js';
import { imm, reg } from './builder.js';
import type { Address, Selector } from './selector.js';
import { registerOf, signExtended } from './values.js';

const MAX_OFFSET = 0x7fff;

/** Where a pointer points, as a base and an offset that loads and stores can take. */
export function addressOf(s: Selector, id: ValueId): Address {
  const known = s.addresses.get(id);
  if (known !== undefined) return known;
  const constant = s.value(id).kind === 'gep-expression' ? constantAddress(s.module, s.fn, id) : undefined;
  if (constant?.symbol !== undefined && fits(constant.addend)) {
    return { base: { kind: 'reg', reg: registerOf(s, constant.symbol) }, offset: constant.addend };
  }
  return { base: { kind: 'reg', reg: registerOf(s, id) }, offset: 0 };
}

/** Where an access through a pointer goes: an arena's own addresses are made the kernel's first. */
export function accessAddress(s: Selector, id: ValueId): Address {
  const address = addressOf(s, id);
  const type = s.typeOfValue(id);
  const space = type.kind === 'pointer' ? type.addressSpace : 0;
  if (space === 0 || address.base.kind === 'slot') return address;
  return { ...address, base: { kind: 'reg', reg: s.builder.inKernel(address.base.reg, space) } };
}

/** The address as a number in a register. */
export function addressRegister(s: Selector, { base, offset, core }: Address): VirtualRegister {
  const { builder } = s;
  if (base.kind === 'slot') {
    const dst = builder.register(64);
    builder.emit({ kind: 'slot-address', dst, slot: base.slot, offset });
    return dst;
  }
  if (core === undefined) return offset === 0 ? base.reg : builder.alu('add', 64, base.reg, imm(offset));
  const dst = builder.register(64);
  builder.emit({ kind: 'alu', op: 'add', width: 64, dst, left: base.reg, right: imm(offset) }, core);
  return dst;
}

/** The address `bytes` further on. */
export function moved(s: Selector, address: Address, bytes: number): Address {
  if (bytes === 0) return address;
  if (address.core !== undefined) {
    return { base: { kind: 'reg', reg: addressRegister(s, address) }, offset: bytes };
  }
  const { base, offset } = address;
  const sum = offset + bytes;
  if (base.kind === 'slot' || fits(sum)) return { base, offset: sum };
  return { base: { kind: 'reg', reg: addressRegister(s, { base, offset: sum }) }, offset: 0 };
}

function fits(offset: number): boolean {
  return offset >= -MAX_OFFSET - 1 && offset <= MAX_OFFSET;
}

/** `getelementptr`: what is constant becomes an offset of the accesses, the rest is added. */
export function selectGep(
  s: Selector,
  id: ValueId,
  source: TypeId,
  base: ValueId,
  indices: readonly ValueId[],
): void {
  let address = addressOf(s, base);
  let type = source;
  let constant = 0;
  for (const [position, index] of indices.entries()) {
    const shape = s.type(type);
    if (position > 0 && shape.kind === 'struct') {
      const field = Number(s.constantOf(index) ?? 0n);
      constant += structLayout(s.module, shape).offsets[field] ?? 0;
      type = shape.elements?.[field] ?? type;
      continue;
    }
    if (position > 0 && (shape.kind === 'array' || shape.kind === 'vector')) type = shape.element;
    const scale = sizeOf(s.module, type);
    const number = s.constantOf(index);
    if (number !== undefined) constant += Number(number) * scale;
    else address = plusScaled(s, address, index, scale);
  }
  address = moved(s, address, constant);
  s.addresses.set(id, address);
  // The address of a stack slot is computed where it is needed.
  if (address.base.kind === 'reg' && !s.uses.only(id, 'address')) s.set(id, addressRegister(s, address));
}

function plusScaled(s: Selector, address: Address, index: ValueId, scale: number): Address {
  const { builder } = s;
  const { base, offset } =
    address.core === undefined
      ? address
      : { base: { kind: 'reg', reg: addressRegister(s, address) } as const, offset: 0 };
  const wide = signExtended(s, registerOf(s, index), s.bits(s.typeOfValue(index)), 64);
  const shift = Math.log2(scale);
  const bytes =
    scale === 1
      ? wide
      : Number.isInteger(shift)
        ? builder.alu('lsh', 64, wide, imm(shift))
        : builder.alu('mul', 64, wide, imm(scale));
  const start = addressRegister(s, { base, offset: base.kind === 'slot' ? offset : 0 });
  const sum = builder.alu('add', 64, start, reg(bytes));
  return { base: { kind: 'reg', reg: sum }, offset: base.kind === 'slot' ? 0 : offset };
}
