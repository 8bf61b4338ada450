#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 n = p[0] & 31, s = 0;
	for (u32 i = 0; i < n; i++) s = (s << 1) + i;
	return s;
}
