// A program with a function that another program takes the place of.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

__attribute__((noinline)) int verdict(struct xdp_md *ctx)
{
  // The argument is used, or the compiler would not pass it.
  return ctx->ingress_ifindex == 0xffff ? 0 : 1;
}

SEC("xdp")
int base(struct xdp_md *ctx)
{
  return verdict(ctx);
}

SEC("?freplace/verdict")
int other_verdict(struct xdp_md *ctx)
{
  return 2;
}
