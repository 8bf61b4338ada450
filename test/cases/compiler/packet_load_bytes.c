#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u8 buf[16] = {};
	if (bpf_xdp_load_bytes(ctx, p[0] & 31, buf, sizeof(buf))) return 1;
	u32 s = 0;
	for (int i = 0; i < 16; i++) s = s * 3 + buf[i];
	return s;
}
