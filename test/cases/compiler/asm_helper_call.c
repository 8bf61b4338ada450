#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 r;
	asm volatile("call 8\n\t%0 = r0" : "=r"(r) :: "r0", "r1", "r2", "r3", "r4", "r5");
	return r + p[0];
}
