#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 4), r;
	s32 c = AT(s32, 8), d = AT(s32, 12), s;
	u64 e = AT(u64, 16), f = AT(u64, 24), t;
	int n = __builtin_add_overflow(a, b, &r);
	n = n * 2 + __builtin_sub_overflow(a, b, &r);
	n = n * 2 + __builtin_add_overflow(c, d, &s);
	n = n * 2 + __builtin_add_overflow(e, f, &t);
	n = n * 2 + __builtin_mul_overflow(a, b, &r);
	out = r + s + t;
	return n;
}
