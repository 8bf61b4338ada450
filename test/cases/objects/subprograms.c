/* Static and global functions in .text, callbacks, several programs in a section. */
#include "prelude.h"

struct {
	__uint(type, 2);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} slots SEC(".maps");

static __noinline int leaf(int x)
{
	asm volatile("" : "+r"(x));
	return x * 3;
}

static __noinline int middle(int x)
{
	return leaf(x + 1) + leaf(x + 2);
}

__noinline int visible(struct xdp_md *ctx, int x)
{
	return middle(x) + leaf(x) + (ctx ? ctx->rx_queue_index : 0);
}

__weak __noinline int maybe(int x)
{
	asm volatile("" : "+r"(x));
	return x + 7;
}

static int each(void *map, const void *key, __u64 *value, void *ctx)
{
	*value += leaf(*(__u32 *)key);
	return 0;
}

static int step(__u32 index, void *ctx)
{
	*(__u64 *)ctx += index;
	return 0;
}

SEC("xdp")
int first(struct xdp_md *ctx)
{
	__u64 sum = 0;

	bpf_for_each_map_elem(&slots, each, &sum, 0);
	bpf_loop(4, step, &sum, 0);
	return visible(ctx, 5) + maybe(2) + sum;
}

SEC("xdp")
int second(struct xdp_md *ctx)
{
	return middle(ctx->ingress_ifindex) + leaf(4);
}

SEC("xdp/devmap")
int third(struct xdp_md *ctx)
{
	return maybe(1);
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
