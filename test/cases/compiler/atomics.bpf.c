#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
__u64 a, b = 5; __u32 c = 9;
SEC("xdp") int atomics(struct xdp_md *ctx)
{
	__u64 old = __sync_fetch_and_add(&a, 3);
	old += __sync_val_compare_and_swap(&b, 5, 11);
	old += __sync_lock_test_and_set(&c, 4);
	__sync_fetch_and_or(&a, 0xf0);
	__sync_fetch_and_and(&a, 0x3f);
	old += __sync_fetch_and_xor(&b, 1);
	__sync_fetch_and_sub(&c, 2);
	return old + a + b + c;
}
char _license[] SEC("license") = "GPL";
