#include "case.h"
struct state { u32 sum, limit; } out;
static long step(u32 index, void *arg) { struct state *s = arg; s->sum += index * 3; return s->sum > s->limit * 10 + 50; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct state s = { p[0], p[1] };
	long n = bpf_loop(10 + (p[2] & 3), step, &s, 0);
	out = s;
	return n;
}
