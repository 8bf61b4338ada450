#include "case.h"
static __noinline s8 a(u8 v) { return v + 100; }
static __noinline u16 b(u32 v) { return v * 3; }
static __noinline s32 c(s64 v) { return v - 5; }
static __noinline _Bool d(u8 v) { return v & 4; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return a(p[0]) + b(AT(u32, 4)) + c(AT(s64, 8)) + (d(p[1]) ? 5 : 6);
}
