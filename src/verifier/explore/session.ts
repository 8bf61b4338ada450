import type { Helper } from '../../helpers/helper.js';
import type { HookView } from '../../hooks/hook.js';
import type { Operation } from '../../isa/index.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { Shape, Subprogram } from '../control-flow/shape.js';
import { withoutUnownable } from '../kernel-types/kptr.js';
import { Log } from '../log/log.js';
import { type StateNames, typeNames } from '../log/state-text.js';
import type { Access } from '../obligations/memory.js';
import type { Rights } from '../privileges.js';
import { LoopVisits } from '../prune/loop-visits.js';
import { tellPrecision } from '../prune/precision-log.js';
import { framePointerReadOnly as frameReadOnly } from '../rules/frame-pointer-read-only.js';
import { invalidRegister } from '../rules/invalid-register.js';
import { refuse } from '../rules/rule.js';
import { uninitialisedRegister } from '../rules/uninitialised-register.js';
import { Guards } from '../speculation/guards.js';
import type { Domain, FrameAddr, RegAddr, StateAddr } from '../state/domain.js';
import { FRAME_CALLBACK, HISTORY_FRAME, HISTORY_SLOT, TYPE_NOT_INIT } from '../state/layout.js';
import { StateMemory } from '../state/state-memory.js';
import type { VerifierProgram } from '../verify.js';
import { FactsCollector } from './facts.js';
import { fillTable } from './instruction-table.js';
import { type ChainLink, LiveStack } from './live-stack.js';
import type { Observer } from './observer.js';
import type { Path } from './path.js';

/** A path set aside while another is walked. */
export interface Pending {
  readonly path: Path;
  /** The instruction to go on with, and the branch that led there. */
  readonly insn: number;
  readonly previous: number;
  readonly logLength: number;
  readonly mark: unknown;
}

/** Everything that one verification knows. */
export class Session {
  readonly program: VerifierProgram;
  /** The program's maps, then the inner maps that lookups of it yield. */
  readonly maps: MapFacts[];
  readonly shape: Shape;
  /** The hook's rules for the program's attach type. */
  readonly view: HookView;
  readonly memory = StateMemory.take();
  readonly ops: Domain = this.memory.ops;
  readonly log: Log;
  readonly facts: FactsCollector;
  readonly liveStack: LiveStack;
  readonly budget: number;
  /** See `VerifyOptions`. */
  readonly cpus: number | undefined;
  readonly helpers: (id: number) => Helper | undefined;
  readonly observer: Observer | undefined;
  /** What the loader may do. */
  readonly rights: Rights;
  /** What guards the program against speculation; undefined when nothing has to. */
  readonly guards: Guards | undefined;
  /** Where names in the log come from. */
  readonly names: StateNames;

  path!: Path;
  /** The frame that runs: cached `memory.currentFrame(path.state)`. */
  frame: FrameAddr = 0;
  subprogram!: Subprogram;
  at = 0;
  previous = -1;
  /** The step of the instruction being looked at in the history, 0 while it has none. */
  entry = 0;
  readonly pending: Pending[] = [];
  readonly loops = new LoopVisits();
  /** The first instruction of what is being verified: the program or a global function. */
  entryInsn = 0;
  /** Global functions that were called, to be verified on their own. */
  readonly calledGlobals = new Set<number>();

  processed = 0;
  jumps = 0;
  jumpsAtSave = 0;
  processedAtSave = 0;
  /** Saved states by hash of instruction and call site. */
  readonly explored: Path[][];
  totalStates = 0;
  savedStates = 0;
  peakStates = 0;
  maxStatesPerInsn = 0;

  /** For each memory instruction, the access that it makes, once it has made one. */
  readonly accesses: (Access | undefined)[];
  /** For each memory instruction, the type of pointer that it was used with. */
  readonly pointerTypes: Int32Array;
  /** The function of each call of bpf_loop that Linux could write out; -1 where it cannot. */
  readonly inlinedLoops = new Map<number, number>();
  /** What the log shows next: registers and slots that changed. */
  touchedRegs = -1;
  touchedSlots = new Set<number>();
  touchedAll = true;
  /** The path was just resumed, or returned from a call: the log says from where. */
  arrives = false;
  /** What the log says last of a global function that holds. */
  lastValidated: string | undefined;

  constructor(
    program: VerifierProgram,
    shape: Shape,
    view: HookView,
    options: {
      level: number;
      budget: number;
      cpus?: number | undefined;
      helpers: (id: number) => Helper | undefined;
      helperName: (id: number) => string;
      rights: Rights;
      observer?: Observer | undefined;
    },
  ) {
    this.program = program;
    this.maps = program.maps.map((map) => withoutUnownable(map, program.kernelBtf));
    this.names = { maps: this.maps, btfTypeName: typeNames(program) };
    this.shape = shape;
    this.view = view;
    this.log = new Log(options.level, shape, program, options.helperName);
    this.budget = options.budget;
    this.cpus = options.cpus;
    this.helpers = options.helpers;
    this.observer = options.observer;
    this.rights = options.rights;
    const { bypassesSpectreV1, bypassesSpectreV4, bpf, readsUnwrittenStack } = options.rights;
    const isGuarded = !bypassesSpectreV1 || !bypassesSpectreV4;
    this.guards = isGuarded
      ? new Guards(shape.insns.length, !bypassesSpectreV1, !bypassesSpectreV4)
      : undefined;
    this.ops.setCapable(bpf);
    this.ops.setUninitAllowed(readsUnwrittenStack);
    this.ops.setScalarsExact(false);
    this.facts = new FactsCollector(shape.insns.length);
    this.liveStack = new LiveStack(shape);
    this.explored = Array.from({ length: shape.insns.length }, () => []);
    this.pointerTypes = new Int32Array(shape.insns.length);
    this.accesses = new Array<Access | undefined>(shape.insns.length).fill(undefined);
    fillTable(this.memory, shape);
    if (this.log.level >= 2) this.memory.tellTo((what, a, b, c) => tellPrecision(this, what, a, b, c));
  }

