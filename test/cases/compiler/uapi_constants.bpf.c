#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
struct big { __aligned_u64 a; };
SEC("cgroup/dev") int dev(struct bpf_cgroup_dev_ctx *ctx)
{
	return !(ctx->access_type & (BPF_DEVCG_ACC_MKNOD << 16)) && (ctx->access_type & 0xffff) == BPF_DEVCG_DEV_CHAR;
}
SEC("tc") int encap(struct __sk_buff *skb)
{
	skb->tc_classid = TC_H_MAKE(1 << 16, 2);
	return bpf_skb_adjust_room(skb, 20, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L2(14) | BPF_F_ADJ_ROOM_FIXED_GSO);
}
char LICENSE[] SEC("license") = "GPL";
