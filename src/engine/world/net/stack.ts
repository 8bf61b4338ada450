import { SkepError } from '../../../errors/base.js';
import type { EngineMemory } from '../../memory.js';
import type { CgroupHooks } from '../cgroup-hooks.js';
import { ownAddress } from '../kernel/objects.js';
import type { HookPoints } from '../points.js';
import type { SimulatedSocket } from '../sockets.js';
import type { Trace } from '../trace/trace.js';
import type { Clock } from './clock.js';
import type { NetNamespace } from './namespace.js';

/** More work than any scenario needs before the network comes to rest. */
const MOST_WORK = 1_000_000;

/** What the parts of the network work on. */
export interface NetParts {
  readonly memory: EngineMemory;
  readonly points: HookPoints;
  readonly cgroupHooks: CgroupHooks;
  readonly clock: Clock;
  readonly trace: Trace;
}

/**
 * What the network of the simulated host has in common: its parts, the work that waits (Linux: soft interrupts), the
 * sockets by their addresses in memory, and why packets were dropped.
 */
export class NetStack implements NetParts {
  readonly memory: EngineMemory;
  readonly points: HookPoints;
  readonly cgroupHooks: CgroupHooks;
  readonly clock: Clock;
  readonly trace: Trace;
  /** Packets that went no further, by Linux's word for the reason. */
  readonly drops = new Map<string, number>();
  /** The namespace in which programs run now. */
  here: NetNamespace | undefined;
  /** What a program chose with `bpf_sk_select_reuseport`. */
  selected: SimulatedSocket | undefined;
  readonly #sockets = new Map<number, SimulatedSocket>();
  readonly #work: (() => void)[] = [];
  #held = 0;
  #working = false;
  #nextIpId = 1;

  constructor(parts: NetParts) {
    this.memory = parts.memory;
    this.points = parts.points;
    this.cgroupHooks = parts.cgroupHooks;
    this.clock = parts.clock;
    this.trace = parts.trace;
  }

  takeIpId(): number {
    const id = this.#nextIpId;
    this.#nextIpId = (id + 1) & 0xffff;
    return id;
  }

  drop(reason: string): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }

  enter(socket: SimulatedSocket): void {
    this.#sockets.set(socket.address, socket);
  }

  leave(socket: SimulatedSocket): void {
    this.#sockets.delete(socket.address);
  }

  /** The socket whose `struct bpf_sock` or `struct sock` lies at an address. */
  socketAt(address: number): SimulatedSocket | undefined {
    return this.#sockets.get(address) ?? this.#sockets.get(ownAddress(address));
  }

  /** All sockets, in the order in which they were made. */
  get sockets(): readonly SimulatedSocket[] {
    return [...this.#sockets.values()];
  }

  /** Leaves something to be done as soon as nothing else is being done. */
  raise(work: () => void): void {
    this.#work.push(work);
  }

  /** Does what waits, unless it is being done already or somebody holds it up. */
  work(): void {
    if (this.#working || this.#held > 0) return;
    this.#working = true;
    try {
      for (let done = 0; this.#work.length > 0; done++) {
        if (done > MOST_WORK) {
          this.#work.length = 0;
          throw new SkepError('WORLD_RESTLESS', 'packets go round in the simulated network without end', {
            hint: 'a program sends each packet back to where it came from',
          });
        }
        this.#work.shift()?.();
      }
    } finally {
      this.#working = false;
    }
  }

  /** Does something while the work of others waits. Linux: local_bh_disable. */
  holding<T>(action: () => T): T {
    this.#held++;
    try {
      return action();
    } finally {
      this.#held--;
      this.work();
    }
  }
}
