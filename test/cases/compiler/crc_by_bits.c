#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 crc = ~0u;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 8; i++) { crc ^= p[i]; for (int k = 0; k < 8; k++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1; }
	out = ~crc;
	return crc;
}
