#include "case.h"
u64 cell = 4, out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 v = AT(u64, 8);
	u64 a = __sync_fetch_and_add(&cell, v), b = __sync_fetch_and_or(&cell, v << 1), c = __sync_fetch_and_and(&cell, ~v), d = __sync_fetch_and_xor(&cell, 7);
	u64 e = __sync_val_compare_and_swap(&cell, v, 3), f = __sync_lock_test_and_set(&cell, v + 5);
	out = a ^ b * 3 ^ c * 5 ^ d * 7 ^ e * 9 ^ f * 11;
	return out;
}
