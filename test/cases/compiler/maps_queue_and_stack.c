#include "case.h"
struct { __uint(type, BPF_MAP_TYPE_QUEUE); __uint(max_entries, 16); __type(value, u32); } queue SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_STACK); __uint(max_entries, 16); __type(value, u32); } stack SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0], b = 0, c = 0;
	bpf_map_push_elem(&queue, &a, 0); bpf_map_push_elem(&stack, &a, 0);
	a++;
	bpf_map_push_elem(&queue, &a, 0); bpf_map_push_elem(&stack, &a, 0);
	bpf_map_pop_elem(&queue, &b); bpf_map_pop_elem(&stack, &c);
	return b * 1000 + c;
}
