/* What a caller may say of a context, and what comes back. The inputs are in test/support/twin-inputs.ts. */
#include "twin.h"

SEC("tc") int skb_fields(struct __sk_buff *skb)
{
	out[0] = skb->len;
	out[1] = skb->mark;
	out[2] = skb->priority;
	out[3] = skb->ingress_ifindex;
	out[4] = skb->ifindex;
	out[5] = skb->cb[0];
	out[6] = skb->cb[4];
	out[7] = skb->tstamp;
	out[8] = skb->gso_segs;
	out[9] = skb->gso_size;
	out[10] = skb->hwtstamp;
	out[11] = skb->pkt_type;
	out[12] = skb->queue_mapping;
	out[13] = skb->hash;
	out[14] = skb->tc_index;
	skb->mark += 1;
	skb->priority += 2;
	skb->cb[1] = 3;
	skb->tc_index = 4;
	skb->queue_mapping = 5;
	return 0;
}

SEC("tc") int skb_grows(struct __sk_buff *skb)
{
	out[0] = bpf_skb_change_tail(skb, skb->len + 20, 0);
	return skb->len;
}

/* The packet of a segmented stream: the second input says so. */
SEC("tc") int segments(struct __sk_buff *skb)
{
	out[0] = bpf_skb_adjust_room(skb, 8, BPF_ADJ_ROOM_MAC, 0);
	out[1] = bpf_skb_adjust_room(skb, 8, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO);
	out[2] = bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_MAC, 0);
	out[3] = skb->gso_segs;
	out[4] = bpf_skb_change_proto(skb, bpf_htons(0x86dd), 0);
	out[5] = skb->gso_segs;
	out[6] = skb->gso_size;
	out[7] = bpf_skb_change_proto(skb, bpf_htons(0x0800), 0);
	out[8] = skb->gso_size;
	return 0;
}

SEC("xdp") int xdp_fields(struct xdp_md *ctx)
{
	out[0] = ctx->data_end - ctx->data;
	out[1] = ctx->data - ctx->data_meta;
	out[2] = ctx->ingress_ifindex;
	out[3] = ctx->rx_queue_index;
	return 2;
}

SEC("xdp") int xdp_moves(struct xdp_md *ctx)
{
	out[0] = bpf_xdp_adjust_head(ctx, -8);
	out[1] = bpf_xdp_adjust_meta(ctx, -4);
	out[2] = bpf_xdp_adjust_tail(ctx, -5);
	return 2;
}

SEC("socket") int filter_fields(struct __sk_buff *skb)
{
	out[0] = skb->len;
	out[1] = skb->mark;
	out[2] = skb->priority;
	out[3] = skb->cb[2];
	skb->cb[3] = 9;
	return skb->len;
}
