import {
  ALU_OPS,
  BRANCH_OPS,
  type Insn,
  type Operand,
  type Operation,
  operationAt,
} from '../../src/isa/index.js';
import { regText } from '../../src/verifier/log/state-text.js';
import type { RegAddr, StateAddr } from '../../src/verifier/state/domain.js';
import * as L from '../../src/verifier/state/layout.js';
import { StateMemory } from '../../src/verifier/state/state-memory.js';

const ALU_CODE = new Map<string, number>(ALU_OPS.map((row) => [row.name, row.code | (row.off << 8)]));
const BRANCH_CODE = new Map<string, number>(BRANCH_OPS.map((row) => [row.name, row.code]));
const MAPS = [{ name: 'm', keySize: 4, valueSize: 64 }];

/** A path through a program over scalars that follows the kernel's: one state, one instruction index. */
class Walk {
  readonly memory = new StateMemory();
  readonly insns: readonly Insn[];
  state: StateAddr;
  at = 0;
  readonly pending: { readonly state: StateAddr; readonly at: number }[] = [];

  /** For each instruction the registers that are still read, as a mask: the kernel prints them. */
  readonly liveBefore: readonly number[];

  constructor(insns: readonly Insn[], liveBefore: readonly number[]) {
    this.insns = insns;
    this.liveBefore = liveBefore;
    this.state = this.memory.ops.newState(0);
    this.memory.ops.markPointer(this.reg(1), L.TYPE_CTX);
  }

  reg(index: number): RegAddr {
    return this.memory.reg(this.memory.currentFrame(this.state), index);
  }

  text(index: number): string {
    return regText(this.memory, this.reg(index), MAPS.length > 0 ? { maps: MAPS } : { maps: [] });
  }

  /** Continues with the branch that was left for later. */
  pop(): boolean {
    const next = this.pending.pop();
    if (next === undefined) return false;
    this.state = next.state;
    this.at = next.at;
    return true;
  }

  step(): void {
    const op = operationAt(this.insns, this.at);
    if (op.kind === 'invalid') throw new Error(op.reason);
    this.at += op.kind === 'ld_imm64' ? 2 : 1;
    if (op.kind === 'branch') this.#branch(op);
    else this.#transfer(op);
  }

  #transfer(op: Operation): void {
    const { ops } = this.memory;
    switch (op.kind) {
      case 'ld_imm64': {
        const dst = this.reg(op.dst);
        if (op.pseudo === 'imm') {
          ops.markKnown(dst, (BigInt(op.high) << 32n) | BigInt(op.low >>> 0));
        } else {
          ops.markPointer(dst, L.TYPE_MAP_VALUE);
          this.memory.setMap(dst, 0);
        }
        return;
      }
      case 'load': {
        const dst = this.reg(op.dst);
        if (op.base === 1) {
          ops.markPointer(dst, L.TYPE_PACKET);
          return;
        }
        ops.markUnknown(dst);
        if (op.signed) ops.signExtend64(dst, op.bytes);
        else ops.truncateTo(dst, op.bytes);
        return;
      }
      case 'neg':
        ops.negate(op.width, this.reg(op.dst));
        return;
      case 'end':
        ops.swapBytes(op.to === 'be' ? 1 : op.to === 'le' ? 0 : 2, op.bits, this.reg(op.dst));
        return;
      case 'movsx':
        ops.moveSigned(op.width, op.bits / 8, this.reg(op.dst), this.reg(op.src));
        return;
      case 'alu':
        this.#alu(op.op, op.width, this.reg(op.dst), op.src);
        return;
      case 'exit':
        return;
      default:
        throw new Error(`no scalar operation: ${op.kind}`);
    }
  }

  #alu(name: string, width: number, dst: RegAddr, src: Operand): void {
    const { ops } = this.memory;
    if (name === 'mov') {
      if (src.kind === 'imm') ops.moveImm(width, dst, src.imm);
      else if (width === 64) ops.move(dst, this.reg(src.reg));
      else ops.moveWord(dst, this.reg(src.reg));
      return;
    }
    if (this.memory.isPointer(dst)) {
      if (src.kind === 'imm') (name === 'add' ? ops.pointerAddImm : ops.pointerSubImm)(dst, dst, src.imm);
      else (name === 'add' ? ops.pointerAdd : ops.pointerSub)(dst, dst, this.reg(src.reg));
      return;
    }
    if (src.kind === 'reg' && this.memory.isPointer(this.reg(src.reg))) {
      ops.pointerAdd(dst, this.reg(src.reg), dst);
      return;
    }
    const code = ALU_CODE.get(name) ?? -1;
    const isConst = src.kind === 'imm' || this.memory.isConst(this.reg(src.reg));
    if ((name === 'and' || name === 'or') && isConst) this.#followSignMask(dst);
    if (src.kind === 'imm') ops.aluImm(code, width, dst, src.imm);
    else ops.aluScalar(code, width, dst, this.reg(src.reg));
  }

  /** Both values of a sign mask: 0 later, at the same instruction; -1 now. */
  #followSignMask(dst: RegAddr): void {
    const { ops } = this.memory;
    const width = ops.signMaskWidth(dst);
    if (width === 0) return;
    const state = ops.cloneState(this.state);
    const distance = dst - this.memory.currentFrame(this.state);
    ops.assumeMask(this.memory.currentFrame(state) + distance, width, 0);
    ops.assumeMask(dst, width, 1);
    this.pending.push({ state, at: this.at - 1 });
  }

  #branch(op: Operation & { kind: 'branch' }): void {
    const { ops } = this.memory;
    const code = BRANCH_CODE.get(op.op) ?? -1;
    const dst = this.reg(op.dst);
    const taken =
      op.src.kind === 'imm'
        ? ops.branchTakenImm(code, op.width, dst, op.src.imm)
        : ops.branchTaken(code, op.width, dst, this.reg(op.src.reg));
    if (taken === 1) this.at += op.offset;
    if (taken !== -1) return;
    this.memory.setLiveRegs(0, this.liveBefore[this.at - 1] ?? 0);
    ops.collectLinked(this.state, dst, op.src.kind === 'imm' ? 0 : this.reg(op.src.reg));
    const other = ops.cloneState(this.state);
    this.#learn(op, code, false);
    const current = this.state;
    this.state = other;
    this.#learn(op, code, true);
    this.state = current;
    this.pending.push({ state: other, at: this.at + op.offset });
  }

  #learn(op: Operation & { kind: 'branch' }, code: number, holds: boolean): void {
    const { ops } = this.memory;
    const dst = this.reg(op.dst);
    if (op.src.kind === 'imm') {
      ops.refineImm(code, op.width, holds, dst, op.src.imm);
    } else {
      const src = this.reg(op.src.reg);
      ops.refine(code, op.width, holds, dst, src);
      ops.syncCollected(this.state, src);
    }
    ops.syncCollected(this.state, dst);
  }
}

