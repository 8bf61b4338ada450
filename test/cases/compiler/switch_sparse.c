#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	switch (AT(u16, 0)) { case 0: return 1; case 0x201: return 2; case 0x800: return 3; case 0x806: return 4; case 0x86dd: return 5; case 0x8100: return 6; case 0x88a8: return 7; }
	return 0;
}
