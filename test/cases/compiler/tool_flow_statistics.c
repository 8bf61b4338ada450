#include "case.h"
struct flow { u32 source, target; u16 from, to; u8 protocol, pad[3]; };
struct stats { u64 packets, bytes, last_length; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 256); __type(key, struct flow); __type(value, struct stats); } flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } reasons SEC(".maps");
static __always_inline void count(u32 reason) { u64 *n = bpf_map_lookup_elem(&reasons, &reason); if (n) __sync_fetch_and_add(n, 1); }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct flow key = { .source = AT(u32, 26), .target = AT(u32, 30), .from = AT(u16, 34), .to = AT(u16, 36), .protocol = p[23] };
	if (key.protocol == 1) { count(1); return 2; }
	struct stats *s = bpf_map_lookup_elem(&flows, &key);
	if (!s) {
		struct stats fresh = { 1, end - p, end - p };
		if (bpf_map_update_elem(&flows, &key, &fresh, 1)) { count(2); return 1; }
		count(3);
		return 2;
	}
	s->packets++; s->bytes += end - p; s->last_length = end - p;
	count(0);
	return 2;
}
