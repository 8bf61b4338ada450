import type { Attribute, MemoryLocation } from './attribute.js';
import { MEMORY_LOCATIONS } from './attribute.js';
import type { IrModule } from './module.js';
import { named, quoted } from './print-text.js';
import type { IrType, StructType, TypeId } from './type.js';

/** A type where it is used: a named struct by its name. */
export function printType(module: IrModule, id: TypeId): string {
  const type = module.types[id]!;
  switch (type.kind) {
    case 'void':
    case 'label':
    case 'metadata':
    case 'token':
      return type.kind;
    case 'integer':
      return `i${type.bits}`;
    case 'float':
      return type.format;
    case 'pointer':
      return type.addressSpace === 0 ? 'ptr' : `ptr addrspace(${type.addressSpace})`;
    case 'array':
      return `[${type.length} x ${printType(module, type.element)}]`;
    case 'vector':
      return `<${type.scalable ? 'vscale x ' : ''}${type.length} x ${printType(module, type.element)}>`;
    case 'struct':
      return type.name === undefined ? printStruct(module, type) : printStructName(module, id, type);
    case 'function': {
      const parameters = type.parameters.map((parameter) => printType(module, parameter));
      if (type.variadic) parameters.push('...');
      return `${printType(module, type.returns)} (${parameters.join(', ')})`;
    }
    default:
      return type satisfies never;
  }
}

function printStructName(_module: IrModule, id: TypeId, { name }: StructType): string {
  return name ? named('%', name) : `%"anonymous ${id}"`;
}

function printStruct(module: IrModule, type: StructType): string {
  if (type.elements === undefined) return 'opaque';
  const elements = type.elements.map((element) => printType(module, element)).join(', ');
  const body = elements === '' ? '{}' : `{ ${elements} }`;
  return type.packed ? `<${body}>` : body;
}

/** The definitions of all named structs, one a line. */
export function printStructs(module: IrModule): string[] {
  const isNamed = (type: IrType): type is StructType => type.kind === 'struct' && type.name !== undefined;
  return module.types.flatMap((type, id) =>
    isNamed(type)
      ? [`${printStructName(module, id as TypeId, type)} = type ${printStruct(module, type)}`]
      : [],
  );
}

/** Attributes in a row, each with a space before it. */
export function printAttributes(module: IrModule, attributes: readonly Attribute[] | undefined): string {
  return (attributes ?? []).map((attribute) => ` ${printAttribute(module, attribute)}`).join('');
}

function printAttribute(module: IrModule, attribute: Attribute): string {
  switch (attribute.kind) {
    case 'flag':
      return attribute.name;
    case 'integer':
      return printIntegerAttribute(attribute.name, attribute.value);
    case 'memory':
      return printMemory(attribute.access);
    case 'type':
      return attribute.type === undefined
        ? attribute.name
        : `${attribute.name}(${printType(module, attribute.type)})`;
    case 'range':
      return `${attribute.name}(i${attribute.bits} ${attribute.low}, ${attribute.high})`;
    case 'ranges':
      return `${attribute.name}(${attribute.ranges.map(({ low, high }) => `(${low}, ${high})`).join(', ')})`;
    case 'text':
      return attribute.value === undefined || attribute.value === ''
        ? quoted(attribute.name)
        : `${quoted(attribute.name)}=${quoted(attribute.value)}`;
    default:
      return attribute satisfies never;
  }
}

function printIntegerAttribute(name: string, value: bigint): string {
  switch (name) {
    case 'align':
      return `align ${value}`;
    case 'captures':
      return `captures(${printCaptures(value)})`;
    case 'uwtable':
      return value === 1n ? 'uwtable(sync)' : 'uwtable';
    case 'allocsize': {
      const count = value & 0xffff_ffffn;
      return count === 0xffff_ffffn ? `allocsize(${value >> 32n})` : `allocsize(${value >> 32n},${count})`;
    }
    case 'allockind':
      return `allockind(${quoted(bitNames(ALLOCATION_KINDS, value).join(','))})`;
    case 'vscale_range':
      return `vscale_range(${value >> 32n},${value & 0xffff_ffffn})`;
    case 'nofpclass':
      return `nofpclass(${bitNames(FLOAT_CLASSES, value).join(' ')})`;
    default:
      return `${name}(${value})`;
  }
}

const ALLOCATION_KINDS = ['alloc', 'realloc', 'free', 'uninitialized', 'zeroed', 'aligned'];
const FLOAT_CLASSES = ['snan', 'qnan', 'ninf', 'nnorm', 'nsub', 'nzero', 'pzero', 'psub', 'pnorm', 'pinf'];
const CAPTURES = ['address_is_null', 'address', 'read_provenance', 'provenance'];

function bitNames(names: readonly string[], bits: bigint): string[] {
  return names.filter((_, bit) => (bits & (1n << BigInt(bit))) !== 0n);
}

/** Two sets of four bits: what the return value captures, and what anything else does. */
function printCaptures(value: bigint): string {
  const one = (bits: bigint): string[] => {
    const found = bitNames(CAPTURES, bits);
    const wider = (weak: string, strong: string) =>
      found.includes(strong) ? found.filter((name) => name !== weak) : found;
    const list = wider('address_is_null', 'address');
    return list.includes('provenance') ? list.filter((name) => name !== 'read_provenance') : list;
  };
  const other = one(value >> 4n);
  const returned = one(value & 15n);
  const plain = other.length === 0 ? ['none'] : other;
  if ((value & 15n) === value >> 4n) return plain.join(', ');
  const inReturn = `ret: ${returned.length === 0 ? 'none' : returned.join(', ')}`;
  return other.length === 0 ? inReturn : [...plain, inReturn].join(', ');
}

/** The access of `other` stands for every location that is not named. */
function printMemory(access: Readonly<Record<MemoryLocation, string>>): string {
  const rest = access.other;
  const parts = MEMORY_LOCATIONS.filter((name) => name !== 'other' && access[name] !== rest).map(
    (name) => `${name}: ${access[name]}`,
  );
  return `memory(${[...(rest === 'none' && parts.length > 0 ? [] : [rest]), ...parts].join(', ')})`;
}
