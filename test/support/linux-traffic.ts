import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { cgroupRoot } from '../../src/linux/sys/cgroups.js';
import { interfaceIndex } from '../../src/linux/sys/devices.js';
import { Fd } from '../../src/linux/sys/fd.js';
import { checked, libc } from '../../src/linux/sys/libc.js';

const AF_PACKET = 17;
const SOCK_RAW = 3;

/** Sends one Ethernet frame out of a device. */
export function sendFrame(iface: string, frame: Uint8Array): void {
  using socket = new Fd(checked(libc().socket(AF_PACKET, SOCK_RAW, 0)));
  const address = new DataView(new ArrayBuffer(20));
  address.setUint16(0, AF_PACKET, true);
  address.setUint16(2, 0x0300, true);
  address.setInt32(4, interfaceIndex(iface), true);
  const bound = checked(libc().bind(socket.fd, new Uint8Array(address.buffer), 20));
  const sent = checked(libc().send(socket.fd, frame, frame.length, 0));
  if (bound < 0 || sent < 0) throw new Error(`sending a frame: bind ${bound}, send ${sent}`);
}

/** A broadcast frame of an experimental protocol. */
export const FRAME = Uint8Array.from([
  ...Array(6).fill(0xff),
  ...[2, 0, 0, 0, 0, 1],
  ...[0x88, 0xb5],
  ...Array(50).fill(0),
]);

/** A cgroup of its own with this process in it, until it is left again. */
export function enterCgroup(): { readonly path: string; leave(): void } {
  const root = cgroupRoot();
  if (root === undefined) throw new Error('no cgroup2 is mounted');
  const path = `${root}/skep-test-${process.pid}`;
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/';
  mkdirSync(path);
  writeFileSync(`${path}/cgroup.procs`, String(process.pid));
  return {
    path,
    leave() {
      writeFileSync(`${root}${own}/cgroup.procs`, String(process.pid));
      rmdirSync(path);
    },
  };
}
