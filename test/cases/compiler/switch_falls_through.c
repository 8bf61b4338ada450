#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 n = 0;
	switch (p[3] & 3) { case 3: n += 100; case 2: n += 10; case 1: n += 1; case 0: n ^= p[4]; }
	out = n;
	return n;
}
