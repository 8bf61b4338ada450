import { MAX_DEPTH } from './constants.js';
import { resolvedType, typeAt } from './resolve.js';
import type { Btf, BtfMember, BtfType, BtfTypeId } from './types.js';

/**
 * A C value in JavaScript.
 *
 * | C | JavaScript |
 * |---|---|
 * | integers and bit-fields up to 32 bits | number |
 * | 64- and 128-bit integers, pointers | bigint |
 * | `_Bool` | boolean |
 * | enumerations | the enumerator's name, or the number (bigint when 8 bytes wide) that has none |
 * | `char` arrays | string up to the first NUL; an array of numbers when other bytes follow it or it is no UTF-8 |
 * | other arrays | array |
 * | structs, sections of variables | object; members of anonymous members are members of it |
 * | unions | object with every member, each read from the same bytes |
 * | floats | number |
 */
export type BtfValue =
  | number
  | bigint
  | boolean
  | string
  | readonly BtfValue[]
  | { readonly [name: string]: BtfValue };

/**
 * What may be given where a value of type `T` is written: members that are left out are zero, and numbers do for
 * bigints. Of a union's members, give the one that counts.
 */
export type Given<T> = T extends bigint
  ? bigint | number
  : T extends number | string | boolean | Uint8Array
    ? T
    : T extends readonly (infer E)[]
      ? readonly Given<E>[]
      : T extends object
        ? { readonly [M in keyof T]?: Given<T[M]> }
        : T;

export type Scalar = Extract<BtfType, { kind: 'int' | 'enum' | 'enum64' | 'ptr' | 'float' }>;
export type Composite = Extract<BtfType, { kind: 'struct' | 'union' }>;

/** Nesting beyond this is no C. */
export const MAX_VALUE_DEPTH = 2 * MAX_DEPTH;
/** How many parts a value of so many bytes may have: unions of unions read the same bytes again and again. */
export function maxValueParts(bytes: number): number {
  return 64 * bytes + 65_536;
}

/** Whether an array of this element type is text: `char`, not `signed char` or `unsigned char`. */
export function isChar(btf: Btf, element: BtfTypeId): boolean {
  const type = resolvedType(btf, element);
  return type.kind === 'int' && type.size === 1 && (type.name === 'char' || type.char);
}

/** Whether a bit-field's or integer's sign bit counts. */
export function isSigned(type: BtfType): boolean {
  return (type.kind === 'int' || type.kind === 'enum' || type.kind === 'enum64') && type.signed;
}

/** The struct or union behind an anonymous member, whose members count as the outer one's. */
export function anonymousComposite(btf: Btf, member: BtfMember): Composite | undefined {
  if (member.name !== '') return undefined;
  const type = resolvedType(btf, member.type);
  return type.kind === 'struct' || type.kind === 'union' ? type : undefined;
}

/** The variables of a section as members, so that it reads like a struct. */
export function datasecMembers(btf: Btf, type: Extract<BtfType, { kind: 'datasec' }>): BtfMember[] {
  return type.vars.map((variable) => {
    const target = typeAt(btf, variable.type);
    return {
      name: 'name' in target ? target.name : '',
      type: target.kind === 'var' ? target.type : variable.type,
      bitOffset: variable.offset * 8,
      bitfieldSize: 0,
    };
  });
}
