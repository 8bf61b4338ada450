#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 s = 1;
	#pragma clang loop unroll(disable)
	for (int i = 31; i >= 0; i -= 3) s = s * 7 ^ p[i];
	out = s;
	return s;
}
