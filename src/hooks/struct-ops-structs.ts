/** What Linux lets programs do as members of one of its structs of functions, beside what BTF says. */
export interface StructOpsStruct {
  /** The struct: `tcp_congestion_ops`. */
  readonly name: string;
  /** Members that no program may implement. */
  readonly unsupported: readonly string[];
  /** Members that programs that may sleep can implement; `all`, where Linux does not ask. */
  readonly sleepable: 'all' | readonly string[];
  /** Arguments that are pointers to the first of two structs are taken as pointers to the second. */
  readonly promotes?: { readonly from: string; readonly to: string };
  /** What programs may write. */
  readonly writes:
    | { readonly struct: string; readonly members: readonly string[] }
    | { readonly struct: string; readonly whole: true };
  /** Helpers that programs may call; `none` for not a single one. Default: those measured for the type. */
  readonly helpers?: 'none';
  /** Helpers that the programs of some members may not call. */
  readonly without?: Readonly<Record<string, readonly string[]>>;
}

/** Source: Linux 6.18, `net/ipv4/bpf_tcp_ca.c` and `net/bpf/bpf_dummy_struct_ops.c`. */
const STRUCTS: readonly StructOpsStruct[] = [
  {
    name: 'tcp_congestion_ops',
    unsupported: ['get_info'],
    sleepable: 'all',
    promotes: { from: 'sock', to: 'tcp_sock' },
    writes: {
      struct: 'tcp_sock',
      members: [
        'sk_pacing_rate',
        'sk_pacing_status',
        'icsk_ca_priv',
        'icsk_ack.pending',
        'snd_cwnd',
        'snd_cwnd_cnt',
        'snd_cwnd_stamp',
        'snd_ssthresh',
        'ecn_flags',
        'app_limited',
      ],
    },
    without: { release: ['bpf_setsockopt', 'bpf_getsockopt'] },
  },
  {
    name: 'bpf_dummy_ops',
    unsupported: [],
    sleepable: ['test_sleepable'],
    writes: { struct: 'bpf_dummy_ops_state', whole: true },
    helpers: 'none',
  },
];

/** The rules of a struct; undefined for structs of which only BTF is known. */
export function structOpsStruct(name: string): StructOpsStruct | undefined {
  return STRUCTS.find((struct) => struct.name === name);
}
