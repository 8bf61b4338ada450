// A 32-bit hash of 1000 steps (murmur3's mixing).
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int alu32(struct xdp_md *ctx)
{
	__u32 hash = 0x9747b28cu ^ ctx->ingress_ifindex;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < 1000; i++) {
		__u32 k = i * 0xcc9e2d51u;

		k = k << 15 | k >> 17;
		hash ^= k * 0x1b873593u;
		hash = hash << 13 | hash >> 19;
		hash = hash * 5 + 0xe6546b64u;
	}
	return hash & 0xffff;
}

char _license[] SEC("license") = "MIT";
