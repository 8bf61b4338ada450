import { interpret } from '../../../src/engine/interp/index.js';
import { SkepError } from '../../../src/errors/base.js';
import type { Insn } from '../../../src/isa/index.js';
import { checkOnce } from '../../../src/verifier/check.js';
import * as L from '../../../src/verifier/state/layout.js';
import type { StateMemory } from '../../../src/verifier/state/state-memory.js';
import { type InsnFacts, type ProgramFacts, verify } from '../../../src/verifier/verify.js';
import { assembleTest, testProgram } from '../../support/verifier-program.js';
import { type Generated, Random } from '../fuzz/generate.js';
import { whyNot } from './contains.js';
import { type Recorded, Recorder } from './recorder.js';
import { type Places, randomWord, World } from './world.js';

const RUNS = 4;
const STEPS = 3000;
/** Without the pruning of imprecise scalars programs may explode: those are not recorded. */
const BUDGET = 4000;

export interface Finding {
  readonly kind: 'outside' | 'crash';
  readonly insn: number;
  readonly text: string;
}

export interface Verdict {
  readonly outcome: 'rejected' | 'too_long' | 'sound' | Finding;
  readonly steps: number;
}

let world: World | undefined;

/**
 * Verifies a program, and when it is accepted runs it on random inputs: before each instruction the registers and stacks
 * have to lie in one of the abstract states that the verifier was in there.
 *
 * @param recorder one that spoils states proves that the check can fail.
 */
export function checkSoundness(program: Generated, seed: number, recorder = new Recorder()): Verdict {
  const insns = assembleTest(program.source);
  const subject = testProgram(insns, program.hook);
  if (!verify(subject, { budget: BUDGET }).ok) return { outcome: 'rejected', steps: 0 };
  const checked = checkOnce(subject, { budget: BUDGET }, recorder);
  if (!checked.ok) return { outcome: 'too_long', steps: 0 };
  recorder.session.liveStack.update();
  world ??= new World();
  const random = new Random(seed ^ 0x5eed);
  let steps = 0;
  for (let run = 0; run < RUNS; run++) {
    const places = world.fill(random, program.hook);
    const watch = new Watch(recorder, world, places, checked.facts);
    const finding = execute(watch, insns, program, random);
    steps += watch.steps;
    if (finding !== undefined) return { outcome: finding, steps };
  }
  return { outcome: 'sound', steps };
}

function execute(
  watch: Watch,
  insns: readonly Insn[],
  { hook }: Generated,
  random: Random,
): Finding | undefined {
  const { world: home, places } = watch;
  try {
    interpret(home.executable(insns, hook), {
      memory: home.memory.memory,
      r1: BigInt(places.ctx),
      stackTop: places.stackTop,
      budget: STEPS,
      runtime: home.memory.runtime as unknown as Record<string, unknown>,
      host: home.host(random, places),
      skbLoad: (_ctx, _offset, bytes) =>
        random.chance(70) ? BigInt.asUintN(bytes * 8, randomWord(random)) : undefined,
      onStep: (index, registers, depth) => {
        watch.step(index, registers, depth);
      },
    });
  } catch (error) {
    if (error instanceof Escape) return error.finding;
    // A run may take too long, or need a helper that the engine does not have.
    if (error instanceof SkepError && ['EXEC_BUDGET', 'EXEC_CALL'].includes(error.code)) return undefined;
    return { kind: 'crash', insn: watch.last, text: String(error) };
  }
  return undefined;
}

class Escape extends Error {
  readonly finding: Finding;
  constructor(finding: Finding) {
    super(finding.text);
    this.finding = finding;
  }
}

/** Follows one run, instruction by instruction. */
class Watch {
  readonly world: World;
  readonly places: Places;
  readonly #recorder: Recorder;
  readonly #facts: ProgramFacts;
  readonly #memory: StateMemory;
  /** Registers of the callers at their calls. */
  readonly #callers: BigUint64Array[] = [];
  readonly #callsites: number[] = [];
  #before = new BigUint64Array(11);
  last = -1;
  steps = 0;

  constructor(recorder: Recorder, world: World, places: Places, facts: ProgramFacts) {
    this.#facts = facts;
    this.#recorder = recorder;
    this.#memory = recorder.session.memory;
    this.world = world;
    this.places = places;
  }

