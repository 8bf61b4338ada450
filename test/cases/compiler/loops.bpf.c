#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int loops(struct xdp_md *ctx)
{
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 sum = 0, most = 0;
	for (int i = 0; i < 60; i++) {
		if (data + i + 1 > end)
			break;
		__u8 byte = data[i];
		sum = (sum << 1 | sum >> 31) ^ byte;
		if (byte > most)
			most = byte;
	}
	int steps = 0;
	do {
		most /= 3;
	} while (most && ++steps < 10);
	return sum + steps;
}
char _license[] SEC("license") = "GPL";
