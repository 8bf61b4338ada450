#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 s = 0;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 8; i++)
	#pragma clang loop unroll(disable)
		for (int j = 0; j < 8; j++) s += p[i * 8 + j] * (i ^ j);
	out = s;
	return s;
}
