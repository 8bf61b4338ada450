#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0), b = AT(u64, 8), c;
	asm volatile("%0 = %1\n\t%0 += %2\n\t%0 ^= 5" : "=&r"(c) : "r"(a), "r"(b));
	asm volatile("%0 <<= 3" : "+r"(c));
	out = c;
	return c;
}
