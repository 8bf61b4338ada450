#include "case.h"
__attribute__((used, noinline)) static int twice(int x) { return x * 2; }
/* Functions by their names, and helpers by the constants that C has for them. */
SEC("xdp") __attribute__((naked)) int prog(struct xdp_md *ctx)
{
	asm volatile("r6 = 20;"
		     "call %[cpu];"
		     "r1 = r6;"
		     "r1 += 1;"
		     "call twice;"
		     "exit;" :: [cpu] "i"(bpf_get_smp_processor_id));
}
