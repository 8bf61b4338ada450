import { type Btf, type BtfType, typesOfKind, writeBtf } from '../../btf/index.js';
import { trySizeOf } from '../../btf/resolve.js';
import { StringWriter } from '../../btf/word-writer.js';
import type { LineInfo, SubprogramSpec } from '../../object/spec.js';
import { btfLoad } from '../bpf/btf.js';
import { tryBpf } from '../bpf/call.js';
import { infoOf } from '../bpf/object.js';
import { hasFeature } from '../probe/features.js';
import { Fd } from '../sys/fd.js';

/** A program's types and what they say of its instructions, in the kernel's form. */
export interface LoadedTypes {
  readonly btf: Fd;
  readonly funcInfo: Uint8Array;
  readonly lineInfo: Uint8Array;
}

/** Ids of types that the kernel has already, by the types of the object. */
const loadedIds = new WeakMap<Btf, number>();

/** Loads an object's types for its maps; undefined on a kernel that takes none. @throws {KernelError} */
export function loadMapTypes(btf: Btf): Fd | undefined {
  if (!hasFeature('btf')) return undefined;
  const shared = openShared(btf);
  if (shared !== undefined) return shared;
  const loaded = btfLoad(writeBtf(acceptable(btf, [])));
  if (holdsOwnTypes(btf)) loadedIds.set(btf, infoOf('btf', loaded).u32('id'));
  return loaded;
}

/**
 * Maps hold objects of the object's own types: to the kernel those are the same types for maps and programs only when
 * they were loaded once.
 */
function holdsOwnTypes(btf: Btf): boolean {
  const tags = [...typesOfKind(btf, 'type_tag', 'decl_tag')];
  return tags.some(([, { name }]) => /^((percpu_)?kptr|contains:.*)$/.test(name));
}

/** The types that maps of the object were made with, as long as one of them is there. */
function openShared(btf: Btf): Fd | undefined {
  const id = loadedIds.get(btf);
  if (id === undefined) return undefined;
  const { result } = tryBpf('btf_get_fd_by_id', { id });
  return result < 0 ? undefined : new Fd(result);
}

/**
 * Loads a program's types, with the places of its functions and source lines. Undefined when the kernel takes none, or
 * when the object does not say the type of each function: the kernel wants all or nothing.
 *
 * @throws {KernelError}
 */
export function loadProgramTypes(
  btf: Btf,
  subprograms: readonly SubprogramSpec[],
  lines: readonly LineInfo[],
): LoadedTypes | undefined {
  if (!hasFeature('btf_func') || subprograms.length === 0) return undefined;
  if (subprograms.some(({ funcType }) => funcType === 0)) return undefined;
  const funcInfo = new Uint32Array(subprograms.flatMap(({ start, funcType }) => [start, funcType]));
  const isHidden = ({ linkage, funcType }: SubprogramSpec): boolean => {
    const func = btf.types.at(funcType);
    return linkage === 'static' && func?.kind === 'func' && func.linkage !== 'static';
  };
  // What maps know has no strings of source lines, and no hidden functions.
  const shared = subprograms.some(isHidden) ? undefined : openShared(btf);
  if (shared !== undefined)
    return { btf: shared, funcInfo: new Uint8Array(funcInfo.buffer), lineInfo: new Uint8Array(0) };
  const strings = new StringWriter();
  const lineInfo = new Uint32Array(
    lines.flatMap(({ insn, file, text, line, column }) => [
      insn,
      strings.offset(file),
      strings.offset(text),
      (line << 10) | Math.min(column, 1023),
    ]),
  );
  const types = writeBtf(acceptable(btf, subprograms), true, strings);
  return {
    btf: btfLoad(types),
    funcInfo: new Uint8Array(funcInfo.buffer),
    lineInfo: new Uint8Array(lineInfo.buffer),
  };
}

/**
 * The types as this kernel takes them. What the object only declares becomes defined, functions that are hidden become
 * static, and kinds that the kernel does not know become ones of the same size, as libbpf does it.
 */
function acceptable(btf: Btf, subprograms: readonly SubprogramSpec[]): Btf {
  const hidden = new Set(
    subprograms.filter(({ linkage }) => linkage === 'static').map(({ funcType }) => funcType),
  );
  const types = Array.from(btf.types, (type, id) => older(withoutParts(btf, defined(type, hidden.has(id)))));
  for (const type of btf.types)
    if (type.kind === 'func' && type.linkage === 'extern') nameArguments(types, type.type);
  const int = types.findIndex((type) => type.kind === 'int' && type.size === 4);
  const stand = types.length;
  let used = false;
  for (const [id, type] of types.entries()) {
    // Kernel symbols have no memory here: each stands for an int.
    if (type.kind !== 'datasec' || type.name !== '.ksyms') continue;
    used = true;
    for (const variable of type.vars) {
      const symbol = types[variable.type];
      if (symbol?.kind === 'var') types[variable.type] = { ...symbol, type: int };
    }
    const vars = type.vars.map((_, index) => ({ type: stand, offset: index * 4, size: 4 }));
    types[id] = { ...type, size: vars.length * 4, vars };
  }
  if (used) types.push({ kind: 'var', name: 'dummy_ksym', type: int, linkage: 'global' });
  return { types };
}

/** A declaration may leave its arguments without names; the kernel wants those of a definition named. */
function nameArguments(types: BtfType[], id: number): void {
  const proto = types[id];
  if (proto?.kind !== 'func_proto') return;
  types[id] = {
    ...proto,
    params: proto.params.map((param) => ({ ...param, name: param.name || 'unnamed' })),
  };
}

/** Without the pieces of variables that optimisation took apart, as clang 19 leaves them: smaller than their types. */
function withoutParts(btf: Btf, type: BtfType): BtfType {
  if (type.kind !== 'datasec' || type.name === '.ksyms') return type;
  return { ...type, vars: type.vars.filter((each) => (trySizeOf(btf, each.type) ?? 0) <= each.size) };
}

function defined(type: BtfType, hidden: boolean): BtfType {
  if (type.kind === 'func' && hidden) return { ...type, linkage: 'static' };
  if ((type.kind === 'func' || type.kind === 'var') && type.linkage === 'extern')
    return { ...type, linkage: 'global' };
  return type;
}

/** A type of a kind that this kernel knows, in place of a newer one. */
function older(type: BtfType): BtfType {
  switch (type.kind) {
    case 'float':
      return hasFeature('btf_float') ? type : { kind: 'struct', name: '', size: type.size, members: [] };
    case 'decl_tag':
      return hasFeature('btf_decl_tag') ? type : plainInt(type.name);
    case 'type_tag':
      return hasFeature('btf_type_tag') ? type : { kind: 'const', type: type.type };
    case 'enum64':
      return hasFeature('btf_enum64') ? type : { kind: 'union', name: '', size: type.size, members: [] };
    case 'func':
      return type.linkage !== 'global' || hasFeature('btf_func_global')
        ? type
        : { ...type, linkage: 'static' };
    case 'var':
      return hasFeature('btf_datasec') ? type : plainInt(type.name);
    case 'datasec':
      return hasFeature('btf_datasec')
        ? type
        : { kind: 'struct', name: type.name.replace(/\W/g, '_'), size: type.size, members: [] };
    default:
      return type;
  }
}

function plainInt(name: string): BtfType {
  return { kind: 'int', name, size: 1, bits: 8, bitOffset: 0, signed: false, char: false, bool: false };
}
