#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return __builtin_bswap16(AT(u16, 0)) ^ __builtin_bswap32(AT(u32, 4)) ^ (u32)(__builtin_bswap64(AT(u64, 8)) >> 32);
}
