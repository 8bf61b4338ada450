/* Who a packet belongs to and where it goes. */
#include "twin.h"

SEC("tc") int sockets(struct __sk_buff *skb)
{
	u64 cookie = bpf_get_socket_cookie(skb);

	out[0] = cookie != 0;
	out[1] = bpf_get_socket_cookie(skb) == cookie;
	out[2] = bpf_get_socket_uid(skb);
	out[3] = bpf_get_netns_cookie(skb) != 0;
	out[4] = bpf_get_netns_cookie(NULL) != 0;
	out[5] = bpf_get_cgroup_classid(skb);
	out[6] = bpf_get_route_realm(skb);
	out[7] = bpf_skb_cgroup_id(skb) != 0;
	out[8] = bpf_skb_ancestor_cgroup_id(skb, 0);
	out[9] = bpf_skb_ancestor_cgroup_id(skb, 100);
	return 0;
}

SEC("tc") int fields_of_the_socket(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 1;
	out[0] = sk->family;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 2;
	out[1] = sk->src_ip4;
	out[2] = sk->dst_ip4;
	out[3] = sk->type;
	out[4] = sk->protocol;
	out[5] = sk->mark;
	out[6] = sk->priority;
	out[7] = sk->src_ip6[0] + sk->src_ip6[3];
	out[8] = sk->dst_ip6[0] + sk->dst_ip6[3];
	out[9] = sk->src_port;
	out[10] = sk->dst_port;
	out[11] = sk->bound_dev_if;
	out[12] = sk->state;
	out[13] = sk->rx_queue_mapping;
	out[14] = bpf_tcp_sock(sk) != NULL;
	out[15] = bpf_get_listener_sock(sk) != NULL;
	return 0;
}

SEC("tc") int redirects(struct __sk_buff *skb)
{
	struct bpf_redir_neigh next = {};

	out[0] = bpf_redirect(1, 0);
	out[1] = bpf_redirect(1, BPF_F_INGRESS);
	out[2] = bpf_redirect(1, 2);
	out[3] = bpf_redirect_peer(1, 0);
	out[4] = bpf_redirect_peer(1, 1);
	out[5] = bpf_redirect_neigh(1, NULL, 0, 0);
	out[6] = bpf_redirect_neigh(1, NULL, 0, 1);
	out[7] = bpf_redirect_neigh(1, &next, sizeof(next), 0);
	out[8] = bpf_redirect_neigh(1, &next, sizeof(next) - 4, 0);
	out[9] = bpf_clone_redirect(skb, 77777, 0);
	out[10] = bpf_clone_redirect(skb, 1, 2);
	return 0;
}

#define MTU(at, ifindex, given, difference, flags) \
	{ \
		u32 mtu = given; \
		out[at] = bpf_check_mtu(ctx, ifindex, &mtu, difference, flags); \
		out[at + 1] = mtu; \
	}
#define MTUS \
	MTU(0, 1, 0, 0, 0) MTU(2, 0, 0, 0, 0) MTU(4, 77777, 0, 0, 0) MTU(6, 1, 65536, 0, 0) MTU(8, 1, 65537, 0, 0) \
	MTU(10, 1, 65537, -1, 0) MTU(12, 1, 0, 65536, 0) MTU(14, 1, 0, 65450, 0) MTU(16, 1, 0, 0, 1) \
	MTU(18, 1, 5, 0, 1) MTU(20, 1, 0, 5, 1) MTU(22, 1, 0, 0, 2)

SEC("tc") int mtu_of_skb(struct __sk_buff *ctx)
{
	MTUS
	return 0;
}

SEC("xdp") int mtu_of_xdp(struct xdp_md *ctx)
{
	MTUS
	return 0;
}

SEC("tc") int congestion(struct __sk_buff *skb)
{
	static const u8 services[] = { 0, 1, 2, 3, 0x6a };

	_Pragma("unroll") for (int i = 0; i < 5; i++) {
		u8 service = services[i];

		bpf_skb_store_bytes(skb, 15, &service, 1, 0);
		out[4 * i] = bpf_skb_ecn_set_ce(skb);
		bpf_skb_load_bytes(skb, 14, &out[4 * i + 1], 4);
		bpf_skb_load_bytes(skb, 24, &out[4 * i + 2], 2);
	}
	return 0;
}

SEC("tc") int times(struct __sk_buff *skb)
{
	out[0] = bpf_skb_set_tstamp(skb, 12345, BPF_SKB_TSTAMP_DELIVERY_MONO);
	out[1] = skb->tstamp;
	out[2] = skb->tstamp_type;
	out[3] = bpf_skb_set_tstamp(skb, 0, BPF_SKB_TSTAMP_DELIVERY_MONO);
	out[4] = bpf_skb_set_tstamp(skb, 5, BPF_SKB_TSTAMP_UNSPEC);
	out[5] = bpf_skb_set_tstamp(skb, 0, BPF_SKB_TSTAMP_UNSPEC);
	out[6] = bpf_skb_set_tstamp(skb, 5, 7);
	out[7] = skb->tstamp;
	out[8] = skb->tstamp_type;
	return 0;
}

SEC("tc") int tasks(struct __sk_buff *skb)
{
	struct bpf_pidns_info info = { 1, 2 };

	out[0] = bpf_get_current_cgroup_id() != 0;
	out[1] = bpf_get_current_ancestor_cgroup_id(0);
	out[2] = bpf_get_current_ancestor_cgroup_id(100);
	out[3] = bpf_get_current_ancestor_cgroup_id(-1);
	return 0;
}

SEC("raw_tp") int pid_namespaces(void *ctx)
{
	struct bpf_pidns_info info = { 1, 2 };

	out[0] = bpf_get_ns_current_pid_tgid(1, 2, &info, sizeof(info));
	out[1] = info.pid;
	out[2] = info.tgid;
	out[3] = bpf_send_signal(65);
	out[4] = bpf_send_signal_thread(100);
	return 0;
}
