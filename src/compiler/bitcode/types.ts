import { bitcodeError } from '../../errors/bitcode.js';
import type { FloatFormat, FunctionType, IrType, TypeId } from '../ir/type.js';
import type { BitBlock, BitRecord } from './bitstream.js';
import { Cursor, recordsOf } from './cursor.js';

const CODE = {
  count: 1,
  void: 2,
  label: 5,
  opaque: 6,
  integer: 7,
  pointer: 8,
  array: 11,
  vector: 12,
  metadata: 16,
  structAnonymous: 18,
  structName: 19,
  structNamed: 20,
  function: 21,
  token: 22,
  opaquePointer: 25,
} as const;

const FLOATS: Readonly<Record<number, FloatFormat>> = {
  3: 'float',
  4: 'double',
  10: 'half',
  13: 'x86_fp80',
  14: 'fp128',
  15: 'ppc_fp128',
  23: 'bfloat',
};

/** LLVM's own limit on the width of an integer. */
const MAX_INTEGER_BITS = 1 << 23;
/** Types that a type may spell out in itself; real ones stay below a hundred thousand. */
const MAX_UNFOLDED = 1e7;

/** The types of a module: the ids of the file, and the interned types that they stand for. */
export class TypeTable {
  readonly types: IrType[] = [];
  readonly #records: { readonly record: BitRecord; readonly name: string | undefined }[] = [];
  readonly #ids: (TypeId | undefined)[] = [];
  readonly #pending = new Set<number>();
  readonly #interned = new Map<string, TypeId>();

  constructor(block: BitBlock | undefined) {
    if (block !== undefined) this.#collect(block);
    for (let index = 0; index < this.#records.length; index++) this.#resolve(index);
    this.#refuseUnbounded();
  }

  /** The type that the file calls `index`. */
  at(index: number, cursor: Cursor): TypeId {
    return this.#ids[index] ?? cursor.malformed(`${cursor.what} has a type ${index} that does not exist`);
  }

  get(id: TypeId): IrType {
    return this.types[id]!;
  }

  /** The function type that the file calls `index`. */
  functionAt(index: number, cursor: Cursor): FunctionType {
    const type = this.get(this.at(index, cursor));
    return type.kind === 'function' ? type : cursor.malformed(`${cursor.what} needs a function type`);
  }

  /** What parameter `index` of a function type points to, in bitcode with typed pointers. */
  parameterPointee(functionType: number, index: number): TypeId | undefined {
    const parameter = this.#records[functionType]?.record.operands[2 + index];
    const pointer = parameter === undefined ? undefined : this.#records[parameter]?.record;
    return pointer?.code === CODE.pointer ? this.#ids[pointer.operands[0]!] : undefined;
  }

  /** What the type that the file calls `index` points to, in bitcode with typed pointers. */
  pointee(index: number): TypeId | undefined {
    const record = this.#records[index]?.record;
    return record?.code === CODE.pointer ? this.#ids[record.operands[0]!] : undefined;
  }

  pointer(addressSpace = 0): TypeId {
    return this.intern({ kind: 'pointer', addressSpace });
  }

  integer(bits: number): TypeId {
    return this.intern({ kind: 'integer', bits });
  }

  /** `i1`, or a vector of it as long as `type`. */
  truth(type: TypeId): TypeId {
    const of = this.get(type);
    const i1 = this.integer(1);
    return of.kind === 'vector' ? this.intern({ ...of, element: i1 }) : i1;
  }

  intern(type: IrType): TypeId {
    const key = JSON.stringify(type);
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    const id = (this.types.push(type) - 1) as TypeId;
    this.#interned.set(key, id);
    return id;
  }

  /** The type of an element of an aggregate. */
  element(type: TypeId, index: number, cursor: Cursor): TypeId {
    const of = this.get(type);
    if (of.kind === 'array' || of.kind === 'vector') return of.element;
    const element = of.kind === 'struct' ? of.elements?.[index] : undefined;
    return element ?? cursor.malformed(`${cursor.what} has an index ${index} that its type does not have`);
  }

  #collect(block: BitBlock): void {
    let name: string | undefined;
    for (const record of recordsOf(block)) {
      if (record.code === CODE.count) continue;
      if (record.code === CODE.structName) name = new Cursor(record, 'a struct name').text();
      else {
        const takesName = record.code === CODE.structNamed || record.code === CODE.opaque;
        this.#records.push({ record, name: takesName ? (name ?? '') : undefined });
        if (takesName) name = undefined;
      }
    }
  }

