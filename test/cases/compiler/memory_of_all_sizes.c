#include "case.h"
struct { u8 a; u16 b; u32 c; u64 d; s8 e; s16 f; s32 g; } out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	out.a = p[0]; out.b = AT(u16, 2); out.c = AT(u32, 4); out.d = AT(u64, 8); out.e = AT(s8, 1); out.f = AT(s16, 3); out.g = AT(s32, 5);
	AT(u8, 32) = out.a + 1; AT(u16, 34) = out.b + 1; AT(u32, 36) = out.c + 1; AT(u64, 40) = out.d + 1;
	return out.e + out.f + out.g;
}
