import { type IrFunction, type IrModule, valueAt } from './module.js';
import { escaped, named, quoted } from './print-text.js';
import { printType } from './print-type.js';
import type { TypeId } from './type.js';
import type { Constant, GepFlags, InlineAsm, Value, ValueId } from './value.js';

/** The names of a function's values and blocks; what has no name is counted, as LLVM counts. */
interface LocalNames {
  readonly values: ReadonlyMap<number, string>;
  readonly blocks: readonly string[];
}

/** Prints values of one module, and of the function that is current. */
export class ValuePrinter {
  readonly module: IrModule;
  readonly #locals = new Map<IrFunction, LocalNames>();
  readonly #unnamed = new Map<object, number>();
  current: IrFunction | undefined;

  constructor(module: IrModule) {
    this.module = module;
    for (const global of [...module.globals, ...module.aliases, ...module.functions]) {
      if (global.name === '') this.#unnamed.set(global, this.#unnamed.size);
    }
  }

  global(global: { readonly name: string }): string {
    return global.name === '' ? `@${this.#unnamed.get(global)}` : named('@', global.name);
  }

  value(id: number): Value {
    return valueAt(this.module, this.current, id as ValueId);
  }

  type(id: TypeId): string {
    return printType(this.module, id);
  }

  /** A value with its type before it. */
  typed(id: number): string {
    return `${this.type(this.value(id).type)} ${this.plain(id)}`;
  }

  /** A value without its type. */
  plain(id: number): string {
    const value = this.value(id);
    switch (value.kind) {
      case 'global':
        return this.global(this.module.globals[value.index]!);
      case 'function':
        return this.global(this.module.functions[value.index]!);
      case 'alias':
        return this.global(this.module.aliases[value.index]!);
      case 'argument':
      case 'result':
        return this.#names(this.current!).values.get(id) ?? '%?';
      default:
        return this.#constant(value);
    }
  }

  block(index: number, of: IrFunction = this.current!): string {
    return this.#names(of).blocks[index] ?? '%?';
  }

