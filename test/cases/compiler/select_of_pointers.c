#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u8 *q = p[0] & 1 ? p + 8 : p + 16;
	q[1] = 9;
	return q[0] + q[3];
}
