import type { AttributeList } from '../ir/attribute.js';
import {
  type Attachment,
  type BlockId,
  type DebugRecord,
  type InstructionFacts,
  isTerminator,
  type Operand,
  type OperandBundle,
  type Operation,
} from '../ir/instruction.js';
import type { SourceLocation } from '../ir/metadata.js';
import type { IrBlock } from '../ir/module.js';
import type { FunctionType, TypeId } from '../ir/type.js';
import type { Constant, Result, Value, ValueId } from '../ir/value.js';
import type { BitBlock } from './bitstream.js';
import { checkConstants } from './check.js';
import { BLOCK } from './codes.js';
import { readConstants } from './constants.js';
import { blocksOf, Cursor, recordsOf } from './cursor.js';
import { isDebugRecord, liftDebugCalls, readDebugRecord } from './debug-records.js';
import { readOperation } from './instructions.js';
import { checkMetadataValues, type MetadataReader } from './metadata.js';
import type { TypeTable } from './types.js';

/** What the function reader needs of the module. */
export interface ModuleContext {
  readonly types: TypeTable;
  readonly values: readonly Value[];
  readonly attributeLists: readonly AttributeList[];
  readonly metadata: MetadataReader;
  readonly bundleTags: readonly string[];
  readonly syncScopes: readonly string[];
  /** The name of the function that a value is, if it is one. */
  functionName(value: ValueId): string | undefined;
}

/** An instruction while its function is being read. */
export type Draft = Operation & {
  -readonly [K in keyof InstructionFacts]: K extends 'attachments'
    ? Attachment[]
    : K extends 'debugRecords'
      ? DebugRecord[]
      : InstructionFacts[K];
};

/** A reference to a value, with its type. */
export interface Typed {
  readonly id: ValueId;
  readonly type: TypeId;
}

const CODE = { declareBlocks: 1, locationAgain: 33, location: 35, operandBundle: 55, blockAddressUsers: 60 };

/** The body of a function. */
export interface FunctionBody {
  readonly values: readonly Value[];
  readonly blocks: readonly IrBlock[];
  readonly attachments: readonly Attachment[];
}

export function readFunctionBody(block: BitBlock, type: FunctionType, context: ModuleContext): FunctionBody {
  return new FunctionReader(block, context).read(type);
}

/** Reads one function; {@link readOperation} takes operands from it. */
export class FunctionReader {
  readonly context: ModuleContext;
  readonly types: TypeTable;
  readonly #block: BitBlock;
  readonly #values: Value[] = [];
  readonly #names = { values: new Map<number, string>(), blocks: new Map<number, string>() };
  #blocks: Draft[][] = [];
  #current = 0;
  #location: SourceLocation | undefined;
  #bundles: OperandBundle[] = [];
  #highestValue = -1;

  constructor(block: BitBlock, context: ModuleContext) {
    this.#block = block;
    this.context = context;
    this.types = context.types;
  }

  /** The id that the next value will have. */
  get next(): number {
    return this.context.values.length + this.#values.length;
  }

