import { KernelError } from '../errors/errno.js';
import { callError } from './explain/errno.js';
import { interfaceIndex } from './sys/devices.js';
import { cText } from './sys/layout.js';
import { attributes, NetlinkMessage, NLM, netlink } from './sys/netlink.js';
import { setXdp } from './sys/rtnetlink.js';

/** An XDP program on a device of this network namespace, by a link or without one. */
export interface XdpProgram {
  readonly iface: string;
  readonly ifindex: number;
  readonly mode: (typeof MODES)[number]['name'];
  readonly programId: number;
}

const RTM_GETLINK = 18;
/** struct ifinfomsg; the index follows family, padding and type. */
const IFINFO_BYTES = 16;
const IFLA_IFNAME = 3;
const IFLA_XDP = 43;
/** Attributes inside IFLA_XDP, one for each mode, and the flag that detaches it. */
const MODES = [
  { name: 'driver', programId: 5, flag: 4 },
  { name: 'generic', programId: 6, flag: 2 },
  { name: 'offload', programId: 7, flag: 8 },
] as const;
/** Where kernels before 4.16 say the one program there is. */
const IFLA_XDP_PROG_ID = 4;

/** @throws {KernelError} */
export function xdpPrograms(): XdpProgram[] {
  const header = new NetlinkMessage();
  for (let word = 0; word < IFINFO_BYTES / 4; word++) header.u32(0);
  const { result, messages } = netlink(RTM_GETLINK, NLM.request | NLM.dump, header);
  if (result < 0) throw callError('RTM_GETLINK', result);
  return messages.flatMap(({ body }) => {
    const ifindex = u32(body.subarray(4));
    const found = attributes(body, IFINFO_BYTES);
    const xdp = found.get(IFLA_XDP);
    const iface = cText(found.get(IFLA_IFNAME) ?? new Uint8Array(0));
    if (xdp === undefined) return [];
    const parts = attributes(xdp);
    const programs = MODES.flatMap(({ name, programId }) => {
      const id = parts.get(programId);
      return id === undefined ? [] : [{ iface, ifindex, mode: name, programId: u32(id) }];
    });
    const only = parts.get(IFLA_XDP_PROG_ID);
    if (programs.length > 0 || only === undefined || u32(only) === 0) return programs;
    return [{ iface, ifindex, mode: 'driver' as const, programId: u32(only) }];
  });
}

/** Ends an attachment that no link holds. @throws {KernelError} ENOENT when there is none in that mode */
export function detachXdp(iface: string, mode: XdpProgram['mode'] | undefined): void {
  const ifindex = interfaceIndex(iface);
  const there = xdpPrograms().find(
    (row) => row.ifindex === ifindex && (mode === undefined || row.mode === mode),
  );
  if (there === undefined)
    throw new KernelError('ENOENT', `no program is attached to ${iface}`, { facts: { iface } });
  const flag = MODES.find(({ name }) => name === there.mode)?.flag ?? 0;
  const result = setXdp(ifindex, -1, flag);
  if (result < 0) throw callError(`detaching XDP from ${iface}`, result, { facts: { iface } });
}

function u32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
