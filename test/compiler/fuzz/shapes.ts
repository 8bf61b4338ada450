import type { Random } from './random.js';

/** An integer type of the prelude. */
export interface Scalar {
  readonly name: string;
  readonly bits: 8 | 16 | 32 | 64;
  readonly signed: boolean;
}

export const SCALARS: readonly Scalar[] = ([8, 16, 32, 64] as const).flatMap((bits) => [
  { name: `u${bits}`, bits, signed: false },
  { name: `s${bits}`, bits, signed: true },
]);

/** A number inside of a variable: how to write it, given an expression for where an array is indexed. */
export interface Leaf {
  readonly type: Scalar;
  readonly text: (base: string, index: () => string) => string;
}

/** A struct with what is in it. */
export interface Struct {
  readonly name: string;
  readonly definition: string;
  readonly leaves: readonly Leaf[];
  readonly bytes: number;
  /** Whether there are bytes of no member, which have no meaning, or bits. */
  readonly padded: boolean;
}

interface Layout {
  bytes: number;
  align: number;
  padded: boolean;
}

interface Field {
  readonly text: string;
  readonly leaves: readonly Leaf[];
  readonly bytes: number;
  readonly align: number;
  readonly padded: boolean;
}

/** A struct of numbers, arrays, bit-fields, a union, and structs that are there already. */
export function randomStruct(random: Random, name: string, earlier: readonly Struct[]): Struct {
  const packed = random.once(4);
  const layout: Layout = { bytes: 0, align: 1, padded: false };
  const fields = Array.from({ length: random.between(2, 5) }, (_, at) => {
    const field = randomField(random, `m${at}`, earlier);
    place(layout, field, packed);
    return field;
  });
  const end = Math.ceil(layout.bytes / layout.align) * layout.align;
  const attribute = packed ? ' __attribute__((packed))' : '';
  return {
    name: `struct ${name}`,
    definition: `struct ${name} {\n${fields.map(({ text }) => `\t${text}\n`).join('')}}${attribute};`,
    leaves: fields.flatMap(({ leaves }) => leaves),
    bytes: end,
    padded: layout.padded || end !== layout.bytes,
  };
}

function place(layout: Layout, field: Field, packed: boolean): void {
  const align = packed ? 1 : field.align;
  const start = Math.ceil(layout.bytes / align) * align;
  layout.padded ||= field.padded || start !== layout.bytes;
  layout.bytes = start + field.bytes;
  layout.align = Math.max(layout.align, align);
}

function randomField(random: Random, name: string, earlier: readonly Struct[]): Field {
  const kind = random.below(12);
  const type = random.pick(SCALARS);
  const bytes = type.bits / 8;
  if (kind < 2) return arrayField(type, name, random.pick([2, 4, 8]));
  if (kind < 4) return bitFields(random, name);
  if (kind === 4) return unionField(random, name);
  const inner = kind === 5 ? earlier.filter((each) => each.bytes <= 32) : [];
  if (inner.length > 0) {
    const { name: struct, leaves, bytes: size, padded } = random.pick(inner);
    const within = leaves.map(({ type: leaf, text }) => ({
      type: leaf,
      text: (base: string, index: () => string) => text(`${base}.${name}`, index),
    }));
    return {
      text: `${struct} ${name};`,
      leaves: within,
      bytes: size,
      align: 8,
      padded: padded || size % 8 > 0,
    };
  }
  const leaf: Leaf = { type, text: (base) => `${base}.${name}` };
  return { text: `${type.name} ${name};`, leaves: [leaf], bytes, align: bytes, padded: false };
}

function arrayField(type: Scalar, name: string, length: number): Field {
  const leaf: Leaf = { type, text: (base, index) => `${base}.${name}[(${index()}) & ${length - 1}]` };
  const bytes = type.bits / 8;
  return {
    text: `${type.name} ${name}[${length}];`,
    leaves: [leaf],
    bytes: bytes * length,
    align: bytes,
    padded: false,
  };
}

/** Bit-fields of one unit, up to its last bit or not. */
function bitFields(random: Random, name: string): Field {
  const unit = random.pick(SCALARS);
  let left: number = unit.bits;
  const parts: string[] = [];
  const leaves: Leaf[] = [];
  for (let at = 0; at < 3 && left > 0; at++) {
    const width = random.between(1, left);
    left -= width;
    parts.push(`${name}${'abc'[at]} : ${width}`);
    leaves.push({ type: unit, text: (base) => `${base}.${name}${'abc'[at]}` });
  }
  const bytes = unit.bits / 8;
  return { text: `${unit.name} ${parts.join(', ')};`, leaves, bytes, align: bytes, padded: true };
}

/** Eight bytes seen as numbers of several widths. */
function unionField(random: Random, name: string): Field {
  const views = SCALARS.filter(() => random.once(2)).slice(0, 3);
  const members = [{ name: 'u64', bits: 64 as const, signed: false }, ...views].map((type, at) => {
    const length = 64 / type.bits;
    const member = `${name}.v${at}`;
    const leaf: Leaf =
      length === 1
        ? { type, text: (base) => `${base}.${member}` }
        : { type, text: (base, index) => `${base}.${member}[(${index()}) & ${length - 1}]` };
    return { leaf, text: `${type.name} v${at}${length === 1 ? '' : `[${length}]`};` };
  });
  return {
    text: `union { ${members.map(({ text }) => text).join(' ')} } ${name};`,
    leaves: members.map(({ leaf }) => leaf),
    bytes: 8,
    align: 8,
    padded: false,
  };
}
