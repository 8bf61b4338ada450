#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u32); } odd SEC(".maps"), even SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = p[1] & 3;
	void *map = p[0] & 1 ? (void *)&odd : (void *)&even;
	u32 *v = bpf_map_lookup_elem(map, &key);
	if (v) *v += p[2];
	return v ? *v : 0;
}
