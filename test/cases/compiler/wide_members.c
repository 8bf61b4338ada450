/* A wide integer at an odd place, and neighbouring members that are looked at together as one. */
#include "case.h"
struct name { u64 a; u32 b; u16 c; u8 d; };
struct packed { u8 before; unsigned __int128 all; u16 after; } __attribute__((packed));
struct packed place;
unsigned __int128 start = ((unsigned __int128)1 << 100) - 5;
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct packed *in = (struct packed *)p;
	unsigned __int128 all = in->all;
	place.all = all + start;
	place.after = in->after;
	out = (u64)(all >> 64) ^ (u64)(start >> 90);
	return all == 0 || place.all > all;
}
