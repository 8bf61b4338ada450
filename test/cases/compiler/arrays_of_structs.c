#include "case.h"
struct row { u32 hits; u64 bytes; u8 tag[4]; } rows[4];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct row *r = &rows[p[4] & 3];
	r->hits++; r->bytes += AT(u16, 2); r->tag[p[5] & 3] = p[6];
	return r->hits + r->bytes;
}
