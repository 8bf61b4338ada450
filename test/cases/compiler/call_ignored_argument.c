#include "case.h"
/* The compiler drops what a function does not look at; the verifier asks for the context all the same. */
__noinline int plain(struct xdp_md *ctx) { volatile int two = 2; return two; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	return plain(ctx) + 1;
}
