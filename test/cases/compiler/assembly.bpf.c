#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("xdp") int mixed(struct xdp_md *ctx)
{
	long out, in = ctx->data_end - ctx->data;
	asm volatile("%[out] = %[in]; %[out] *= 3; if %[out] s> 100 goto 1f; %[out] += 1; 1:" : [out] "=&r"(out) : [in] "r"(in));
	asm volatile("r1 = %[k]; %[out] += r1" : [out] "+r"(out) : [k] "i"(17) : "r1");
	return out;
}
SEC("xdp") __attribute__((naked)) int pure(void)
{
	asm volatile("r2 = *(u32 *)(r1 + 4); r3 = *(u32 *)(r1 + 0); r2 -= r3; r0 = r2; if r0 > 64 goto l0_%=; r0 = 1; l0_%=: exit;" ::: "r0", "r2", "r3");
}
char _license[] SEC("license") = "GPL";
