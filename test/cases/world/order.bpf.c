/* Each program of the way of a packet and of the life of a socket says when it runs, in one list. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define ETH_P_IP 0x0800
#define MOST 512

enum what {
	XDP = 1, TC_INGRESS, TC_EGRESS, SKB_INGRESS, SKB_EGRESS, SOCK_CREATE, SOCK_RELEASE, BIND4, POST_BIND4, CONNECT4,
	SENDMSG4, RECVMSG4, GETPEERNAME4, GETSOCKNAME4, SOCKOPT_GET, SOCKOPT_SET, SOCK_OPS, SET_STATE, SK_LOOKUP, NF, SYS_ENTER,
	SYS_EXIT, TP_BTF_STATE, FILTER,
};

struct event {
	__u32 what, first, second;
};
struct event events[MOST];
__u32 count;
/* Set by the test: who is looked at. */
__u32 server_port, watched_pid;

static __always_inline void say(__u32 what, __u32 first, __u32 second)
{
	__u32 at = count;

	if (at >= MOST)
		return;
	events[at].what = what;
	events[at].first = first;
	events[at].second = second;
	count = at + 1;
}

/* TCP: its flags; UDP: 0x100; both: the bytes of the payload. */
static __always_inline void packet(__u32 what, void *ip, void *end)
{
	struct iphdr *header = ip;
	struct tcphdr *tcp;
	struct udphdr *udp;

	if ((void *)(header + 1) > end || header->version != 4 || header->ihl != 5)
		return;
	if (header->protocol == 17) {
		udp = (void *)(header + 1);
		if ((void *)(udp + 1) > end)
			return;
		if (udp->dest != bpf_htons(server_port) && udp->source != bpf_htons(server_port))
			return;
		say(what, 0x100, bpf_ntohs(udp->len) - 8);
		return;
	}
	if (header->protocol != 6)
		return;
	tcp = (void *)(header + 1);
	if ((void *)(tcp + 1) > end)
		return;
	if (tcp->dest != bpf_htons(server_port) && tcp->source != bpf_htons(server_port))
		return;
	say(what, ((__u8 *)tcp)[13] & ~8, bpf_ntohs(header->tot_len) - 20 - tcp->doff * 4);
}

static __always_inline void frame(__u32 what, void *data, void *end)
{
	struct ethhdr *link = data;

	if ((void *)(link + 1) > end || link->h_proto != bpf_htons(ETH_P_IP))
		return;
	packet(what, link + 1, end);
}

