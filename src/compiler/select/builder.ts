import type { Width } from '../../isa/index.js';
import type { SourceLocation } from '../ir/metadata.js';
import type { ValueId } from '../ir/value.js';
import type { StackSlot } from '../machine/function.js';
import type {
  CoreRecord,
  MachineBlockId,
  MachineInstruction,
  MachineOperand,
  MachineOperation,
  SlotId,
  VirtualRegister,
} from '../machine/instruction.js';

type Alu = Extract<MachineOperation, { kind: 'alu' }>;

/** Appends machine instructions, block by block, and knows what each register was computed from. */
export class MachineBuilder {
  readonly registers: Width[] = [];
  readonly slots: StackSlot[] = [];
  readonly blocks: MachineInstruction[][] = [];
  /** For each block the IR block that it is part of; one may need several. */
  readonly owners: number[] = [];
  owner = 0;
  readonly #definitions: (MachineInstruction | undefined)[] = [];
  /** Facts that no definition shows: arguments, results of calls. */
  readonly #zeroFrom = new Map<VirtualRegister, number>();
  readonly #casts = new Map<string, VirtualRegister>();
  current = 0 as MachineBlockId;
  location: SourceLocation | undefined;

  block(): MachineBlockId {
    this.owners.push(this.owner);
    return (this.blocks.push([]) - 1) as MachineBlockId;
  }

  /** Goes on at the end of a block. */
  at(block: MachineBlockId): void {
    this.current = block;
  }

  register(width: Width): VirtualRegister {
    return (this.registers.push(width) - 1) as VirtualRegister;
  }

  slot(slot: StackSlot): SlotId {
    return (this.slots.push(slot) - 1) as SlotId;
  }

  /** Gives a slot a stricter alignment. */
  alignSlot(id: SlotId, align: number): void {
    const slot = this.slots[id];
    if (slot !== undefined) this.slots[id] = { ...slot, align: Math.max(slot.align, align) };
  }

  widthOf(register: VirtualRegister): Width {
    return this.registers[register] ?? 64;
  }

  symbol(value: ValueId): VirtualRegister {
    const dst = this.register(64);
    this.emit({ kind: 'symbol', dst, symbol: { value, addend: 0 } });
    return dst;
  }

  /** The kernel's address for one of another address space: once in a block. */
  inKernel(src: VirtualRegister, fromSpace: number): VirtualRegister {
    const key = `${this.current}:${fromSpace}:${src}`;
    const known = this.#casts.get(key);
    if (known !== undefined) return known;
    const dst = this.register(64);
    this.emit({ kind: 'addr_space_cast', dst, src, toSpace: 0, fromSpace });
    this.#casts.set(key, dst);
    return dst;
  }

  emit(operation: MachineOperation, core?: CoreRecord): void {
    const instruction: MachineInstruction = {
      ...operation,
      ...(this.location === undefined ? {} : { location: this.location }),
      ...(core === undefined ? {} : { core }),
    };
    this.blocks[this.current]?.push(instruction);
    if ('dst' in operation && operation.dst !== undefined) this.#definitions[operation.dst] = instruction;
  }

  definition(register: VirtualRegister): MachineInstruction | undefined {
    return this.#definitions[register];
  }

  alu(op: Alu['op'], width: Width, left: VirtualRegister, right: MachineOperand): VirtualRegister {
    const dst = this.register(width);
    this.emit({ kind: 'alu', op, width, dst, left, right });
    return dst;
  }

  constant(value: bigint, width: Width): VirtualRegister {
    const dst = this.register(width);
    this.emit({
      kind: 'constant',
      dst,
      value: width === 32 ? BigInt.asIntN(32, value) : BigInt.asIntN(64, value),
    });
    return dst;
  }

  /** The same bits in a register of another width; see the contract of `copy`. */
  copy(src: VirtualRegister, width: Width): VirtualRegister {
    if (this.widthOf(src) === width) return src;
    const dst = this.register(width);
    this.emit({ kind: 'copy', dst, src });
    return dst;
  }

  /** Says that the bits of a register from `bit` on are zero. */
  assumeZeroFrom(register: VirtualRegister, bit: number): void {
    this.#zeroFrom.set(register, bit);
  }

  /** The lowest bit from which on all bits of a register are known to be zero; 64 when none is. */
  zeroFrom(register: VirtualRegister, seen: ReadonlySet<VirtualRegister> = new Set(), grown = false): number {
    const told = this.#zeroFrom.get(register);
    if (told !== undefined) return told;
    const definition = this.#definitions[register];
    if (definition === undefined || seen.size > 12) return 64;
    // A phi in a loop that leads back to itself adds nothing, unless each turn makes the value larger.
    if (seen.has(register)) return definition.kind === 'phi' && !grown ? 0 : 64;
    const grows = grown || (definition.kind === 'alu' && GROWING.has(definition.op));
    const of = (source: VirtualRegister) => this.zeroFrom(source, new Set([...seen, register]), grows);
    switch (definition.kind) {
      case 'load':
        return definition.signed ? 64 : definition.bytes * 8;
      case 'zext':
        return Math.min(32, of(definition.src));
      case 'copy':
        return of(definition.src);
      case 'constant':
        return definition.value < 0n
          ? this.widthOf(register) === 32
            ? 32
            : 64
          : bitLength(definition.value);
      case 'alu':
        return Math.min(
          definition.width,
          this.#subtractionZeroFrom(definition, of) ?? aluZeroFrom(definition, of),
        );
      case 'neg':
        return definition.width;
      case 'movsx':
        return definition.width;
      case 'end':
        return definition.to === 'bswap' && definition.bits === 64 ? 64 : definition.bits;
      case 'phi': {
        let most = 0;
        for (const { reg } of definition.incoming) most = Math.max(most, of(reg));
        return definition.incoming.length === 0 ? 64 : most;
      }
      default:
        return 64;
    }
  }

  /** A number less something that is never larger stays as short as the number. */
  #subtractionZeroFrom(
    { op, left, right }: Alu,
    of: (register: VirtualRegister) => number,
  ): number | undefined {
    const from = this.#definitions[left];
    if (op !== 'sub' || right.kind !== 'reg' || from?.kind !== 'constant') return undefined;
    return 2n ** BigInt(of(right.reg)) - 1n <= from.value ? bitLength(from.value) : undefined;
  }
}

/** Operations whose result may have more bits than both operands. */
const GROWING: ReadonlySet<Alu['op']> = new Set(['add', 'mul', 'lsh']);

function aluZeroFrom({ op, left, right }: Alu, of: (register: VirtualRegister) => number): number {
  const other = right.kind === 'reg' ? of(right.reg) : right.imm < 0 ? 64 : bitLength(BigInt(right.imm));
  switch (op) {
    case 'and':
      return Math.min(of(left), other);
    case 'or':
    case 'xor':
      return Math.max(of(left), other);
    case 'rsh':
      return right.kind === 'imm' ? Math.max(0, of(left) - right.imm) : of(left);
    case 'lsh':
      return right.kind === 'imm' ? Math.min(64, of(left) + right.imm) : 64;
    case 'add':
      return Math.min(64, Math.max(of(left), other) + 1);
    case 'mul':
      return Math.min(64, of(left) + other);
    case 'div':
      return of(left);
    case 'mod':
      return Math.min(64, Math.max(of(left), other));
    default:
      return 64;
  }
}

/** Bits that a number which is not negative takes. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}

export const reg = (register: VirtualRegister): MachineOperand => ({ kind: 'reg', reg: register });
export const imm = (value: number): MachineOperand => ({ kind: 'imm', imm: value });