  operation(): Operation | undefined {
    return this.shape.operations[this.at];
  }

  /** The running frame's register. */
  reg(index: number): RegAddr {
    return this.memory.reg(this.frame, index);
  }

  /** Makes a state the current one. */
  enter(path: Path): void {
    this.path = path;
    this.refreshFrame();
    this.enterLiveStack();
  }

  refreshFrame(): void {
    this.frame = this.memory.currentFrame(this.path.state);
    this.subprogram = this.shape.subprograms[this.memory.subprog(this.frame)] as Subprogram;
  }

  /** Stack liveness goes with the chain of calls. */
  enterLiveStack(): void {
    this.liveStack.enter(this.rootInsn(this.path.state), this.callChain(this.path.state));
  }

  /** The first instruction of a state's outermost frame: the program's, a global function's or a timer callback's. */
  rootInsn(state: StateAddr): number {
    const { memory, shape } = this;
    return shape.subprograms[memory.subprog(memory.frame(state, 0))]?.start ?? 0;
  }

  /** The calls that led to a state's innermost frame, from the outermost on. */
  callChain(state: StateAddr): ChainLink[] {
    const { memory, shape } = this;
    const chain: ChainLink[] = [];
    const last = memory.currentFrameIndex(state);
    for (let index = 1; index <= last; index++) {
      const frame = memory.frame(state, index);
      const start = shape.subprograms[memory.subprog(frame)]?.start ?? 0;
      chain.push({ callsite: memory.callsite(frame), start });
    }
    return chain;
  }

  depth(): number {
    return this.memory.currentFrameIndex(this.path.state);
  }

  /** The register is about to be read. @throws {Refusal} when nothing was written to it. */
  checkReadable(index: number): RegAddr {
    if (index > 10) refuse(invalidRegister, this.at, { reg: index });
    this.touchedRegs |= 1 << index;
    const reg = this.reg(index);
    if (this.memory.type(reg) === TYPE_NOT_INIT) refuse(uninitialisedRegister, this.at, { reg: index });
    return reg;
  }

  /** The register is about to be written. @throws {Refusal} for the frame pointer. */
  checkWritable(index: number): RegAddr {
    if (index > 10) refuse(invalidRegister, this.at, { reg: index });
    this.touchedRegs |= 1 << index;
    if (index === 10) refuse(frameReadOnly, this.at, {});
    return this.reg(index);
  }

  /** The step of this instruction in the history, made when there is none yet. */
  historyEntry(): number {
    if (this.entry === 0) this.entry = this.ops.addStep(this.path.state, this.at, this.previous);
    return this.entry;
  }

  /** Remembers that this instruction loaded from or stored to a stack slot. */
  noteStackAccess(frame: number, slot: number): void {
    const entry = this.historyEntry();
    this.memory.setByte(entry + HISTORY_FRAME, frame);
    this.memory.setByte(entry + HISTORY_SLOT, slot);
    this.observer?.stackAccess?.(frame, slot);
  }

  #constant = 0;
  /** A register record for an immediate operand. */
  constant(): RegAddr {
    if (this.#constant === 0) this.#constant = this.ops.newReg();
    return this.#constant;
  }

  /** The place in `maps` of what a map of maps holds. */
  innerMap(outer: number): number | undefined {
    const inner = this.maps[outer]?.inner;
    if (inner === undefined) return undefined;
    const known = this.maps.indexOf(inner, this.program.maps.length);
    return known >= 0 ? known : this.maps.push(inner) - 1;
  }

  #namesArena: boolean | undefined;
  /** Some instruction of the program names an arena. */
  namesArena(): boolean {
    this.#namesArena ??= this.shape.operations.some(
      (operation) =>
        operation?.kind === 'ld_imm64' &&
        operation.pseudo.startsWith('map') &&
        this.program.maps[operation.low]?.type.isArena === true,
    );
    return this.#namesArena;
  }

  /** Whether the function of the kernel of this name called the running frame back. */
  calledBackBy(name: string): boolean {
    const callsite = this.memory.callsite(this.frame);
    const call = this.shape.operations[callsite];
    if (call?.kind !== 'call_kfunc' || this.memory.word(this.frame + FRAME_CALLBACK) === 0) return false;
    const func = this.program.kernelBtf?.types.at(call.btfId);
    return func?.kind === 'func' && func.name === name;
  }

  /** A register no longer holds what it did: a number for who may see addresses, nothing for others. */
  forget(reg: RegAddr): void {
    if (this.rights.seesPointers) this.ops.markUnknown(reg);
    else this.ops.markNotInit(reg);
  }

  touchSlot(slot: number): void {
    if (this.log.level > 0) this.touchedSlots.add(slot);
  }
}
