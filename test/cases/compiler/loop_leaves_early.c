#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	int at = -1;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 60; i++) { if (p[i] == 0) continue; if (p[i] > 40) { at = i; break; } p[i]++; }
	return at;
}
