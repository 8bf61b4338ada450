import { ERRNO } from '../../errors/errno.js';
import type { EngineMemory } from '../memory.js';
import { CPU_AREA_SIZE, CPU_AREAS, CPU_RETVAL } from '../runtime/layout.js';
import type { Cgroup } from './cgroups.js';

/** What programs attached to cgroups decided about a call. */
export interface CgroupVerdict {
  /** What the call is to return so far: 0, or a negated errno. */
  readonly retval: number;
  /** The bits above the lowest of all results, together: what they mean depends on the hook. */
  readonly flags: number;
}

/** Slots in the function table of the programs attached to one cgroup as one attach type, in order. */
export type AttachedPrograms = (attachType: string, cgroup: Cgroup) => readonly number[];

/**
 * Runs what is attached to a cgroup and to those above it: its own programs first, in the order in which they were
 * attached, then its parent's. All of them run; one that returns 0 makes the call fail with EPERM, unless a program
 * chose another errno. Linux: bpf_prog_run_array_cg.
 */
export class CgroupHooks {
  readonly #memory: EngineMemory;
  readonly #attached: AttachedPrograms;

  constructor(memory: EngineMemory, attached: AttachedPrograms) {
    this.#memory = memory;
    this.#attached = attached;
  }

  /** Whether anything would run. */
  watches(attachType: string, cgroup: Cgroup): boolean {
    return this.#slots(attachType, cgroup).length > 0;
  }

  /** @param retval what the call returned by itself, where programs run after it */
  run(attachType: string, cgroup: Cgroup, ctx: number, retval = 0): CgroupVerdict {
    const { runtime, view, cpu } = this.#memory;
    const place = CPU_AREAS + cpu * CPU_AREA_SIZE + CPU_RETVAL;
    view.setInt32(place, retval, true);
    let flags = 0;
    for (const slot of this.#slots(attachType, cgroup)) {
      const r0 = Number(BigInt.asUintN(32, runtime.run_repeat(slot, BigInt(ctx), 1)));
      flags |= r0 >>> 1;
      const after = this.#memory.view;
      if ((r0 & 1) === 0 && after.getInt32(place, true) >= 0) after.setInt32(place, -ERRNO.EPERM, true);
    }
    return { retval: this.#memory.view.getInt32(place, true), flags };
  }

  #slots(attachType: string, cgroup: Cgroup): readonly number[] {
    const slots: number[] = [];
    for (let at: Cgroup | undefined = cgroup; at !== undefined; at = at.parent)
      slots.push(...this.#attached(attachType, at));
    return slots;
  }
}
