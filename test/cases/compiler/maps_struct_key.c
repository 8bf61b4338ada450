#include "case.h"
struct flow { u32 source, target; u16 ports; u8 protocol; u8 pad; };
struct { __uint(type, BPF_MAP_TYPE_LRU_HASH); __uint(max_entries, 64); __type(key, struct flow); __type(value, u32); } flows SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct flow key = { .source = AT(u32, 0), .target = AT(u32, 4), .ports = AT(u16, 8), .protocol = p[10] & 1 };
	u32 one = 1, *v = bpf_map_lookup_elem(&flows, &key);
	if (v) { *v += 1; return *v; }
	return bpf_map_update_elem(&flows, &key, &one, 1);
}
