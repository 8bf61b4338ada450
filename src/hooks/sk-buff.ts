import type { CtxField, CtxLayout } from './hook.js';

/** One member of `struct __sk_buff` (include/uapi/linux/bpf.h), whoever may access it. */
type SkbField = Pick<CtxField, 'name' | 'offset' | 'size' | 'pointer' | 'bytes'> & {
  readonly whole?: boolean;
};

/**
 * Every member of `struct __sk_buff`. `whole` members are read in full width only. The socket's addresses
 * (`family` … `local_port`) exist for sk_skb and cgroup programs.
 */
const SK_BUFF = [
  { name: 'len', offset: 0, size: 4 },
  { name: 'pkt_type', offset: 4, size: 4 },
  { name: 'mark', offset: 8, size: 4 },
  { name: 'queue_mapping', offset: 12, size: 4 },
  { name: 'protocol', offset: 16, size: 4 },
  { name: 'vlan_present', offset: 20, size: 4 },
  { name: 'vlan_tci', offset: 24, size: 4 },
  { name: 'vlan_proto', offset: 28, size: 4 },
  { name: 'priority', offset: 32, size: 4 },
  { name: 'ingress_ifindex', offset: 36, size: 4 },
  { name: 'ifindex', offset: 40, size: 4 },
  { name: 'tc_index', offset: 44, size: 4 },
  { name: 'cb', offset: 48, size: 20, bytes: true },
  { name: 'hash', offset: 68, size: 4 },
  { name: 'tc_classid', offset: 72, size: 4 },
  { name: 'data', offset: 76, size: 4, whole: true, pointer: 'packet' },
  { name: 'data_end', offset: 80, size: 4, whole: true, pointer: 'packet_end' },
  { name: 'napi_id', offset: 84, size: 4 },
  { name: 'family', offset: 88, size: 4 },
  { name: 'remote_ip4', offset: 92, size: 4 },
  { name: 'local_ip4', offset: 96, size: 4 },
  { name: 'remote_ip6', offset: 100, size: 16 },
  { name: 'local_ip6', offset: 116, size: 16 },
  { name: 'remote_port', offset: 132, size: 4 },
  { name: 'local_port', offset: 136, size: 4 },
  { name: 'data_meta', offset: 140, size: 4, whole: true, pointer: 'packet_meta' },
  { name: 'flow_keys', offset: 144, size: 8, whole: true, pointer: 'flow_keys' },
  { name: 'tstamp', offset: 152, size: 8, whole: true },
  { name: 'wire_len', offset: 160, size: 4 },
  { name: 'gso_segs', offset: 164, size: 4 },
  { name: 'sk', offset: 168, size: 8, whole: true, pointer: 'sock_common_or_null' },
  { name: 'gso_size', offset: 176, size: 4 },
  { name: 'tstamp_type', offset: 180, size: 1 },
  { name: 'hwtstamp', offset: 184, size: 8, whole: true },
] as const satisfies readonly SkbField[];

export type SkbFieldName = (typeof SK_BUFF)[number]['name'];

/** Offset of each member of `struct __sk_buff`. */
export const SK_BUFF_OFFSETS = Object.fromEntries(
  SK_BUFF.map(({ name, offset }) => [name, offset]),
) as Readonly<Record<SkbFieldName, number>>;

/** Bytes of `struct __sk_buff` in Linux 6.18. */
export const SK_BUFF_SIZE = 192;

/** The view of `struct __sk_buff` that one program type has: all members but `hidden`; `writable` ones in full width. */
export function skBuffLayout(view: {
  readonly hidden: readonly SkbFieldName[];
  readonly writable: readonly SkbFieldName[];
}): CtxLayout {
  const fields = SK_BUFF.filter(({ name }) => !view.hidden.includes(name)).map(
    ({ whole, ...field }: SkbField): CtxField => ({
      ...field,
      read: true,
      write: view.writable.some((name) => name === field.name),
      narrow: whole !== true,
    }),
  );
  return { struct: '__sk_buff', size: SK_BUFF_SIZE, fields };
}

/** Members that belong to a full socket or to the flow dissector: neither tc nor socket filters may read them. */
export const SOCKET_FIELDS = [
  'family',
  'remote_ip4',
  'local_ip4',
  'remote_ip6',
  'local_ip6',
  'remote_port',
  'local_port',
  'flow_keys',
] as const satisfies readonly SkbFieldName[];
