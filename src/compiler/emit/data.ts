import { sizeOf, structLayout, typeOf } from '../ir/layout.js';
import { type IrFunction, type IrModule, valueAt } from '../ir/module.js';
import type { Value, ValueId } from '../ir/value.js';
import { SourceProblem } from '../problem.js';

/** A place in a variable's bytes that holds the address of a symbol plus a number of bytes. */
export interface DataRelocation {
  readonly offset: number;
  /** A global, function or alias. */
  readonly symbol: ValueId;
  readonly addend: number;
}

export interface DataImage {
  readonly bytes: Uint8Array;
  readonly relocations: readonly DataRelocation[];
}

/** The bytes of a variable's initialiser. @param name of the variable, for messages */
export function dataImage(
  module: IrModule,
  initializer: ValueId,
  bytes: number,
  name: string,
  littleEndian: boolean,
): DataImage {
  const writer = new DataWriter(module, bytes, name, littleEndian);
  writer.write(initializer, 0);
  return writer;
}

class DataWriter implements DataImage {
  readonly bytes: Uint8Array;
  readonly relocations: DataRelocation[] = [];
  readonly #module: IrModule;
  readonly #name: string;
  readonly #littleEndian: boolean;

  constructor(module: IrModule, bytes: number, name: string, littleEndian: boolean) {
    this.#module = module;
    this.bytes = new Uint8Array(bytes);
    this.#name = name;
    this.#littleEndian = littleEndian;
  }

  write(id: ValueId, at: number): void {
    const value = valueAt(this.#module, undefined, id);
    switch (value.kind) {
      case 'null':
      case 'undef':
      case 'poison':
        return;
      case 'integer':
        this.#number(value.value, at, sizeOf(this.#module, value.type));
        return;
      case 'float':
        this.#number(value.bits, at, sizeOf(this.#module, value.type));
        return;
      case 'bytes':
        this.bytes.set(value.bytes, at);
        return;
      case 'aggregate': {
        const places = this.#places(value);
        value.elements.forEach((element, index) => {
          this.write(element, at + (places(index) ?? 0));
        });
        return;
      }
      case 'data': {
        const places = this.#places(value);
        const size = places(1);
        value.elements.forEach((element, index) => {
          this.#number(element, at + places(index), size);
        });
        return;
      }
      default:
        this.#address(id, at);
    }
  }

  #number(value: bigint, at: number, bytes: number): void {
    let rest = BigInt.asUintN(bytes * 8, value);
    for (let index = 0; index < bytes; index++) {
      this.bytes[at + (this.#littleEndian ? index : bytes - 1 - index)] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }

  /** Offsets of the elements of an aggregate. */
  #places(value: Extract<Value, { kind: 'aggregate' | 'data' }>): (index: number) => number {
    const type = typeOf(this.#module, value.type);
    if (type.kind === 'struct') {
      const { offsets } = structLayout(this.#module, type);
      return (index) => offsets[index] ?? 0;
    }
    const size = type.kind === 'array' || type.kind === 'vector' ? sizeOf(this.#module, type.element) : 0;
    return (index) => index * size;
  }

  #address(id: ValueId, at: number): void {
    const number = constantNumber(this.#module, undefined, id);
    if (number !== undefined) {
      this.#number(number, at, sizeOf(this.#module, valueAt(this.#module, undefined, id).type));
      return;
    }
    const { symbol, addend } = constantAddress(this.#module, undefined, id) ?? {};
    if (symbol === undefined || addend === undefined) {
      throw new SourceProblem(
        `the initial value of '${this.#name}' is computed from addresses, which only a loader knows`,
        undefined,
        'set it when the program runs',
      );
    }
    this.relocations.push({ offset: at, symbol, addend });
  }
}

/** A constant that is the address of a symbol plus a number, or a plain number (no symbol). */
export interface ConstantAddress {
  readonly symbol: ValueId | undefined;
  readonly addend: number;
}

/** The number that a constant is, a pointer made of one too. */
export function constantNumber(
  module: IrModule,
  fn: IrFunction | undefined,
  id: ValueId,
): bigint | undefined {
  const value = valueAt(module, fn, id);
  switch (value.kind) {
    case 'integer':
      return value.value;
    case 'null':
      return 0n;
    case 'cast-expression':
      return value.operation === 'inttoptr' || value.operation === 'bitcast'
        ? constantNumber(module, fn, value.operand)
        : undefined;
    default:
      return undefined;
  }
}

/**
 * Works out a constant expression over addresses; undefined when it is none that a relocation can express.
 *
 * @param fn the function whose constant it is, if it is one's
 */
export function constantAddress(
  module: IrModule,
  fn: IrFunction | undefined,
  id: ValueId,
): ConstantAddress | undefined {
  const value = valueAt(module, fn, id);
  switch (value.kind) {
    case 'global':
    case 'function':
    case 'alias':
      return { symbol: id, addend: 0 };
    case 'null':
      return { symbol: undefined, addend: 0 };
    case 'integer':
      return { symbol: undefined, addend: Number(value.value) };
    case 'cast-expression':
      return value.operation === 'ptrtoint' || value.operation === 'inttoptr' || value.operation === 'bitcast'
        ? constantAddress(module, fn, value.operand)
        : undefined;
    case 'gep-expression': {
      const base = constantAddress(module, fn, value.base);
      const offset = constantOffset(module, fn, value.source, value.indices);
      return base === undefined || offset === undefined
        ? undefined
        : { symbol: base.symbol, addend: base.addend + offset };
    }
    case 'binary-expression': {
      const left = constantAddress(module, fn, value.left);
      const right = constantAddress(module, fn, value.right);
      if (left === undefined || right?.symbol !== undefined || right === undefined) return undefined;
      if (value.operation === 'add') return { ...left, addend: left.addend + right.addend };
      return value.operation === 'sub' ? { ...left, addend: left.addend - right.addend } : undefined;
    }
    default:
      return undefined;
  }
}

/** The bytes that constant `getelementptr` indices add up to. */
export function constantOffset(
  module: IrModule,
  fn: IrFunction | undefined,
  source: Parameters<typeof sizeOf>[1],
  indices: readonly ValueId[],
): number | undefined {
  let type = source;
  let offset = 0;
  for (const [position, index] of indices.entries()) {
    const value = valueAt(module, fn, index);
    if (value.kind !== 'integer' && value.kind !== 'null') return undefined;
    const number = value.kind === 'null' ? 0 : Number(value.value);
    const shape = typeOf(module, type);
    if (position === 0) offset += number * sizeOf(module, type);
    else if (shape.kind === 'struct') {
      offset += structLayout(module, shape).offsets[number] ?? 0;
      type = shape.elements?.[number] ?? type;
    } else if (shape.kind === 'array' || shape.kind === 'vector') {
      offset += number * sizeOf(module, shape.element);
      type = shape.element;
    } else return undefined;
  }
  return offset;
}
