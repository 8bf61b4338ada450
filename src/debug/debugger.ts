import type { Executable } from '../engine/abi.js';
import type { Engine } from '../engine/engine.js';
import { FRAME_BYTES, type Machine } from '../engine/interp/index.js';
import { MapHandle } from '../engine/map-handle.js';
import { ProgramHandle } from '../engine/program-handle.js';
import type { ProgramObject } from '../engine/program-object.js';
import { openScene, type Scene } from '../engine/scenes/index.js';
import { SkepError } from '../errors/base.js';
import { helperById } from '../helpers/registry.js';
import { formatInsn } from '../isa/disasm/index.js';
import type { InsnIndex } from '../isa/index.js';
import type { Program, RunInput } from '../kernel/kernel.js';
import { TypedMap } from '../kernel/typed-map.js';
import type { LineInfo } from '../object/spec.js';
import { describeAddress } from './address.js';
import { Breakpoints } from './breakpoints.js';
import { functionAt, instructionsOf, lineAt, type Place, parsePlace } from './places.js';
import { RegisterTypes } from './register-types.js';
import { UndoLog } from './undo.js';
import { argumentsOf, globalsOf, type Variable } from './variables.js';
import { type Stop, Walker } from './walker.js';

/** Where a program stands: before the instruction. */
export interface Location {
  readonly program: string;
  readonly insn: InsnIndex;
  /** The instruction in the kernel's words. */
  readonly text: string;
  readonly function: string;
  readonly line?: LineInfo;
  /** Functions that wait for this one. */
  readonly depth: number;
}

/** A register, and what is known of it. */
export interface RegisterView {
  readonly name: string;
  readonly value: bigint;
  /** What the verifier says that it may be here: several where paths differ, none where it may not be read. */
  readonly types: readonly string[];
  /** Where an address points: `ctx+4`, `packet+14`, `fp-8`, `null`. */
  readonly points?: string;
}

/** A program of a debugger that is over. */
export interface Outcome {
  /** r0, its low 32 bits unsigned. */
  readonly returnValue: number;
  readonly packet: Uint8Array;
  readonly ctx: Uint8Array;
}

/**
 * Runs a program of an engine one instruction at a time, forward and back, in the interpreter. No Node API: it works in
 * a browser.
 *
 * Stepping is synchronous. Maps are those of the engine: what the program writes is there, and gone when it is undone.
 * What helpers print is not taken back. Helpers run as one step, their callbacks with them.
 *
 * @example
 * ```ts
 * import { compileObject } from 'skep/compile';
 * import { Debugger } from 'skep/debug';
 * import { ethernet, ipv4, packet, tcp, TestKernel } from 'skep/test';
 *
 * const kernel = await TestKernel.create();
 * const object = await kernel.load(await compileObject('examples/firewall/firewall.bpf.c'));
 * const input = { data: packet(ethernet(), ipv4(), tcp({ flags: 'SYN' })) };
 * const debug = await Debugger.create(kernel.engine, object.loaded.program('firewall'), input);
 * debug.break('too_many_syns');
 * debug.continue();
 * debug.nextLine();
 * debug.stepBack();
 * const end = debug.continue();
 * if (end.reason !== 'end' || debug.outcome?.returnValue !== 2) throw new Error(end.reason);
 * await debug.close();
 * await kernel.close();
 * ```
 */
export class Debugger {
  readonly breakpoints = new Breakpoints();
  readonly #engine: Engine;
  readonly #program: ProgramObject;
  readonly #input: RunInput;
  /** All programs, by what the machine runs: a tail call goes from one to another. */
  readonly #programs: ReadonlyMap<Executable, ProgramObject>;
  readonly #maps: ReadonlyMap<string, TypedMap>;
  readonly #handles: readonly { close(): Promise<void> }[];
  readonly #types = new Map<ProgramObject, RegisterTypes>();
  #scene: Scene;
  #log: UndoLog;
  #walker: Walker;

  private constructor(
    engine: Engine,
    program: ProgramObject,
    input: RunInput,
    programs: ReadonlyMap<Executable, ProgramObject>,
    maps: ReadonlyMap<string, TypedMap>,
    handles: readonly { close(): Promise<void> }[],
  ) {
    this.#engine = engine;
    this.#program = program;
    this.#input = input;
    this.#programs = programs;
    this.#maps = maps;
    this.#handles = handles;
    this.#scene = openScene(engine.memory, program.parts.type, input);
    this.#log = this.#newLog();
    this.#walker = this.#newWalker();
  }