SEC("xdp") int on_xdp(struct xdp_md *ctx)
{
	frame(XDP, (void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return XDP_PASS;
}

SEC("tc") int on_ingress(struct __sk_buff *ctx)
{
	frame(TC_INGRESS, (void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return 0;
}

SEC("tc") int on_egress(struct __sk_buff *ctx)
{
	frame(TC_EGRESS, (void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return 0;
}

SEC("cgroup_skb/ingress") int skb_ingress(struct __sk_buff *ctx)
{
	packet(SKB_INGRESS, (void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return 1;
}

SEC("cgroup_skb/egress") int skb_egress(struct __sk_buff *ctx)
{
	packet(SKB_EGRESS, (void *)(long)ctx->data, (void *)(long)ctx->data_end);
	return 1;
}

SEC("cgroup/sock_create") int sock_create(struct bpf_sock *ctx)
{
	say(SOCK_CREATE, ctx->type, ctx->protocol);
	return 1;
}

SEC("cgroup/sock_release") int sock_release(struct bpf_sock *ctx)
{
	say(SOCK_RELEASE, ctx->type, ctx->protocol);
	return 1;
}

SEC("cgroup/bind4") int bind4(struct bpf_sock_addr *ctx)
{
	say(BIND4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port));
	return 1;
}

SEC("cgroup/post_bind4") int post_bind4(struct bpf_sock *ctx)
{
	say(POST_BIND4, bpf_ntohl(ctx->src_ip4), ctx->src_port);
	return 1;
}

SEC("cgroup/connect4") int connect4(struct bpf_sock_addr *ctx)
{
	say(CONNECT4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port));
	return 1;
}

SEC("cgroup/sendmsg4") int sendmsg4(struct bpf_sock_addr *ctx)
{
	say(SENDMSG4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port));
	return 1;
}

SEC("cgroup/recvmsg4") int recvmsg4(struct bpf_sock_addr *ctx)
{
	say(RECVMSG4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port) == server_port);
	return 1;
}

SEC("cgroup/getpeername4") int getpeername4(struct bpf_sock_addr *ctx)
{
	say(GETPEERNAME4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port) == server_port);
	return 1;
}

SEC("cgroup/getsockname4") int getsockname4(struct bpf_sock_addr *ctx)
{
	say(GETSOCKNAME4, bpf_ntohl(ctx->user_ip4), bpf_ntohs(ctx->user_port) == server_port);
	return 1;
}

SEC("cgroup/setsockopt") int setsockopt(struct bpf_sockopt *ctx)
{
	say(SOCKOPT_SET, ctx->level, ctx->optname);
	return 1;
}

SEC("sockops") int sock_ops(struct bpf_sock_ops *ctx)
{
	__u32 op = ctx->op;

	say(SOCK_OPS, op, op == BPF_SOCK_OPS_STATE_CB ? ctx->args[0] * 16 + ctx->args[1] : ctx->local_port == server_port);
	if (op == BPF_SOCK_OPS_TCP_CONNECT_CB || op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB)
		bpf_sock_ops_cb_flags_set(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
	return 1;
}

SEC("sk_lookup") int lookup(struct bpf_sk_lookup *ctx)
{
	if (ctx->local_port == server_port)
		say(SK_LOOKUP, ctx->protocol, bpf_ntohl(ctx->remote_ip4));
	return SK_PASS;
}

/* Sockets of the server's port, on either side. */
SEC("tracepoint/sock/inet_sock_set_state") int set_state(struct trace_event_raw_inet_sock_set_state *ctx)
{
	if (ctx->sport == server_port || ctx->dport == server_port)
		say(SET_STATE, ctx->oldstate * 16 + ctx->newstate, ctx->sport == server_port);
	return 0;
}

SEC("tp_btf/inet_sock_set_state") int BPF_PROG(set_state_btf, const struct sock *sk, const int old, const int new)
{
	if (sk->__sk_common.skc_num == server_port || sk->__sk_common.skc_dport == bpf_htons(server_port))
		say(TP_BTF_STATE, old * 16 + new, sk->__sk_common.skc_num == server_port);
	return 0;
}

#define NETFILTER(name) \
SEC("netfilter") int name(struct bpf_nf_ctx *ctx) \
{ \
	say(NF, ctx->state->hook, ctx->state->pf); \
	return 1; \
}
NETFILTER(on_netfilter)
NETFILTER(on_netfilter_in)
NETFILTER(on_netfilter_out)
NETFILTER(on_netfilter_last)

SEC("socket") int filter(struct __sk_buff *ctx)
{
	say(FILTER, ctx->len, 0);
	return ctx->len;
}

SEC("tracepoint/raw_syscalls/sys_enter") int sys_enter(struct trace_event_raw_sys_enter *ctx)
{
	if ((__u32)(bpf_get_current_pid_tgid() >> 32) == watched_pid && ctx->id >= 41 && ctx->id <= 55)
		say(SYS_ENTER, ctx->id, 0);
	return 0;
}

SEC("tracepoint/raw_syscalls/sys_exit") int sys_exit(struct trace_event_raw_sys_exit *ctx)
{
	if ((__u32)(bpf_get_current_pid_tgid() >> 32) == watched_pid && ctx->id >= 41 && ctx->id <= 55)
		say(SYS_EXIT, ctx->id, ctx->ret < 0 ? -ctx->ret : 0);
	return 0;
}
