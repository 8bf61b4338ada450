import { bitcodeError } from '../../errors/bitcode.js';
import type { Attachment } from '../ir/instruction.js';
import type { BitCount, Metadata, MetadataId, SourceLocation } from '../ir/metadata.js';
import type { Value, ValueId } from '../ir/value.js';
import { BitReader } from './bits.js';
import type { BitBlock, BitRecord } from './bitstream.js';
import { bytesToText, Cursor, recordsOf } from './cursor.js';
import { readDebugInfo } from './debug-info.js';
import type { TypeTable } from './types.js';

const CODE = {
  oldString: 1,
  value: 2,
  node: 3,
  name: 4,
  distinctNode: 5,
  kind: 6,
  location: 7,
  namedNode: 10,
  strings: 35,
  globalAttachment: 36,
  indexOffset: 38,
  index: 39,
  argumentList: 46,
  assignId: 47,
} as const;

/**
 * Reads metadata blocks. Bitcode numbers a function's own metadata after the module's, from the same number
 * for every function; here all of it goes into one table, and `id` translates.
 */
export class MetadataReader {
  readonly metadata: Metadata[] = [];
  readonly named = new Map<string, MetadataId[]>();
  /** Attachments of globals and functions, by value id. */
  readonly globalAttachments = new Map<number, Attachment[]>();
  readonly #types: TypeTable;
  readonly #values: readonly Value[];
  readonly #kinds: ReadonlyMap<number, string>;
  #moduleCount = Number.POSITIVE_INFINITY;
  #functionBase = 0;
  /** The highest local id referred to, and where: ids may lie ahead within a block. */
  #highest = -1;
  #highestAt: Cursor | undefined;
  /** What the nodes of a block refer to; values of a function may not be among it. */
  readonly #inNodes = new Set<number>();

  constructor(types: TypeTable, values: readonly Value[], kinds: ReadonlyMap<number, string>) {
    this.#types = types;
    this.#values = values;
    this.#kinds = kinds;
  }

  readModule(block: BitBlock | undefined): void {
    if (block !== undefined) this.#read(block);
    this.#moduleCount = this.metadata.length;
    this.#functionBase = this.metadata.length;
  }

  /** Begins a function: what an earlier function had is out of its sight. */
  enterFunction(): void {
    this.#functionBase = this.metadata.length;
  }

  readFunction(block: BitBlock): void {
    this.#read(block);
  }

  /** The metadata that the file calls `local`. */
  id(local: number, cursor: Cursor): MetadataId {
    if (local > this.#highest || this.#highestAt === undefined) {
      this.#highest = local;
      this.#highestAt = cursor;
    }
    return (local < this.#moduleCount ? local : local - this.#moduleCount + this.#functionBase) as MetadataId;
  }

  /** The metadata that the file calls `local - 1`; 0 is none. */
  optional(local: number, cursor: Cursor): MetadataId | undefined {
    if (local === 0) return undefined;
    const id = this.id(local - 1, cursor);
    this.#inNodes.add(id);
    return id;
  }

  /** An id from outside a metadata block, where nothing may lie ahead. */
  existing(local: number, cursor: Cursor): MetadataId {
    const id = this.id(local, cursor);
    if (this.metadata[id] === undefined)
      cursor.malformed(`${cursor.what} refers to metadata that does not exist`);
    return id;
  }

  /** The string that the file calls `local - 1`; 0 is none. */
  text(local: number, cursor: Cursor): string | undefined {
    const id = this.optional(local, cursor);
    if (id === undefined) return undefined;
    const string = this.metadata[id];
    return string?.kind === 'string' ? string.text : cursor.malformed(`${cursor.what} needs a string`);
  }

  /** A size or offset: a number, or since LLVM 21 metadata, which for C is a constant. */
  bitCount(isMetadata: boolean, operand: number, cursor: Cursor): BitCount {
    if (!isMetadata) return operand;
    const id = this.optional(operand, cursor);
    if (id === undefined) return 0;
    const entry = this.metadata[id];
    const value = entry?.kind === 'value' ? this.#values[entry.value] : undefined;
    if (value?.kind === 'integer') return Number(value.value);
    return value?.kind === 'null' ? 0 : { metadata: id };
  }

  /** The location that the file calls `local`. */
  location(local: number, cursor: Cursor): SourceLocation {
    const node = this.metadata[this.existing(local, cursor)];
    return node?.kind === 'location' ? node.location : cursor.malformed(`${cursor.what} needs a location`);
  }

  attachment(cursor: Cursor): Attachment {
    const kind = cursor.next();
    const name = this.#kinds.get(kind) ?? cursor.malformed(`Metadata of an unknown kind ${kind} is attached`);
    return { kind: name, node: this.existing(cursor.next(), cursor) };
  }

  #read(block: BitBlock): void {
    this.#highest = -1;
    this.#highestAt = undefined;
    this.#inNodes.clear();
    let name = '';
    for (const record of recordsOf(block)) {
      const cursor = new Cursor(record, 'metadata');
      if (record.code === CODE.name) name = cursor.text();
      else if (record.code === CODE.namedNode) {
        const nodes = cursor.rest().map((id) => this.id(id, cursor));
        this.named.set(name, nodes);
      } else if (record.code === CODE.globalAttachment) this.#globalAttachment(cursor);
      else if (record.code === CODE.strings) this.#strings(record, cursor);
      else if (record.code === CODE.kind || record.code === CODE.indexOffset || record.code === CODE.index) {
        // Kinds have a block of their own; the index serves lazy readers.
      } else this.metadata.push(this.#one(cursor));
    }
    const count = this.metadata.length - this.#functionBase + Math.min(this.#moduleCount, this.#functionBase);
    this.#refuseBeyond(count);
  }

  #refuseBeyond(count: number): void {
    if (this.#highest >= count) this.#highestAt?.malformed(`Metadata ${this.#highest} does not exist`);
    for (const id of this.#inNodes) {
      const entry = this.metadata[id];
      if (entry?.kind === 'value' && entry.value >= this.#values.length) {
        this.#highestAt?.malformed(`A node refers to value ${entry.value}, which only its function knows`);
      }
    }
  }

  #one(cursor: Cursor): Metadata {
    switch (cursor.record.code) {
      case CODE.oldString:
        return { kind: 'string', text: cursor.text() };
      case CODE.value: {
        const type = this.#types.at(cursor.next(), cursor);
        return { kind: 'value', type, value: cursor.next() as ValueId };
      }
      case CODE.node:
      case CODE.distinctNode: {
        const operands = cursor.rest().map((id) => this.optional(id, cursor));
        return { kind: 'tuple', distinct: cursor.record.code === CODE.distinctNode, operands };
      }
      case CODE.argumentList:
        return { kind: 'argument-list', values: cursor.rest().map((id) => this.id(id, cursor)) };
      case CODE.assignId:
        return { kind: 'assign-id', distinct: true };
      case CODE.location:
        return this.#location(cursor);
      default:
        return readDebugInfo(cursor, this);
    }
  }

