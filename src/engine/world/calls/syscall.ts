import { ERRNO, KernelError } from '../../../errors/errno.js';
import { syscallFunction } from '../trace/functions.js';
import { PT_REGS } from '../trace/registers.js';
import { type Syscall, syscallByName } from '../trace/syscalls.js';
import type { CallContext } from './context.js';

/**
 * A system call: the tracepoints `sys_enter` and `sys_exit`, and the function of the kernel between them.
 *
 * @param args what lies in its registers; asked only when somebody looks
 * @param result the number that the call returns to its task
 * @throws {KernelError} what `body` throws, after sys_exit programs saw its errno
 */
export function syscall<T>(
  { trace }: CallContext,
  name: string,
  args: () => readonly bigint[],
  body: () => T,
  result: (value: T) => number,
): T {
  const call = syscallByName(name);
  enter(trace, call, args);
  let outcome: { readonly value: T } | undefined;
  try {
    trace.call(
      syscallFunction(name),
      () => [registers(trace, call, args())],
      () => {
        outcome = { value: body() };
        return result(outcome.value);
      },
    );
  } catch (error) {
    if (error instanceof KernelError) leave(trace, call, args, -ERRNO[error.errno]);
    throw error;
  }
  if (outcome === undefined)
    throw new KernelError('EPERM', `${name} did not happen: an fmod_ret program took its place`);
  leave(trace, call, args, result(outcome.value));
  return outcome.value;
}

type Trace = CallContext['trace'];

function enter(trace: Trace, call: Syscall, args: () => readonly bigint[]): void {
  trace.tracepoint('sys_enter', () => {
    const values = args();
    return {
      record: { id: call.number, args: packed(values) },
      args: () => [registers(trace, call, values), BigInt(call.number)],
    };
  });
  trace.tracepoint(`sys_enter_${call.name}`, () => {
    const values = args();
    const named = call.args.map((declaration, index): [string, bigint] => [
      /(\w+)$/.exec(declaration)?.[1] ?? '',
      values[index] ?? 0n,
    ]);
    return { record: { __syscall_nr: call.number, ...Object.fromEntries(named) }, args: () => [] };
  });
}

function leave(trace: Trace, call: Syscall, args: () => readonly bigint[], returned: number): void {
  trace.tracepoint('sys_exit', () => ({
    record: { id: call.number, ret: returned },
    args: () => [registers(trace, call, args()), BigInt(returned)],
  }));
  trace.tracepoint(`sys_exit_${call.name}`, () => ({
    record: { __syscall_nr: call.number, ret: returned },
    args: () => [],
  }));
}

function packed(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(48);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setBigUint64(8 * index, BigInt.asUintN(64, value), true);
  });
  return bytes;
}

/** The registers with which a task entered the kernel. */
function registers(trace: Trace, call: Syscall, values: readonly bigint[]): bigint {
  const bytes = new Uint8Array(PT_REGS.size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setBigUint64(PT_REGS.syscallArgs[index] as number, BigInt.asUintN(64, value), true);
  });
  view.setBigUint64(PT_REGS.syscall, BigInt(call.number), true);
  return BigInt(trace.objects.scratch(bytes));
}
