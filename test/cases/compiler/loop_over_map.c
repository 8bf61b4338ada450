#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } values SEC(".maps");
u64 out;
static long add(void *map, u32 *key, u64 *value, u64 *sum) { *sum += *value * (*key + 1); return 0; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = p[0] & 3;
	u64 value = AT(u64, 8), *v = bpf_map_lookup_elem(&values, &key);
	if (v) *v = value;
	u64 sum = 0;
	bpf_for_each_map_elem(&values, add, &sum, 0);
	out = sum;
	return sum;
}
