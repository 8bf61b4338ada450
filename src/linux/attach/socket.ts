import { interfaceIndex } from '../sys/devices.js';
import { Fd } from '../sys/fd.js';
import { checked, libc } from '../sys/libc.js';
import { type Attacher, attachError } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
/** ETH_P_ALL in network order. */
const EVERYTHING = 0x0300;
const SOL_SOCKET = 1;
const SO_ATTACH_BPF = 50;

/** A packet socket of this process, for all devices or one: the program sees what the socket would get. */
export const socket: Attacher<'socket'> = {
  types: ['socket_filter'],
  attach(context, target) {
    const ifindex = target.iface === undefined ? 0 : interfaceIndex(target.iface);
    const made = checked(libc().socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (made < 0) throw attachError(context, target, made, { needs: ['CAP_NET_RAW'] });
    const fd = new Fd(made);
    try {
      const program = new Uint8Array(new Int32Array([context.program.fd.fd]).buffer);
      const results = [
        () => libc().setsockopt(fd.fd, SOL_SOCKET, SO_ATTACH_BPF, program, program.length),
        // Bound last, so that no packet passes unseen.
        () => libc().bind(fd.fd, packetAddress(ifindex), 20),
      ];
      for (const step of results) {
        const result = checked(step());
        if (result < 0) throw attachError(context, target, result);
      }
    } catch (error) {
      fd.close();
      throw error;
    }
    return new OldAttachment(context.program.id, target, () => fd.close(), true);
  },
};

/** struct sockaddr_ll */
function packetAddress(ifindex: number): Uint8Array {
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, EVERYTHING, true);
  address.setInt32(4, ifindex, true);
  return new Uint8Array(address.buffer);
}
