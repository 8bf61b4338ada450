#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	AT(u8, 0) = 1; AT(u16, 2) = 0x1234; AT(u32, 4) = 0xdeadbeef; AT(u64, 8) = 7; AT(u64, 16) = -1;
	return p[1];
}