  #resolve(index: number): TypeId {
    const known = this.#ids[index];
    if (known !== undefined) return known;
    const entry = this.#records[index];
    if (entry === undefined) {
      throw bitcodeError('BITCODE_MALFORMED', `A type refers to type ${index}, which does not exist`);
    }
    const cursor = new Cursor(entry.record, 'a type');
    if (this.#pending.has(index)) cursor.malformed('A type contains itself');
    // A chain of types, each in the next, is as deep as the table is long in hostile files only.
    if (this.#pending.size > 1000) cursor.malformed('Types are nested too deep');
    this.#pending.add(index);
    const id =
      entry.name === undefined ? this.intern(this.#read(cursor)) : this.#named(index, entry.name, cursor);
    this.#ids[index] = id;
    this.#pending.delete(index);
    return id;
  }

  /** A named struct has its id before its elements have theirs: they may point back to it. */
  #named(index: number, name: string, cursor: Cursor): TypeId {
    const id = (this.types.push({ kind: 'struct', name, packed: false, elements: undefined }) - 1) as TypeId;
    this.#ids[index] = id;
    if (cursor.record.code === CODE.structNamed) {
      const packed = cursor.flag();
      this.types[id] = { kind: 'struct', name, packed, elements: this.#all(cursor.rest()) };
    }
    return id;
  }

  #all(indexes: readonly number[]): TypeId[] {
    return indexes.map((index) => this.#resolve(index));
  }

  #read(cursor: Cursor): IrType {
    const { code } = cursor.record;
    const format = FLOATS[code];
    if (format !== undefined) return { kind: 'float', format };
    switch (code) {
      case CODE.void:
        return { kind: 'void' };
      case CODE.label:
        return { kind: 'label' };
      case CODE.metadata:
        return { kind: 'metadata' };
      case CODE.token:
        return { kind: 'token' };
      case CODE.integer: {
        const bits = cursor.next();
        if (bits < 1 || bits > MAX_INTEGER_BITS) cursor.malformed(`An integer type has ${bits} bits`);
        return { kind: 'integer', bits };
      }
      case CODE.pointer:
        cursor.next();
        return { kind: 'pointer', addressSpace: cursor.nextOr(0) };
      case CODE.opaquePointer:
        return { kind: 'pointer', addressSpace: cursor.next() };
      case CODE.array:
        return { kind: 'array', length: cursor.next(), element: this.#resolve(cursor.next()) };
      case CODE.vector: {
        const length = cursor.next();
        return {
          kind: 'vector',
          length,
          element: this.#resolve(cursor.next()),
          scalable: cursor.flagOr(false),
        };
      }
      case CODE.structAnonymous:
        return {
          kind: 'struct',
          name: undefined,
          packed: cursor.flag(),
          elements: this.#all(cursor.rest()),
        };
      case CODE.function: {
        const variadic = cursor.flag();
        const returns = this.#resolve(cursor.next());
        return { kind: 'function', variadic, returns, parameters: this.#all(cursor.rest()) };
      }
      default:
        return cursor.unsupported(`A type of an unknown kind ${code}`);
    }
  }

  /** Refuses types that contain themselves, and types that unfold to more than anyone can print. */
  #refuseUnbounded(): void {
    const sizes: (number | undefined)[] = [];
    const visiting = new Set<number>();
    const size = (id: number): number => {
      const known = sizes[id];
      if (known !== undefined) return known;
      if (visiting.has(id) || visiting.size > 1000) {
        throw bitcodeError('BITCODE_MALFORMED', 'A type contains itself');
      }
      visiting.add(id);
      let total = 1;
      for (const part of partsOf(this.types[id]!)) total += size(part);
      visiting.delete(id);
      if (total > MAX_UNFOLDED) throw bitcodeError('BITCODE_TOO_LARGE', 'A type unfolds to too many parts');
      sizes[id] = total;
      return total;
    };
    for (let id = 0; id < this.types.length; id++) size(id);
  }
}

function partsOf(type: IrType): readonly TypeId[] {
  switch (type.kind) {
    case 'array':
    case 'vector':
      return [type.element];
    case 'struct':
      return type.elements ?? [];
    case 'function':
      return [type.returns, ...type.parameters];
    default:
      return [];
  }
}
