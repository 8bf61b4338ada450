#include "case.h"
u64 out[3];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	out[0] = __builtin_bitreverse32(AT(u32, 0)); out[1] = __builtin_bitreverse64(AT(u64, 8)); out[2] = __builtin_bitreverse8(p[3]);
	return out[0];
}
