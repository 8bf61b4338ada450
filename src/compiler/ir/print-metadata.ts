import type { BitCount, Metadata, MetadataId, SourceLocation } from './metadata.js';
import { named, quoted } from './print-text.js';

/** What the printer of metadata needs to print the values in it. */
export interface MetadataPrinter {
  readonly metadata: readonly Metadata[];
  /** A value with its type, as seen from the function being printed. */
  typed(value: number): string;
}

/** A reference to metadata: a number, or in place what has none. */
export function printRef(printer: MetadataPrinter, id: MetadataId | undefined): string {
  if (id === undefined) return 'null';
  const entry = printer.metadata[id]!;
  switch (entry.kind) {
    case 'string':
      return `!${quoted(entry.text)}`;
    case 'value':
      return printer.typed(entry.value);
    case 'argument-list':
      return `!DIArgList(${entry.values.map((value) => printRef(printer, value)).join(', ')})`;
    case 'expression':
      return `!DIExpression(${entry.elements.join(', ')})`;
    default:
      return `!${id}`;
  }
}

/** Every numbered node, one a line. */
export function printMetadata(printer: MetadataPrinter): string[] {
  return printer.metadata.flatMap((entry, id) => {
    const body = printNode(printer, entry);
    if (body === undefined) return [];
    const distinct = 'distinct' in entry && entry.distinct ? 'distinct ' : '';
    return [`!${id} = ${distinct}${body}`];
  });
}

/** A list of names with their nodes: `!llvm.ident = !{!3}`. */
export function printNamed(names: ReadonlyMap<string, readonly MetadataId[]>): string[] {
  return Array.from(
    names,
    ([name, nodes]) => `${named('!', name)} = !{${nodes.map((id) => `!${id}`).join(', ')}}`,
  );
}

export function printLocation(printer: MetadataPrinter, location: SourceLocation): string {
  const { line, column, scope, inlinedAt, implicitCode, atomGroup, atomRank } = location;
  const fields = new FieldList(printer)
    .number('line', line, true)
    .number('column', column)
    .ref('scope', scope);
  fields.ref('inlinedAt', inlinedAt).flag('isImplicitCode', implicitCode);
  return fields.number('atomGroup', atomGroup).number('atomRank', atomRank).print('DILocation');
}

/** `name: value` fields, those of their default left out. */
class FieldList {
  readonly #printer: MetadataPrinter;
  readonly #fields: string[] = [];

  constructor(printer: MetadataPrinter) {
    this.#printer = printer;
  }

  number(name: string, value: number | bigint, always = false): this {
    if (always || Number(value) !== 0) this.#fields.push(`${name}: ${value}`);
    return this;
  }

  optional(name: string, value: number | undefined): this {
    return value === undefined ? this : this.number(name, value, true);
  }

  bits(name: string, value: BitCount): this {
    return typeof value === 'number' ? this.number(name, value) : this.ref(name, value.metadata);
  }

  text(name: string, value: string | undefined, always = false): this {
    if (always || (value !== undefined && value !== '')) this.#fields.push(`${name}: ${quoted(value ?? '')}`);
    return this;
  }

  flag(name: string, value: boolean): this {
    if (value) this.#fields.push(`${name}: true`);
    return this;
  }

  always(name: string, value: boolean): this {
    this.#fields.push(`${name}: ${value}`);
    return this;
  }

  word(name: string, value: string): this {
    this.#fields.push(`${name}: ${value}`);
    return this;
  }

  ref(name: string, value: MetadataId | undefined, always = false): this {
    if (always || value !== undefined) this.#fields.push(`${name}: ${printRef(this.#printer, value)}`);
    return this;
  }

  print(node: string): string {
    return `!${node}(${this.#fields.join(', ')})`;
  }
}

type Of<K extends Metadata['kind']> = Extract<Metadata, { readonly kind: K }>;

