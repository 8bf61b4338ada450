#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } values SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = 0;
	u64 *v = bpf_map_lookup_elem(&values, &key);
	if (!v) return 0;
	*v += p[0];
	return *v;
}
