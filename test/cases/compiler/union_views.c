#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	union { u64 whole; u32 half[2]; u16 quarter[4]; u8 bytes[8]; } u = { AT(u64, 8) };
	u.half[1] ^= 0x55aa; u.bytes[0]++; 
	out = u.whole + u.quarter[1];
	return u.half[0];
}
