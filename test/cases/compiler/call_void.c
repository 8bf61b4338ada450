#include "case.h"
u32 last, count; static __noinline void note(u32 v) { last = v; count++; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	note(p[0]); note(p[1]); return last;
}
