#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct bits { unsigned a : 3; unsigned b : 13; int c : 9; unsigned long long d : 40; } kept;
struct big { __u8 bytes[40]; __u32 n; };
static __always_inline struct big fill(__u8 x) { struct big big = {}; big.bytes[x & 31] = x; big.n = x; return big; }
SEC("xdp") int structs(struct xdp_md *ctx)
{
	__u32 n = ctx->data_end - ctx->data;
	struct big one = fill(n), two = one;
	kept.a = n; kept.b += n * 5; kept.c -= n; kept.d |= (__u64)n << 30;
	two.n += one.bytes[n & 31];
	return two.n + kept.a + kept.b + kept.c + (kept.d >> 33);
}
char _license[] SEC("license") = "GPL";
