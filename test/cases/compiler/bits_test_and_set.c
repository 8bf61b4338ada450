#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 word = AT(u64, 0);
	u32 bit = p[9] & 63;
	int had = word >> bit & 1;
	word |= 1ull << bit;
	word &= ~(1ull << (bit ^ 1));
	out = word;
	return had;
}
