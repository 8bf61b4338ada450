#include "case.h"
u64 out[3];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	out[0] = __builtin_bswap16(AT(u16, 0)); out[1] = __builtin_bswap32(AT(u32, 4)); out[2] = __builtin_bswap64(AT(u64, 8));
	return out[0] == 0x100 ? 1 : (u32)out[2];
}
