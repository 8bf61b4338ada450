import { KernelError } from '../../errors/errno.js';
import {
  TP_INET_SOCK_SET_STATE,
  TP_NET_DEV_QUEUE,
  TP_NETIF_RECEIVE_SKB,
  TP_TCP_V4_CONNECT,
  TP_TCP_V6_CONNECT,
} from '../runtime/replay-layout.js';
import { nearestNames } from './nearest.js';
import { WORLD_TRACEPOINTS } from './trace/events.js';

/** One member of a tracepoint's record, as its tracefs `format` file lists it. */
export interface TracepointField {
  /** C type and, for arrays, the length goes behind the name: `__u8 saddr[4]`. */
  readonly declaration: string;
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
}

export interface Tracepoint {
  readonly category: string;
  readonly name: string;
  readonly doc: string;
  /** Only the engine has it: Linux has no tracepoint of this name. */
  readonly engineOnly: boolean;
  /** Place in the replay's table of attachment points (`TP_*`); absent for those that no replay fires. */
  readonly point?: number;
  /** Without the common fields. */
  readonly fields: readonly TracepointField[];
  readonly print: string;
  /** What raw tracepoint programs find in `args`. */
  readonly rawArgs: readonly string[];
}

const COMMON: readonly TracepointField[] = [
  { declaration: 'unsigned short common_type', offset: 0, size: 2, signed: false },
  { declaration: 'unsigned char common_flags', offset: 2, size: 1, signed: false },
  { declaration: 'unsigned char common_preempt_count', offset: 3, size: 1, signed: false },
  { declaration: 'int common_pid', offset: 4, size: 4, signed: true },
];

const SKB_FIELDS: readonly TracepointField[] = [
  { declaration: 'void * skbaddr', offset: 8, size: 8, signed: false },
  { declaration: 'unsigned int len', offset: 16, size: 4, signed: false },
  { declaration: '__data_loc char[] name', offset: 20, size: 4, signed: false },
];
const SKB_PRINT = '"dev=%s skbaddr=%p len=%u", __get_str(name), REC->skbaddr, REC->len';

/** What follows the addresses in the records of both connect tracepoints; offsets from there. */
function connectFields(from: number): readonly TracepointField[] {
  const fields = [
    { declaration: '__u16 sport', offset: 0, size: 2 },
    { declaration: '__u16 dport', offset: 2, size: 2 },
    { declaration: '__u8 flags', offset: 4, size: 1 },
    { declaration: '__u8 ttl', offset: 5, size: 1 },
    { declaration: '__u16 window', offset: 6, size: 2 },
    { declaration: '__u32 seq', offset: 8, size: 4 },
    { declaration: '__u32 ifindex', offset: 12, size: 4 },
    { declaration: '__u64 timestamp', offset: 16, size: 8 },
    { declaration: '__u32 len', offset: 24, size: 4 },
  ];
  return fields.map((field) => ({ ...field, offset: field.offset + from, signed: false }));
}

const SOCKET_STATES =
  '{ 1, "TCP_ESTABLISHED" }, { 2, "TCP_SYN_SENT" }, { 3, "TCP_SYN_RECV" }, { 4, "TCP_FIN_WAIT1" }, ' +
  '{ 5, "TCP_FIN_WAIT2" }, { 6, "TCP_TIME_WAIT" }, { 7, "TCP_CLOSE" }, { 8, "TCP_CLOSE_WAIT" }, ' +
  '{ 9, "TCP_LAST_ACK" }, { 10, "TCP_LISTEN" }, { 11, "TCP_CLOSING" }, { 12, "TCP_NEW_SYN_RECV" }';

/**
 * The tracepoints that a replay fires. Records of Linux's own have the layout of Linux 6.18. Multi-byte numbers are in
 * the machine's byte order, addresses as on the wire.
 */
