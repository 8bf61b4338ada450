/* A static function beside its program in one section, which libbpf refuses, and a program that is not loaded unasked. */
#include "prelude.h"

static __attribute__((section("xdp"))) __noinline int beside(int x)
{
	asm volatile("" : "+r"(x));
	return x ^ 5;
}

SEC("xdp")
int outer(struct xdp_md *ctx)
{
	return beside(ctx->ingress_ifindex) + beside(4);
}

SEC("?xdp/cpumap")
int optional(struct xdp_md *ctx)
{
	return 1;
}

char LICENSE[] SEC("license") = "GPL";
