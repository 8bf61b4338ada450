#include "case.h"
u32 shown;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	static u32 calls = 10;
	calls += p[0] + 1;
	shown = calls;
	return calls;
}
