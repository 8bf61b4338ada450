#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
static __noinline int fib(int n) { int a = 0, b = 1; for (int i = 0; i < n && i < 20; i++) { int c = a + b; a = b; b = c; } return a; }
__noinline int twice(int x) { return x * 2; }
__weak int maybe(int x) { return x + 3; }
SEC("xdp") int calls(struct xdp_md *ctx)
{
	__u64 sum = ctx->data_end - ctx->data;
	return fib(ctx->data_end - ctx->data) + twice(sum) + maybe(1);
}
SEC("tc") int other(struct __sk_buff *skb) { return twice(skb->len) & 7; }
char _license[] SEC("license") = "GPL";
