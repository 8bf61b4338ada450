#include "case.h"
u64 out[2];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 v = p[0], r;
	asm volatile("%0 = *(u64 *)%1" : "=r"(r) : "m"(v));
	asm volatile("*(u64 *)(%0 + 8) = %1" :: "r"(out), "r"(r + 1) : "memory");
	return r;
}
