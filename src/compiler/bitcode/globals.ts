import type { AttributeList } from '../ir/attribute.js';
import type { GlobalAlias, GlobalFacts, GlobalVariable, IrFunction, Linkage } from '../ir/module.js';
import type { FunctionType, TypeId } from '../ir/type.js';
import type { ValueId } from '../ir/value.js';
import type { Cursor } from './cursor.js';
import { alignment } from './instructions.js';
import type { TypeTable } from './types.js';

/** What records of globals refer to. */
export interface GlobalContext {
  readonly types: TypeTable;
  readonly attributeLists: readonly AttributeList[];
  readonly sections: readonly string[];
  readonly comdats: readonly { readonly name: string }[];
  /** A name in the string table. */
  name(offset: number, size: number, cursor: Cursor): string;
}

/** A global before its metadata and body are known. */
export type GlobalVariableDraft = Omit<GlobalVariable, 'attachments'>;
export type FunctionDraft = Omit<IrFunction, 'attachments' | 'values' | 'blocks'> & {
  readonly signature: FunctionType;
  readonly declaration: boolean;
};

const LINKAGES: Readonly<Record<number, Linkage>> = {
  0: 'external',
  1: 'weak',
  2: 'appending',
  3: 'internal',
  4: 'linkonce',
  5: 'external',
  6: 'external',
  7: 'extern_weak',
  8: 'common',
  9: 'private',
  10: 'weak_odr',
  11: 'linkonce_odr',
  12: 'available_externally',
  13: 'private',
  14: 'private',
  15: 'external',
  16: 'weak',
  17: 'weak_odr',
  18: 'linkonce',
  19: 'linkonce_odr',
};

function linkage(cursor: Cursor): Linkage {
  const number = cursor.next();
  return LINKAGES[number] ?? cursor.malformed(`An unknown linkage ${number}`);
}

const VISIBILITIES = ['default', 'hidden', 'protected'] as const;
const UNNAMED = ['none', 'global', 'local'] as const;

function visibility(cursor: Cursor): GlobalFacts['visibility'] {
  return VISIBILITIES[cursor.nextOr(0)] ?? 'default';
}

function unnamedAddress(cursor: Cursor): GlobalFacts['unnamedAddress'] {
  return UNNAMED[cursor.nextOr(0)] ?? 'none';
}

/** An implied or said `dso_local`: what cannot be replaced at link time is local in any case. */
function dsoLocal(said: boolean, of: Pick<GlobalFacts, 'linkage' | 'visibility'>): boolean {
  const implied = of.linkage === 'internal' || of.linkage === 'private';
  return said || implied || (of.visibility !== 'default' && of.linkage !== 'extern_weak');
}

function optionalName(
  list: readonly (string | { readonly name: string })[],
  number: number,
  what: string,
  cursor: Cursor,
): string | undefined {
  if (number === 0) return undefined;
  const found =
    list[number - 1] ?? cursor.malformed(`A global is in ${what} ${number}, which does not exist`);
  return typeof found === 'string' ? found : found.name;
}

export function readGlobalVariable(cursor: Cursor, context: GlobalContext): GlobalVariableDraft {
  const name = context.name(cursor.next(), cursor.next(), cursor);
  const raw = cursor.next();
  const bits = cursor.next();
  const explicit = (bits & 2) !== 0;
  const type: TypeId | undefined = explicit ? context.types.at(raw, cursor) : context.types.pointee(raw);
  if (type === undefined) cursor.malformed('A global variable has no type of its own');
  const initializer = cursor.next();
  const linked = linkage(cursor);
  const align = alignment(cursor.next(), cursor);
  const section = optionalName(context.sections, cursor.next(), 'section', cursor);
  const seen = visibility(cursor);
  const threadLocal = cursor.nextOr(0) !== 0;
  const unnamed = unnamedAddress(cursor);
  const externallyInitialized = cursor.flagOr(false);
  cursor.nextOr(0);
  const comdat = optionalName(context.comdats, cursor.nextOr(0), 'comdat', cursor);
  const attributes = cursor.nextOr(0);
  const said = cursor.flagOr(false);
  return {
    name,
    type,
    constant: (bits & 1) !== 0,
    addressSpace: explicit ? bits >>> 2 : 0,
    initializer: initializer === 0 ? undefined : ((initializer - 1) as ValueId),
    linkage: linked,
    align,
    section,
    visibility: linked === 'internal' || linked === 'private' ? 'default' : seen,
    threadLocal,
    unnamedAddress: unnamed,
    externallyInitialized,
    comdat,
    attributes: attributes === 0 ? [] : (context.attributeLists[attributes - 1]?.function ?? []),
    dsoLocal: dsoLocal(said, { linkage: linked, visibility: seen }),
  };
}

export function readFunctionHeader(cursor: Cursor, context: GlobalContext): FunctionDraft {
  const name = context.name(cursor.next(), cursor.next(), cursor);
  const raw = cursor.next();
  const signature = context.types.functionAt(raw, cursor);
  const convention = cursor.next();
  const declaration = cursor.flag();
  const linked = linkage(cursor);
  const attributes = cursor.next();
  const align = alignment(cursor.next(), cursor);
  const section = optionalName(context.sections, cursor.next(), 'section', cursor);
  const seen = visibility(cursor);
  cursor.nextOr(0);
  const unnamed = unnamedAddress(cursor);
  if (cursor.nextOr(0) !== 0) cursor.unsupported('A function with prologue data');
  cursor.nextOr(0);
  const comdat = optionalName(context.comdats, cursor.nextOr(0), 'comdat', cursor);
  if (cursor.nextOr(0) !== 0) cursor.unsupported('A function with prefix data');
  if (cursor.nextOr(0) !== 0) cursor.unsupported('A function with a personality, as only C++ has them');
  const said = cursor.flagOr(false);
  if (attributes > context.attributeLists.length) cursor.malformed('A function has unknown attributes');
  return {
    name,
    type: context.types.at(raw, cursor),
    signature,
    declaration,
    convention,
    linkage: linked,
    attributes: attributes === 0 ? undefined : context.attributeLists[attributes - 1],
    align,
    section,
    visibility: linked === 'internal' || linked === 'private' ? 'default' : seen,
    unnamedAddress: unnamed,
    comdat,
    dsoLocal: dsoLocal(said, { linkage: linked, visibility: seen }),
    addressSpace: cursor.nextOr(0),
  };
}

export function readAlias(cursor: Cursor, context: GlobalContext): GlobalAlias {
  const name = context.name(cursor.next(), cursor.next(), cursor);
  const type = context.types.at(cursor.next(), cursor);
  const addressSpace = cursor.next();
  const aliasee = cursor.next() as ValueId;
  const linked = linkage(cursor);
  const seen = visibility(cursor);
  cursor.nextOr(0);
  cursor.nextOr(0);
  const unnamed = unnamedAddress(cursor);
  const said = cursor.flagOr(false);
  return {
    name,
    type,
    addressSpace,
    aliasee,
    linkage: linked,
    visibility: seen,
    unnamedAddress: unnamed,
    dsoLocal: dsoLocal(said, { linkage: linked, visibility: seen }),
  };
}
