#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 s = 0;
	for (int i = 0; i < 64; i++) s = s * 31 + p[i];
	return s;
}
