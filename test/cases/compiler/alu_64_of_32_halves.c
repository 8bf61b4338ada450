#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 low = AT(u32, 0), high = AT(u32, 4);
	u64 both = (u64)high << 32 | low;
	out = both + ((u64)low * high);
	return (u32)(both >> 16);
}