/** What the kernel's log says after one step: where, and the registers that it prints. */
interface LogLine {
  readonly at: number;
  readonly kind: 'insn' | 'from' | 'safe';
  readonly regs: ReadonlyMap<number, string>;
  readonly text: string;
}

const REGISTER = /\bR(\d+)=((?:[^\s(]*\((?:[^()]|\([^()]*\))*\))|\S+)/g;

/** The state-changing lines of a level 2 log. */
export function parseLog(log: string): LogLine[] {
  const lines: LogLine[] = [];
  const body = log.slice(Math.max(0, log.indexOf('\n0: R1=') + 1));
  for (const text of body.split('\n')) {
    const match = /^(?:from (\d+) to )?(\d+): ?(.*)$/.exec(text);
    if (match === null) continue;
    const rest = match[3] as string;
    const regs = new Map<number, string>();
    const stateWords = rest.startsWith('(')
      ? rest.slice(rest.indexOf(';') < 0 ? rest.length : rest.indexOf(';'))
      : rest;
    for (const [, index, value] of stateWords.matchAll(REGISTER)) {
      regs.set(Number(index), (value as string).replace(/^P/, ''));
    }
    const at = Number(match[2]);
    if (rest.startsWith('safe')) lines.push({ at, kind: 'safe', regs, text });
    else if (match[1] !== undefined) lines.push({ at, kind: 'from', regs, text });
    else if (rest.startsWith('(')) lines.push({ at, kind: 'insn', regs, text });
  }
  return lines;
}

/** The masks of live registers that the kernel prints first, by instruction. */
function liveRegsInLog(log: string): number[] {
  const masks: number[] = [];
  for (const [, at, dots] of log.matchAll(/^ *(\d+): ([0-9.]{10}) \(/gm)) {
    masks[Number(at)] = [...(dots as string)].reduce((mask, c, i) => (c === '.' ? mask : mask | (1 << i)), 0);
  }
  return masks;
}

/** Follows the kernel's log through a program; the first line where our state differs, or undefined. */
export function firstDifference(insns: readonly Insn[], log: string, accepted = true): string | undefined {
  const walk = new Walk(insns, liveRegsInLog(log));
  let ended = false;
  for (const line of parseLog(log)) {
    if (line.kind === 'safe') {
      if (!ended) ended = true;
      else if (!walk.pop()) return `the kernel goes on where nothing is left: ${line.text}`;
      continue;
    }
    if (line.kind === 'from' || (ended && line.kind === 'insn')) {
      if (!ended && line.at === walk.at) continue;
      if (!walk.pop()) return `the kernel goes on where nothing is left: ${line.text}`;
      ended = false;
    }
    if (line.at !== walk.at) return `we are at ${walk.at}, the kernel at ${line.text}`;
    const before = line.kind === 'insn' ? operandTexts(walk) : '';
    if (line.kind === 'insn') {
      ended = isExit(insns, walk.at);
      walk.step();
    }
    for (const [index, expected] of line.regs) {
      forgetSingular(walk, index, expected);
      const ours = walk.text(index);
      if (ours !== expected)
        return `${line.text}\n  before: ${before}\n  kernel: R${index}=${expected}\n  ours:   R${index}=${ours}`;
    }
  }
  return accepted && walk.pending.length > 0 ? 'the kernel saw fewer paths than we' : undefined;
}

function isExit(insns: readonly Insn[], at: number): boolean {
  return insns[at]?.opcode === 0x95;
}

function operandTexts(walk: Walk): string {
  const { dst, src } = walk.insns[walk.at] as Insn;
  return `R${dst}=${walk.text(dst)} R${src}=${walk.text(src)}`;
}

/** At its checkpoints the kernel drops ids that only one register has; they mean nothing. */
function forgetSingular(walk: Walk, index: number, expected: string): void {
  const reg = walk.reg(index);
  const id = walk.memory.id(reg) & ~L.ID_ADD_CONST;
  if (id === 0 || expected.includes('id=')) return;
  if (walk.memory.ops.countLinked(walk.state, id) === 1) walk.memory.ops.clearLink(reg);
}
