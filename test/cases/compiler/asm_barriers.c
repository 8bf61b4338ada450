#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0];
	asm volatile("" : "+r"(a));
	u8 *q = p + (a & 31);
	if (q + 1 > end) return 1;
	asm volatile("" ::: "memory");
	return *q + a;
}
