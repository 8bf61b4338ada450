#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 sum = 0;
	for (int i = 0; i < 20; i += 2) sum += AT(u16, 14 + i);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	AT(u16, 24) = ~sum;
	return sum;
}