  read(type: FunctionType): FunctionBody {
    this.context.metadata.enterFunction();
    const metadataFrom = this.context.metadata.metadata.length;
    for (const symbols of blocksOf(this.#block, BLOCK.valueSymbols)) this.#readNames(symbols);
    for (const [index, parameter] of type.parameters.entries()) {
      this.#values.push({
        kind: 'argument',
        type: parameter,
        index,
        name: this.#names.values.get(this.next),
      });
    }
    const drafts: Draft[] = [];
    for (const item of this.#block.items) {
      if (item.kind === 'record') this.#record(new Cursor(item, 'an instruction'), drafts);
      else if (item.id === BLOCK.constants) readConstants(item, this.types, this.#values);
      else if (item.id === BLOCK.metadata) this.context.metadata.readFunction(item);
    }
    const cursor = new Cursor(
      { kind: 'record', code: 0, operands: [], wide: undefined, blob: undefined, bit: this.#block.bit },
      'a function',
    );
    if (this.#current !== this.#blocks.length) cursor.malformed('A function has fewer blocks than it says');
    if (this.#highestValue >= this.next) cursor.malformed(`Value ${this.#highestValue} does not exist`);
    checkConstants(this.#values, 0, this.context.values);
    checkMetadataValues(this.context.metadata.metadata, metadataFrom, this.next);
    const attachments = this.#attach(drafts);
    return { values: this.#values, blocks: this.#finish(), attachments };
  }

  /** A value that has been read already. */
  known(id: number): Value | undefined {
    const outer = this.context.values.length;
    return id < outer ? this.context.values[id] : this.#values[id - outer];
  }

  /** Puts another constant in the place of one of this function's. */
  replace(id: ValueId, constant: Constant): void {
    const local = id - this.context.values.length;
    if (local >= 0) this.#values[local] = constant;
  }

  /** The type of a value that has been read already. */
  typeOf(id: number, cursor: Cursor): TypeId {
    return (
      this.known(id)?.type ?? cursor.malformed(`${cursor.what} uses value ${id} before its type is known`)
    );
  }

  /** An operand by distance from the next value, wrapped to 32 bits. */
  value(cursor: Cursor): ValueId {
    return this.absolute((this.next - cursor.next()) >>> 0);
  }

  /** Notes that a value is used; it may be defined later. */
  absolute(id: number): ValueId {
    if (id > this.#highestValue) this.#highestValue = id;
    return id as ValueId;
  }

  /** An operand whose type follows when it is defined later. */
  typed(cursor: Cursor): Typed {
    const id = this.value(cursor);
    return { id, type: id < this.next ? this.typeOf(id, cursor) : this.types.at(cursor.next(), cursor) };
  }

  /** An operand of a parameter: metadata where the parameter's type is metadata. */
  argument(type: TypeId, cursor: Cursor): Operand {
    if (this.types.get(type).kind !== 'metadata') return this.value(cursor);
    return { metadata: this.context.metadata.existing((this.next - cursor.next()) >>> 0, cursor) };
  }

  block(index: number, cursor: Cursor): BlockId {
    if (index >= this.#blocks.length)
      cursor.malformed(`${cursor.what} goes to block ${index}, which does not exist`);
    return index as BlockId;
  }

  /** The operand bundles of the call that is being read. */
  takeBundles(): readonly OperandBundle[] {
    const bundles = this.#bundles;
    this.#bundles = [];
    return bundles;
  }

  #record(cursor: Cursor, drafts: Draft[]): void {
    const { code } = cursor.record;
    const last = drafts.at(-1);
    if (code === CODE.declareBlocks) {
      const count = cursor.next();
      // A block takes at least one instruction, and that at least one item.
      if (count > this.#block.items.length) cursor.malformed(`A function says that it has ${count} blocks`);
      this.#blocks = Array.from({ length: count }, () => []);
    } else if (code === CODE.blockAddressUsers) return;
    else if (code === CODE.operandBundle) this.#bundle(cursor);
    else if (code === CODE.location || code === CODE.locationAgain) {
      if (last === undefined) cursor.malformed('A source location comes before every instruction');
      if (code === CODE.location) this.#location = this.#readLocation(cursor);
      last.location = this.#location;
    } else if (isDebugRecord(code)) {
      if (last === undefined) cursor.malformed('A debug record comes before every instruction');
      last.debugRecords.push(readDebugRecord(cursor, this));
    } else this.#instruction(cursor, drafts);
  }

  #instruction(cursor: Cursor, drafts: Draft[]): void {
    const block =
      this.#blocks[this.#current] ?? cursor.malformed('An instruction stands after the last block');
    const { operation, type } = readOperation(cursor, this);
    const draft: Draft = {
      ...operation,
      result: undefined,
      location: undefined,
      attachments: [],
      debugRecords: [],
    };
    if (type !== undefined && this.types.get(type).kind !== 'void') {
      draft.result = this.next as ValueId;
      const name = this.#names.values.get(this.next);
      this.#values.push({ kind: 'result', type, block: this.#current, index: block.length, name });
    }
    block.push(draft);
    drafts.push(draft);
    if (isTerminator(operation)) this.#current++;
  }

  #readLocation(cursor: Cursor): SourceLocation {
    const line = cursor.next();
    const column = cursor.next();
    const { metadata } = this.context;
    const scope = cursor.next();
    const inlinedAt = cursor.next();
    if (scope === 0) cursor.malformed('A source location has no scope');
    return {
      line,
      column,
      scope: metadata.existing(scope - 1, cursor),
      inlinedAt: inlinedAt === 0 ? undefined : metadata.existing(inlinedAt - 1, cursor),
      implicitCode: cursor.flagOr(false),
      atomGroup: cursor.nextOr(0),
      atomRank: cursor.nextOr(0),
    };
  }

  #bundle(cursor: Cursor): void {
    const tag =
      this.context.bundleTags[cursor.next()] ?? cursor.malformed('An operand bundle has an unknown tag');
    const operands: Operand[] = [];
    while (cursor.left > 0) operands.push(this.typed(cursor).id);
    this.#bundles.push({ tag, operands });
  }

  #readNames(block: BitBlock): void {
    for (const record of recordsOf(block)) {
      const cursor = new Cursor(record, 'a name');
      const id = cursor.next();
      if (record.code === 1) this.#names.values.set(id, cursor.text());
      else if (record.code === 2) this.#names.blocks.set(id, cursor.text());
    }
  }

  /** Hands out attachments; those of no instruction are the function's. */
  #attach(drafts: readonly Draft[]): Attachment[] {
    const own: Attachment[] = [];
    for (const block of blocksOf(this.#block, BLOCK.metadataAttachment)) {
      for (const record of recordsOf(block)) {
        const cursor = new Cursor(record, 'an attachment');
        let target = own;
        if (cursor.left % 2 === 1) {
          const draft = drafts[cursor.next()] ?? cursor.malformed('Metadata is attached to no instruction');
          target = draft.attachments;
        }
        while (cursor.left > 0) target.push(this.context.metadata.attachment(cursor));
      }
    }
    return own;
  }

  #finish(): IrBlock[] {
    return this.#blocks.map((drafts, index) => {
      const instructions = liftDebugCalls(drafts, this.context);
      for (const [position, { result }] of instructions.entries()) {
        if (result === undefined) continue;
        const local = result - this.context.values.length;
        this.#values[local] = { ...(this.#values[local] as Result), index: position };
      }
      return { name: this.#names.blocks.get(index), instructions };
    });
  }
}
