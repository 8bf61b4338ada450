#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0);
	u64 b = AT(u64, 8);
	out = __builtin_popcount(a) * 3 + __builtin_popcountll(b);
	out += (a ? __builtin_clz(a) : 32) + (b ? __builtin_ctzll(b) : 64) + (b ? __builtin_clzll(b) : 64) + __builtin_ffs(a) + __builtin_parity(a);
	return out;
}
