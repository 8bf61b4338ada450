#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 words[16];
	for (int i = 0; i < 16; i++) words[i] = AT(u32, i * 4) ^ i;
	u32 at = p[5] & 15;
	words[at] += 5;
	u32 s = 0;
	for (int i = 0; i < 16; i++) s = s * 5 + words[i];
	return s;
}
