#include "case.h"
static const char word[] = "honey"; char copy[8];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 n = 0;
	for (int i = 0; i < 5; i++) { copy[i] = word[i]; n = n * 2 + word[(p[0] + i) & 3]; }
	return n;
}
