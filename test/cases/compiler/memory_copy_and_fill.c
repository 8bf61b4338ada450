#include "case.h"
u8 out[40];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u8 buf[40];
	__builtin_memset(buf, 0xa5, sizeof(buf));
	__builtin_memcpy(buf + 3, p + 8, 21);
	__builtin_memcpy(p + 24, buf, 31);
	__builtin_memmove(buf + 1, buf, 16);
	__builtin_memcpy(out, buf, 40);
	return buf[5];
}
