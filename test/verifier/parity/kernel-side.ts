import type { LoadableProgram } from '../../../src/kernel/kernel.js';
import { ProgramRejected } from '../../../src/kernel/rejected.js';
import type { BpfFd } from '../../../src/linux/bpf.js';
import { loadProgram } from '../../../src/linux/load/program.js';
import { createMap } from '../../../src/linux/maps.js';
import { LinuxEnvironment } from '../../../src/linux/probe/environment.js';
import type { MapSpec } from '../../../src/object/spec.js';
import type { Subject } from './subject.js';

const LOG_STATISTICS = 4;

/** The kernel's decision, and its log without the way to it. */
export interface KernelAnswer {
  readonly ok: boolean;
  readonly log: string;
}

/** The kernel's objects for one ELF file, made as users of skep make them: each map once. */
export class KernelObject {
  readonly #maps = new Map<string, BpfFd>();
  readonly #environment = new LinuxEnvironment();

  /** The kernel's answer to a program. @throws {SkepError} for its maps, or when the kernel does not look at it. */
  load({ spec, type, insns, maps }: Subject): KernelAnswer {
    const program: LoadableProgram = { ...spec, type, insns, maps: [] };
    const context = {
      maps: maps.map((map) => this.#map(map)),
      into: undefined,
      environment: this.#environment,
    };
    let log = '';
    const options = {
      logLevel: LOG_STATISTICS,
      onLog: (text: string) => {
        log = text;
      },
    };
    try {
      loadProgram(program, context, options).close();
      return { ok: true, log };
    } catch (error) {
      if (error instanceof ProgramRejected) return { ok: false, log };
      throw error;
    }
  }

  #map(spec: MapSpec): BpfFd {
    const made = this.#maps.get(spec.name) ?? createMap(spec);
    this.#maps.set(spec.name, made);
    return made;
  }

  close(): void {
    for (const map of this.#maps.values()) map.close();
  }
}
