#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u8 *q = p + 20;
	u32 found = 0;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 8; i++) {
		if (q + 2 > end) break;
		u8 kind = q[0], size = q[1] & 7;
		if (kind == 0) break;
		found += kind;
		q += size + 1;
	}
	return found;
}
