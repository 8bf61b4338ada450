#include "case.h"
struct flags { u32 a : 3, b : 13; s32 c : 5; u64 d : 40; _Bool e : 1; } stored;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct flags f = {};
	f.a = p[0]; f.b = AT(u16, 2); f.c = AT(s32, 4); f.d = AT(u64, 8); f.e = p[1] & 1;
	f.c += 3; f.d ^= f.b;
	stored = f;
	return f.a + f.b * 2 + f.c + (int)f.d + f.e;
}
