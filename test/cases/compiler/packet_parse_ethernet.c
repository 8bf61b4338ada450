#include "case.h"
struct ethernet { u8 target[6], source[6]; u16 type; };
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct ethernet *e = (void *)p;
	if (e->type == __builtin_bswap16(0x800)) return 1;
	u8 first = e->target[0];
	for (int i = 0; i < 6; i++) { u8 t = e->target[i]; e->target[i] = e->source[i]; e->source[i] = t; }
	return first & 1 ? 2 : 3;
}
