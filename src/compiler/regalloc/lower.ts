import type { Operation, Reg, Width } from '../../isa/index.js';
import type { BpfCpu } from '../front/front.js';
import type { MachineFunction } from '../machine/function.js';
import type {
  MachineBase,
  MachineInstruction,
  MachineOperand,
  MachineOperation,
  VirtualRegister,
} from '../machine/instruction.js';
import {
  type Block,
  type Code,
  type Ending,
  FIRST_VIRTUAL,
  FRAME_POINTER,
  type Item,
  type ItemOperand,
  type Node,
  type Placed,
} from './item.js';
import { lowerAsm } from './lower-asm.js';

const ARGUMENTS: readonly Reg[] = [1, 2, 3, 4, 5];

export const nodeOf = (register: VirtualRegister): Node => register + FIRST_VIRTUAL;
export const use = (node: Node): ItemOperand => ({ node, role: 'use' });
export const def = (node: Node): ItemOperand => ({ node, role: 'def' });
export const both = (node: Node): ItemOperand => ({ node, role: 'both' });
export const placed = (operation: Operation): readonly Placed[] => [{ operation }];

/** Turns SSA machine code into items: phis become copies, fixed registers and two-address forms get theirs. */
export function lower(fn: MachineFunction, cpu: BpfCpu): Code {
  return new Lowering(fn, cpu).run();
}

/** Collects the items of a function. */
export class Lowering {
  readonly fn: MachineFunction;
  readonly cpu: BpfCpu;
  readonly widths: Width[];
  readonly #blocks: Block[];
  #items: Item[] = [];
  #from: MachineInstruction | undefined;

