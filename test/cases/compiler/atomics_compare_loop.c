#include "case.h"
u64 cell = 1;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 old = cell, seen;
	for (int i = 0; i < 3; i++) { seen = __sync_val_compare_and_swap(&cell, old, old * 2 + p[0]); if (seen == old) break; old = seen; }
	return __sync_bool_compare_and_swap(&cell, 1, 2) + old;
}