  /**
   * A program about to be run on an input, before its first instruction.
   * @throws {SkepError} `DEBUG_FOREIGN` for a program of another kernel
   * @throws {KernelError} as a test run
   */
  static async create(engine: Engine, program: Program, input: RunInput): Promise<Debugger> {
    if (!(program instanceof ProgramHandle))
      throw new SkepError('DEBUG_FOREIGN', 'only programs of an engine in this process can be debugged');
    const handles = [];
    const programs = new Map<Executable, ProgramObject>();
    for (const other of await engine.programs()) {
      handles.push(other);
      if (other instanceof ProgramHandle) programs.set(other.object.executable(), other.object);
    }
    const maps = new Map<string, TypedMap>();
    const used = new Set([...programs.values()].flatMap((one) => one.maps));
    for (const { id, spec } of used) {
      const handle = await engine.mapById(id);
      handles.push(handle);
      const name = spec.name === '' || maps.has(spec.name) ? `${spec.name}#${id}` : spec.name;
      maps.set(name, await TypedMap.of(handle));
    }
    return new Debugger(engine, program.object, input, programs, maps, handles);
  }

  #newLog(): UndoLog {
    const { memory } = this.#engine.memory;
    return new UndoLog(memory, (onWrite) => this.#program.machine(BigInt(this.#scene.ctx), { onWrite }));
  }

  #newWalker(): Walker {
    return new Walker(this.#log, this.breakpoints, (executable) => this.#codeOf(executable));
  }

  #codeOf(executable: Executable): ProgramObject['parts'] {
    return (this.#programs.get(executable) ?? this.#program).parts;
  }

