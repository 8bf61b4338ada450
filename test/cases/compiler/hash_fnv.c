#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 h = 0xcbf29ce484222325ull;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 32; i++) h = (h ^ p[i]) * 0x100000001b3ull;
	out = h;
	return h >> 32;
}
