#include "case.h"
u64 cell = 4;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 v = AT(u64, 8);
	__sync_fetch_and_add(&cell, v); __sync_fetch_and_or(&cell, 3); __sync_fetch_and_and(&cell, v | 0xff); __sync_fetch_and_xor(&cell, v); __sync_fetch_and_sub(&cell, 2);
	return cell;
}
