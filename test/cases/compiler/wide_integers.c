/* Integers of 128 bits: words, carries, constant shifts, comparisons, extensions. */
#include "case.h"
typedef unsigned __int128 u128;
typedef __int128 s128;
u64 out[8];
u128 kept;

/* Global: verified once. As a static function clang's branches make paths without end. */
__noinline u64 compared(u64 ah, u64 al, u64 bh, u64 bl)
{
	u128 a = (u128)ah << 64 | al, b = (u128)bh << 64 | bl;
	s128 sa = a, sb = b;
	return (u64)(a == b) | (u64)(a < b) << 1 | (u64)(a <= b) << 2 | (u64)(sa < sb) << 3 | (u64)(sa >= sb) << 4 |
	       (u64)(a > 5) << 5 | (u64)(sa > -5) << 6 | (u64)((s128)(s32)al < sb) << 7 | (u64)((u32)al >= b) << 8 |
	       (u64)(a == 0) << 9;
}

__noinline u64 computed(u64 ah, u64 al, u64 bh, u64 bl)
{
	u128 a = (u128)ah << 64 | al, b = (u128)bh << 64 | bl;
	u128 sum = a + b, less = a - b;
	s128 sa = a;
	u64 mixed = (u64)((a ^ b) >> 3) + (u64)((a & b) >> 70) * 3 + (u64)((a | ~b) << 9) * 5;
	mixed += (u64)(sa >> 100) * 7 + (u64)(sa >> 7) * 11 + (u64)((a << 77) >> 64) * 13;
	return (u64)(sum >> 64) * 17 + (u64)sum * 19 + (u64)(less >> 64) * 23 + (u64)less * 29 + mixed;
}

SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0), b = AT(u64, 8), c = AT(u64, 16), d = AT(u64, 24);
	out[0] = computed(a, b, c, d);
	out[1] = computed(a, ~0ull, 0, 1);
	out[2] = computed(0, a & 1, a & 2, b & 1);
	out[3] = compared(a, b, c, d) | compared(a, b, a, d) << 16 | compared(a, b, a, b) << 32 | compared(0, 0, a, 0) << 48;
	out[4] = compared(a & 1, b & 1, c & 1, d & 1) | compared(-1, a | 0xf, -1, -(b & 7)) << 16;
	kept = (a & 1) ? kept + b : (u128)c << 3;
	out[5] = kept >> 61;
	return (u32)(out[0] + out[3]);
}
