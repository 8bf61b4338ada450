#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 n = p[0], r = 0;
	asm volatile("1: %0 += 2\n\t%1 += -1\n\tif %0 s< 20 goto 1b\n\tif %1 s> 3 goto +1\n\t%0 = 99\n\t" : "+r"(r), "+r"(n));
	return r + n;
}
