#include "case.h"
struct odd { u8 a; u64 b; u16 c; } __attribute__((packed));
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct odd *o = (void *)(p + 1);
	u64 b = o->b;
	o->b = b + 1; o->c = o->a;
	return o->c + (u32)(o->b >> 8);
}
