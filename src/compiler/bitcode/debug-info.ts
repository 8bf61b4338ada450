import type { Metadata, MetadataId } from '../ir/metadata.js';
import type { Cursor } from './cursor.js';
import type { MetadataReader } from './metadata.js';

/** Takes references and strings from a record of debug information. */
class Fields {
  readonly cursor: Cursor;
  readonly reader: MetadataReader;

  constructor(cursor: Cursor, reader: MetadataReader) {
    this.cursor = cursor;
    this.reader = reader;
  }

  ref(): MetadataId | undefined {
    return this.reader.optional(this.cursor.next(), this.cursor);
  }

  /** A reference that an older LLVM did not write. */
  laterRef(): MetadataId | undefined {
    return this.reader.optional(this.cursor.nextOr(0), this.cursor);
  }

  text(): string | undefined {
    return this.reader.text(this.cursor.next(), this.cursor);
  }

  laterText(): string | undefined {
    return this.reader.text(this.cursor.nextOr(0), this.cursor);
  }
}

/** Reads one node of debug information: any that clang writes for C. */
export function readDebugInfo(cursor: Cursor, reader: MetadataReader): Metadata {
  const read = READERS[cursor.record.code];
  if (read === undefined) {
    return cursor.unsupported(`Debug information of a kind ${cursor.record.code} that C never has`);
  }
  return read(cursor, new Fields(cursor, reader));
}

const READERS: Readonly<Record<number, (cursor: Cursor, fields: Fields) => Metadata>> = {
  13: subrange,
  14: enumerator,
  15: basicType,
  16: file,
  17: derivedType,
  18: compositeType,
  19: subroutineType,
  20: compileUnit,
  21: subprogram,
  22: lexicalBlock,
  23: lexicalBlockFile,
  27: globalVariable,
  28: localVariable,
  29: expression,
  33: macro,
  34: macroFile,
  37: globalVariableExpression,
  40: label,
};

function subrange(cursor: Cursor, fields: Fields): Metadata {
  const flags = cursor.next();
  if (flags >> 1 !== 2) cursor.unsupported('A subrange is written as before LLVM 11');
  return {
    kind: 'subrange',
    distinct: (flags & 1) !== 0,
    count: fields.ref(),
    lower: fields.ref(),
    upper: fields.ref(),
    stride: fields.ref(),
  };
}

function enumerator(cursor: Cursor, fields: Fields): Metadata {
  const flags = cursor.next();
  const common = { kind: 'enumerator', distinct: (flags & 1) !== 0, unsigned: (flags & 2) !== 0 } as const;
  if ((flags & 4) === 0) return { ...common, bits: 64, value: cursor.signedBig(), name: fields.text() };
  const bits = cursor.next();
  if (bits < 1 || bits > 4096) cursor.malformed(`An enumerator has ${bits} bits`);
  const name = fields.text();
  if (cursor.left > 64) cursor.malformed('An enumerator is longer than it says');
  let value = 0n;
  for (let shift = 0n; cursor.left > 0; shift += 64n)
    value |= BigInt.asUintN(64, cursor.signedBig()) << shift;
  return {
    ...common,
    bits,
    name,
    value: common.unsigned ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value),
  };
}

function basicType(cursor: Cursor, fields: Fields): Metadata {
  const flags = cursor.next();
  return {
    kind: 'basic-type',
    distinct: (flags & 1) !== 0,
    tag: cursor.next(),
    name: fields.text(),
    size: fields.reader.bitCount((flags & 2) !== 0, cursor.next(), cursor),
    align: cursor.next(),
    encoding: cursor.next(),
    flags: cursor.nextOr(0),
    extraInhabitants: cursor.nextOr(0),
    dataSize: cursor.nextOr(0),
  };
}

const CHECKSUMS = [undefined, 'CSK_MD5', 'CSK_SHA1', 'CSK_SHA256'] as const;

function file(cursor: Cursor, fields: Fields): Metadata {
  const distinct = cursor.flag();
  const filename = fields.text() ?? '';
  const directory = fields.text() ?? '';
  const kind = CHECKSUMS[cursor.nextOr(0)];
  const text = fields.laterText();
  const checksum = kind === undefined || text === undefined ? undefined : { kind, text };
  return { kind: 'file', distinct, filename, directory, checksum, source: fields.laterText() };
}

