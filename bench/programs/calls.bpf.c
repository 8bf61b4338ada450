// 256 calls of a function that is not inlined.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

static __attribute__((noinline)) __u64 step(__u64 value, __u64 i)
{
	return (value ^ i) * 31;
}

SEC("xdp")
int calls(struct xdp_md *ctx)
{
	__u64 value = ctx->ingress_ifindex;

#pragma clang loop unroll(disable)
	for (int i = 0; i < 256; i++)
		value = step(value, i);
	return value & 0xffff;
}

char _license[] SEC("license") = "MIT";
