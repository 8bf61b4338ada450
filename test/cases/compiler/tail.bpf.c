#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2); __uint(key_size, 4); __uint(value_size, 4); } jumps SEC(".maps");
SEC("tc") int entry(struct __sk_buff *skb)
{
	skb->cb[0] = skb->len;
	bpf_tail_call(skb, &jumps, skb->protocol & 1);
	return 7;
}
char _license[] SEC("license") = "GPL";
