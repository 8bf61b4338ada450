/**
 * A TCP congestion control in C, that counts the sockets that it is given. Its name is the kernel's for all namespaces,
 * so each test has its own.
 *
 * @param maps names of the struct_ops and their sections.
 */
export function congestionSource(name: string, maps: Readonly<Record<string, string>>): string {
  const members = `.init = (void *)cc_init, .ssthresh = (void *)cc_ssthresh,
  .undo_cwnd = (void *)cc_undo, .cong_avoid = (void *)cc_avoid, .flags = 1 /* TCP_CONG_NON_RESTRICTED */, .name = "${name}"`;
  return `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char LICENSE[] SEC("license") = "GPL";
long sockets = 0;
SEC("struct_ops/cc_init") void BPF_PROG(cc_init, struct sock *sk) { __sync_fetch_and_add(&sockets, 1); }
SEC("struct_ops") __u32 BPF_PROG(cc_ssthresh, struct sock *sk) { return 10; }
SEC("struct_ops") __u32 BPF_PROG(cc_undo, struct sock *sk) { return 10; }
SEC("struct_ops") void BPF_PROG(cc_avoid, struct sock *sk, __u32 ack, __u32 acked) { }
${Object.entries(maps)
  .map(([map, section]) => `SEC("${section}") struct tcp_congestion_ops ${map} = { ${members} };`)
  .join('\n')}
`;
}
