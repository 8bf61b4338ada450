#include "case.h"
u32 slots[32];
static __always_inline u64 log2(u32 v) { u32 shift, r; r = (v > 0xffff) << 4; v >>= r; shift = (v > 0xff) << 3; v >>= shift; r |= shift; shift = (v > 0xf) << 2; v >>= shift; r |= shift; shift = (v > 3) << 1; v >>= shift; r |= shift; return r | v >> 1; }
static __always_inline u64 log2l(u64 v) { u32 high = v >> 32; return high ? log2(high) + 32 : log2(v); }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 v = AT(u64, 8) & 0xffffff;
	u32 slot = log2l(v);
	if (slot >= 32) slot = 31;
	__sync_fetch_and_add(&slots[slot], 1);
	return slot;
}