function printNode(printer: MetadataPrinter, node: Metadata): string | undefined {
  const fields = new FieldList(printer);
  switch (node.kind) {
    case 'string':
    case 'value':
    case 'argument-list':
    case 'expression':
      return undefined;
    case 'assign-id':
      return '!DIAssignID()';
    case 'tuple':
      return `!{${node.operands.map((id) => printRef(printer, id)).join(', ')}}`;
    case 'location':
      return printLocation(printer, node.location);
    case 'basic-type':
    case 'derived-type':
    case 'composite-type':
    case 'subroutine-type':
    case 'subrange':
    case 'enumerator':
      return printTypeNode(fields, node);
    case 'file':
    case 'compile-unit':
    case 'macro':
    case 'macro-file':
      return printUnitNode(fields, node);
    case 'subprogram':
      return printSubprogram(fields, node);
    case 'lexical-block':
    case 'lexical-block-file':
    case 'global-variable':
    case 'global-variable-expression':
    case 'local-variable':
    case 'label':
      return printScopeNode(fields, node);
    default:
      return node satisfies never;
  }
}

function printTypeNode(
  fields: FieldList,
  node: Of<'basic-type' | 'derived-type' | 'composite-type' | 'subroutine-type' | 'subrange' | 'enumerator'>,
): string {
  switch (node.kind) {
    case 'basic-type':
      fields.number('tag', node.tag, true).text('name', node.name).bits('size', node.size);
      fields.number('align', node.align).number('encoding', node.encoding).number('flags', node.flags);
      return fields.number('dataSize', node.dataSize).print('DIBasicType');
    case 'derived-type':
      fields.number('tag', node.tag, true).text('name', node.name).ref('scope', node.scope);
      fields.ref('file', node.file).number('line', node.line).ref('baseType', node.baseType, true);
      fields.bits('size', node.size).number('align', node.align).bits('offset', node.offset);
      fields.number('flags', node.flags).ref('extraData', node.extraData);
      fields.optional('dwarfAddressSpace', node.addressSpace).ref('annotations', node.annotations);
      return fields.print('DIDerivedType');
    case 'composite-type':
      return printComposite(fields, node);
    case 'subroutine-type':
      fields.number('flags', node.flags).number('cc', node.convention).ref('types', node.types, true);
      return fields.print('DISubroutineType');
    case 'subrange':
      fields.ref('count', node.count).ref('lowerBound', node.lower).ref('upperBound', node.upper);
      return fields.ref('stride', node.stride).print('DISubrange');
    case 'enumerator':
      fields.text('name', node.name, true).word('value', String(node.value));
      return fields.flag('isUnsigned', node.unsigned).print('DIEnumerator');
    default:
      return node satisfies never;
  }
}

function printComposite(fields: FieldList, node: Of<'composite-type'>): string {
  fields.number('tag', node.tag, true).text('name', node.name).ref('scope', node.scope);
  fields.ref('file', node.file).number('line', node.line).ref('baseType', node.baseType);
  fields.bits('size', node.size).number('align', node.align).bits('offset', node.offset);
  fields.number('flags', node.flags).ref('elements', node.elements);
  fields.number('runtimeLang', node.runtimeLanguage).ref('vtableHolder', node.vtableHolder);
  fields.ref('templateParams', node.templateParameters).text('identifier', node.identifier);
  fields.ref('discriminator', node.discriminator).ref('dataLocation', node.dataLocation);
  fields.ref('associated', node.associated).ref('allocated', node.allocated).ref('rank', node.rank);
  fields.ref('annotations', node.annotations).ref('specification', node.specification);
  fields.number('num_extra_inhabitants', node.extraInhabitants).optional('enumKind', node.enumKind);
  return fields.ref('bitStride', node.bitStride).print('DICompositeType');
}

function printUnitNode(
  fields: FieldList,
  node: Of<'file' | 'compile-unit' | 'macro' | 'macro-file'>,
): string {
  switch (node.kind) {
    case 'file':
      fields.text('filename', node.filename, true).text('directory', node.directory, true);
      if (node.checksum !== undefined) {
        fields.word('checksumkind', node.checksum.kind).text('checksum', node.checksum.text, true);
      }
      return fields.text('source', node.source).print('DIFile');
    case 'macro':
      fields.number('type', node.type, true).number('line', node.line).text('name', node.name, true);
      return fields.text('value', node.value).print('DIMacro');
    case 'macro-file':
      fields.number('type', node.type, true).number('line', node.line).ref('file', node.file, true);
      return fields.ref('nodes', node.elements).print('DIMacroFile');
    case 'compile-unit':
      return printCompileUnit(fields, node);
    default:
      return node satisfies never;
  }
}

