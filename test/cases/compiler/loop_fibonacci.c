#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = p[0], b = p[1];
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 30; i++) { u64 t = a + b; a = b; b = t; }
	out = b;
	return b;
}
