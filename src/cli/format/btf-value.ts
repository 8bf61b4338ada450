import {
  type Btf,
  type BtfMember,
  type BtfType,
  type BtfTypeId,
  resolvedType,
  trySizeOf,
  typeAt,
} from '../../btf/index.js';
import { addressText } from './address.js';
import { type Json, Members, RawNumber } from './json.js';
import { functionText } from './prototype.js';

type Kind<K extends BtfType['kind']> = Extract<BtfType, { kind: K }>;

/**
 * Bytes as what their type says, in the shape of `bpftool map dump`. With `readable`, for people, numbers in hex stay
 * bare, and an address has its text beside it as a member `NAME (addr)`.
 */
export class BtfFormatter {
  private readonly btf: Btf;
  private readonly readable: boolean;
  private readonly programText: ((id: number) => string) | undefined;

  /** @param programText names a program by its id, for values whose pointers to functions are ids of programs. */
  constructor(btf: Btf, readable: boolean, programText?: (id: number) => string) {
    this.btf = btf;
    this.readable = readable;
    this.programText = programText;
  }

  /** Members for a named value: itself, and the text of its address for people. */
  named(name: string, id: BtfTypeId, bytes: Uint8Array, isMember = false): Record<string, Json> {
    const out = { [name]: this.value(id, bytes) };
    if (!this.readable) return out;
    const text = addressText(this.btf, id, isMember ? name : undefined, bytes);
    return text === undefined ? out : { ...out, [`${name} (addr)`]: text };
  }

  value(id: BtfTypeId, bytes: Uint8Array): Json {
    const type = resolvedType(this.btf, id);
    switch (type.kind) {
      case 'int':
        return this.int(type, bytes);
      case 'ptr': {
        const proto = this.programText && functionText(this.btf, type.type);
        if (proto !== undefined) return `${proto} ${this.programText?.(Number(unsigned(bytes, 8)))}`;
        return this.readable ? new RawNumber(pointer(unsigned(bytes, 8))) : unsigned(bytes, 8);
      }
      case 'enum':
      case 'enum64': {
        const value = type.signed ? signed(bytes, type.size) : unsigned(bytes, type.size);
        return type.values.find((row) => row.value === value)?.name ?? value;
      }
      case 'array':
        return this.array(type, bytes);
      case 'struct':
      case 'union':
        return this.struct(type, bytes);
      case 'datasec':
        return {
          [type.name]: type.vars.map((v) =>
            this.variable(v.type, bytes.subarray(v.offset, v.offset + v.size)),
          ),
        };
      case 'float':
        return float(bytes, type.size);
      default:
        return `(unsupported-kind ${type.kind})`;
    }
  }

  private variable(id: BtfTypeId, bytes: Uint8Array): Json {
    const type = typeAt(this.btf, id);
    return type.kind === 'var' ? this.named(type.name, type.type, bytes, true) : this.value(id, bytes);
  }

  private int(type: Kind<'int'>, bytes: Uint8Array): Json {
    if (type.bool) return bytes[0] !== 0;
    if (type.char && bytes.length === 1 && isPrintable(bytes[0]!)) return String.fromCharCode(bytes[0]!);
    if (type.size > 8) return this.hexNumber(unsigned(bytes, type.size));
    if (type.bits !== type.size * 8) return this.bits(bytes, type.bitOffset, type.bits);
    return type.signed ? signed(bytes, type.size) : unsigned(bytes, type.size);
  }

  private array(type: Kind<'array'>, bytes: Uint8Array): Json {
    const text = this.text(type, bytes);
    if (text !== undefined) return text;
    const size = trySizeOf(this.btf, type.type) ?? 0;
    return Array.from({ length: type.length }, (_, i) =>
      this.value(type.type, bytes.subarray(i * size, (i + 1) * size)),
    );
  }

  /** An array of `char` that is a terminated, printable string. */
  private text(type: Kind<'array'>, bytes: Uint8Array): string | undefined {
    const element = resolvedType(this.btf, type.type);
    if (element.kind !== 'int' || element.name !== 'char' || element.size !== 1) return undefined;
    const end = bytes.indexOf(0);
    if (end < 0) return undefined;
    const text = bytes.subarray(0, end);
    return text.every(isPrintable) ? String.fromCharCode(...text) : undefined;
  }

  private struct(type: Kind<'struct' | 'union'>, bytes: Uint8Array): Json {
    const members = type.members.flatMap((member) => Object.entries(this.member(member, bytes)));
    const isAnonymous = type.members.some(({ name }) => name === '');
    return isAnonymous ? new Members(members) : Object.fromEntries(members);
  }

  private member(member: BtfMember, bytes: Uint8Array): Record<string, Json> {
    if (member.bitfieldSize > 0) {
      return { [member.name]: this.bits(bytes, member.bitOffset, member.bitfieldSize) };
    }
    const from = member.bitOffset >> 3;
    const size = trySizeOf(this.btf, member.type) ?? 0;
    return this.named(member.name, member.type, bytes.subarray(from, from + size), true);
  }

  private bits(bytes: Uint8Array, offset: number, count: number): Json {
    const from = offset >> 3;
    const whole = unsigned(bytes.subarray(from), Math.min(17, bytes.length - from));
    return this.hexNumber((whole >> BigInt(offset & 7)) & ((1n << BigInt(count)) - 1n));
  }

  private hexNumber(value: bigint): Json {
    return this.readable ? new RawNumber(hex(value)) : hex(value);
  }
}

/** Whether values are a data section, whose map bpftool prints without a key. */
export function isDataSection(btf: Btf, id: BtfTypeId): boolean {
  return typeAt(btf, id).kind === 'datasec';
}

const hex = (value: bigint): string => `0x${value.toString(16)}`;
/** As C's `%p`. */
const pointer = (value: bigint): string => (value === 0n ? '(nil)' : hex(value));
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f;

function unsigned(bytes: Uint8Array, size: number): bigint {
  let value = 0n;
  for (let i = Math.min(size, bytes.length) - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}
function signed(bytes: Uint8Array, size: number): bigint {
  return BigInt.asIntN(size * 8, unsigned(bytes, size));
}
function float(bytes: Uint8Array, size: number): Json {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const value = size === 4 ? view.getFloat32(0, true) : size === 8 ? view.getFloat64(0, true) : Number.NaN;
  return Number.isFinite(value) ? value : String(value);
}
