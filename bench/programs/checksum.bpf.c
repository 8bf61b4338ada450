// The internet checksum of the packet's first 1400 bytes, two at a time.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("xdp")
int checksum(struct xdp_md *ctx)
{
	__u16 *words = (void *)(long)ctx->data;
	void *end = (void *)(long)ctx->data_end;
	__u64 sum = 0;

	if ((void *)(words + 700) > end)
		return 0;
#pragma clang loop unroll(disable)
	for (int i = 0; i < 700; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

char _license[] SEC("license") = "MIT";
