import type { InsnIndex, Operation, Reg } from '../../../isa/index.js';
import { FRAME_BYTES, type StackPlan } from '../analysis/stack.js';
import type { Dominators } from '../graph/dominators.js';
import type { Block, Graph, Operations, Terminator } from '../graph/graph.js';
import { type BlockLowering, writeStructured } from '../graph/structure.js';
import { CodeBuilder } from '../wasm/code.js';
import { type ValueType, WASM } from '../wasm/opcodes.js';
import { lowerAlu, lowerEnd, lowerMovsx, lowerNeg } from './alu.js';
import { lowerCondition } from './branch.js';
import { lowerHelperCall, lowerImm64, lowerLocalCall, lowerPacketLoad, lowerRegisterCall } from './call.js';
import { type FunctionContext, getLow, getRegister, setFromLow, trap, trapIf } from './context.js';
import { countExecuted, countTaken } from './count.js';
import type { ModuleEnvironment } from './environment.js';
import { lowerAtomic, lowerLoad, lowerStore } from './memory.js';

/** Linux: BPF_MAX_LOOPS. */
const MAY_GOTO_LIMIT = 8 * 1024 * 1024;
/** Linux: MAX_CALL_FRAMES. */
const MAX_FRAMES = 8;

/** One BPF function, ready to be lowered. */
export interface FunctionPlan {
  readonly graph: Graph;
  readonly dominators: Dominators;
  readonly stack: StackPlan;
  /** Calls something that may take frames of its own. */
  readonly nests: boolean;
}

/** Writes a BPF function as a wasm function whose parameters are r1 and the registers that follow. */
export function lowerFunction(
  environment: ModuleEnvironment,
  operations: Operations,
  plan: FunctionPlan,
  role: 'main' | 'local',
): CodeBuilder {
  const params = role === 'local' ? 5 : environment.mainSignature.params.length;
  const code = new CodeBuilder(params);
  const registers = Array.from({ length: 11 }, (_, reg) =>
    reg >= 1 && reg <= params ? reg - 1 : code.local('i64'),
  );
  const slots = new Map([...plan.stack.slots.keys()].map((off) => [off, code.local('i64')]));
  const scratch = new Map<string, number>();
  const frame = code.local('i32');
  const movesStack = environment.sandbox || (plan.stack.frameBytes > 0 && plan.nests);
  const context: FunctionContext = {
    code,
    environment,
    plan: plan.stack,
    registers,
    slots,
    scratch: (type: ValueType, nth = 0) => {
      const key = `${type}${nth}`;
      const local = scratch.get(key) ?? code.local(type);
      scratch.set(key, local);
      return local;
    },
    leave: () => {
      if (movesStack) code.get(frame).globalSet(environment.stackPointer);
      if (environment.sandbox) changeDepth(environment, code, -1);
    },
  };
  code.mark(plan.graph.blocks[0]!.start);
  code.globalGet(environment.stackPointer).tee(frame);
  setFromLow(context, 10);
  if (movesStack) {
    const bytes = environment.sandbox ? FRAME_BYTES : plan.stack.frameBytes;
    code.get(frame).i32(bytes).op(WASM.i32_sub).globalSet(environment.stackPointer);
  }
  if (environment.sandbox) enterSandboxed(context, role);
  writeStructured(code, plan.graph, plan.dominators, new Lowering(context, operations, plan.graph));
  return code;
}

function changeDepth(environment: ModuleEnvironment, code: CodeBuilder, by: number): void {
  code.globalGet(environment.depth).i32(by).op(WASM.i32_add).globalSet(environment.depth);
}

/** Unverified functions may call each other without end. */
function enterSandboxed(context: FunctionContext, role: 'main' | 'local'): void {
  const { code, environment } = context;
  if (role === 'main') code.i32(0).globalSet(environment.depth);
  changeDepth(environment, code, 1);
  code.globalGet(environment.depth).i32(MAX_FRAMES).op(WASM.i32_gt_u);
  trapIf(context, 'stack');
}

class Lowering implements BlockLowering {
  readonly #context: FunctionContext;
  readonly #operations: Operations;
  readonly #loopsLeft: number | undefined;
  readonly #label: number;