export const REPLAY_TRACEPOINTS: readonly (Tracepoint & { readonly point: number })[] = [
  {
    category: 'tcp',
    name: 'tcp_v4_connect',
    doc: 'A connection attempt over IPv4: once for each TCP segment with SYN and without ACK in the replay.',
    engineOnly: true,
    point: TP_TCP_V4_CONNECT,
    fields: [
      { declaration: '__be32 saddr', offset: 8, size: 4, signed: false },
      { declaration: '__be32 daddr', offset: 12, size: 4, signed: false },
      ...connectFields(16),
    ],
    print:
      '"saddr=%pI4 daddr=%pI4 sport=%hu dport=%hu flags=0x%x", &REC->saddr, &REC->daddr, REC->sport, REC->dport, REC->flags',
    rawArgs: ['const __be32 *saddr', 'const __be32 *daddr', '__u16 sport', '__u16 dport', '__u8 flags'],
  },
  {
    category: 'tcp',
    name: 'tcp_v6_connect',
    doc: 'A connection attempt over IPv6: once for each TCP segment with SYN and without ACK in the replay.',
    engineOnly: true,
    point: TP_TCP_V6_CONNECT,
    fields: [
      { declaration: '__u8 saddr[16]', offset: 8, size: 16, signed: false },
      { declaration: '__u8 daddr[16]', offset: 24, size: 16, signed: false },
      ...connectFields(40),
    ],
    print:
      '"saddr=%pI6c daddr=%pI6c sport=%hu dport=%hu flags=0x%x", REC->saddr, REC->daddr, REC->sport, REC->dport, REC->flags',
    rawArgs: ['const __u8 *saddr', 'const __u8 *daddr', '__u16 sport', '__u16 dport', '__u8 flags'],
  },
  {
    category: 'sock',
    name: 'inet_sock_set_state',
    doc: 'A socket changes its state; in a replay: from TCP_CLOSE to TCP_SYN_SENT for each connection attempt.',
    engineOnly: false,
    point: TP_INET_SOCK_SET_STATE,
    fields: [
      { declaration: 'const void * skaddr', offset: 8, size: 8, signed: false },
      { declaration: 'int oldstate', offset: 16, size: 4, signed: true },
      { declaration: 'int newstate', offset: 20, size: 4, signed: true },
      { declaration: '__u16 sport', offset: 24, size: 2, signed: false },
      { declaration: '__u16 dport', offset: 26, size: 2, signed: false },
      { declaration: '__u16 family', offset: 28, size: 2, signed: false },
      { declaration: '__u16 protocol', offset: 30, size: 2, signed: false },
      { declaration: '__u8 saddr[4]', offset: 32, size: 4, signed: false },
      { declaration: '__u8 daddr[4]', offset: 36, size: 4, signed: false },
      { declaration: '__u8 saddr_v6[16]', offset: 40, size: 16, signed: false },
      { declaration: '__u8 daddr_v6[16]', offset: 56, size: 16, signed: false },
    ],
    print:
      '"family=%s protocol=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c oldstate=%s newstate=%s", ' +
      '__print_symbolic(REC->family, { 2, "AF_INET" }, { 10, "AF_INET6" }), ' +
      '__print_symbolic(REC->protocol, { 6, "IPPROTO_TCP" }, { 132, "IPPROTO_SCTP" }, { 262, "IPPROTO_MPTCP" }), ' +
      'REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6, ' +
      `__print_symbolic(REC->oldstate, ${SOCKET_STATES}), __print_symbolic(REC->newstate, ${SOCKET_STATES})`,
    rawArgs: ['const struct sock *sk', 'const int oldstate', 'const int newstate'],
  },
  {
    category: 'net',
    name: 'net_dev_queue',
    doc: 'A packet is handed to a device for sending; in a replay: each connection attempt, or each packet when it sends.',
    engineOnly: false,
    point: TP_NET_DEV_QUEUE,
    fields: SKB_FIELDS,
    print: SKB_PRINT,
    rawArgs: ['struct sk_buff *skb'],
  },
  {
    category: 'net',
    name: 'netif_receive_skb',
    doc: 'A packet enters the stack: each one that XDP passes on.',
    engineOnly: false,
    point: TP_NETIF_RECEIVE_SKB,
    fields: SKB_FIELDS,
    print: SKB_PRINT,
    rawArgs: ['struct sk_buff *skb'],
  },
];

/** All that there are. */
export const TRACEPOINTS: readonly Tracepoint[] = [...REPLAY_TRACEPOINTS, ...WORLD_TRACEPOINTS];

/**
 * The tracepoint `name`, or `category/name`, alone or with its category given apart.
 * @throws {KernelError} ENOENT for one that the engine does not fire, with the nearest names.
 */
export function resolveTracepoint(name: string, category?: string): Tracepoint {
  const slash = name.indexOf('/');
  if (slash >= 0) return resolveTracepoint(name.slice(slash + 1), name.slice(0, slash));
  const found = TRACEPOINTS.find(
    (candidate) =>
      candidate.name === name &&
      (category === undefined || category === '' || candidate.category === category),
  );
  if (found !== undefined) return found;
  const wanted = category === undefined ? name : `${category}/${name}`;
  const categories = [...new Set(TRACEPOINTS.map((one) => one.category))];
  const near = nearestNames(name, TRACEPOINTS, (candidate) => candidate.name).map(tracepointTitle);
  throw new KernelError('ENOENT', `The engine has no tracepoint ${wanted}.`, {
    facts: { tracepoint: wanted, near },
    hint:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}?`
        : `It has tracepoints of ${categories.join(', ')}: docs/reference.md.`,
  });
}

/** `tcp/tcp_v4_connect` */
export function tracepointTitle(tracepoint: Tracepoint): string {
  return `${tracepoint.category}/${tracepoint.name}`;
}

/**
 * A tracepoint's record in the words of tracefs' `format` files.
 * @throws {KernelError} ENOENT as `resolveTracepoint`.
 */
export function tracepointFormat(name: string): string {
  const tracepoint = resolveTracepoint(name);
  const line = ({ declaration, offset, size, signed }: TracepointField): string =>
    `\tfield:${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed ? 1 : 0};`;
  return [
    `name: ${tracepoint.name}`,
    `ID: ${TRACEPOINTS.indexOf(tracepoint) + 1}`,
    'format:',
    ...COMMON.map(line),
    '',
    ...tracepoint.fields.map(line),
    '',
    `print fmt: ${tracepoint.print}`,
    '',
  ].join('\n');
}
