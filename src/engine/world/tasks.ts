import type { CurrentTask, EngineMemory } from '../memory.js';
import type { Cgroup } from './cgroups.js';
import type { NetNamespace } from './net/namespace.js';

/** A task of the simulated host, as the kernel knows it. */
export interface TaskRecord {
  readonly pid: number;
  readonly tgid: number;
  comm: string;
  uid: number;
  gid: number;
  cgroup: Cgroup;
  readonly namespace: NetNamespace;
  /** Undefined for the first. */
  readonly parent: TaskRecord | undefined;
  /** The first thread of its process: perhaps itself. */
  readonly leader: TaskRecord;
  /** Nanoseconds since boot. */
  readonly startTime: number;
  exitCode: number;
  /** Path of the program that it runs. */
  executable: string;
}

/** Who a task is to be; `undefined` stands for what the first task has. */
export interface NewTask {
  readonly pid?: number | undefined;
  readonly tgid?: number | undefined;
  readonly comm: string;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly cgroup?: Cgroup | undefined;
  readonly namespace?: NetNamespace | undefined;
  readonly parent?: TaskRecord | undefined;
  readonly executable?: string | undefined;
}

/** Pids of simulated tasks start here, unless they say one. */
const FIRST_PID = 1000;
/** Bytes of a name, without its end. */
const COMM = 15;

/** The tasks of the simulated host, and which of them runs. */
export class Tasks {
  /** What runs when no task does. */
  readonly idle: TaskRecord;
  /** The first process, above all others. */
  readonly init: TaskRecord;
  readonly #memory: EngineMemory;
  readonly #alive = new Map<number, TaskRecord>();
  #current: TaskRecord | undefined;
  #nextPid = FIRST_PID;

  constructor(memory: EngineMemory, cgroup: Cgroup, namespace: NetNamespace) {
    this.#memory = memory;
    this.idle = root({ pid: 0, comm: 'swapper/0', cgroup, namespace });
    this.init = root({ pid: 1, comm: 'init', cgroup, namespace });
    this.#alive.set(1, this.init);
  }

  /** Ascending by pid. */
  all(): readonly TaskRecord[] {
    return [...this.#alive.values()].sort((a, b) => a.pid - b.pid);
  }

  find(pid: number): TaskRecord | undefined {
    return this.#alive.get(pid);
  }

  add(task: NewTask): TaskRecord {
    const parent = task.parent ?? this.init;
    const pid = task.pid ?? this.#nextPid++;
    const tgid = task.tgid ?? pid;
    const leader = tgid === pid ? undefined : this.#alive.get(tgid);
    const record: TaskRecord = {
      pid,
      tgid,
      comm: shortened(task.comm),
      uid: task.uid ?? parent.uid,
      gid: task.gid ?? parent.gid,
      cgroup: task.cgroup ?? parent.cgroup,
      namespace: task.namespace ?? parent.namespace,
      parent,
      get leader(): TaskRecord {
        return leader ?? record;
      },
      startTime: Number(this.#memory.runtime.ktime_get_ns()),
      exitCode: 0,
      executable: task.executable ?? `/usr/bin/${task.comm}`,
    };
    this.#alive.set(pid, record);
    return record;
  }

  remove(task: TaskRecord): void {
    this.#alive.delete(task.pid);
  }

  /** The one that runs; without one, who the engine was told runs (`EngineMemory.setTask`). */
  get current(): TaskRecord | undefined {
    return this.#current;
  }

  /** The task that the engine was told runs, outside of what simulated tasks do. */
  told(): TaskRecord {
    const { pid, tgid, comm, uid, gid } = this.#memory.currentTask;
    const known = this.#alive.get(pid);
    if (pid === 0 || known !== undefined) return known ?? this.idle;
    return this.add({ pid, tgid, comm, uid, gid });
  }

  /** Does something in the name of a task. */
  as<T>(task: TaskRecord, action: () => T): T {
    const outer = this.#current;
    const before = this.#memory.currentTask;
    this.#current = task;
    this.#memory.setTask(described(task));
    try {
      return action();
    } finally {
      this.#current = outer;
      this.#memory.setTask(outer === undefined ? before : described(outer));
    }
  }

  /** Tells programs what a task has become. */
  changed(task: TaskRecord): void {
    if (task === this.#current) this.#memory.setTask(described(task));
  }
}

function described({ pid, tgid, uid, gid, comm, cgroup }: TaskRecord): CurrentTask {
  return { pid, tgid, uid, gid, comm, cgroup: cgroup.id };
}

function root(task: Pick<TaskRecord, 'pid' | 'comm' | 'cgroup' | 'namespace'>): TaskRecord {
  const record: TaskRecord = {
    ...task,
    tgid: task.pid,
    uid: 0,
    gid: 0,
    parent: undefined,
    get leader(): TaskRecord {
      return record;
    },
    startTime: 0,
    exitCode: 0,
    executable: '/sbin/init',
  };
  return record;
}

/** As the kernel keeps names. */
export function shortened(comm: string): string {
  const bytes = new TextEncoder().encode(comm);
  return bytes.length <= COMM ? comm : new TextDecoder().decode(bytes.subarray(0, COMM));
}
