#include "case.h"
volatile u32 seen;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	seen = p[0];
	seen = seen + 1;
	u32 a = seen, b = seen;
	return a * 3 + b;
}
