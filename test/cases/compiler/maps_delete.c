#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4); __uint(key_size, 4); __uint(value_size, 4); } values SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 key = p[0] & 1, value = p[1];
	long a = bpf_map_delete_elem(&values, &key), b = bpf_map_update_elem(&values, &key, &value, 0);
	key ^= 1;
	long c = bpf_map_delete_elem(&values, &key);
	return a * 100 + b * 10 + c;
}
