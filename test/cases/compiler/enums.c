#include "case.h"
enum color { RED, GREEN = 1, BLUE } seen;
enum wide { NEAR = 1, FAR = 0x100000002ll } where;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	enum color c = p[0] % 3;
	enum wide w = p[1] & 1 ? FAR : NEAR;
	seen = c; where = w;
	return c == GREEN ? 10 : c == BLUE ? 20 : (int)(w >> 32);
}
