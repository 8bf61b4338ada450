import { errnoName } from '../../memory.js';
import type { Address } from '../address.js';
import type { SimulatedSocket } from '../sockets.js';
import { ask, type CallContext, CallStruct, refused } from './context.js';

/** A call that takes or gives a socket address, as part of an attach type's name. */
export type AddressCall = 'bind' | 'connect' | 'sendmsg' | 'recvmsg' | 'getpeername' | 'getsockname';

const UDP_CALLS: ReadonlySet<AddressCall> = new Set(['sendmsg', 'recvmsg']);

/** `cgroup_inet4_connect`, `cgroup_udp6_sendmsg`. */
function attachTypeOf(call: AddressCall, { kind }: SimulatedSocket): string {
  const version = kind.family === 'inet' ? 4 : 6;
  return UDP_CALLS.has(call) ? `cgroup_udp${version}_${call}` : `cgroup_inet${version}_${call}`;
}

/**
 * Asks the programs of the socket's cgroup about the address of a call.
 * @returns the address as they left it
 * @throws {KernelError} what they refuse with
 */
export function askAddress(
  call: CallContext,
  name: AddressCall,
  socket: SimulatedSocket,
  address: Address,
): Address {
  const { cgroup } = socket.owner;
  const attachType = attachTypeOf(name, socket);
  if (!call.hooks.watches(attachType, cgroup)) return address;
  const isIpv4 = socket.kind.family === 'inet';
  call.net.here = socket.namespace;
  using ctx = new CallStruct(call.memory, 'cgroup_sock_addr');
  ctx.set({
    user_family: socket.family,
    [isIpv4 ? 'user_ip4' : 'user_ip6']: address.ip,
    user_port: networkPort(address.port),
    family: socket.family,
    type: socket.type,
    protocol: socket.protocol,
    sk: socket.address,
  });
  ask(call, attachType, cgroup, ctx, name);
  return {
    ip: isIpv4 ? ctx.bytes('user_ip4', 4) : ctx.bytes('user_ip6', 16),
    port: networkPort(ctx.u32('user_port') & 0xffff),
  };
}

/** The two bytes of a port the other way round: as the network has them, or back. */
function networkPort(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}

/** Asks the programs that see sockets being made, bound and released; their context is the socket. */
export function askSocket(
  call: CallContext,
  event: 'sock_create' | 'post_bind' | 'sock_release',
  socket: SimulatedSocket,
): void {
  const version = socket.kind.family === 'inet' ? 4 : 6;
  const attachType = event === 'post_bind' ? `cgroup_inet${version}_post_bind` : `cgroup_inet_${event}`;
  const { cgroup } = socket.owner;
  const { retval } = call.hooks.run(attachType, cgroup, socket.address);
  if (retval < 0) throw refused(errnoName(retval), event, attachType, cgroup);
}
