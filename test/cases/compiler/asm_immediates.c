#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0);
	asm volatile("%0 *= %1\n\tif %0 > %2 goto +1\n\t%0 += -%1" : "+r"(a) : "i"(17), "i"(1000));
	out = a;
	return a;
}
