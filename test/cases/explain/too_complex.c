#include "prelude.h"

SEC("xdp")
int hash(struct xdp_md *ctx)
{
	__u32 sum = 0;

	for (__u32 i = 0; i < 100000; i++) {
		__u32 random = bpf_get_prandom_u32();

		if (random & 1)
			sum += i;
		else
			sum ^= random;
	}
	return sum == 7 ? 1 : XDP_PASS;
}
