#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/in.h>
#include <sys/socket.h>
#include <bpf/bpf_endian.h>
SEC("cgroup/connect4") int connect4(struct bpf_sock_addr *ctx)
{
	if (ctx->type != SOCK_STREAM)
		return 1;
	if (ctx->user_port == bpf_htons(80))
		ctx->user_port = bpf_htons(8080);
	return (bpf_ntohl(ctx->user_ip4) >> 24) == 127;
}
SEC("sockops") int ops(struct bpf_sock_ops *ops)
{
	if (ops->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB)
		bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_STATE_CB_FLAG);
	return 1;
}
SEC("cgroup_skb/egress") int egress(struct __sk_buff *skb) { return skb->len < 1000; }
char _license[] SEC("license") = "GPL";
