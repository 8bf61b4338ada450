import { btfError } from '../errors/btf.js';
import { MAX_DEPTH } from './constants.js';
import type { Btf, BtfType, BtfTypeId } from './types.js';

/** Bytes of a pointer of BPF programs and of all kernels that skep knows. */
export const POINTER_BYTES = 8;

/** The type with an id. @throws {SkepError} `BTF_BAD_TYPE` when there is none. */
export function typeAt(btf: Btf, id: BtfTypeId): BtfType {
  const type = btf.types.at(id);
  if (type === undefined)
    throw btfError('BTF_BAD_TYPE', `there is no type ${id}; the last is ${btf.types.length - 1}`, {
      facts: { type: id },
    });
  return type;
}

/** The id behind `const`, `volatile`, `restrict` and type tags. @throws {SkepError} `BTF_CYCLE` */
export function skipModifiers(btf: Btf, id: BtfTypeId): BtfTypeId {
  return follow(btf, id, false);
}

/** The id behind modifiers and typedefs: the type that counts. @throws {SkepError} `BTF_CYCLE` */
export function resolve(btf: Btf, id: BtfTypeId): BtfTypeId {
  return follow(btf, id, true);
}

/** `typeAt(btf, resolve(btf, id))`. */
export function resolvedType(btf: Btf, id: BtfTypeId): BtfType {
  return typeAt(btf, resolve(btf, id));
}

function follow(btf: Btf, start: BtfTypeId, typedefs: boolean): BtfTypeId {
  let id = start;
  // Modifiers in a row are few in C; kernels accept chains of 32, and a cycle is longer than any bound.
  for (let depth = 0; depth <= 4 * MAX_DEPTH; depth++) {
    const type = typeAt(btf, id);
    switch (type.kind) {
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        id = type.type;
        break;
      case 'typedef':
        if (!typedefs) return id;
        id = type.type;
        break;
      default:
        return id;
    }
  }
  throw cycle(start);
}

export function cycle(id: BtfTypeId) {
  return btfError('BTF_CYCLE', `type ${id} refers to itself or is nested too deeply`, {
    facts: { type: id },
  });
}

/**
 * Bytes that a value of a type takes, or undefined for types that have no values (void, functions, forward
 * declarations).
 *
 * @throws {SkepError} `BTF_CYCLE`, or `BTF_BAD_TYPE` for an array beyond 2^53 bytes.
 */
export function trySizeOf(btf: Btf, id: BtfTypeId): number | undefined {
  let elements = 1;
  let at = id;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = resolvedType(btf, at);
    switch (type.kind) {
      case 'int':
      case 'float':
      case 'struct':
      case 'union':
      case 'enum':
      case 'enum64':
      case 'datasec':
        return checkedProduct(id, elements, type.size);
      case 'ptr':
        return checkedProduct(id, elements, POINTER_BYTES);
      case 'array':
        elements = checkedProduct(id, elements, type.length);
        at = type.type;
        break;
      case 'var':
        at = type.type;
        break;
      default:
        return undefined;
    }
  }
  throw cycle(id);
}

/** Bytes that a value of a type takes. @throws {SkepError} `BTF_BAD_TYPE` when the type has no values. */
export function sizeOf(btf: Btf, id: BtfTypeId): number {
  const size = trySizeOf(btf, id);
  if (size === undefined)
    throw btfError('BTF_BAD_TYPE', `type ${id} (${resolvedType(btf, id).kind}) has no size`, {
      facts: { type: id },
    });
  return size;
}

function checkedProduct(id: BtfTypeId, a: number, b: number): number {
  const product = a * b;
  if (product > Number.MAX_SAFE_INTEGER)
    throw btfError('BTF_BAD_TYPE', `type ${id} has ${product} bytes`, { facts: { type: id } });
  return product;
}
