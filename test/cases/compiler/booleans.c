#include "case.h"
_Bool flags[4];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	_Bool a = p[0] & 1, b = p[1] > 5, c = a && !b;
	flags[0] = a; flags[1] = b; flags[2] = c ^ a; flags[3] = a | b;
	return a + b * 2 + c * 4 + (a == b) * 8;
}
