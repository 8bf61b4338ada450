#include "case.h"
static __attribute__((naked, used)) u64 triple(u64 v) { asm volatile("r0 = r1\n\tr0 *= 3\n\texit"); }
SEC("xdp") int prog(struct xdp_md *ctx) { PACKET(ctx); return triple(p[0]); }
