#include "case.h"
struct value { u64 packets, bytes; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 8); __type(key, u32); __type(value, struct value); } values SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = p[0] & 7;
	struct value *v = bpf_map_lookup_elem(&values, &key);
	if (!v) return 0;
	v->packets++; v->bytes += end - p;
	return v->packets;
}
