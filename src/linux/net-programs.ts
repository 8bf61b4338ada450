import { openSync } from 'node:fs';
import { KernelError } from '../errors/errno.js';
import { attachTypeByName } from '../hooks/index.js';
import { tryBpf } from './bpf/call.js';
import { callError } from './explain/errno.js';
import { interfaceIndex } from './sys/devices.js';
import { Fd } from './sys/fd.js';
import { cText } from './sys/layout.js';
import { attributes, type NetlinkAnswer, NetlinkMessage, NLM, netlink } from './sys/netlink.js';
import { clsactFilters, setXdp } from './sys/rtnetlink.js';

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
  return linkMessages().flatMap(({ body }) => {
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

/** A program of tc on a device: on the older clsact discipline, or in tcx without a link. */
export interface TcProgram {
  readonly iface: string;
  readonly ifindex: number;
  /** `clsact/ingress`, `tcx/egress`, … */
  readonly place: string;
  /** Of the filter; programs of tcx have none. */
  readonly name: string | undefined;
  readonly programId: number;
  readonly linkId: number;
}

const SIDES = ['ingress', 'egress'] as const;

/** Programs of tc, by netlink and BPF_PROG_QUERY: links are among them. @throws {KernelError} */
export function tcPrograms(): TcProgram[] {
  return devices().flatMap(({ iface, ifindex }) => [
    ...SIDES.flatMap((side) =>
      queried(`tcx_${side}`, ifindex).map((one) => ({
        iface,
        ifindex,
        place: `tcx/${side}`,
        name: undefined,
        ...one,
      })),
    ),
    ...(['primary', 'peer'] as const).flatMap((side) =>
      queried(`netkit_${side}`, ifindex).map((one) => ({
        iface,
        ifindex,
        place: `netkit/${side}`,
        name: undefined,
        ...one,
      })),
    ),
    ...SIDES.flatMap((side) =>
      clsactFilters(ifindex, side).map(({ name, programId }) => ({
        iface,
        ifindex,
        place: `clsact/${side}`,
        name,
        programId,
        linkId: 0,
      })),
    ),
  ]);
}

/** The flow dissectors of this network namespace. @throws {KernelError} */
export function flowDissectors(): number[] {
  using namespace = new Fd(openSync('/proc/thread-self/ns/net', 'r'));
  return queried('flow_dissector', namespace.fd).map(({ programId }) => programId);
}

const MOST = 64;

/** BPF_PROG_QUERY; nothing where the kernel does not know the question, or the device is of another kind. */
function queried(
  attachType: string,
  target: number,
): { readonly programId: number; readonly linkId: number }[] {
  const ids = new Uint32Array(MOST);
  const links = new Uint32Array(MOST);
  const { result, out } = tryBpf('prog_query', {
    target_fd: target,
    attach_type: attachTypeByName(attachType)?.id ?? 0,
    prog_ids: new Uint8Array(ids.buffer),
    prog_cnt: MOST,
    // Namespaces tell programs only, and refuse to be asked for more.
    ...(attachType === 'flow_dissector' ? {} : { link_ids: new Uint8Array(links.buffer) }),
  });
  if (result < 0) return [];
  return Array.from(ids.subarray(0, out.u32('prog_cnt')), (programId, index) => ({
    programId,
    linkId: links[index] ?? 0,
  }));
}

function devices(): { readonly iface: string; readonly ifindex: number }[] {
  return linkMessages().map(({ body }) => ({
    ifindex: u32(body.subarray(4)),
    iface: cText(attributes(body, IFINFO_BYTES).get(IFLA_IFNAME) ?? new Uint8Array(0)),
  }));
}

function linkMessages(): readonly NetlinkAnswer[] {
  const header = new NetlinkMessage();
  for (let word = 0; word < IFINFO_BYTES / 4; word++) header.u32(0);
  const { result, messages } = netlink(RTM_GETLINK, NLM.request | NLM.dump, header);
  if (result < 0) throw callError('RTM_GETLINK', result);
  return messages;
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
