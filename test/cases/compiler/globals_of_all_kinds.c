#include "case.h"
u32 zero; u32 set = 77; u8 small = 250; static u16 hidden_one = 5; u64 wide = 0x1122334455667788ull;
static const u16 table[8] = { 2, 3, 5, 7, 11, 13, 17, 19 };
const volatile u32 limit = 9;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	zero += p[0]; set += p[1]; small++; hidden_one ^= AT(u16, 4);
	wide = (wide << 3) + table[p[2] & 7];
	return zero + set + small + hidden_one + limit;
}
