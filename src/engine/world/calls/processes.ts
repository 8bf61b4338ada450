import { KernelError } from '../../../errors/errno.js';
import { shortened, type TaskRecord } from '../tasks.js';
import type { CallContext } from './context.js';
import { syscall } from './syscall.js';

/** CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID and SIGCHLD: what fork(3) of glibc asks for. */
const FORK_FLAGS = 0x01200011n;
const PRIORITY = 120;

/** clone(2). Linux: copy_process. */
export function fork(call: CallContext, parent: TaskRecord, pid: number | undefined): TaskRecord {
  const { trace, world } = call;
  const { objects } = trace;
  return syscall(
    call,
    'clone',
    () => [FORK_FLAGS, 0n, 0n, 0n, 0n],
    () => {
      const { comm, executable } = parent;
      const child = world.tasks.add({ parent, comm, executable, pid });
      try {
        trace.ask('task_alloc', () => [objects.task(child), FORK_FLAGS]);
      } catch (error) {
        world.tasks.remove(child);
        throw error;
      }
      trace.tracepoint('task_newtask', () => ({
        record: { pid: child.pid, comm, clone_flags: FORK_FLAGS },
        args: () => [objects.task(child), FORK_FLAGS],
      }));
      trace.tracepoint('sched_process_fork', () => ({
        record: { parent_comm: comm, parent_pid: parent.pid, child_comm: comm, child_pid: child.pid },
        args: () => [objects.task(parent), objects.task(child)],
      }));
      return child;
    },
    (child) => child.pid,
  );
}

/** execve(2). Linux: bprm_execve, begin_new_exec. */
export function execute(call: CallContext, task: TaskRecord, path: string, args: readonly string[]): void {
  const { trace, world } = call;
  const { objects } = trace;
  const text = (value: string) => objects.scratch(new TextEncoder().encode(`${value}\0`));
  const registers = () => {
    const pointers = new BigUint64Array([path, ...args].map((arg) => BigInt(text(arg))).concat(0n));
    return [text(path), objects.scratch(new Uint8Array(pointers.buffer)), 0].map(BigInt);
  };
  syscall(
    call,
    'execve',
    registers,
    () => {
      const binary = () => objects.binprm(task, path, args.length + 1);
      trace.ask('bprm_creds_for_exec', () => [binary()]);
      trace.ask('bprm_check_security', () => [binary()]);
      task.executable = path;
      task.comm = shortened(path.slice(path.lastIndexOf('/') + 1));
      world.tasks.changed(task);
      trace.refusal('bprm_committed_creds', () => [binary()]);
      trace.tracepoint('sched_process_exec', () => ({
        record: { filename: path, pid: task.pid, old_pid: task.pid },
        args: () => [objects.task(task), BigInt(task.pid), binary()],
      }));
    },
    () => 0,
  );
}

/** exit_group(2): it does not return. Linux: do_exit. */
export function exit(call: CallContext, task: TaskRecord, code: number): void {
  const { trace, world } = call;
  trace.tracepoint('sys_enter_exit_group', () => ({
    record: { __syscall_nr: 231, error_code: code },
    args: () => [],
  }));
  task.exitCode = (code & 0xff) << 8;
  trace.call(
    'do_exit',
    () => [BigInt(task.exitCode)],
    () => {
      trace.tracepoint('sched_process_exit', () => ({
        record: { comm: task.comm, pid: task.pid, prio: PRIORITY, group_dead: 1 },
        args: () => [trace.objects.task(task), 1n],
      }));
      return 0;
    },
  );
  world.tasks.remove(task);
  trace.objects.forget(task);
}

/** kill(2). @throws {KernelError} ESRCH */
export function kill(call: CallContext, pid: number, signal: number): void {
  const { trace, world } = call;
  syscall(
    call,
    'kill',
    () => [BigInt(pid), BigInt(signal)],
    () => {
      const task = world.tasks.find(pid);
      if (task === undefined) throw new KernelError('ESRCH', `there is no task ${pid}`, { facts: { pid } });
      trace.ask('task_kill', () => [trace.objects.task(task), 0n, BigInt(signal), 0n]);
      world.signal({ signal, thread: false, pid, tgid: task.tgid });
    },
    () => 0,
  );
}
