/* Contexts of the program types that Linux has test runs for, besides tc and XDP. */
#include "twin.h"

SEC("cgroup_skb/egress") int cgroup_packet(struct __sk_buff *skb)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	out[0] = skb->len;
	out[1] = end - data;
	out[2] = skb->protocol;
	out[3] = skb->mark;
	if (data + 20 <= end)
		out[4] = *(u32 *)(data + 16);
	bpf_skb_load_bytes(skb, 4, &out[5], 4);
	out[6] = bpf_skb_cgroup_id(skb) != 0;
	out[7] = bpf_skb_load_bytes_relative(skb, 0, &out[8], 8, BPF_HDR_START_NET);
	out[9] = skb->family;
	out[10] = skb->remote_ip4;
	out[11] = skb->local_ip4;
	skb->mark = 5;
	return 1;
}

SEC("cgroup_skb/ingress") int cgroup_congestion(struct __sk_buff *skb)
{
	return skb->len > 50 ? 1 : 0;
}

SEC("lwt_xmit") int route_output(struct __sk_buff *skb)
{
	out[0] = skb->len;
	out[1] = skb->protocol;
	out[2] = bpf_skb_change_tail(skb, skb->len + 4, 0);
	out[3] = bpf_skb_change_head(skb, 14, 0);
	out[4] = skb->len;
	return BPF_OK;
}

SEC("lwt_in") int route_input(struct __sk_buff *skb)
{
	out[0] = skb->len;
	out[1] = skb->mark;
	skb->cb[1] = 7;
	return BPF_DROP;
}

SEC("flow_dissector") int dissect(struct __sk_buff *skb)
{
	struct bpf_flow_keys *keys = skb->flow_keys;
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	out[0] = keys->nhoff;
	out[1] = keys->thoff;
	out[2] = keys->n_proto;
	out[3] = keys->flags;
	out[4] = end - data;
	keys->thoff = keys->nhoff + 20;
	keys->ip_proto = 6;
	keys->addr_proto = 0x0800;
	keys->ipv4_src = 0x01020304;
	keys->flags = 9;
	return BPF_OK;
}

SEC("flow_dissector") int dissect_wrongly(struct __sk_buff *skb)
{
	struct bpf_flow_keys *keys = skb->flow_keys;

	keys->nhoff = 3;
	keys->thoff = 9999;
	return BPF_DROP;
}

SEC("sk_lookup") int look_up(struct bpf_sk_lookup *ctx)
{
	out[0] = ctx->family;
	out[1] = ctx->protocol;
	out[2] = ctx->remote_ip4;
	out[3] = ctx->remote_port;
	out[4] = ctx->local_ip4;
	out[5] = ctx->local_port;
	out[6] = ctx->sk != NULL;
	out[7] = ctx->ingress_ifindex;
	out[8] = ctx->remote_ip6[0];
	return ctx->local_port == 80;
}

struct arguments {
	u64 a, b;
	u32 sum;
};

SEC("syscall") int call(struct arguments *args)
{
	args->sum = args->a + args->b;
	args->a = 99;
	return args->sum * 2;
}

SEC("raw_tp") int tracepoint(struct bpf_raw_tracepoint_args *args)
{
	out[0] = args->args[0];
	out[1] = args->args[1];
	return 0;
}
