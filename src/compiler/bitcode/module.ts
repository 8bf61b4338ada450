import type { AttributeList } from '../ir/attribute.js';
import type { GlobalAlias, GlobalVariable, IrFunction, IrModule } from '../ir/module.js';
import type { Value, ValueId } from '../ir/value.js';
import { readAttributeLists } from './attributes.js';
import type { BitBlock } from './bitstream.js';
import { checkConstants } from './check.js';
import { BLOCK } from './codes.js';
import { readConstants } from './constants.js';
import { blocksOf, bytesToText, Cursor, recordsOf } from './cursor.js';
import { type ModuleContext, readFunctionBody } from './function.js';
import {
  type FunctionDraft,
  type GlobalContext,
  type GlobalVariableDraft,
  readAlias,
  readFunctionHeader,
  readGlobalVariable,
} from './globals.js';
import { checkMetadataValues, MetadataReader, readMetadataKinds, readNames } from './metadata.js';
import { TypeTable } from './types.js';

const CODE = {
  version: 1,
  triple: 2,
  dataLayout: 3,
  assembly: 4,
  section: 5,
  globalVariable: 7,
  function: 8,
  oldAlias: 9,
  comdat: 12,
  alias: 14,
  sourceFile: 16,
  ifunc: 18,
} as const;

const COMDAT_SELECTIONS = ['any', 'any', 'exactmatch', 'largest', 'nodeduplicate', 'samesize'] as const;
/** What sync scopes are called when a module does not say. */
const SYNC_SCOPES = ['singlethread', ''];

/** Reads a module block; `strings` is the string table that its names are in. */
export function readModule(block: BitBlock, strings: Uint8Array, producer: string): IrModule {
  return new ModuleReader(block, strings).read(producer);
}

class ModuleReader {
  readonly #block: BitBlock;
  readonly #strings: Uint8Array;
  readonly #types: TypeTable;
  readonly #attributes: readonly AttributeList[];
  readonly #values: Value[] = [];
  readonly #globals: GlobalVariableDraft[] = [];
  readonly #functions: FunctionDraft[] = [];
  readonly #aliases: GlobalAlias[] = [];
  readonly #texts = { triple: '', dataLayout: '', assembly: '', sourceFile: '' };
  readonly #ids = { global: [] as number[], function: [] as number[] };
  readonly #sections: string[] = [];
  readonly #comdats: { name: string; selection: string }[] = [];