function derivedType(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  const sizeIsMetadata = (bits & 2) !== 0;
  const tag = cursor.next();
  const name = fields.text();
  const fileRef = fields.ref();
  const line = cursor.next();
  const scope = fields.ref();
  const baseType = fields.ref();
  const size = fields.reader.bitCount(sizeIsMetadata, cursor.next(), cursor);
  const align = cursor.next();
  const offset = fields.reader.bitCount(sizeIsMetadata, cursor.next(), cursor);
  const flags = cursor.next();
  const extraData = fields.ref();
  const space = cursor.nextOr(0);
  return {
    kind: 'derived-type',
    distinct: (bits & 1) !== 0,
    tag,
    name,
    file: fileRef,
    line,
    scope,
    baseType,
    size,
    align,
    offset,
    flags,
    extraData,
    addressSpace: space === 0 ? undefined : space - 1,
    annotations: fields.laterRef(),
    pointerAuth: cursor.nextOr(0),
  };
}

function compositeType(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  const sizeIsMetadata = (bits & 4) !== 0;
  const head = {
    tag: cursor.next(),
    name: fields.text(),
    file: fields.ref(),
    line: cursor.next(),
    scope: fields.ref(),
    baseType: fields.ref(),
  };
  const size = fields.reader.bitCount(sizeIsMetadata, cursor.next(), cursor);
  const align = cursor.next();
  const offset = fields.reader.bitCount(sizeIsMetadata, cursor.next(), cursor);
  const body = {
    flags: cursor.next(),
    elements: fields.ref(),
    runtimeLanguage: cursor.next(),
    vtableHolder: fields.ref(),
    templateParameters: fields.ref(),
    identifier: fields.text(),
    discriminator: fields.laterRef(),
    dataLocation: fields.laterRef(),
    associated: fields.laterRef(),
    allocated: fields.laterRef(),
    rank: fields.laterRef(),
    annotations: fields.laterRef(),
    extraInhabitants: cursor.nextOr(0),
    specification: fields.laterRef(),
  };
  const enumKind = cursor.nextOr(NO_ENUM_KIND);
  return {
    kind: 'composite-type',
    distinct: (bits & 1) !== 0,
    ...head,
    size,
    align,
    offset,
    ...body,
    enumKind: enumKind === NO_ENUM_KIND ? undefined : enumKind,
    bitStride: fields.laterRef(),
  };
}

const NO_ENUM_KIND = 0xffff_ffff;

function subroutineType(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  const flags = cursor.next();
  const types = fields.ref();
  return { kind: 'subroutine-type', distinct: (bits & 1) !== 0, flags, types, convention: cursor.nextOr(0) };
}

function compileUnit(cursor: Cursor, fields: Fields): Metadata {
  cursor.next();
  const language = cursor.big();
  const versioned = language >> 63n === 1n;
  const head = {
    language: Number(BigInt.asUintN(32, language)),
    file: fields.ref(),
    producer: fields.text(),
    optimized: cursor.flag(),
    flags: fields.text(),
    runtimeVersion: cursor.next(),
    splitDebugFilename: fields.text(),
    emissionKind: cursor.next(),
    enums: fields.ref(),
    retainedTypes: fields.ref(),
  };
  if (cursor.next() !== 0) cursor.unsupported('A compile unit lists its functions, as before LLVM 4');
  const tail = {
    globals: fields.ref(),
    imports: fields.ref(),
    dwoId: cursor.left > 0 ? cursor.big() : 0n,
    macros: undefined as MetadataId | undefined,
  };
  tail.macros = fields.laterRef();
  return {
    kind: 'compile-unit',
    distinct: true,
    ...head,
    ...tail,
    splitDebugInlining: cursor.flagOr(true),
    debugInfoForProfiling: cursor.flagOr(false),
    nameTableKind: cursor.nextOr(0),
    rangesBaseAddress: cursor.flagOr(false),
    sysroot: fields.laterText(),
    sdk: fields.laterText(),
    languageVersion: versioned ? cursor.nextOr(0) : undefined,
  };
}