  #names(fn: IrFunction): LocalNames {
    let names = this.#locals.get(fn);
    if (names === undefined) {
      names = nameLocals(this.module, fn);
      this.#locals.set(fn, names);
    }
    return names;
  }

  #constant(value: Constant): string {
    switch (value.kind) {
      case 'null':
        return this.#null(value.type);
      case 'undef':
      case 'poison':
        return value.kind;
      case 'integer':
        return this.#integer(value.type, value.value);
      case 'float':
        return this.#float(value.type, value.bits);
      case 'bytes':
        return `c"${escaped(value.bytes)}"`;
      case 'aggregate':
        return this.#wrapped(
          value.type,
          value.elements.map((element) => this.typed(element)),
        );
      case 'data':
        return this.#data(value.type, value.elements);
      case 'inline-asm':
        return printAsm(value);
      case 'block-address':
        return this.#blockAddress(value.function, value.block);
      default:
        return this.#expression(value);
    }
  }

  #expression(value: Extract<Constant, { kind: `${string}-expression` }>): string {
    switch (value.kind) {
      case 'binary-expression': {
        const wrap = `${(value.flags & 1) !== 0 ? ' nuw' : ''}${(value.flags & 2) !== 0 ? ' nsw' : ''}`;
        return `${value.operation}${wrap} (${this.typed(value.left)}, ${this.typed(value.right)})`;
      }
      case 'cast-expression':
        return `${value.operation} (${this.typed(value.operand)} to ${this.type(value.type)})`;
      case 'compare-expression': {
        const operation = value.float ? 'fcmp' : 'icmp';
        return `${operation} ${value.predicate} (${this.typed(value.left)}, ${this.typed(value.right)})`;
      }
      case 'select-expression': {
        const operands = [value.condition, value.whenTrue, value.whenFalse].map((id) => this.typed(id));
        return `select (${operands.join(', ')})`;
      }
      case 'gep-expression': {
        const operands = [value.base, ...value.indices].map((id) => this.typed(id));
        return `getelementptr${printGepFlags(value.flags)} (${this.type(value.source)}, ${operands.join(', ')})`;
      }
      default:
        return value satisfies never;
    }
  }

  #null(type: TypeId): string {
    const of = this.module.types[type]!;
    if (of.kind === 'integer') return of.bits === 1 ? 'false' : '0';
    if (of.kind === 'pointer') return 'null';
    if (of.kind === 'float') return this.#float(type, 0n);
    return of.kind === 'token' ? 'none' : 'zeroinitializer';
  }

  #integer(type: TypeId, value: bigint): string {
    const of = this.module.types[type]!;
    return of.kind === 'integer' && of.bits === 1 ? String((value & 1n) === 1n) : String(value);
  }

  /** A float by its bits; those of `float` are written as of the double that equals it. */
  #float(type: TypeId, bits: bigint): string {
    const of = this.module.types[type]!;
    const digits = (value: bigint, count: number) => value.toString(16).toUpperCase().padStart(count, '0');
    switch (of.kind === 'float' ? of.format : 'double') {
      case 'half':
        return `0xH${digits(bits, 4)}`;
      case 'bfloat':
        return `0xR${digits(bits, 4)}`;
      case 'float':
        return `0x${digits(doubleBits(Number(bits)), 16)}`;
      case 'x86_fp80':
        return `0xK${digits(bits, 20)}`;
      case 'fp128':
        return `0xL${digits(BigInt.asUintN(64, bits), 16)}${digits(bits >> 64n, 16)}`;
      case 'ppc_fp128':
        return `0xM${digits(bits, 32)}`;
      default:
        return `0x${digits(bits, 16)}`;
    }
  }

  #data(type: TypeId, elements: readonly bigint[]): string {
    const of = this.module.types[type]!;
    const element = of.kind === 'array' || of.kind === 'vector' ? of.element : type;
    const isFloat = this.module.types[element]!.kind === 'float';
    const text = elements.map((value) => {
      return `${this.type(element)} ${isFloat ? this.#float(element, value) : this.#integer(element, value)}`;
    });
    return this.#wrapped(type, text);
  }

  #wrapped(type: TypeId, elements: readonly string[]): string {
    const of = this.module.types[type]!;
    const inside = elements.join(', ');
    if (of.kind === 'array') return `[${inside}]`;
    if (of.kind === 'vector') return `<${inside}>`;
    const body = inside === '' ? '{}' : `{ ${inside} }`;
    return of.kind === 'struct' && of.packed ? `<${body}>` : body;
  }

  #blockAddress(of: ValueId, block: number): string {
    const value = this.value(of);
    const fn = value.kind === 'function' ? this.module.functions[value.index] : undefined;
    return fn === undefined ? 'poison' : `blockaddress(${this.global(fn)}, ${this.block(block, fn)})`;
  }
}

export function printGepFlags({ inbounds, nusw, nuw }: GepFlags): string {
  return `${inbounds ? ' inbounds' : nusw ? ' nusw' : ''}${nuw ? ' nuw' : ''}`;
}

function printAsm(asm: InlineAsm): string {
  const words = [
    asm.sideEffect && 'sideeffect',
    asm.alignStack && 'alignstack',
    asm.intelDialect && 'inteldialect',
    asm.canThrow && 'unwind',
  ].filter((word) => word !== false);
  return `${['asm', ...words].join(' ')} ${quoted(asm.template)}, ${quoted(asm.constraints)}`;
}

function doubleBits(floatBits: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, floatBits);
  view.setFloat64(0, view.getFloat32(0));
  return view.getBigUint64(0);
}

function nameLocals(module: IrModule, fn: IrFunction): LocalNames {
  const values = new Map<number, string>();
  const blocks: string[] = [];
  const base = module.values.length;
  let unnamed = 0;
  const name = (given: string | undefined) => (given ? named('%', given) : `%${unnamed++}`);
  for (const [index, value] of fn.values.entries()) {
    if (value.kind === 'argument') values.set(base + index, name(value.name));
  }
  for (const block of fn.blocks) {
    blocks.push(name(block.name));
    for (const { result } of block.instructions) {
      if (result === undefined) continue;
      const value = fn.values[result - base];
      values.set(result, name(value?.kind === 'result' ? value.name : undefined));
    }
  }
  return { values, blocks };
}
