#include "prelude.h"

static __attribute__((noinline)) int inner(struct __sk_buff *skb)
{
	char bytes[300];

	return bpf_skb_load_bytes(skb, 300, bytes, sizeof(bytes)) ?: bytes[7];
}

SEC("socket")
int outer(struct __sk_buff *skb)
{
	char bytes[300];

	if (bpf_skb_load_bytes(skb, 0, bytes, sizeof(bytes)))
		return 0;
	return inner(skb) + bytes[9];
}