function printCompileUnit(fields: FieldList, node: Of<'compile-unit'>): string {
  if (node.languageVersion === undefined) fields.number('language', node.language, true);
  else
    fields
      .number('sourceLanguageName', node.language, true)
      .number('sourceLanguageVersion', node.languageVersion);
  fields.ref('file', node.file, true).text('producer', node.producer).always('isOptimized', node.optimized);
  fields.text('flags', node.flags).number('runtimeVersion', node.runtimeVersion, true);
  fields.text('splitDebugFilename', node.splitDebugFilename).number('emissionKind', node.emissionKind, true);
  fields.ref('enums', node.enums).ref('retainedTypes', node.retainedTypes).ref('globals', node.globals);
  fields.ref('imports', node.imports).ref('macros', node.macros).number('dwoId', node.dwoId);
  fields.always('splitDebugInlining', node.splitDebugInlining);
  fields
    .flag('debugInfoForProfiling', node.debugInfoForProfiling)
    .number('nameTableKind', node.nameTableKind);
  fields.flag('rangesBaseAddress', node.rangesBaseAddress).text('sysroot', node.sysroot);
  return fields.text('sdk', node.sdk).print('DICompileUnit');
}

function printSubprogram(fields: FieldList, node: Of<'subprogram'>): string {
  fields.text('name', node.name).text('linkageName', node.linkageName).ref('scope', node.scope, true);
  fields.ref('file', node.file).number('line', node.line).ref('type', node.type);
  fields.number('scopeLine', node.scopeLine).ref('containingType', node.containingType);
  fields.number('virtualIndex', node.virtualIndex).number('thisAdjustment', node.thisAdjustment);
  fields.number('flags', node.flags).number('spFlags', node.subprogramFlags, true).ref('unit', node.unit);
  fields.ref('templateParams', node.templateParameters).ref('declaration', node.declaration);
  fields.ref('retainedNodes', node.retainedNodes).ref('thrownTypes', node.thrownTypes);
  fields.ref('annotations', node.annotations).text('targetFuncName', node.targetFunctionName);
  return fields.flag('keyInstructions', node.keyInstructions).print('DISubprogram');
}

function printScopeNode(
  fields: FieldList,
  node: Of<
    | 'lexical-block'
    | 'lexical-block-file'
    | 'global-variable'
    | 'global-variable-expression'
    | 'local-variable'
    | 'label'
  >,
): string {
  switch (node.kind) {
    case 'lexical-block':
      fields.ref('scope', node.scope, true).ref('file', node.file).number('line', node.line);
      return fields.number('column', node.column).print('DILexicalBlock');
    case 'lexical-block-file':
      fields.ref('scope', node.scope, true).ref('file', node.file);
      return fields.number('discriminator', node.discriminator, true).print('DILexicalBlockFile');
    case 'global-variable':
      fields.text('name', node.name).text('linkageName', node.linkageName).ref('scope', node.scope, true);
      fields.ref('file', node.file).number('line', node.line).ref('type', node.type);
      fields.always('isLocal', node.local).always('isDefinition', node.definition);
      fields.ref('declaration', node.declaration).ref('templateParams', node.templateParameters);
      return fields
        .number('align', node.align)
        .ref('annotations', node.annotations)
        .print('DIGlobalVariable');
    case 'global-variable-expression':
      fields.ref('var', node.variable, true).ref('expr', node.expression, true);
      return fields.print('DIGlobalVariableExpression');
    case 'local-variable':
      fields.text('name', node.name).number('arg', node.argument).ref('scope', node.scope, true);
      fields.ref('file', node.file).number('line', node.line).ref('type', node.type);
      fields.number('flags', node.flags).number('align', node.align).ref('annotations', node.annotations);
      return fields.print('DILocalVariable');
    case 'label':
      fields.ref('scope', node.scope, true).text('name', node.name, true).ref('file', node.file, true);
      fields
        .number('line', node.line, true)
        .number('column', node.column)
        .flag('isArtificial', node.artificial);
      return fields.optional('coroSuspendIdx', node.suspendIndex).print('DILabel');
    default:
      return node satisfies never;
  }
}