  constructor(block: BitBlock, strings: Uint8Array) {
    this.#block = block;
    this.#strings = strings;
    this.#types = new TypeTable(this.#first(BLOCK.types));
    this.#attributes = readAttributeLists(
      this.#first(BLOCK.attributeGroups),
      this.#first(BLOCK.attributeLists),
      this.#types,
    );
  }

  read(producer: string): IrModule {
    this.#readHeader();
    for (const constants of blocksOf(this.#block, BLOCK.constants)) {
      readConstants(constants, this.#types, this.#values);
    }
    checkConstants(this.#values, 0, this.#values);
    this.#checkReferences();
    const metadata = new MetadataReader(
      this.#types,
      this.#values,
      readMetadataKinds(this.#first(BLOCK.metadataKinds)),
    );
    metadata.readModule(this.#first(BLOCK.metadata));
    checkMetadataValues(metadata.metadata, 0, this.#values.length);
    const functions = this.#readBodies(metadata);
    return {
      producer,
      ...this.#texts,
      types: this.#types.types,
      values: this.#values,
      globals: this.#globals.map((draft, index): GlobalVariable => {
        return { ...draft, attachments: metadata.globalAttachments.get(this.#idOf('global', index)) ?? [] };
      }),
      functions,
      aliases: this.#aliases,
      comdats: this.#comdats,
      metadata: metadata.metadata,
      namedMetadata: metadata.named,
    };
  }

  #first(id: number): BitBlock | undefined {
    return blocksOf(this.#block, id).next().value ?? undefined;
  }

  /** The value id of a global variable or function. */
  #idOf(kind: 'global' | 'function', index: number): number {
    return this.#ids[kind][index]!;
  }

  #readHeader(): void {
    const context: GlobalContext = {
      types: this.#types,
      attributeLists: this.#attributes,
      sections: this.#sections,
      comdats: this.#comdats,
      name: (offset, size, cursor) => this.#name(offset, size, cursor),
    };
    for (const record of recordsOf(this.#block)) this.#headerRecord(new Cursor(record, 'a global'), context);
  }

  #headerRecord(cursor: Cursor, context: GlobalContext): void {
    switch (cursor.record.code) {
      case CODE.version: {
        const version = cursor.next();
        if (version !== 2) cursor.unsupported(`Bitcode of version ${version}, as before LLVM 5`);
        break;
      }
      case CODE.triple:
        this.#texts.triple = cursor.text();
        break;
      case CODE.dataLayout:
        this.#texts.dataLayout = cursor.text();
        break;
      case CODE.assembly:
        this.#texts.assembly = cursor.text();
        break;
      case CODE.sourceFile:
        this.#texts.sourceFile = cursor.text();
        break;
      case CODE.section:
        this.#sections.push(cursor.text());
        break;
      case CODE.comdat: {
        const name = this.#name(cursor.next(), cursor.next(), cursor);
        this.#comdats.push({ name, selection: COMDAT_SELECTIONS[cursor.next()] ?? 'any' });
        break;
      }
      case CODE.globalVariable: {
        const draft = readGlobalVariable(cursor, context);
        const type = this.#types.pointer(draft.addressSpace);
        this.#ids.global.push(this.#values.length);
        this.#values.push({ kind: 'global', type, index: this.#globals.push(draft) - 1 });
        break;
      }
      case CODE.function: {
        const draft = readFunctionHeader(cursor, context);
        const type = this.#types.pointer(draft.addressSpace);
        this.#ids.function.push(this.#values.length);
        this.#values.push({ kind: 'function', type, index: this.#functions.push(draft) - 1 });
        break;
      }
      case CODE.alias: {
        const alias = readAlias(cursor, context);
        const type = this.#types.pointer(alias.addressSpace);
        this.#values.push({ kind: 'alias', type, index: this.#aliases.push(alias) - 1 });
        break;
      }
      case CODE.oldAlias:
      case CODE.ifunc:
        cursor.unsupported('An indirect function or an alias of before LLVM 3.8');
        break;
      default:
      // Offsets for lazy readers, hashes and the like.
    }
  }

  #name(offset: number, size: number, cursor: Cursor): string {
    if (offset + size > this.#strings.length) cursor.malformed('A name lies beyond the string table');
    return bytesToText(this.#strings.subarray(offset, offset + size));
  }

  /** Initialisers and aliasees must be constants that exist. */
  #checkReferences(): void {
    const cursor = new Cursor(
      { kind: 'record', code: 0, operands: [], wide: undefined, blob: undefined, bit: this.#block.bit },
      'a global',
    );
    for (const { name, initializer } of this.#globals) {
      if (initializer !== undefined && this.#values[initializer] === undefined) {
        cursor.malformed(`The initial value of ${name} does not exist`);
      }
    }
    for (const { name, aliasee } of this.#aliases) {
      const value = this.#values[aliasee];
      if (value === undefined || value.kind === 'alias') {
        cursor.malformed(`What ${name} is an alias of does not exist`);
      }
    }
  }

  #readBodies(metadata: MetadataReader): IrFunction[] {
    const context: ModuleContext = {
      types: this.#types,
      values: this.#values,
      attributeLists: this.#attributes,
      metadata,
      bundleTags: readNames(this.#first(BLOCK.operandBundleTags)),
      syncScopes: this.#syncScopes(),
      functionName: (id: ValueId) => {
        const value = this.#values[id];
        return value?.kind === 'function' ? this.#functions[value.index]?.name : undefined;
      },
    };
    const bodies = blocksOf(this.#block, BLOCK.function);
    return this.#functions.map((draft, index) => {
      const { signature, declaration, ...facts } = draft;
      const own = metadata.globalAttachments.get(this.#idOf('function', index)) ?? [];
      if (declaration) return { ...facts, attachments: own, values: [], blocks: [] };
      const block = bodies.next().value;
      if (!block) {
        return new Cursor(
          {
            kind: 'record',
            code: CODE.function,
            operands: [],
            wide: undefined,
            blob: undefined,
            bit: this.#block.bit,
          },
          'a function',
        ).malformed(`The function ${draft.name} has no body`);
      }
      const body = readFunctionBody(block, signature, context);
      return { ...facts, ...body, attachments: [...own, ...body.attachments] };
    });
  }

  #syncScopes(): readonly string[] {
    const block = this.#first(BLOCK.syncScopes);
    return block === undefined ? SYNC_SCOPES : readNames(block);
  }
}
