#include "case.h"
u32 first_runs, second_runs;
static __noinline u32 shared(u32 v) { return v ^ 0x1234; }
SEC("xdp") int first(struct xdp_md *ctx) { PACKET(ctx); first_runs++; return shared(p[0]); }
SEC("xdp") int second(struct xdp_md *ctx) { PACKET(ctx); second_runs += p[1]; return shared(p[1]) + first_runs; }
