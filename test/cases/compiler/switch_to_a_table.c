#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 n;
	switch (p[0] & 7) { case 0: n = 3; break; case 1: n = 14; break; case 2: n = 15; break; case 3: n = 92; break; case 4: n = 65; break; case 5: n = 35; break; case 6: n = 89; break; default: n = 79; }
	return n;
}
