// A 64-bit hash of 1000 steps: multiplications, shifts and exclusive ors that depend on each other.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int alu64(struct xdp_md *ctx)
{
	__u64 hash = 0xcbf29ce484222325ull ^ ctx->ingress_ifindex;

#pragma clang loop unroll(disable)
	for (__u64 i = 0; i < 1000; i++) {
		hash ^= i;
		hash *= 0x100000001b3ull;
		hash ^= hash >> 29;
	}
	return (hash ^ hash >> 32) & 0xffff;
}

char _license[] SEC("license") = "MIT";