  get #machine(): Machine {
    return this.#log.machine;
  }

  get #code(): ProgramObject['parts'] {
    return this.#codeOf(this.#machine.executable);
  }

  // Moving

  /** One instruction. */
  stepInsn(): Stop {
    return this.#walker.insn();
  }
  /** To the next line, into functions. */
  stepLine(): Stop {
    return this.#walker.line(true);
  }
  /** To the next line, over functions. */
  nextLine(): Stop {
    return this.#walker.line(false);
  }
  /** Until the function returns. */
  stepOut(): Stop {
    return this.#walker.out();
  }
  /** To the next breakpoint or watched change, or the end. */
  continue(): Stop {
    return this.#walker.forward();
  }
  /** Takes one instruction back. */
  stepInsnBack(): Stop {
    return this.#walker.insnBack();
  }
  /** Back to where the line before began, into functions. */
  stepBack(): Stop {
    return this.#walker.lineBack(true);
  }
  /** Back to where the line before began, over functions. */
  nextBack(): Stop {
    return this.#walker.lineBack(false);
  }
  /** Back to the last breakpoint or watched change, or the beginning. */
  continueBack(): Stop {
    return this.#walker.back();
  }

  /** Begins anew with the packet as it was; maps stay as they are. */
  restart(): void {
    this.#scene.close();
    this.#scene = openScene(this.#engine.memory, this.#program.parts.type, this.#input);
    this.repeat();
  }

  /** Begins anew with the packet as the last run left it, as `repeat` of a test run does. */
  repeat(): void {
    this.#log = this.#newLog();
    this.#walker = this.#newWalker();
  }

  /**
   * Stops before a place from now on: `*12` an instruction, `34` or `file.c:34` a line, or a function by its name.
   * @throws {SkepError} `DEBUG_PLACE`
   */
  break(place: Place | string): number {
    const wanted = typeof place === 'string' ? parsePlace(place) : place;
    const { parts } = this.#programs.get(this.#machine.executable) ?? this.#program;
    const executable = this.#machine.executable;
    const stops = instructionsOf(parts, wanted).map((insn) => ({ executable, insn }));
    return this.breakpoints.add({ place: wanted, program: parts.name, stops });
  }

  /** Stops when the value of a map's entry changes, appears or goes. @throws {SkepError} `NO_SUCH_MAP` */
  watch(map: string, key: Uint8Array): number {
    const { raw } = this.map(map);
    const read = (): Uint8Array | undefined =>
      raw instanceof MapHandle ? raw.object.map.lookup(key) : undefined;
    return this.breakpoints.add({ map, key, read });
  }

  /** The breakpoint before which the program stands: after `restart`, one at its beginning. */
  stopHere(): Stop | undefined {
    return this.#walker.stopHere();
  }

  /** Sets an entry of a map as user space does; going back does not undo it. @throws {KernelError} as Linux */
  set(map: string, key: Uint8Array, value: Uint8Array): void {
    const { raw } = this.map(map);
    if (raw instanceof MapHandle) raw.object.map.update(key, value);
    this.#log.forgetWrites();
  }

  // Looking

  /** Undefined when the program is over. */
  get location(): Location | undefined {
    if (this.#machine.done) return undefined;
    return this.#locationOf(this.#machine.executable, this.#machine.pc, this.#machine.callers.length);
  }

  #locationOf(executable: Executable, insn: InsnIndex, depth: number): Location {
    const code = this.#codeOf(executable);
    const line = lineAt(code, insn);
    return {
      program: code.name,
      insn,
      text: formatInsn(code.insns, insn, { helperName: (id) => helperById(id)?.name }),
      function: functionAt(code, insn)?.name ?? code.name,
      ...(line === undefined ? {} : { line }),
      depth,
    };
  }

  /** Set when the program is over. */
  get outcome(): Outcome | undefined {
    if (!this.#machine.done) return undefined;
    return {
      returnValue: Number(BigInt.asUintN(32, this.#machine.get(0))),
      packet: this.#scene.packetAfter(),
      ctx: this.#scene.ctxAfter(),
    };
  }

  /** Instructions executed so far. */
  get executed(): number {
    return this.#log.forgotten + this.#log.steps.length;
  }

  /** The packet as it is now. */
  get packet(): Uint8Array {
    return this.#scene.packetAfter();
  }

  /** The functions that are active, the innermost first; those that wait stand behind their calls. */
  frames(): Location[] {
    const machine = this.#machine;
    if (machine.done) return [];
    const waiting = machine.callers.map(({ executable, returnTo }, depth) =>
      this.#locationOf(executable, returnTo, depth),
    );
    return [...waiting, this.location as Location].reverse();
  }

  /** r0 to r10. */
  registers(): RegisterView[] {
    const machine = this.#machine;
    const program = this.#programs.get(machine.executable) ?? this.#program;
    return Array.from(machine.registers, (value, index) => {
      const types = machine.done ? [] : this.#typesOf(program).at(machine.pc, index);
      const points = this.#describe(value, types);
      return { name: `r${index}`, value, types, ...(points === undefined ? {} : { points }) };
    });
  }

  #typesOf(program: ProgramObject): RegisterTypes {
    let types = this.#types.get(program);
    if (types === undefined) {
      types = RegisterTypes.of(program.verifierProgram());
      this.#types.set(program, types);
    }
    return types;
  }

  #describe(value: bigint, types: readonly string[]): string | undefined {
    const machine = this.#machine;
    return describeAddress(value, types, {
      ctx: this.#scene.ctx,
      packet: this.#scene.packetStart?.(),
      framePointer: machine.get(10),
      frameBytes: FRAME_BYTES,
    });
  }

  /** The stack of a frame (0 the innermost), from its lowest byte to the frame pointer. */
  stack(frame = 0): Uint8Array {
    const top = Number(this.#machine.get(10)) + frame * FRAME_BYTES;
    return this.#engine.memory.read(top - FRAME_BYTES, FRAME_BYTES);
  }

  /** Bytes at an address. @throws {SkepError} `DEBUG_ADDRESS` outside the engine's memory */
  read(address: bigint, size: number): Uint8Array {
    if (address < 0n || address + BigInt(size) > BigInt(this.#engine.memory.bytes.length))
      throw new SkepError('DEBUG_ADDRESS', `there are no ${size} bytes at 0x${address.toString(16)}`);
    return this.#engine.memory.read(Number(address), size);
  }

  /** The arguments that the innermost function was called with, as it declares them. */
  arguments(): Variable[] {
    const subprogram = functionAt(this.#code, this.#machine.pc);
    if (this.#machine.done || subprogram === undefined) return [];
    return argumentsOf(this.#code.btf, subprogram, this.#walker.entryArguments());
  }

  /** The variables of `.data`, `.bss` and `.rodata`, by section. */
  globals(): ReadonlyMap<string, readonly Variable[]> {
    const sections = [...this.#maps].flatMap(([name, map]): [string, Variable[]][] => {
      if (!(map.raw instanceof MapHandle) || !map.raw.object.map.type.directValue) return [];
      const value = map.raw.object.map.lookup(new Uint8Array(4));
      const variables = value === undefined ? [] : globalsOf(map, value);
      return variables.length === 0 ? [] : [[name, variables]];
    });
    return new Map(sections);
  }

  /** The maps of all programs of the engine, by name. */
  get maps(): ReadonlyMap<string, TypedMap> {
    return this.#maps;
  }

  /** @throws {SkepError} `NO_SUCH_MAP` */
  map(name: string): TypedMap {
    const map = this.#maps.get(name);
    if (map !== undefined) return map;
    const there = [...this.#maps.keys()];
    throw new SkepError('NO_SUCH_MAP', `there is no map ${name}`, {
      hint: there.length === 0 ? 'there are no maps at all' : `there are ${there.join(', ')}`,
    });
  }

  /** A map's entries by its types, as they are now; bytes where BTF says nothing. */
  entries(name: string): { key: unknown; value: unknown }[] {
    const map = this.map(name);
    if (!(map.raw instanceof MapHandle)) return [];
    return Array.from(map.raw.object.map.entries(), ([key, value]) => ({
      key: map.decodeKey(key),
      value: map.decodeValue(value),
    }));
  }

  /** Gives back what the run took. Maps and programs stay. */
  async close(): Promise<void> {
    this.#scene.close();
    for (const handle of this.#handles) await handle.close();
  }
}
