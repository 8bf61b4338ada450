#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int switches(struct xdp_md *ctx)
{
	__u32 n = ctx->data_end - ctx->data, r = 1;
	switch (n) {
	case 14: r = 5; break;
	case 15 ... 20: r = n * 2; break;
	case 33: case 34: case 60: r = 9; break;
	case 61: r = 77; break;
	case 62: case 64: case 100: r += 4; break;
	case 1000: return 3;
	default: r = n ^ 0x55;
	}
	return r;
}
char _license[] SEC("license") = "GPL";
