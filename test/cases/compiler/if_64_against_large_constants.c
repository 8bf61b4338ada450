#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0);
	if (a > 0x100000000ull) return 1;
	if ((s64)a < -0x200000000ll) return 2;
	if (a == 0xffffffffull) return 3;
	return 4;
}
