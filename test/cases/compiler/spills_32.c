#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 4), c = AT(u32, 8), d = AT(u32, 12), e = AT(u32, 16), f = AT(u32, 20), g = AT(u32, 24);
	u32 n = bpf_get_smp_processor_id();
	n += (a * b) ^ (c * d) ^ (e * f) ^ g;
	n -= bpf_get_smp_processor_id();
	n = n * a + b * c - d * e + f * g + (a ^ c ^ e ^ g) + (u32)((s64)(s32)a >> 3);
	out = n;
	return n;
}
