import { ERRNO } from '../../errors/errno.js';
import type { EngineMemory } from '../memory.js';
import { CPU_AREA_SIZE, CPU_AREAS, CPU_RETVAL } from '../runtime/layout.js';
import type { Cgroup } from './cgroups.js';
import type { AttachedProgram, HookPoints } from './points.js';

/** What programs attached to cgroups decided about a call. */
export interface CgroupVerdict {
  /** What the call is to return so far: 0, or a negated errno. */
  readonly retval: number;
  /** The bits above the lowest of all results, together: what they mean depends on the hook. */
  readonly flags: number;
}

/**
 * Runs what is attached to a cgroup and to those above it: its own programs first, in the order in which they were
 * attached, then its parent's. All of them run; one that returns 0 makes the call fail with EPERM, unless a program
 * chose another errno. Linux: bpf_prog_run_array_cg.
 */
export class CgroupHooks {
  readonly #memory: EngineMemory;
  readonly #points: HookPoints;

  constructor(memory: EngineMemory, points: HookPoints) {
    this.#memory = memory;
    this.#points = points;
  }

  /** Whether anything would run. */
  watches(attachType: string, cgroup: Cgroup): boolean {
    for (let at: Cgroup | undefined = cgroup; at !== undefined; at = at.parent)
      if (this.#attached(attachType, at).length > 0) return true;
    return false;
  }

  /** @param retval what the call returned by itself, where programs run after it */
  run(attachType: string, cgroup: Cgroup, ctx: number, retval = 0): CgroupVerdict {
    const memory = this.#memory;
    const place = CPU_AREAS + memory.cpu * CPU_AREA_SIZE + CPU_RETVAL;
    const outer = memory.view.getInt32(place, true);
    memory.view.setInt32(place, retval, true);
    let flags = 0;
    for (let at: Cgroup | undefined = cgroup; at !== undefined; at = at.parent)
      for (const program of this.#attached(attachType, at)) {
        const r0 = Number(this.#points.run(program, ctx) & 0xffffffffn);
        flags |= r0 >>> 1;
        const after = memory.view;
        if ((r0 & 1) === 0 && after.getInt32(place, true) >= 0) after.setInt32(place, -ERRNO.EPERM, true);
      }
    const after = memory.view;
    const verdict = { retval: after.getInt32(place, true), flags };
    after.setInt32(place, outer, true);
    return verdict;
  }

  #attached(attachType: string, { path }: Cgroup): readonly AttachedProgram[] {
    return this.#points.at({ kind: 'cgroup', attachType, path });
  }
}