  constructor(fn: MachineFunction, cpu: BpfCpu) {
    this.fn = fn;
    this.cpu = cpu;
    this.widths = [...Array<Width>(FIRST_VIRTUAL).fill(64), ...fn.registers];
    this.#blocks = fn.blocks.map(({ frequency }) => ({
      items: [],
      ending: { kind: 'unreachable' },
      frequency,
    }));
  }

  run(): Code {
    this.fn.blocks.forEach(({ instructions }, index) => {
      const block = this.#blocks[index];
      if (block === undefined) return;
      this.#items = block.items;
      for (const instruction of instructions) {
        this.#from = instruction;
        block.ending = this.#instruction(instruction) ?? block.ending;
      }
    });
    this.#phis();
    const slots = this.fn.slots.map(({ bytes, align }) => ({ bytes, align }));
    return { blocks: this.#blocks, widths: this.widths, slots };
  }

  fresh(width: Width): Node {
    return this.widths.push(width) - 1;
  }

  item(operands: ItemOperand[], make: Item['make'], more: Partial<Item> = {}): void {
    const { location, core } = this.#from ?? {};
    this.#items.push({ operands, clobbers: [], move: false, make, location, core, ...more });
  }

  move(to: Node, from: Node): void {
    this.#items.push(moveItem(to, from, this.#from?.location));
  }

  /** The register operand of an access: none for a stack slot. */
  base(base: MachineBase): ItemOperand[] {
    return base.kind === 'reg' ? [use(nodeOf(base.reg))] : [];
  }

  /** Every phi gets a register that its predecessors fill: none of them can disturb another. */
  #phis(): void {
    this.fn.blocks.forEach(({ instructions }, index) => {
      const heads: Item[] = [];
      for (const instruction of instructions) {
        if (instruction.kind !== 'phi') continue;
        const width = this.fn.registers[instruction.dst] ?? 64;
        const carrier = this.fresh(width);
        heads.push(moveItem(nodeOf(instruction.dst), carrier, undefined));
        for (const { reg, block } of instruction.incoming) {
          const items = this.#blocks[block]?.items;
          items?.push(moveItem(carrier, nodeOf(reg), undefined));
        }
      }
      this.#blocks[index]?.items.unshift(...heads);
    });
  }

  #instruction(instruction: MachineInstruction): Ending | undefined {
    switch (instruction.kind) {
      case 'goto':
        return { kind: 'goto', target: instruction.target };
      case 'branch': {
        const { op, width, left, right, whenTrue, whenFalse, location } = instruction;
        const operands = [use(nodeOf(left)), ...this.#operand(right)];
        const imm = right.kind === 'imm' ? right.imm : undefined;
        return { kind: 'branch', op, width, operands, imm, whenTrue, whenFalse, location };
      }
      case 'exit': {
        if (instruction.value !== undefined) this.move(0, nodeOf(instruction.value));
        return { kind: 'exit', location: instruction.location };
      }
      case 'unreachable':
        return { kind: 'unreachable' };
      case 'asm':
        return lowerAsm(this, instruction);
      default:
        this.#straight(instruction);
        return undefined;
    }
  }

  #operand(operand: MachineOperand): ItemOperand[] {
    return operand.kind === 'reg' ? [use(nodeOf(operand.reg))] : [];
  }

  #straight(
    instruction: Exclude<MachineOperation, { kind: 'goto' | 'branch' | 'exit' | 'unreachable' | 'asm' }> &
      MachineInstruction,
  ): void {
    switch (instruction.kind) {
      case 'phi':
        return;
      case 'argument':
        this.move(nodeOf(instruction.dst), ARGUMENTS[instruction.index] ?? 1);
        return;
      case 'copy':
        this.move(nodeOf(instruction.dst), nodeOf(instruction.src));
        return;
      case 'alu':
        this.#alu(instruction);
        return;
      case 'neg':
      case 'end':
      case 'movsx':
      case 'zext':
      case 'addr_space_cast':
        this.#unary(instruction);
        return;
      case 'constant':
      case 'symbol':
      case 'slot-address':
        this.#source(instruction);
        return;
      case 'load':
      case 'store':
        this.#access(instruction);
        return;
      case 'atomic':
      case 'cmpxchg':
        this.#atomic(instruction);
        return;
      case 'packet-load':
        this.#packetLoad(instruction);
        return;
      case 'call':
        this.#call(instruction);
        return;
      default:
        instruction satisfies never;
    }
  }

  #alu({ op, width, dst, left, right }: Extract<MachineOperation, { kind: 'alu' }>): void {
    // The commuted form saves a copy when the other operand is at its end; the allocator cannot see that.
    const target = nodeOf(dst);
    this.move(target, nodeOf(left));
    if (right.kind === 'imm') {
      const { imm } = right;
      this.item([both(target)], ([r]) =>
        placed({ kind: 'alu', op, width, dst: r as Reg, src: { kind: 'imm', imm } }),
      );
      return;
    }
    this.item([both(target), use(nodeOf(right.reg))], ([r, other]) =>
      placed({ kind: 'alu', op, width, dst: r as Reg, src: { kind: 'reg', reg: other as Reg } }),
    );
  }

  #unary(
    instruction: Extract<MachineOperation, { kind: 'neg' | 'end' | 'movsx' | 'zext' | 'addr_space_cast' }>,
  ): void {
    const dst = nodeOf(instruction.dst);
    const src = nodeOf(instruction.src);
    switch (instruction.kind) {
      case 'neg': {
        const { width } = instruction;
        this.move(dst, src);
        this.item([both(dst)], ([r]) => placed({ kind: 'neg', width, dst: r as Reg }));
        return;
      }
      case 'end': {
        const { to, bits } = instruction;
        this.move(dst, src);
        this.item([both(dst)], ([r]) => placed({ kind: 'end', to, bits, dst: r as Reg }));
        return;
      }
      case 'movsx': {
        const { width, bits } = instruction;
        this.item([def(dst), use(src)], ([to, from]) =>
          placed({ kind: 'movsx', width, bits, dst: to as Reg, src: from as Reg }),
        );
        return;
      }
      case 'zext':
        this.item([def(dst), use(src)], ([to, from]) =>
          placed({
            kind: 'alu',
            op: 'mov',
            width: 32,
            dst: to as Reg,
            src: { kind: 'reg', reg: from as Reg },
          }),
        );
        return;
      case 'addr_space_cast': {
        const { toSpace, fromSpace } = instruction;
        this.item([def(dst), use(src)], ([to, from]) =>
          placed({ kind: 'addr_space_cast', dst: to as Reg, src: from as Reg, toSpace, fromSpace }),
        );
        return;
      }
      default:
        instruction satisfies never;
    }
  }

  #source(instruction: Extract<MachineOperation, { kind: 'constant' | 'symbol' | 'slot-address' }>): void {
    const operands = [def(nodeOf(instruction.dst))];
    const width = this.fn.registers[instruction.dst] ?? 64;
    // What the loader corrects exists once.
    const isPatched = this.#from?.core !== undefined;
    this.item(operands, sourceCode(instruction, width, this.cpu), isPatched ? {} : { source: instruction });
  }

  #access(instruction: Extract<MachineOperation, { kind: 'load' | 'store' }>): void {
    const { base, bytes, offset } = instruction;
    const slot = base.kind === 'slot' ? base.slot : undefined;
    if (instruction.kind === 'load') {
      const { signed } = instruction;
      this.item([def(nodeOf(instruction.dst)), ...this.base(base)], ([dst, at], frame) =>
        placed({ kind: 'load', bytes, signed, dst: dst as Reg, ...placeIn(frame, slot, at, offset) }),
      );
      return;
    }
    const { src } = instruction;
    if (src.kind === 'imm') {
      this.item(this.base(base), ([at], frame) =>
        placed({
          kind: 'store',
          bytes,
          ...placeIn(frame, slot, at, offset),
          src: { kind: 'imm', imm: src.imm },
        }),
      );
      return;
    }
    this.item([use(nodeOf(src.reg)), ...this.base(base)], ([value, at], frame) =>
      placed({
        kind: 'store',
        bytes,
        ...placeIn(frame, slot, at, offset),
        src: { kind: 'reg', reg: value as Reg },
      }),
    );
  }

  #atomic(instruction: Extract<MachineOperation, { kind: 'atomic' | 'cmpxchg' }>): void {
    const { base, bytes, offset } = instruction;
    const slot = base.kind === 'slot' ? base.slot : undefined;
    if (instruction.kind === 'cmpxchg') {
      this.move(0, nodeOf(instruction.expected));
      const operands = [use(nodeOf(instruction.replacement)), both(0), ...this.base(base)];
      this.item(operands, ([src, , at], frame) =>
        placed({
          kind: 'atomic',
          op: 'cmpxchg',
          fetch: true,
          bytes,
          ...placeIn(frame, slot, at, offset),
          src: src as Reg,
        }),
      );
      this.move(nodeOf(instruction.dst), 0);
      return;
    }
    const { op, src, dst } = instruction;
    const fetch = dst !== undefined && op !== 'load_acquire';
    let first: ItemOperand;
    if (dst === undefined) first = use(nodeOf(src as VirtualRegister));
    else if (src === undefined) first = def(nodeOf(dst));
    else {
      this.move(nodeOf(dst), nodeOf(src));
      first = both(nodeOf(dst));
    }
    this.item([first, ...this.base(base)], ([value, at], frame) =>
      placed({ kind: 'atomic', op, fetch, bytes, ...placeIn(frame, slot, at, offset), src: value as Reg }),
    );
  }

  #packetLoad({ bytes, context, index, imm, dst }: Extract<MachineOperation, { kind: 'packet-load' }>): void {
    this.move(6, nodeOf(context));
    const clobbers = { clobbers: ARGUMENTS };
    if (index === undefined)
      this.item([use(6), def(0)], () => placed({ kind: 'ld_abs', bytes, imm }), clobbers);
    else {
      this.item(
        [use(nodeOf(index)), use(6), def(0)],
        ([at]) => placed({ kind: 'ld_ind', bytes, src: at as Reg, imm }),
        clobbers,
      );
    }
    this.move(nodeOf(dst), 0);
  }

  #call({ callee, arguments: args, dst }: Extract<MachineOperation, { kind: 'call' }>): void {
    const registers = args.map((arg, index) => {
      const register = ARGUMENTS[index] ?? 1;
      this.move(register, nodeOf(arg));
      return register;
    });
    const operands = [def(0), ...registers.map(use)];
    const make = (): readonly Placed[] => {
      if (callee.kind === 'helper') return placed({ kind: 'call_helper', id: callee.id });
      if (callee.kind === 'symbol') {
        const symbol = { value: callee.value, addend: 0 };
        return [{ operation: { kind: 'call_local', offset: -1 }, symbol }];
      }
      return placed({ kind: 'exit' });
    };
    this.item(operands, make, { clobbers: ARGUMENTS });
    if (dst !== undefined) this.move(nodeOf(dst), 0);
  }
}

