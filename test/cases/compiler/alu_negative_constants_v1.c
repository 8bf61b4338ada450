#include "case.h"
u64 out[4];
/* Numbers of 32 bits whose highest bit is set, where 64 bits are looked at. */
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 8) | 0x80000000u;
	u32 chosen = p[4] & 1 ? 0xf0000001u : 7;
	out[0] = (u64)chosen * 3;
	out[1] = chosen >> (p[5] & 31);
	out[2] = a > 0xedcba987u;
	out[3] = b / (chosen | 0x80000000u);
	return b > 0x90000000u;
}