  constructor(context: FunctionContext, operations: Operations, graph: Graph) {
    this.#context = context;
    this.#operations = operations;
    this.#label = context.code.local('i32');
    const counts = graph.blocks.some(
      ({ terminator }) => terminator.kind === 'branch' && terminator.operation.kind === 'may_goto',
    );
    if (counts) {
      this.#loopsLeft = context.code.local('i32');
      context.code.i32(MAY_GOTO_LIMIT).set(this.#loopsLeft);
    }
  }

  body(block: Block): void {
    const { code, environment } = this.#context;
    if (environment.sandbox) this.#charge(block);
    for (let at = block.start; at < block.end; at++) {
      const operation = this.#operations[at];
      if (operation === undefined || operation.kind === 'invalid') continue;
      code.mark(at);
      countExecuted(this.#context, at);
      lowerOperation(this.#context, at, operation);
    }
    if (block.terminator.kind === 'goto' && this.#operations[block.end]?.kind === 'goto')
      countExecuted(this.#context, block.end);
  }

  /** Takes the block's instructions off the budget. */
  #charge({ start, end, terminator }: Block): void {
    const { code, environment } = this.#context;
    let instructions = terminator.kind === 'goto' && this.#operations[end]?.kind !== 'goto' ? 0 : 1;
    for (let at = start; at < end; at++) if (this.#operations[at] !== undefined) instructions++;
    if (start === end && terminator.kind === 'dispatch') instructions = 0;
    if (instructions === 0) return;
    const left = this.#context.scratch('i64');
    code.mark(start);
    code.globalGet(environment.budget).i64(instructions).op(WASM.i64_sub).tee(left);
    code.globalSet(environment.budget).get(left).i64(0).op(WASM.i64_lt_s);
    trapIf(this.#context, 'budget');
  }

  condition({ insn, operation }: Extract<Terminator, { kind: 'branch' }>, inverted: boolean): void {
    const { code } = this.#context;
    code.mark(insn);
    countExecuted(this.#context, insn, true);
    if (operation.kind === 'branch') lowerCondition(this.#context, operation, inverted);
    else this.#mayGoto(inverted);
    countTaken(this.#context, insn, inverted);
  }

  #mayGoto(inverted: boolean): void {
    const { code } = this.#context;
    const left = this.#loopsLeft as number;
    code.get(left).op(WASM.i32_eqz);
    if (inverted) code.op(WASM.i32_eqz);
    code.get(left).get(left).i32(0).op(WASM.i32_ne, WASM.i32_sub).set(left);
  }

  exit({ insn }: Extract<Terminator, { kind: 'exit' }>): void {
    this.#context.code.mark(insn);
    countExecuted(this.#context, insn);
    this.#context.leave();
    getRegister(this.#context, 0);
    this.#context.code.op(WASM.return);
  }

  setLabel(value: number): void {
    this.#context.code.i32(value).set(this.#label);
  }

  getLabel(): void {
    this.#context.code.get(this.#label);
  }
}

function lowerOperation(context: FunctionContext, at: InsnIndex, operation: Operation): void {
  switch (operation.kind) {
    case 'alu':
      lowerAlu(context, operation);
      return;
    case 'movsx':
      lowerMovsx(context, operation);
      return;
    case 'neg':
      lowerNeg(context, operation);
      return;
    case 'end':
      lowerEnd(context, operation);
      return;
    case 'addr_space_cast':
      castAddress(context, operation.dst, operation.src);
      return;
    case 'load':
      lowerLoad(context, at, operation);
      return;
    case 'store':
      lowerStore(context, at, operation);
      return;
    case 'atomic':
      lowerAtomic(context, operation);
      return;
    case 'ld_imm64':
      lowerImm64(context, at, operation);
      return;
    case 'ld_abs':
    case 'ld_ind':
      lowerPacketLoad(context, operation);
      return;
    case 'call_helper':
      lowerHelperCall(context, at, operation.id);
      return;
    case 'call_local':
      lowerLocalCall(context, at + 1 + operation.offset);
      return;
    case 'call_register':
      lowerRegisterCall(context, operation.reg);
      return;
    case 'call_kfunc':
      trap(context, 'badCall');
      return;
    case 'goto':
    case 'may_goto':
    case 'branch':
    case 'exit':
      // These end a block and are its terminator's business.
      return;
    default:
      operation satisfies never;
  }
}

/** All address spaces of the engine are one memory of 32-bit addresses. */
function castAddress(context: FunctionContext, dst: Reg, src: Reg): void {
  getLow(context, src);
  setFromLow(context, dst);
}
