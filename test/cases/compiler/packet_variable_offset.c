#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 length = (p[0] & 15) * 4;
	u8 *q = p + length;
	if (q + 4 > end) return 77;
	q[2] ^= 0x80;
	return q[0] + q[3];
}
