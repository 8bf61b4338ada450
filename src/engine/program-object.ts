import { KernelError } from '../errors/errno.js';
import { attachBtfId } from '../hooks/attach-btf.js';
import { hookByName } from '../hooks/index.js';
import type { LoadableProgram, LoadProgramOptions, ProgramInfo } from '../kernel/kernel.js';
import { ProgramRejected } from '../kernel/rejected.js';
import { isGplCompatible } from '../object/license.js';
import { type ProgramFacts, type VerifierProgram, type VerifyStats, verify } from '../verifier/verify.js';
import type { Executable } from './abi.js';
import type { CodeCache, InstalledCode } from './code.js';
import type { ProgramCounters } from './counters.js';
import { requireHelpers } from './helpers/bindings.js';
import { type InterpreterOptions, Machine } from './interp/index.js';
import type { KernelTypes } from './kernel-types.js';
import type { MapObject } from './map-handle.js';
import type { Counted } from './objects.js';
import { requireRunnable } from './program-types.js';
import type { ProgramSnapshot } from './snapshot.js';
import { programTag } from './tag.js';

/** What a program is made of, apart from its maps: the part of `LoadableProgram` that a root stores. */
export type ProgramParts = Omit<LoadableProgram, 'maps'>;

/** Where and by whom a program was loaded. */
export interface LoadStamp {
  /** Milliseconds since the Unix epoch. */
  readonly loadedAt: number;
  readonly uid: number;
  /** Of the program's BTF. */
  readonly btfId?: number;
  /** Bytes of compiled code, of a program that comes from a root. */
  readonly bytesJited?: number;
}

/** What the programs of an engine share. */
export interface ProgramSurroundings {
  readonly cache: CodeCache;
  /** Set when programs are to count what they do. */
  readonly counts: ProgramCounters | undefined;
  /** Read before programs that need them are verified. */
  readonly types: KernelTypes;
}

/**
 * A program of the engine. One that comes from a root is verified and compiled when it first runs, so that commands
 * that only look pay for neither.
 */
export class ProgramObject implements Counted {
  readonly id: number;
  readonly parts: ProgramParts;
  readonly maps: readonly MapObject[];
  readonly stamp: LoadStamp;
  readonly tag: string;
  runs = 0;
  runNanoseconds = 0;
  #verified: { readonly facts: ProgramFacts; readonly stats: VerifyStats } | undefined;
  #code: InstalledCode | undefined;
  #executable: Executable | undefined;
  readonly #cache: CodeCache;
  readonly #counts: ProgramCounters | undefined;
  readonly #types: KernelTypes;
  readonly #released: () => void;

  constructor(
    id: number,
    parts: ProgramParts,
    maps: readonly MapObject[],
    stamp: LoadStamp,
    { cache, counts, types }: ProgramSurroundings,
    released: () => void,
  ) {
    this.id = id;
    this.parts = parts;
    this.maps = maps;
    this.stamp = stamp;
    this.tag = programTag(parts.insns);
    this.#cache = cache;
    this.#counts = counts;
    this.#types = types;
    this.#released = released;
  }

  /** What the verifier is given. @throws {KernelError} EINVAL for a type that Linux has not */
  verifierProgram(): VerifierProgram {
    const hook = hookByName(this.parts.type);
    if (hook === undefined) {
      throw new KernelError('EINVAL', `Linux has no program type ${this.parts.type}`, {
        facts: { type: this.parts.type },
      });
    }
    const { name, insns, attachType, attachTo, structOps, license, subprograms, lines, btf } = this.parts;
    const sleepable = this.parts.sleepable === true || hook.sleepable === 'must';
    const kernelBtf = this.#types.btf;
    const attachId =
      kernelBtf === undefined || attachTo === undefined
        ? undefined
        : attachBtfId(kernelBtf, attachType, attachTo);
    return {
      name,
      insns,
      hook,
      ...(attachType === undefined ? {} : { attachType }),
      ...(structOps === undefined ? {} : { structOps }),
      ...(sleepable ? { sleepable } : {}),
      license,
      maps: this.maps.map(({ map }) => map.facts),
      subprograms,
      lines,
      btf,
      ...(kernelBtf === undefined ? {} : { kernelBtf }),
      ...(attachId === undefined ? {} : { attachBtfId: attachId }),
    };
  }

