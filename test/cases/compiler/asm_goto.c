#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0];
	asm goto("if %0 > 5 goto %l[large]" :: "r"(a) :: large);
	return a;
	large:
	return a + 1000;
}
