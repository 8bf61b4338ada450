import { CORE_KINDS, type CoreKind } from '../../btf/index.js';
import type { MetadataId } from '../ir/metadata.js';
import type { ValueId } from '../ir/value.js';
import type { CoreRecord } from '../machine/instruction.js';
import { addressOf, addressRegister, moved } from './address.js';
import type { Call } from './call.js';
import { bitsOf, type CoreAccess, extendAccess, fieldInfo, type Step, stepBytes } from './core-access.js';
import type { Address, Selector } from './selector.js';

const FIELD_KINDS = ['byte_off', 'byte_sz', 'field_exists', 'signed', 'lshift_u64', 'rshift_u64'] as const;
const TYPE_KINDS = ['type_exists', 'type_size', 'type_matches'] as const;

const kindNumber = (name: CoreKind) => CORE_KINDS.findIndex((row) => row.name === name);

type CoreCall = Call & {
  readonly attachments?: readonly { readonly kind: string; readonly node: MetadataId }[];
};

/** Selects what CO-RE leaves in the code. @returns whether the function was one of those */
export function selectCoreIntrinsic(
  s: Selector,
  name: string,
  id: ValueId | undefined,
  call: CoreCall,
  args: readonly ValueId[],
): boolean {
  if (id === undefined) return false;
  const type = call.attachments?.find(({ kind }) => kind === 'llvm.preserve.access.index')?.node;
  const [, step] = /^llvm\.preserve\.(struct|union|array)\.access\.index/.exec(name) ?? [];
  if (step !== undefined) {
    selectStep(s, id, step as Step['kind'], type, call, args);
    return true;
  }
  if (name.startsWith('llvm.bpf.preserve.field.info')) selectFieldInfo(s, id, args);
  else if (name.startsWith('llvm.bpf.preserve.type.info')) selectTypeInfo(s, id, type, number(s, args[1]));
  else if (name.startsWith('llvm.bpf.btf.type.id')) selectTypeId(s, id, type, number(s, args[1]));
  else if (name.startsWith('llvm.bpf.preserve.enum.value')) selectEnumerator(s, id, type, args);
  else return false;
  return true;
}

function number(s: Selector, id: ValueId | undefined): number {
  return id === undefined ? 0 : Number(s.constantOf(id) ?? 0n);
}

function selectStep(
  s: Selector,
  id: ValueId,
  kind: Step['kind'],
  type: MetadataId | undefined,
  call: Call,
  args: readonly ValueId[],
): void {
  const [base, first, second] = args;
  if (base === undefined || type === undefined)
    s.unsupported('a CO-RE access lacks its debug information', 'compile with -g');
  const attribute = call.attributes?.parameters[0]?.find(
    (each) => each.kind === 'type' && each.name === 'elementtype',
  );
  const source = attribute?.kind === 'type' ? attribute.type : undefined;
  const step: Step = {
    kind,
    base,
    type,
    source,
    index: kind === 'union' ? number(s, first) : number(s, second),
    second: kind === 'union' ? 0 : number(s, first),
  };
  const access = extendAccess(s, step, s.accesses.get(base));
  if (access === undefined) {
    s.addresses.set(id, moved(s, addressOf(s, base), stepBytes(s, step)));
    return;
  }
  s.accesses.set(id, access);
  s.addresses.set(id, coreAddress(s, access));
}

/** The address of a field: the record is on whatever instruction has the offset. */
function coreAddress(s: Selector, access: CoreAccess): Address {
  const root = addressOf(s, access.base);
  // Another offset is in the way: the root is computed first.
  const base =
    root.offset === 0 && root.core === undefined && root.base.kind === 'reg'
      ? root.base
      : ({ kind: 'reg', reg: addressRegister(s, root) } as const);
  return { base, offset: access.offset, core: record('byte_off', access.type, access.path.join(':')) };
}

function record(kind: CoreKind, type: MetadataId, access: string): CoreRecord {
  return { kind: kindNumber(kind), type, access };
}

/** A number that the loader sets: in a mov, or for 64 bits in a 64-bit load. */
function patched(s: Selector, id: ValueId, value: bigint, core: CoreRecord): void {
  const width = s.width(s.typeOfValue(id));
  const dst = s.builder.register(width);
  s.builder.emit({ kind: 'constant', dst, value, ...(width === 64 ? { wide: true } : {}) }, core);
  s.set(id, dst);
}

function selectFieldInfo(s: Selector, id: ValueId, args: readonly ValueId[]): void {
  const [field, info] = args;
  const access = field === undefined ? undefined : s.accesses.get(field);
  const kind = number(s, info);
  const name = FIELD_KINDS[kind];
  if (access === undefined || name === undefined) {
    s.unsupported(
      '__builtin_preserve_field_info needs a field that is accessed with CO-RE',
      'give its struct the attribute preserve_access_index',
    );
  }
  patched(s, id, fieldInfo(s, access, kind), record(name, access.type, access.path.join(':')));
}

function selectTypeInfo(s: Selector, id: ValueId, type: MetadataId | undefined, flag: number): void {
  const name = TYPE_KINDS[flag];
  if (type === undefined || name === undefined)
    s.unsupported('__builtin_preserve_type_info has a flag that is unknown');
  const value = name === 'type_size' ? BigInt(Math.ceil(bitsOf(s.module, type) / 8)) : 1n;
  patched(s, id, value, record(name, type, '0'));
}

function selectTypeId(s: Selector, id: ValueId, type: MetadataId | undefined, flag: number): void {
  if (type === undefined)
    s.unsupported('__builtin_btf_type_id lacks its debug information', 'compile with -g');
  // Which number it is in this object is known when its types are written.
  patched(s, id, 0n, record(flag === 0 ? 'local_type_id' : 'target_type_id', type, '0'));
}

/** The second operand is a string, `NAME:VALUE`. */
function selectEnumerator(
  s: Selector,
  id: ValueId,
  type: MetadataId | undefined,
  args: readonly ValueId[],
): void {
  const [, text, flag] = args;
  const [name = '', value = '0'] = text === undefined ? [] : stringOf(s, text).split(':');
  const index = type === undefined ? -1 : enumeratorIndex(s, type, name);
  if (type === undefined || index < 0)
    s.unsupported('__builtin_preserve_enum_value names no constant of its enum');
  const exists = number(s, flag) === 0;
  const kind = exists ? 'enumval_exists' : 'enumval_value';
  patched(s, id, exists ? 1n : BigInt(value), record(kind, type, String(index)));
}

function stringOf(s: Selector, id: ValueId): string {
  const value = s.value(id);
  const global = value.kind === 'global' ? s.module.globals[value.index] : undefined;
  const text = global?.initializer === undefined ? undefined : s.value(global.initializer);
  return text?.kind === 'bytes' ? new TextDecoder().decode(text.bytes).replace(/\0.*$/, '') : '';
}

function enumeratorIndex(s: Selector, type: MetadataId, name: string): number {
  let node = s.module.metadata[type];
  while (node?.kind === 'derived-type' && node.baseType !== undefined)
    node = s.module.metadata[node.baseType];
  const elements =
    node?.kind === 'composite-type' && node.elements !== undefined
      ? s.module.metadata[node.elements]
      : undefined;
  if (elements?.kind !== 'tuple') return -1;
  return elements.operands.findIndex((id) => {
    const enumerator = id === undefined ? undefined : s.module.metadata[id];
    return enumerator?.kind === 'enumerator' && enumerator.name === name;
  });
}
