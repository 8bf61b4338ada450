#include "prelude.h"

SEC("socket")
int who(struct __sk_buff *skb)
{
	return bpf_xdp_adjust_head(skb, 4);
}