  #location(cursor: Cursor): Metadata {
    const distinct = cursor.flag();
    const line = cursor.next();
    const column = cursor.next();
    const scope = this.id(cursor.next(), cursor);
    const inlinedAt = this.optional(cursor.next(), cursor);
    const implicitCode = cursor.flagOr(false);
    const atomGroup = cursor.nextOr(0);
    const atomRank = cursor.nextOr(0);
    return {
      kind: 'location',
      distinct,
      location: { line, column, scope, inlinedAt, implicitCode, atomGroup, atomRank },
    };
  }

  /** All strings at once: their lengths as variable-width numbers, then their bytes. */
  #strings(record: BitRecord, cursor: Cursor): void {
    const count = cursor.next();
    const start = cursor.next();
    const { blob } = record;
    if (blob === undefined || start > blob.length || count > start * 8)
      cursor.malformed('Strings are cut short');
    const lengths = new BitReader(blob, 0, start);
    let at = start;
    for (let i = 0; i < count; i++) {
      const length = lengths.small(6);
      if (length > blob.length - at) cursor.malformed('A string lies beyond its block');
      this.metadata.push({ kind: 'string', text: bytesToText(blob.subarray(at, at + length)) });
      at += length;
    }
  }

  #globalAttachment(cursor: Cursor): void {
    const value = cursor.next();
    const list = this.globalAttachments.get(value) ?? [];
    while (cursor.left > 1) {
      const kind = cursor.next();
      const name =
        this.#kinds.get(kind) ?? cursor.malformed(`Metadata of an unknown kind ${kind} is attached`);
      list.push({ kind: name, node: this.id(cursor.next(), cursor) });
    }
    this.globalAttachments.set(value, list);
  }
}

/** The names of metadata kinds by number, such as `dbg` and `tbaa`. */
export function readMetadataKinds(block: BitBlock | undefined): Map<number, string> {
  const kinds = new Map<number, string>();
  if (block === undefined) return kinds;
  for (const record of recordsOf(block)) {
    if (record.code !== CODE.kind) continue;
    const cursor = new Cursor(record, 'a metadata kind');
    kinds.set(cursor.next(), cursor.text());
  }
  return kinds;
}

/** Names in a block of plain strings, by position: operand bundle tags, sync scopes. */
export function readNames(block: BitBlock | undefined): string[] {
  return block === undefined
    ? []
    : Array.from(recordsOf(block), (record) => new Cursor(record, 'a name').text());
}

/** Refuses metadata that stands for values which do not exist; `limit` is the number of values in sight. */
export function checkMetadataValues(metadata: readonly Metadata[], from: number, limit: number): void {
  for (let id = from; id < metadata.length; id++) {
    const entry = metadata[id]!;
    if (entry.kind === 'value' && entry.value >= limit) {
      throw bitcodeError('BITCODE_MALFORMED', `Metadata ${id} stands for a value that does not exist`, {
        facts: { metadata: id, value: entry.value },
      });
    }
  }
}
