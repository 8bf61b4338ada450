/* A struct_ops map, and the program that it names. */
#include "prelude.h"

struct tcp_congestion_ops {
	__u32 (*ssthresh)(void *sk);
	char name[16];
};

SEC("struct_ops/ssthresh")
__u32 ssthresh(__u64 *ctx)
{
	return 2;
}

SEC(".struct_ops")
struct tcp_congestion_ops mine = {
	.ssthresh = (void *)ssthresh,
	.name = "mine",
};

char LICENSE[] SEC("license") = "GPL";
