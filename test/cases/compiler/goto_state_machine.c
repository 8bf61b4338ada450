#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 i = 0, n = 0;
	start:
	if (i >= 20) goto done;
	if (p[i] & 1) goto odd;
	n += 1; i += 1; goto start;
	odd:
	n += 100; i += 2; goto start;
	done:
	return n;
}
