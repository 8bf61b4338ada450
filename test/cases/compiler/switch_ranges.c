#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	switch (p[1]) { case 0 ... 9: return 1; case 10 ... 99: out = 4; return 2; case 200 ... 255: return 3; default: return 4; }
}
