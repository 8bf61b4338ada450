/**
 * Members of kernel structs that programs may write, by the program types that may. Source: Linux 6.18,
 * `nf_conntrack_bpf.c`.
 */
export const WRITABLE_MEMBERS: readonly {
  readonly programs: readonly string[];
  readonly structs: readonly string[];
  /** The struct's name in Linux's messages, and whose member it is. */
  readonly name: string;
  readonly member: string;
}[] = [
  {
    programs: ['sched_cls', 'sched_act', 'xdp'],
    structs: ['nf_conn', 'nf_conn___init'],
    name: 'nf_conn',
    member: 'mark',
  },
];
