#include "prelude.h"

SEC("socket")
int copy(struct __sk_buff *skb)
{
	char bytes[32];
	__u32 size = skb->len;

	bpf_skb_load_bytes(skb, 0, bytes, size);
	return bytes[0];
}
