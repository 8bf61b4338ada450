#include "case.h"
int target(struct xdp_md *ctx);
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __type(key, u32); __array(values, int(struct xdp_md *)); } jumps SEC(".maps") = { .values = { [1] = target } };
u32 seen;
SEC("xdp") int target(struct xdp_md *ctx) { seen++; return 42; }
SEC("xdp") int prog(struct xdp_md *ctx) { PACKET(ctx); bpf_tail_call(ctx, &jumps, p[0] & 1); return 7; }
