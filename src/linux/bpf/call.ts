import { ERRNO, type KernelError } from '../../errors/errno.js';
import { callError } from '../explain/errno.js';
import { fill, type Values, View } from '../sys/layout.js';
import { bpfSyscall } from '../sys/syscall.js';
import { COMMANDS, type CommandName } from './commands.js';

type Fields<C extends CommandName> = Values<(typeof COMMANDS)[C]>;

export interface Answer<C extends CommandName> {
  /** The result, or minus errno. */
  readonly result: number;
  /** The arguments, with what the kernel wrote into them. */
  readonly out: View<(typeof COMMANDS)[C]>;
}

/** bpf(2), as it answers. A call that a signal interrupted is made again. */
export function tryBpf<C extends CommandName>(command: C, values: Fields<C>): Answer<C> {
  const layout = COMMANDS[command];
  const attr = fill(layout, values as Values<typeof layout>);
  let result = bpfSyscall(layout.number, attr.bytes);
  while (result === -ERRNO.EINTR) result = bpfSyscall(layout.number, attr.bytes);
  return { result, out: new View(layout as (typeof COMMANDS)[C], attr.bytes) };
}

/** bpf(2). @throws {KernelError} */
export function bpf<C extends CommandName>(command: C, values: Fields<C>): Answer<C> {
  const answer = tryBpf(command, values);
  if (answer.result < 0) throw bpfError(command, answer.result);
  return answer;
}

/**
 * The typed error of a failed command, from minus errno.
 *
 * @param needs capabilities; whoever may see the objects of others may do anything.
 */
export function bpfError(
  command: CommandName | string,
  result: number,
  needs: readonly string[] = /_id$/.test(command) ? ['CAP_SYS_ADMIN'] : ['CAP_BPF'],
): KernelError {
  const name = command in COMMANDS ? `BPF_${command.toUpperCase()}` : command;
  return callError(name, result, { needs });
}
