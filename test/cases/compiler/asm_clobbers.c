#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = p[0], b = p[1], c = p[2], d = p[3];
	asm volatile("r1 = 1\n\tr2 = 2\n\tr3 = 3\n\tr4 = 4\n\tr5 = 5\n\tr0 = 0" ::: "r0", "r1", "r2", "r3", "r4", "r5");
	return a + b * 2 + c * 3 + d * 4;
}
