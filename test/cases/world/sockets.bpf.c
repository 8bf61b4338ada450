/* What programs ask about sockets and routes, and do to them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

#define AF_INET 2
#define SOL_SOCKET 1
#define SO_MARK 36
#define HERE bpf_htonl(0x0a000002)

__u32 tcp_found, tcp_state, skc_found, udp_found, missing, assigned;
__u32 route_result, route_ifindex, route_mtu, route_none, mark_before, mark_after, casts, sent;
__u8 route_dmac[6];
__u64 task_pid, cookie, first_argument, arguments;
__s64 function_result;
__s32 bound;

static __always_inline void fill(struct bpf_sock_tuple *tuple, __u16 port)
{
	__builtin_memset(tuple, 0, sizeof(*tuple));
	tuple->ipv4.daddr = HERE;
	tuple->ipv4.dport = bpf_htons(port);
	tuple->ipv4.saddr = bpf_htonl(0x0a000001);
	tuple->ipv4.sport = bpf_htons(1);
}

/* Connections to port 81 go to the socket that listens at port 80. */
SEC("tc") int steer(struct __sk_buff *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct iphdr *ip = data + sizeof(struct ethhdr);
	struct tcphdr *tcp = (void *)(ip + 1);
	struct bpf_sock_tuple tuple;
	struct bpf_sock *sk;

	if ((void *)(tcp + 1) > end || ip->protocol != 6)
		return 0;
	fill(&tuple, 80);
	sk = bpf_skc_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), -1, 0);
	if (sk) {
		skc_found++;
		bpf_sk_release(sk);
	}
	fill(&tuple, 53);
	sk = bpf_sk_lookup_udp(ctx, &tuple, sizeof(tuple.ipv4), -1, 0);
	if (sk) {
		udp_found++;
		bpf_sk_release(sk);
	}
	fill(&tuple, 99);
	sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), -1, 0);
	if (sk)
		bpf_sk_release(sk);
	else
		missing++;
	fill(&tuple, 80);
	sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4), -1, 0);
	if (!sk)
		return 0;
	tcp_found++;
	tcp_state = sk->state;
	if (tcp->dest == bpf_htons(81) && tcp->syn)
		assigned = bpf_sk_assign(ctx, sk, 0) == 0;
	bpf_sk_release(sk);
	return 0;
}

SEC("xdp") int route(struct xdp_md *ctx)
{
	struct bpf_fib_lookup params = {};

	params.family = AF_INET;
	params.ifindex = ctx->ingress_ifindex;
	params.ipv4_src = HERE;
	params.ipv4_dst = bpf_htonl(0x0a000001);
	params.tot_len = 100;
	route_result = bpf_fib_lookup(ctx, &params, sizeof(params), BPF_FIB_LOOKUP_OUTPUT);
	route_ifindex = params.ifindex;
	__builtin_memcpy(route_dmac, params.dmac, 6);
	params.tot_len = 9000;
	route_mtu = bpf_fib_lookup(ctx, &params, sizeof(params), BPF_FIB_LOOKUP_OUTPUT);
	params.tot_len = 100;
	params.ipv4_dst = bpf_htonl(0x08080808);
	route_none = bpf_fib_lookup(ctx, &params, sizeof(params), BPF_FIB_LOOKUP_OUTPUT);
	return XDP_PASS;
}

SEC("sockops") int tune(struct bpf_sock_ops *ctx)
{
	__u32 mark = 0;

	if (ctx->op != BPF_SOCK_OPS_TCP_CONNECT_CB)
		return 1;
	bpf_getsockopt(ctx, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	mark_before = mark;
	mark = 7;
	bpf_setsockopt(ctx, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	mark = 0;
	bpf_getsockopt(ctx, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	mark_after = mark;
	return 1;
}

SEC("cgroup/connect4") int from_elsewhere(struct bpf_sock_addr *ctx)
{
	struct sockaddr_in address = { .sin_family = AF_INET };

	address.sin_addr.s_addr = bpf_htonl(0x7f000009);
	bound = bpf_bind(ctx, (struct sockaddr *)&address, sizeof(address));
	return 1;
}

SEC("cgroup_skb/egress") int look(struct __sk_buff *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct tcp_sock *tcp;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 1;
	if (bpf_skc_to_tcp6_sock(sk))
		casts |= 2;
	if (bpf_skc_to_udp6_sock(sk))
		casts |= 4;
	if (bpf_skc_to_tcp_timewait_sock(sk))
		casts |= 8;
	if (bpf_skc_to_tcp_request_sock(sk))
		casts |= 16;
	tcp = bpf_skc_to_tcp_sock(sk);
	if (!tcp)
		return 1;
	casts |= 1;
	if (tcp->bytes_sent > sent)
		sent = tcp->bytes_sent;
	return 1;
}

SEC("fexit/tcp_sendmsg") int BPF_PROG(after_send, struct sock *sk, struct msghdr *msg, size_t size)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u64 value = 0;

	task_pid = BPF_CORE_READ(task, pid);
	arguments = bpf_get_func_arg_cnt(ctx);
	bpf_get_func_arg(ctx, 2, &value);
	first_argument = value;
	bpf_get_func_ret(ctx, &value);
	function_result = value;
	return 0;
}

SEC("kprobe/tcp_sendmsg") int BPF_KPROBE(with_cookie)
{
	cookie = bpf_get_attach_cookie(ctx);
	return 0;
}