  /** @throws {ProgramRejected} */
  verify(options: LoadProgramOptions = {}): { readonly facts: ProgramFacts; readonly stats: VerifyStats } {
    if (this.#verified !== undefined) return this.#verified;
    const program = this.verifierProgram();
    const { privileges, logLevel = 1 } = options;
    const result = verify(program, { logLevel, ...(privileges === undefined ? {} : { privileges }) });
    options.onVerify?.(program, result);
    options.onLog?.(result.log);
    if (!result.ok) throw new ProgramRejected(program.name, result.rejection, result.log);
    this.#verified = { facts: result.facts, stats: result.stats };
    return this.#verified;
  }

  /** The program in the function table: verified and compiled when needed. @throws {ProgramRejected} */
  code(): InstalledCode {
    requireRunnable(this.parts.type);
    this.#code ??= this.#cache.install(this.executable());
    return this.#code;
  }

  /** What both engines run, verified; always the same object. @throws {ProgramRejected} */
  executable(): Executable {
    this.#executable ??= this.#makeExecutable();
    return this.#executable;
  }

  /** The interpreter about to run the program on a context, for whoever wants to go step by step. */
  machine(ctx: bigint, options: Pick<InterpreterOptions, 'onWrite'> = {}): Machine {
    this.code();
    return new Machine(this.executable(), { ...this.#cache.interpreterOptions(ctx), ...options });
  }

  #makeExecutable(): Executable {
    const { facts } = this.verify();
    const { helpers } = this.#cache;
    requireHelpers(this.parts.insns, helpers.overridden, (id) => {
      const func = this.#types.btf?.types.at(id);
      return func?.kind === 'func' ? func.name : undefined;
    });
    return {
      insns: this.parts.insns,
      functions:
        this.parts.subprograms.length === 0
          ? [0]
          : this.parts.subprograms.map((subprogram) => subprogram.start),
      maps: this.maps.map(({ map }) => map.binding),
      helper: (id, map) =>
        helpers.bindingFor(id, { programType: this.parts.type, ...(map === undefined ? {} : { map }) }),
      facts,
      sandbox: false,
      ...(this.#counts === undefined ? {} : { counters: this.#counts.add(this.parts) }),
    };
  }

  destroy(): void {
    if (this.#code !== undefined) this.#cache.remove(this.#code);
    this.#code = undefined;
    this.#released();
  }

  info(): ProgramInfo {
    const { name, type, attachType, attachTo, insns, license } = this.parts;
    return {
      id: this.id,
      name,
      type,
      ...(attachType === undefined ? {} : { attachType }),
      ...(attachTo === undefined ? {} : { attachTo }),
      tag: this.tag,
      gplCompatible: isGplCompatible(license),
      ...(this.stamp.btfId === undefined ? {} : { btfId: this.stamp.btfId }),
      loadedAt: this.stamp.loadedAt,
      uid: this.stamp.uid,
      bytesXlated: insns.length * 8,
      jited: this.#cache.engine === 'jit',
      bytesJited: this.#bytesJited(),
      mapIds: this.maps.map((map) => map.id),
      runs: this.runs,
      runNanoseconds: this.runNanoseconds,
      ...(this.#verified === undefined ? {} : { verified: this.#verified.stats }),
    };
  }

  #bytesJited(): number {
    return this.#code?.bytes ?? this.stamp.bytesJited ?? 0;
  }

  snapshot(): ProgramSnapshot {
    const { btf, ...parts } = this.parts;
    return {
      ...parts,
      id: this.id,
      mapIds: this.maps.map((map) => map.id),
      ...(btf === undefined ? {} : { btf }),
      ...this.stamp,
      bytesJited: this.#bytesJited(),
    };
  }
}
