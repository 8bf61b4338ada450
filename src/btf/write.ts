import { btfError } from '../errors/btf.js';
import {
  BTF_HEADER_BYTES,
  BTF_MAGIC,
  BTF_VERSION,
  INT_ENCODING,
  KINDS,
  type KindName,
  LINKAGES,
} from './constants.js';
import type { Btf, BtfType } from './types.js';
import { StringWriter, WordWriter } from './word-writer.js';

/**
 * Writes types as a BTF section: the inverse of `readBtf`. Types keep their ids; equal strings are stored once.
 *
 * @param strings strings that are in the section too, for `.BTF.ext` to refer to.
 *
 * @throws {SkepError} `BTF_UNSUPPORTED` for what the format cannot hold (more than 65,535 members, an offset of a
 * bit-field beyond 2^24 bits).
 */
export function writeBtf(btf: Btf, littleEndian = true, strings = new StringWriter()): Uint8Array {
  const words = new WordWriter();
  for (const [id, type] of btf.types.entries()) if (type.kind !== 'void') writeType(words, strings, id, type);
  const text = strings.bytes();
  const typeBytes = words.length * 4;
  const bytes = new Uint8Array(BTF_HEADER_BYTES + typeBytes + text.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, BTF_MAGIC, littleEndian);
  view.setUint8(2, BTF_VERSION);
  const header = [BTF_HEADER_BYTES, 0, typeBytes, typeBytes, text.length];
  for (const [index, word] of header.entries()) view.setUint32(4 + index * 4, word, littleEndian);
  words.copyTo(view, BTF_HEADER_BYTES, littleEndian);
  bytes.set(text, BTF_HEADER_BYTES + typeBytes);
  return bytes;
}

/** The three words that every record starts with, and those that follow. */
interface Record {
  readonly name: string;
  readonly vlen?: number;
  readonly kindFlag?: boolean;
  /** Size or type id. */
  readonly value: number;
  readonly more?: readonly number[];
}

function writeType(
  words: WordWriter,
  strings: StringWriter,
  id: number,
  type: Exclude<BtfType, { kind: 'void' }>,
): void {
  const { name, vlen = 0, kindFlag = false, value, more = [] } = recordOf(type, strings, id);
  if (vlen > 0xffff)
    throw btfError('BTF_UNSUPPORTED', `type ${id} has ${vlen} parts; 65535 can be written`, {
      facts: { type: id },
    });
  const kind = KINDS.indexOf(type.kind satisfies KindName) + 1;
  words.push(strings.offset(name), (kindFlag ? 0x8000_0000 : 0) | (kind << 24) | vlen, value, ...more);
}

function recordOf(type: Exclude<BtfType, { kind: 'void' }>, strings: StringWriter, id: number): Record {
  switch (type.kind) {
    case 'int': {
      const encoding =
        (type.signed ? INT_ENCODING.SIGNED : 0) |
        (type.char ? INT_ENCODING.CHAR : 0) |
        (type.bool ? INT_ENCODING.BOOL : 0);
      const data = (encoding << 24) | (type.bitOffset << 16) | type.bits;
      return { name: type.name, value: type.size, more: [data] };
    }
    case 'ptr':
    case 'volatile':
    case 'const':
    case 'restrict':
      return { name: '', value: type.type };
    case 'array':
      return { name: '', value: 0, more: [type.type, type.indexType, type.length] };
    case 'struct':
    case 'union':
      return composite(type, strings, id);
    case 'enum':
    case 'enum64':
      return enumeration(type, strings);
    case 'fwd':
      return { name: type.name, kindFlag: type.union, value: 0 };
    case 'typedef':
      return { name: type.name, value: type.type };
    case 'type_tag':
      return { name: type.name, kindFlag: type.attribute === true, value: type.type };
    case 'func':
      return { name: type.name, vlen: LINKAGES.indexOf(type.linkage), value: type.type };
    case 'func_proto': {
      const more = type.params.flatMap((param) => [strings.offset(param.name), param.type]);
      return { name: '', vlen: type.params.length, value: type.returns, more };
    }
    case 'var':
      return { name: type.name, value: type.type, more: [LINKAGES.indexOf(type.linkage)] };
    case 'datasec': {
      const more = type.vars.flatMap((variable) => [variable.type, variable.offset, variable.size]);
      return { name: type.name, vlen: type.vars.length, value: type.size, more };
    }
    case 'float':
      return { name: type.name, value: type.size };
    case 'decl_tag': {
      const kindFlag = type.attribute === true;
      return { name: type.name, kindFlag, value: type.type, more: [type.componentIndex] };
    }
    default:
      return type satisfies never;
  }
}

function composite(
  type: Extract<BtfType, { kind: 'struct' | 'union' }>,
  strings: StringWriter,
  id: number,
): Record {
  const kindFlag = type.members.some((member) => member.bitfieldSize > 0);
  const more = type.members.flatMap((member) => {
    if (kindFlag && (member.bitOffset > 0xff_ffff || member.bitfieldSize > 0xff))
      throw btfError(
        'BTF_UNSUPPORTED',
        `member ${member.name} of type ${id} is at bit ${member.bitOffset}; beside bit-fields, 2^24 bits can be written`,
        {
          facts: { type: id, member: member.name },
        },
      );
    const place = kindFlag ? (member.bitfieldSize << 24) | member.bitOffset : member.bitOffset;
    return [strings.offset(member.name), member.type, place];
  });
  return { name: type.name, vlen: type.members.length, kindFlag, value: type.size, more };
}

function enumeration(type: Extract<BtfType, { kind: 'enum' | 'enum64' }>, strings: StringWriter): Record {
  const more = type.values.flatMap(({ name, value }) => {
    const low = Number(BigInt.asUintN(32, value));
    const high = Number(BigInt.asUintN(32, value >> 32n));
    return type.kind === 'enum' ? [strings.offset(name), low] : [strings.offset(name), low, high];
  });
  return { name: type.name, vlen: type.values.length, kindFlag: type.signed, value: type.size, more };
}
