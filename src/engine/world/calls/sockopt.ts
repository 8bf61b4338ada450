import { ERRNO, type ErrnoName } from '../../../errors/errno.js';
import { errnoName } from '../../memory.js';
import type { SimulatedSocket } from '../sockets.js';
import { CallBlock, type CallContext, CallStruct, refused } from './context.js';

/** Largest value that programs see whole. */
const PAGE = 4096;

/** What setsockopt came to: the kernel does the rest, or the programs did all. */
interface Outcome {
  readonly level: number;
  readonly option: number;
  readonly value: Uint8Array;
}

/** setsockopt(2): programs may change the option and its value, or do without the kernel. @throws {KernelError} */
export function setSocketOption(
  call: CallContext,
  socket: SimulatedSocket,
  level: number,
  option: number,
  value: Uint8Array,
): void {
  const outcome = askSet(call, socket, { level, option, value });
  if (outcome !== undefined) socket.options.set(`${outcome.level}:${outcome.option}`, outcome.value);
}

function askSet(call: CallContext, socket: SimulatedSocket, asked: Outcome): Outcome | undefined {
  const { level, option, value } = asked;
  const { cgroup } = socket.owner;
  if (!call.hooks.watches('cgroup_setsockopt', cgroup)) return asked;
  using block = new CallBlock(call.memory, value);
  using ctx = openContext(call, socket, block.address, value.length, level, option);
  const { retval } = call.hooks.run('cgroup_setsockopt', cgroup, ctx.address);
  const fail = (errno: ErrnoName) => refused(errno, 'setsockopt', 'cgroup_setsockopt', cgroup);
  if (retval < 0) throw fail(errnoName(retval));
  const length = ctx.i32('optlen');
  if (length === -1) return undefined;
  if (length > value.length || length < -1) {
    if (value.length > PAGE && length >= 0) return asked;
    throw fail('EFAULT');
  }
  const changed = length === 0 ? value : call.memory.read(block.address, length);
  return { level: ctx.u32('level'), option: ctx.u32('optname'), value: changed };
}

/**
 * getsockopt(2) with room for so many bytes: programs run after the kernel and may change what it says.
 * @throws {KernelError} ENOPROTOOPT as EINVAL for an option that nobody set
 */
export function getSocketOption(
  call: CallContext,
  socket: SimulatedSocket,
  level: number,
  option: number,
  room: number,
): Uint8Array {
  const own = socket.options.get(`${level}:${option}`);
  const { cgroup } = socket.owner;
  const fail = (errno: ErrnoName) => refused(errno, 'getsockopt', 'cgroup_getsockopt', cgroup);
  const value = (own ?? new Uint8Array(0)).subarray(0, room);
  if (!call.hooks.watches('cgroup_getsockopt', cgroup)) {
    if (own === undefined) throw fail('EINVAL');
    return value;
  }
  using block = new CallBlock(call.memory, value, room);
  using ctx = openContext(call, socket, block.address, room, level, option);
  ctx.set({ optlen: own === undefined ? room : value.length });
  const kernel = own === undefined ? -ERRNO.EINVAL : 0;
  ctx.set({ retval: kernel });
  const verdict = call.hooks.run('cgroup_getsockopt', cgroup, ctx.address, kernel);
  // A program may take the kernel's error back by way of the context, as older ones do.
  const retval = verdict.retval === kernel ? ctx.i32('retval') : verdict.retval;
  if (retval < 0) throw fail(errnoName(retval));
  const length = ctx.i32('optlen');
  if (length < 0 || length > room) throw fail('EFAULT');
  return call.memory.read(block.address, length);
}

function openContext(
  { memory }: CallContext,
  socket: SimulatedSocket,
  start: number,
  size: number,
  level: number,
  option: number,
): CallStruct {
  const seen = Math.min(size, PAGE);
  return new CallStruct(memory, 'cgroup_sockopt').set({
    sk: socket.address,
    optval: start,
    optval_end: start + seen,
    level,
    optname: option,
    optlen: size,
  });
}
