#include "case.h"
struct key { u32 bits, address; };
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(max_entries, 16); __uint(map_flags, 1); __type(key, struct key); __type(value, u32); } routes SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct key key = { 32, AT(u32, 0) }, net = { 8, AT(u32, 0) };
	u32 value = p[0] + 1;
	bpf_map_update_elem(&routes, &net, &value, 0);
	u32 *v = bpf_map_lookup_elem(&routes, &key);
	return v ? *v : 99999;
}
