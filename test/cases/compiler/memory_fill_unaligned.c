#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	volatile char text[200] = {1};
	char none[0];
	text[p[0] & 63] += p[1];
	return text[p[2] & 63] + (bpf_csum_diff((u32 *)none, 0, (u32 *)none, 0, 7) & 1);
}
