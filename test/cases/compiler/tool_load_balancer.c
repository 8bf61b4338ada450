#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 7); __type(key, u32); __type(value, u32); } ring SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 h = AT(u32, 26) * 0x9e3779b1u ^ AT(u32, 30);
	h ^= h >> 15; h *= 0x85ebca6b; h ^= h >> 13;
	u32 slot = h % 7;
	u32 *backend = bpf_map_lookup_elem(&ring, &slot);
	if (!backend) return 1;
	u32 address = *backend ? *backend : 0x0a000001 + slot;
	u32 sum = (u16)~AT(u16, 24);
	sum += (u16)~(AT(u32, 30) & 0xffff); sum += (u16)~(AT(u32, 30) >> 16); sum += address & 0xffff; sum += address >> 16;
	sum = (sum & 0xffff) + (sum >> 16); sum = (sum & 0xffff) + (sum >> 16);
	AT(u32, 30) = address; AT(u16, 24) = ~sum;
	(*backend)++;
	return 3;
}
