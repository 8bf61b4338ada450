#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 16); __type(key, u32); __type(value, u64); } counts SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = AT(u32, 8) & 7;
	u64 one = 1, *count = bpf_map_lookup_elem(&counts, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&counts, &key, &one, 0);
	return key;
}
