#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 words[56];
	__builtin_memset(words, 0, sizeof(words));
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 56; i++) words[i] = p[i] * 3;
	u64 s = words[p[0] & 31] + words[55] + words[p[1] & 15];
	return s;
}
