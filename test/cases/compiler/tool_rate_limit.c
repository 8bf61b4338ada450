#include "case.h"
struct bucket { u64 last; u32 tokens, dropped; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 16); __type(key, u32); __type(value, struct bucket); } buckets SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = AT(u32, 0) & 15;
	struct bucket *b = bpf_map_lookup_elem(&buckets, &key);
	if (!b) return 1;
	u64 now = AT(u64, 8) & 0xffffff, passed = now - b->last;
	if (passed > 1000000) { b->tokens = 10; b->last = now; }
	else if (passed > 1000) { b->tokens += passed / 1000; if (b->tokens > 10) b->tokens = 10; b->last = now; }
	if (b->tokens == 0) { b->dropped++; return 1; }
	b->tokens--;
	return 2;
}
