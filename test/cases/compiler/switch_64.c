#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	switch (AT(u64, 0)) { case 0: return 1; case 0x0807060504030201ull: return 2; case 0xffffffffffffffffull: return 3; case 0x100000000ull: return 4; }
	return 5;
}
