#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0), b = AT(u64, 8), c = AT(u64, 16), d = AT(u64, 24), e = AT(u64, 32), f = AT(u64, 40), g = AT(u64, 48), h = AT(u64, 56);
	u64 s = bpf_get_smp_processor_id();
	s += a * b + c * d + e * f + g * h;
	s = s * (a ^ h) + (b ^ g) * (c ^ f) + (d ^ e);
	u64 t = bpf_get_smp_processor_id();
	s += t + (a + h) * (b - g) * (c + f) * (d - e) + a * h - b * g - c * f - d * e;
	out = s;
	return s;
}
