import type { Tracepoint, TracepointField } from '../tracepoints.js';

/** A system call that simulated tasks make: its number on x86-64, and its arguments as tracefs lists them. */
export interface Syscall {
  readonly name: string;
  readonly number: number;
  readonly args: readonly string[];
}

const row = (name: string, number: number, ...args: readonly string[]): Syscall => ({ name, number, args });

/** Source: tracefs `events/syscalls/…/format` of Linux 6.18, `asm/unistd_64.h`. */
export const SYSCALLS: readonly Syscall[] = [
  row('read', 0, 'unsigned int fd', 'char * buf', 'size_t count'),
  row('write', 1, 'unsigned int fd', 'const char * buf', 'size_t count'),
  row('close', 3, 'unsigned int fd'),
  row('socket', 41, 'int family', 'int type', 'int protocol'),
  row('connect', 42, 'int fd', 'struct sockaddr * uservaddr', 'int addrlen'),
  row('accept', 43, 'int fd', 'struct sockaddr * upeer_sockaddr', 'int * upeer_addrlen'),
  row(
    'sendto',
    44,
    'int fd',
    'void * buff',
    'size_t len',
    'unsigned int flags',
    'struct sockaddr * addr',
    'int addr_len',
  ),
  row(
    'recvfrom',
    45,
    'int fd',
    'void * ubuf',
    'size_t size',
    'unsigned int flags',
    'struct sockaddr * addr',
    'int * addr_len',
  ),
  row('shutdown', 48, 'int fd', 'int how'),
  row('bind', 49, 'int fd', 'struct sockaddr * umyaddr', 'int addrlen'),
  row('listen', 50, 'int fd', 'int backlog'),
  row('getsockname', 51, 'int fd', 'struct sockaddr * usockaddr', 'int * usockaddr_len'),
  row('getpeername', 52, 'int fd', 'struct sockaddr * usockaddr', 'int * usockaddr_len'),
  row('setsockopt', 54, 'int fd', 'int level', 'int optname', 'char * optval', 'int optlen'),
  row('getsockopt', 55, 'int fd', 'int level', 'int optname', 'char * optval', 'int * optlen'),
  row(
    'clone',
    56,
    'unsigned long clone_flags',
    'unsigned long newsp',
    'int * parent_tidptr',
    'int * child_tidptr',
    'unsigned long tls',
  ),
  row('execve', 59, 'const char * filename', 'const char *const * argv', 'const char *const * envp'),
  row('kill', 62, 'pid_t pid', 'int sig'),
  row('exit_group', 231, 'int error_code'),
  row('openat', 257, 'int dfd', 'const char * filename', 'int flags', 'umode_t mode'),
  row('unlinkat', 263, 'int dfd', 'const char * pathname', 'int flag'),
  row('accept4', 288, 'int fd', 'struct sockaddr * upeer_sockaddr', 'int * upeer_addrlen', 'int flags'),
];

const NUMBER: TracepointField = { declaration: 'int __syscall_nr', offset: 8, size: 4, signed: true };

/** `sys_enter_NAME` and `sys_exit_NAME` of every system call. */
export const SYSCALL_TRACEPOINTS: readonly Tracepoint[] = SYSCALLS.flatMap(({ name, args }): Tracepoint[] => [
  {
    category: 'syscalls',
    name: `sys_enter_${name}`,
    doc: `A simulated task calls ${name}.`,
    engineOnly: false,
    fields: [
      NUMBER,
      ...args.map((declaration, index) => ({ declaration, offset: 16 + 8 * index, size: 8, signed: false })),
    ],
    print: args.map((arg) => `${nameOf(arg)}: 0x%08lx`).join(', '),
    rawArgs: ['struct pt_regs *regs', 'long id'],
  },
  {
    category: 'syscalls',
    name: `sys_exit_${name}`,
    doc: `The call returns: a negated errno, or its result.`,
    engineOnly: false,
    fields: [NUMBER, { declaration: 'long ret', offset: 16, size: 8, signed: true }],
    print: '"0x%lx", REC->ret',
    rawArgs: ['struct pt_regs *regs', 'long ret'],
  },
]);

function nameOf(declaration: string): string {
  return /(\w+)$/.exec(declaration)?.[1] ?? declaration;
}

/** @throws {RangeError} for one that tasks do not make */
export function syscallByName(name: string): Syscall {
  const found = SYSCALLS.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`no system call ${name}`);
  return found;
}
