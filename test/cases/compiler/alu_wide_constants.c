#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0);
	out = (a ^ 0x123456789abcdef0ull) * 0x9e3779b97f4a7c15ull + 0xffffffffull;
	return (out >> 32) & 0xdeadbeef;
}
