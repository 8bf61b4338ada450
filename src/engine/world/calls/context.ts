import { type ErrnoName, KernelError } from '../../../errors/errno.js';
import { hookByName } from '../../../hooks/index.js';
import { type EngineMemory, errnoName } from '../../memory.js';
import type { CgroupHooks, CgroupVerdict } from '../cgroup-hooks.js';
import type { Cgroup } from '../cgroups.js';
import type { NetStack } from '../net/stack.js';
import type { Trace } from '../trace/trace.js';
import type { World } from '../world.js';

/** What system calls of simulated tasks work on. */
export interface CallContext {
  readonly memory: EngineMemory;
  readonly world: World;
  readonly net: NetStack;
  readonly trace: Trace;
  readonly hooks: CgroupHooks;
}

/** Room for the engine's own fields behind a context. */
const PRIVATE = 64;

/** A context struct of the uapi in the memory, its members by name; freed by `using`. */
export class CallStruct {
  readonly address: number;
  readonly size: number;
  readonly #memory: EngineMemory;
  readonly #offsets: ReadonlyMap<string, number>;

  /** @param hook bpftool's word for the program type */
  constructor(memory: EngineMemory, hook: string) {
    const ctx = hookByName(hook)?.ctx;
    if (ctx === undefined || typeof ctx.fields === 'string') throw new RangeError(`${hook} has no struct`);
    this.#memory = memory;
    this.size = ctx.size;
    this.#offsets = new Map(ctx.fields.map(({ name, offset }) => [name, offset]));
    this.address = memory.alloc(ctx.size + PRIVATE);
    memory.bytes.fill(0, this.address, this.address + ctx.size + PRIVATE);
  }

  at(member: string): number {
    const offset = this.#offsets.get(member);
    if (offset === undefined) throw new RangeError(`no member ${member}`);
    return this.address + offset;
  }

  set(members: Readonly<Record<string, number | Uint8Array>>): this {
    for (const [name, value] of Object.entries(members)) {
      if (typeof value === 'number') this.#memory.setU32(this.at(name), value >>> 0);
      else this.#memory.write(this.at(name), value);
    }
    return this;
  }

  u32(member: string): number {
    return this.#memory.u32(this.at(member));
  }

  i32(member: string): number {
    return this.u32(member) | 0;
  }

  bytes(member: string, size: number): Uint8Array {
    return this.#memory.read(this.at(member), size);
  }

  [Symbol.dispose](): void {
    this.#memory.free(this.address);
  }
}

/** A block of the memory, freed by `using`. */
export class CallBlock {
  readonly address: number;
  readonly #memory: EngineMemory;

  constructor(memory: EngineMemory, bytes: Uint8Array, room = bytes.length) {
    this.#memory = memory;
    this.address = memory.alloc(Math.max(room, 8));
    memory.bytes.fill(0, this.address, this.address + Math.max(room, 8));
    memory.write(this.address, bytes);
  }

  [Symbol.dispose](): void {
    this.#memory.free(this.address);
  }
}

/** Asks the programs of a cgroup. @throws {KernelError} what they refuse with */
export function ask(
  { hooks }: CallContext,
  attachType: string,
  cgroup: Cgroup,
  ctx: CallStruct,
  what: string,
): CgroupVerdict {
  const verdict = hooks.run(attachType, cgroup, ctx.address);
  if (verdict.retval < 0) throw refused(errnoName(verdict.retval), what, attachType, cgroup);
  return verdict;
}

export function refused(errno: ErrnoName, what: string, attachType: string, cgroup: Cgroup): KernelError {
  return new KernelError(errno, `${what} is refused by a ${attachType} program`, {
    facts: { attachType, cgroup: cgroup.path },
  });
}
