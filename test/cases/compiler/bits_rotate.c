#include "case.h"
u64 out[3];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), n = p[9] & 31;
	u64 b = AT(u64, 16), m = p[10] & 63;
	out[0] = a << n | a >> (-n & 31);
	out[1] = b << m | b >> (-m & 63);
	out[2] = a << 7 | a >> 25;
	return out[0] ^ out[1];
}
