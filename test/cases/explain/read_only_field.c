#include "prelude.h"

SEC("tc")
int length(struct __sk_buff *skb)
{
	skb->len = 10;
	return TC_ACT_OK;
}