/** Moves whole registers: the half of a pointer is a number to the verifier. */
export function moveItem(to: Node, from: Node, location: Item['location']): Item {
  return {
    operands: [def(to), use(from)],
    clobbers: [],
    move: true,
    location,
    core: undefined,
    make: ([dst, src]) =>
      dst === src
        ? []
        : placed({
            kind: 'alu',
            op: 'mov',
            width: 64,
            dst: dst as Reg,
            src: { kind: 'reg', reg: src as Reg },
          }),
  };
}

/** Code for what needs no register to be computed. */
export function sourceCode(
  instruction: Extract<MachineOperation, { kind: 'constant' | 'symbol' | 'slot-address' }>,
  width: Width,
  cpu: BpfCpu,
): Item['make'] {
  switch (instruction.kind) {
    case 'constant': {
      const { value, wide } = instruction;
      const fits = value === BigInt.asIntN(32, value) && wide !== true;
      return ([r]) => {
        const dst = r as Reg;
        if (fits) {
          // The upper half of a narrow one is zeros, whatever the cpu; a move of 64 bits would fill it with the sign.
          const narrow: Width = width === 32 && (cpu >= 'v3' || value < 0n) ? 32 : 64;
          return placed({
            kind: 'alu',
            op: 'mov',
            width: narrow,
            dst,
            src: { kind: 'imm', imm: Number(value) },
          });
        }
        const low = Number(BigInt.asIntN(32, value));
        const high = Number(BigInt.asIntN(32, value >> 32n));
        return placed({ kind: 'ld_imm64', pseudo: 'imm', dst, low, high });
      };
    }
    case 'symbol': {
      const { symbol } = instruction;
      return ([dst]) => [
        { operation: { kind: 'ld_imm64', pseudo: 'imm', dst: dst as Reg, low: 0, high: 0 }, symbol },
      ];
    }
    case 'slot-address': {
      const { slot, offset } = instruction;
      return ([r], frame) => {
        const dst = r as Reg;
        const imm = frame.slotOffset(slot) + offset;
        return [
          { operation: { kind: 'alu', op: 'mov', width: 64, dst, src: { kind: 'reg', reg: FRAME_POINTER } } },
          { operation: { kind: 'alu', op: 'add', width: 64, dst, src: { kind: 'imm', imm } } },
        ];
      };
    }
    default:
      return instruction satisfies never;
  }
}

/** Base register and offset of an access to memory or to a stack slot. */
export function placeIn(
  frame: Parameters<Item['make']>[1],
  slot: number | undefined,
  base: Reg | undefined,
  offset: number,
): { readonly base: Reg; readonly off: number } {
  if (slot !== undefined) return { base: FRAME_POINTER, off: frame.slotOffset(slot) + offset };
  return { base: base ?? FRAME_POINTER, off: offset };
}
