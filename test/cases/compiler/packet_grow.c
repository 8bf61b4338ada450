#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	if (bpf_xdp_adjust_head(ctx, -14))
		return 0;
	u8 *p = (u8 *)(long)ctx->data, *end = (u8 *)(long)ctx->data_end;
	if (p + 28 > end)
		return 1;
	__builtin_memcpy(p, p + 14, 14);
	p[12] = 0x81; p[13] = 0;
	return 2;
}
