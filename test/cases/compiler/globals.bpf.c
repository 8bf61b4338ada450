#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
const volatile __u32 limit = 7;
static const char greeting[] = "hello, world";
int counters[4] = { 1, 2, 3, 4 };
static int hidden;
struct pair { __u16 a; __u64 b; } pairs[3] = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
int *pointed __attribute__((section(".data.ptr"))) = 0;
SEC("xdp") int use(struct xdp_md *ctx)
{
	__u32 n = (ctx->data_end - ctx->data) & 3;
	hidden += greeting[n] + counters[n];
	counters[n] += limit;
	pairs[n % 3].b += pairs[0].a;
	return hidden + pairs[n % 3].b;
}
char _license[] SEC("license") = "GPL";