function subprogram(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  if ((bits & 6) !== 6) cursor.unsupported('A function is described as before LLVM 8');
  const fieldsRead = {
    scope: fields.ref(),
    name: fields.text(),
    linkageName: fields.text(),
    file: fields.ref(),
    line: cursor.next(),
    type: fields.ref(),
    scopeLine: cursor.next(),
    containingType: fields.ref(),
    subprogramFlags: cursor.next(),
    virtualIndex: cursor.next(),
    flags: cursor.next(),
    unit: fields.ref(),
    templateParameters: fields.ref(),
    declaration: fields.ref(),
    retainedNodes: fields.ref(),
    thisAdjustment: cursor.next() | 0,
    thrownTypes: fields.laterRef(),
    annotations: fields.laterRef(),
    targetFunctionName: fields.laterText(),
    keyInstructions: cursor.flagOr(false),
  };
  const definition = (fieldsRead.subprogramFlags & 8) !== 0;
  return { kind: 'subprogram', distinct: (bits & 1) !== 0 || definition, ...fieldsRead };
}

function lexicalBlock(cursor: Cursor, fields: Fields): Metadata {
  return {
    kind: 'lexical-block',
    distinct: cursor.flag(),
    scope: fields.ref(),
    file: fields.ref(),
    line: cursor.next(),
    column: cursor.next(),
  };
}

function lexicalBlockFile(cursor: Cursor, fields: Fields): Metadata {
  return {
    kind: 'lexical-block-file',
    distinct: cursor.flag(),
    scope: fields.ref(),
    file: fields.ref(),
    discriminator: cursor.next(),
  };
}

function globalVariable(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  if (bits >> 1 !== 2) cursor.unsupported('A global variable is described as before LLVM 8');
  return {
    kind: 'global-variable',
    distinct: (bits & 1) !== 0,
    scope: fields.ref(),
    name: fields.text(),
    linkageName: fields.text(),
    file: fields.ref(),
    line: cursor.next(),
    type: fields.ref(),
    local: cursor.flag(),
    definition: cursor.flag(),
    declaration: fields.ref(),
    templateParameters: fields.ref(),
    align: cursor.next(),
    annotations: fields.laterRef(),
  };
}

function localVariable(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  if ((bits & 2) === 0) cursor.unsupported('A local variable is described as before LLVM 4');
  return {
    kind: 'local-variable',
    distinct: (bits & 1) !== 0,
    scope: fields.ref(),
    name: fields.text(),
    file: fields.ref(),
    line: cursor.next(),
    type: fields.ref(),
    argument: cursor.next(),
    flags: cursor.next(),
    align: cursor.next(),
    annotations: fields.laterRef(),
  };
}

function expression(cursor: Cursor): Metadata {
  const bits = cursor.next();
  if (bits >> 1 !== 3) cursor.unsupported('A debug expression is written as before LLVM 5');
  const elements: bigint[] = [];
  while (cursor.left > 0) elements.push(cursor.big());
  return { kind: 'expression', distinct: (bits & 1) !== 0, elements };
}

function macro(cursor: Cursor, fields: Fields): Metadata {
  return {
    kind: 'macro',
    distinct: cursor.flag(),
    type: cursor.next(),
    line: cursor.next(),
    name: fields.text(),
    value: fields.text(),
  };
}

function macroFile(cursor: Cursor, fields: Fields): Metadata {
  return {
    kind: 'macro-file',
    distinct: cursor.flag(),
    type: cursor.next(),
    line: cursor.next(),
    file: fields.ref(),
    elements: fields.ref(),
  };
}

function globalVariableExpression(cursor: Cursor, fields: Fields): Metadata {
  const distinct = cursor.flag();
  return { kind: 'global-variable-expression', distinct, variable: fields.ref(), expression: fields.ref() };
}

function label(cursor: Cursor, fields: Fields): Metadata {
  const bits = cursor.next();
  const common = {
    kind: 'label',
    distinct: (bits & 1) !== 0,
    artificial: (bits & 2) !== 0,
    scope: fields.ref(),
    name: fields.text(),
    file: fields.ref(),
    line: cursor.next(),
    column: cursor.nextOr(0),
  } as const;
  // No suspension point is all ones.
  const suspend = cursor.nextOr(0xffff_ffff);
  return { ...common, suspendIndex: suspend >= 0xffff_ffff ? undefined : suspend };
}
