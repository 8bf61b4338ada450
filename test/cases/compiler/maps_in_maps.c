#include "case.h"
struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } one SEC(".maps"), two SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS); __uint(max_entries, 2); __type(key, u32); __array(values, struct inner); } outer SEC(".maps") = { .values = { &one, &two } };
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = p[0] & 1, zero = 0;
	void *inner = bpf_map_lookup_elem(&outer, &key);
	if (!inner) return 1;
	u64 *v = bpf_map_lookup_elem(inner, &zero);
	if (!v) return 2;
	*v += 1 + key;
	return *v;
}
