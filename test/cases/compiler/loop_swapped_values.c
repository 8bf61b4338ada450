#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0], b = p[1], c = p[2];
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 10; i++) { u32 t = a; a = b; b = c; c = t + i; }
	out = a * 65536 + b * 256 + c;
	return a;
}