  step(index: number, registers: BigUint64Array, depth: number): void {
    this.steps++;
    if (depth > this.#callsites.length) {
      this.#callsites.push(this.last);
      this.#callers.push(this.#before.slice());
    }
    this.#callsites.length = depth;
    this.#callers.length = depth;
    this.last = index;
    this.#before.set(registers);
    this.#checkFacts(index, registers);
    const states = this.#recorder.states.get(index) ?? [];
    let why = 'no path of the verifier comes here';
    for (const recorded of states) {
      const reason = this.#whyNot(recorded, registers);
      if (reason === undefined) return;
      why = reason;
    }
    throw new Escape({
      kind: 'outside',
      insn: index,
      text: `insn ${index}: ${why} (${states.length} states)`,
    });
  }

  /** What the JIT is told holds in this run. */
  #checkFacts(index: number, registers: BigUint64Array): void {
    const { reached, map } = this.#facts.insns[index] as InsnFacts;
    const text = reached ? undefined : 'is said never to be reached';
    const expected = map === undefined ? undefined : this.world.mapAddress(map);
    // A helper's map is its first argument; of a tail call it is the second.
    const isGiven = [registers[1], registers[2]].some((value) => value === expected);
    const wrong = text ?? (expected === undefined || isGiven ? undefined : `is said to use map ${map}`);
    if (wrong !== undefined)
      throw new Escape({ kind: 'outside', insn: index, text: `insn ${index}: ${wrong}` });
  }

  #whyNot(recorded: Recorded, registers: BigUint64Array): string | undefined {
    const { state, insns } = recorded;
    if (insns.length !== this.#callsites.length + 1) return 'comes through other calls';
    if (this.#callsites.some((callsite, frame) => callsite !== insns[frame]))
      return 'comes through other calls';
    const ids = new Map<number, bigint>();
    for (let frame = 0; frame < insns.length; frame++) {
      const values = this.#callers[frame] ?? registers;
      const why = this.#frameWhyNot(recorded, frame, this.#memory.frame(state, frame), values, ids);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  #frameWhyNot(
    recorded: Recorded,
    frameno: number,
    frame: number,
    values: BigUint64Array,
    ids: Map<number, bigint>,
  ): string | undefined {
    const memory = this.#memory;
    const live = this.#recorder.liveRegisters(recorded, frameno);
    for (let index = 0; index < 10; index++) {
      if (((live >> index) & 1) === 0) continue;
      const why = this.#valueWhyNot(memory.reg(frame, index), values[index] as bigint, ids);
      if (why !== undefined) return `frame ${frameno} r${index} = ${values[index]} ${why}`;
    }
    for (let slot = 0; slot < memory.stackDepth(frame) / 8; slot++) {
      if (!this.#recorder.isLiveSlot(recorded, frameno, slot)) continue;
      const why = this.#slotWhyNot(frame, frameno, slot, ids);
      if (why !== undefined) return `frame ${frameno} fp-${(slot + 1) * 8} ${why}`;
    }
    return undefined;
  }

  #slotWhyNot(frame: number, frameno: number, slot: number, ids: Map<number, bigint>): string | undefined {
    const memory = this.#memory;
    const at = this.#stackOf(frameno) - (slot + 1) * 8;
    let spilled = 0;
    while (spilled < 8 && memory.slotType(frame, slot, 7 - spilled) === L.SLOT_SPILL) spilled++;
    const word = this.world.memory.view.getBigUint64(at, true);
    if (spilled === 8) {
      const why = this.#valueWhyNot(memory.spilled(frame, slot), word, ids);
      return why === undefined ? undefined : `= ${word} ${why}`;
    }
    for (let byte = 0; byte < 8; byte++) {
      if (memory.slotType(frame, slot, 7 - byte) === L.SLOT_ZERO && this.world.memory.bytes[at + byte] !== 0)
        return `has a byte ${byte} that is not zero`;
    }
    return undefined;
  }

  /** As `whyNot`; besides, scalars of one id are equal, or at their constant distance. */
  #valueWhyNot(reg: number, value: bigint, ids: Map<number, bigint>): string | undefined {
    const memory = this.#memory;
    const why = whyNot(memory, reg, value, this.places, (frame) => this.#stackOf(frame));
    if (why !== undefined || !memory.isScalar(reg) || memory.id(reg) === 0) return why;
    const id = memory.id(reg);
    if ((id & L.ID_ADD_CONST32) !== 0) return undefined;
    const distance = (id & L.ID_ADD_CONST64) === 0 ? 0n : BigInt(memory.off(reg));
    const origin = BigInt.asUintN(64, value - distance);
    const other = ids.get(id & ~L.ID_ADD_CONST);
    ids.set(id & ~L.ID_ADD_CONST, origin);
    return other === undefined || other === origin ? undefined : `is not equal to its linked scalar ${other}`;
  }

  #stackOf(frame: number): number {
    return this.places.stackTop - frame * 512;
  }
}
