import type { Width } from '../../isa/index.js';
import { constantNumber } from '../emit/data.js';
import type { BpfCpu } from '../front/front.js';
import type { BlockId, Instruction, Operation } from '../ir/instruction.js';
import { typeOf } from '../ir/layout.js';
import { type IrFunction, type IrModule, valueAt } from '../ir/module.js';
import type { IrType, TypeId } from '../ir/type.js';
import type { Value, ValueId } from '../ir/value.js';
import type {
  CoreRecord,
  MachineBase,
  MachineBlockId,
  MachineOperand,
  VirtualRegister,
} from '../machine/instruction.js';
import { successorsOf } from '../machine/operands.js';
import { SourceProblem } from '../problem.js';
import { MachineBuilder } from './builder.js';
import type { CoreAccess } from './core-access.js';
import { Uses } from './uses.js';

/** What to do about types that no register holds. */
const NARROWER: Readonly<Record<string, string>> = {
  float: 'use integers: fixed point, or a shift',
  integer: 'use two numbers of 64 bits',
  vector: 'use a loop over the elements',
};

/** A place in memory: a register or a stack slot, and a number of bytes. */
export interface Address {
  readonly base: MachineBase;
  readonly offset: number;
  /** The offset is that of a field, which the loader corrects. */
  readonly core?: CoreRecord | undefined;
}

interface PendingPhi {
  readonly incoming: { reg: VirtualRegister; block: MachineBlockId }[];
  readonly width: Width;
  /** Which of the value's registers, for one that has several. */
  readonly part: number;
  readonly block: MachineBlockId;
  readonly from: readonly { readonly value: ValueId; readonly block: BlockId }[];
}

/** What the parts of instruction selection share about the function that they work on. */
export class Selector {
  readonly module: IrModule;
  readonly fn: IrFunction;
  readonly cpu: BpfCpu;
  readonly builder = new MachineBuilder();
  readonly uses: Uses;
  readonly littleEndian: boolean;
  /** Registers of values that are computed; several for an aggregate. */
  readonly #registers = new Map<ValueId, readonly VirtualRegister[]>();
  /** Places that values point to, of which no register need hold the address. */
  readonly addresses = new Map<ValueId, Address>();
  /** Fields that CO-RE accesses lead to, by the pointer to them. */
  readonly accesses = new Map<ValueId, CoreAccess>();
  readonly #entries: MachineBlockId[] = [];
  readonly #phis: PendingPhi[] = [];

  constructor(module: IrModule, fn: IrFunction, cpu: BpfCpu) {
    this.module = module;
    this.fn = fn;
    this.cpu = cpu;
    this.littleEndian = !module.dataLayout.startsWith('E');
    this.uses = new Uses(fn, (operation) => this.isLogical(operation));
    fn.blocks.forEach((_, index) => {
      this.builder.owner = index;
      this.#entries.push(this.builder.block());
    });
  }

  /** Whether the cpu has what came with a version. */
  atLeast(version: BpfCpu): boolean {
    return this.cpu >= version;
  }

  value(id: ValueId): Value {
    return valueAt(this.module, this.fn, id);
  }

  type(id: TypeId): IrType {
    return typeOf(this.module, id);
  }

  typeOfValue(id: ValueId): IrType {
    return this.type(this.value(id).type);
  }

  /** The instruction that computes a value, if one does. */
  instruction(id: ValueId): Instruction | undefined {
    const value = this.value(id);
    return value.kind === 'result' ? this.fn.blocks[value.block]?.instructions[value.index] : undefined;
  }

  /** Bits of an integer or pointer. @throws SourceProblem for what BPF has no registers for */
  bits(type: IrType): number {
    if (type.kind === 'pointer') return 64;
    if (type.kind === 'integer' && type.bits <= 64) return type.bits;
    return this.unsupported(
      type.kind === 'float'
        ? 'BPF has no floating point'
        : type.kind === 'integer'
          ? `BPF has no integers of ${type.bits} bits`
          : `BPF cannot hold a ${type.kind} in a register`,
      NARROWER[type.kind],
    );
  }

  width(type: IrType): Width {
    return this.bits(type) <= 32 ? 32 : 64;
  }

  isLogical(operation: Operation): boolean {
    if (operation.kind === 'binary') {
      const type = this.typeOfValue(operation.left);
      return type.kind === 'integer' && type.bits === 1;
    }
    if (operation.kind !== 'select') return false;
    const type = this.typeOfValue(operation.whenTrue);
    return type.kind === 'integer' && type.bits === 1;
  }

  unsupported(message: string, hint?: string): never {
    throw new SourceProblem(message, this.builder.location, hint);
  }

  entry(block: BlockId): MachineBlockId {
    return this.#entries[block] ?? (0 as MachineBlockId);
  }

  /** Begins an IR block. */
  begin(block: number): void {
    this.builder.owner = block;
    this.builder.at(this.entry(block as BlockId));
  }

  set(id: ValueId, ...registers: readonly VirtualRegister[]): void {
    this.#registers.set(id, registers);
  }

  known(id: ValueId): VirtualRegister | undefined {
    return this.#registers.get(id)?.[0];
  }

  parts(id: ValueId): readonly VirtualRegister[] | undefined {
    return this.#registers.get(id);
  }

  /** A number that is known now, sign-extended from its width. */
  constantOf(id: ValueId): bigint | undefined {
    return constantNumber(this.module, this.fn, id);
  }

  /** A phi whose incoming values are filled in when all blocks are there. */
  phi(id: ValueId, from: PendingPhi['from'], widths: readonly Width[]): void {
    const registers = widths.map((width, part) => {
      const dst = this.builder.register(width);
      const incoming: PendingPhi['incoming'] = [];
      this.builder.emit({ kind: 'phi', dst, incoming });
      this.#phis.push({ incoming, width, part, block: this.builder.current, from });
      return dst;
    });
    this.set(id, ...registers);
  }

  /** Fills in the phis: each block that jumps to one brings the value of the IR block that it is part of. */
  finishPhis(registerOf: (id: ValueId, part: number) => VirtualRegister): void {
    const predecessors = new Map<MachineBlockId, Set<MachineBlockId>>();
    this.builder.blocks.forEach((instructions, index) => {
      for (const target of successorsOf(instructions.at(-1))) {
        const known = predecessors.get(target) ?? new Set();
        predecessors.set(target, known.add(index as MachineBlockId));
      }
    });
    for (const { incoming, width, part, block, from } of this.#phis) {
      for (const predecessor of predecessors.get(block) ?? []) {
        const owner = this.builder.owners[predecessor];
        const value = from.find((each) => each.block === owner)?.value;
        if (value === undefined) continue;
        const reg = this.#atEnd(predecessor, () => this.builder.copy(registerOf(value, part), width));
        incoming.push({ reg, block: predecessor });
      }
    }
  }

  /** Emits code before the jump that ends a block. */
  #atEnd<T>(block: MachineBlockId, emit: () => T): T {
    const instructions = this.builder.blocks[block] ?? [];
    const terminator = instructions.pop();
    const before = instructions.length;
    this.builder.at(block);
    this.builder.location = instructions[before - 1]?.location ?? terminator?.location;
    const result = emit();
    if (this.builder.current !== block) this.unsupported('a value cannot be computed where blocks join');
    if (terminator !== undefined) instructions.push(terminator);
    return result;
  }

  imm(value: bigint): MachineOperand | undefined {
    return value === BigInt.asIntN(32, value) ? { kind: 'imm', imm: Number(value) } : undefined;
  }
}
