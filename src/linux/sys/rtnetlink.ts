import { ERRNO } from '../../errors/errno.js';
import { cText } from './layout.js';
import { attributes, NetlinkMessage, NLM, netlink } from './netlink.js';

/** `RTM_*` and attributes: `linux/rtnetlink.h`, `if_link.h`, `pkt_cls.h`. */
const RTM = { setLink: 19, newQdisc: 36, newFilter: 44, delFilter: 45, getFilter: 46 } as const;
const IFLA_XDP = 43;
const IFLA_XDP_FD = 1;
const IFLA_XDP_FLAGS = 3;
const TCA_KIND = 1;
const TCA_OPTIONS = 2;
const TCA_BPF = { fd: 6, name: 7, flags: 8, id: 11 } as const;
const DIRECT_ACTION = 1;
const CLSACT_HANDLE = 0xffff0000;
const CLSACT_PARENT = 0xfffffff1;
const SIDES = { ingress: 0xfffffff2, egress: 0xfffffff3 } as const;
/** ETH_P_ALL in network order. */
const EVERYTHING = 0x0300;

/** Puts an XDP program on a device, or with -1 takes it away. @returns 0 or minus errno. */
export function setXdp(ifindex: number, program: number, flags: number): number {
  const message = new NetlinkMessage()
    .u32(0)
    .u32(ifindex)
    .u32(0)
    .u32(0)
    .nested(IFLA_XDP, (xdp) => xdp.number(IFLA_XDP_FD, program).number(IFLA_XDP_FLAGS, flags));
  return netlink(RTM.setLink, 0, message).result;
}

export interface ClsactFilter {
  readonly ifindex: number;
  readonly direction: 'ingress' | 'egress';
  /** From 1, lower ones first. */
  readonly priority: number;
}

/** Adds a direct-action filter, and the discipline when it is missing. @returns 0 or minus errno. */
export function addClsactFilter(filter: ClsactFilter, program: number, name: string): number {
  const discipline = tcMessage(filter.ifindex, CLSACT_HANDLE, CLSACT_PARENT, 0).text(TCA_KIND, 'clsact');
  const added = netlink(RTM.newQdisc, NLM.create | NLM.excl, discipline).result;
  if (added < 0 && added !== -ERRNO.EEXIST) return added;
  const message = filterMessage(filter).nested(TCA_OPTIONS, (options) =>
    options.number(TCA_BPF.fd, program).text(TCA_BPF.name, name).number(TCA_BPF.flags, DIRECT_ACTION),
  );
  return netlink(RTM.newFilter, NLM.create | NLM.excl, message).result;
}

/** Takes the filters of a priority away; the discipline stays, as others may use it. @returns 0 or minus errno. */
export function removeClsactFilter(filter: ClsactFilter): number {
  return netlink(RTM.delFilter, 0, filterMessage(filter)).result;
}

/** struct tcmsg */
const TCMSG_BYTES = 20;

/** The programs of a device's clsact discipline, in the order in which they run; none without the discipline. */
export function clsactFilters(
  ifindex: number,
  direction: ClsactFilter['direction'],
): { readonly name: string; readonly programId: number }[] {
  const { messages } = netlink(RTM.getFilter, NLM.dump, tcMessage(ifindex, 0, SIDES[direction], 0));
  return messages.flatMap(({ body }) => {
    const filter = attributes(body, TCMSG_BYTES);
    const options = attributes(filter.get(TCA_OPTIONS) ?? new Uint8Array(0));
    const id = options.get(TCA_BPF.id);
    if (id === undefined || cText(filter.get(TCA_KIND) ?? new Uint8Array(0)) !== 'bpf') return [];
    const programId = new DataView(id.buffer, id.byteOffset).getUint32(0, true);
    return [{ name: cText(options.get(TCA_BPF.name) ?? new Uint8Array(0)), programId }];
  });
}

function filterMessage({ ifindex, direction, priority }: ClsactFilter): NetlinkMessage {
  const info = ((priority << 16) | EVERYTHING) >>> 0;
  return tcMessage(ifindex, 0, SIDES[direction], info).text(TCA_KIND, 'bpf');
}

/** struct tcmsg */
function tcMessage(ifindex: number, handle: number, parent: number, info: number): NetlinkMessage {
  return new NetlinkMessage().u32(0).u32(ifindex).u32(handle).u32(parent).u32(info);
}
