#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	switch (p[0] & 7) { case 0: return 5; case 1: return 9; case 2: return p[1]; case 3: return p[2] * 2; case 4: return 77; case 5: return p[3] ^ 5; default: return 1; }
}
