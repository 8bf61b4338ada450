#include "case.h"
u32 grid[4][8] = { { 1, 2, 3 }, { 4 } };
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 i = p[0] & 3, j = p[1] & 7;
	grid[i][j] += p[2] + 1;
	grid[3 - i][7 - j] ^= grid[i][j];
	return grid[i][j] + grid[0][0];
}
