#include "case.h"
__noinline int mix(u8 a, u16 b, u32 c, u64 d) { return (a ^ b) + (c ^ (u32)d); }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return mix(p[0], AT(u16, 2), AT(u32, 4), AT(u64, 8));
}
