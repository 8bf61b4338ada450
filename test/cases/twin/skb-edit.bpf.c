/* What surrounds a packet: tags, headers, room, type, checksums, hash. */
#include "twin.h"

/* What there is to see of a packet after an edit. */
static void look(struct __sk_buff *skb, int at)
{
	out[at] = skb->len;
	out[at + 1] = skb->protocol;
	out[at + 2] = ((u64)skb->vlan_present << 48) | ((u64)skb->vlan_proto << 16) | skb->vlan_tci;
	out[at + 3] = skb->pkt_type;
	out[at + 4] = (u32)(skb->data_end - skb->data);
}

SEC("tc") int vlan_push_and_pop(struct __sk_buff *skb)
{
	out[0] = bpf_skb_vlan_push(skb, bpf_htons(0x8100), 0x6123);
	look(skb, 1);
	out[6] = bpf_skb_vlan_push(skb, bpf_htons(0x88a8), 77);
	look(skb, 7);
	out[12] = bpf_skb_vlan_push(skb, 0x1234, 0x10fff);
	look(skb, 13);
	out[18] = bpf_skb_vlan_pop(skb);
	look(skb, 19);
	out[24] = bpf_skb_vlan_pop(skb);
	look(skb, 25);
	out[30] = bpf_skb_vlan_pop(skb);
	look(skb, 31);
	out[36] = bpf_skb_vlan_pop(skb);
	look(skb, 37);
	return 0;
}

SEC("tc") int vlan_push_three(struct __sk_buff *skb)
{
	bpf_skb_vlan_push(skb, bpf_htons(0x8100), 1);
	bpf_skb_vlan_push(skb, bpf_htons(0x8100), 2);
	bpf_skb_vlan_push(skb, bpf_htons(0x8100), 3);
	look(skb, 0);
	return 0;
}

SEC("tc") int vlan_pop_first(struct __sk_buff *skb)
{
	out[0] = bpf_skb_vlan_pop(skb);
	look(skb, 1);
	return 0;
}

#define EACH(call, count) \
	_Pragma("unroll") for (int i = 0; i < count; i++) { \
		out[i] = call; \
	} \
	look(skb, count)

SEC("tc") int change_tail(struct __sk_buff *skb)
{
	static const u32 lengths[] = { 20, 14, 13, 0, 60, 59, 1500, 16064, 16065, 100, 34 };

	EACH(bpf_skb_change_tail(skb, lengths[i], 0), 11);
	out[30] = bpf_skb_change_tail(skb, 40, 1);
	return 0;
}

SEC("tc") int change_head(struct __sk_buff *skb)
{
	static const u32 rooms[] = { 0, 1, 14, 200, 1000, -1, 15000, 0x7fffffff };

	EACH(bpf_skb_change_head(skb, rooms[i], 0), 8);
	out[30] = bpf_skb_change_head(skb, 4, 1);
	return 0;
}

SEC("tc") int change_proto(struct __sk_buff *skb)
{
	out[0] = bpf_skb_change_proto(skb, bpf_htons(0x86dd), 0);
	look(skb, 1);
	out[6] = bpf_skb_change_proto(skb, bpf_htons(0x86dd), 0);
	out[7] = bpf_skb_change_proto(skb, bpf_htons(0x0800), 0);
	look(skb, 8);
	out[13] = bpf_skb_change_proto(skb, bpf_htons(0x0800), 1);
	out[14] = bpf_skb_change_proto(skb, bpf_htons(0x1234), 0);
	return 0;
}

SEC("tc") int change_type(struct __sk_buff *skb)
{
	static const u32 types[] = { 0, 1, 2, 4, 7, 3, -1 };

	EACH(bpf_skb_change_type(skb, types[i]), 7);
	return 0;
}

SEC("tc") int room_grows(struct __sk_buff *skb)
{
	out[0] = bpf_skb_adjust_room(skb, 8, BPF_ADJ_ROOM_NET, 0);
	look(skb, 1);
	out[6] = bpf_skb_adjust_room(skb, 20, BPF_ADJ_ROOM_MAC, 0);
	look(skb, 7);
	out[12] = bpf_skb_adjust_room(skb, 0x7ff, BPF_ADJ_ROOM_MAC, 0);
	out[13] = bpf_skb_adjust_room(skb, 0x1000, BPF_ADJ_ROOM_MAC, 0);
	out[14] = bpf_skb_adjust_room(skb, 4, 2, 0);
	out[15] = bpf_skb_adjust_room(skb, 4, BPF_ADJ_ROOM_MAC, 1 << 9);
	look(skb, 16);
	return 0;
}

SEC("tc") int room_shrinks(struct __sk_buff *skb)
{
	out[0] = bpf_skb_adjust_room(skb, -8, BPF_ADJ_ROOM_NET, 0);
	look(skb, 1);
	out[6] = bpf_skb_adjust_room(skb, -10, BPF_ADJ_ROOM_MAC, 0);
	look(skb, 7);
	out[12] = bpf_skb_adjust_room(skb, -60, BPF_ADJ_ROOM_MAC, 0);
	out[13] = bpf_skb_adjust_room(skb, -0x1000, BPF_ADJ_ROOM_MAC, 0);
	out[14] = bpf_skb_adjust_room(skb, -4, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4);
	look(skb, 15);
	return 0;
}

SEC("tc") int encapsulates_ipv4(struct __sk_buff *skb)
{
	u64 both = BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6;

	out[0] = bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, both);
	out[1] = bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 |
			BPF_F_ADJ_ROOM_ENCAP_L4_GRE | BPF_F_ADJ_ROOM_ENCAP_L4_UDP);
	out[2] = bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 |
			BPF_F_ADJ_ROOM_ENCAP_L4_UDP | BPF_F_ADJ_ROOM_ENCAP_L2(40));
	out[3] = bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 |
			BPF_F_ADJ_ROOM_ENCAP_L4_UDP);
	look(skb, 4);
	out[9] = bpf_skb_adjust_room(skb, 28, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV4);
	out[10] = bpf_skb_change_tail(skb, 60, 0);
	out[11] = bpf_skb_adjust_room(skb, -28, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_DECAP_L3_IPV4);
	look(skb, 12);
	return 0;
}

SEC("tc") int encapsulates_ipv6(struct __sk_buff *skb)
{
	out[0] = bpf_skb_adjust_room(skb, 54, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 |
			BPF_F_ADJ_ROOM_ENCAP_L2_ETH | BPF_F_ADJ_ROOM_ENCAP_L2(14));
	look(skb, 1);
	out[6] = bpf_skb_adjust_room(skb, -20, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_DECAP_L3_IPV4);
	look(skb, 7);
	out[12] = bpf_skb_adjust_room(skb, 20, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_DECAP_L3_IPV4);
	out[13] = bpf_skb_adjust_room(skb, -20, BPF_ADJ_ROOM_MAC,
			BPF_F_ADJ_ROOM_DECAP_L3_IPV4 | BPF_F_ADJ_ROOM_DECAP_L3_IPV6);
	return 0;
}

SEC("tc") int checksums(struct __sk_buff *skb)
{
	static const u32 actions[] = { BPF_CSUM_LEVEL_QUERY, BPF_CSUM_LEVEL_DEC, BPF_CSUM_LEVEL_INC, BPF_CSUM_LEVEL_QUERY,
		BPF_CSUM_LEVEL_INC, BPF_CSUM_LEVEL_INC, BPF_CSUM_LEVEL_INC, BPF_CSUM_LEVEL_INC, BPF_CSUM_LEVEL_QUERY,
		BPF_CSUM_LEVEL_DEC, BPF_CSUM_LEVEL_QUERY, BPF_CSUM_LEVEL_RESET, BPF_CSUM_LEVEL_QUERY, 4 };

	EACH(bpf_csum_level(skb, actions[i]), 14);
	out[30] = bpf_csum_update(skb, 5);
	return 0;
}

SEC("tc") int room_resets_checksums(struct __sk_buff *skb)
{
	bpf_csum_level(skb, BPF_CSUM_LEVEL_INC);
	bpf_skb_adjust_room(skb, 8, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_NO_CSUM_RESET);
	out[0] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	bpf_skb_adjust_room(skb, 8, BPF_ADJ_ROOM_MAC, 0);
	out[1] = bpf_csum_level(skb, BPF_CSUM_LEVEL_QUERY);
	return 0;
}

SEC("tc") int hash_is_set(struct __sk_buff *skb)
{
	out[0] = skb->hash;
	out[1] = bpf_set_hash(skb, 0x12345678);
	out[2] = bpf_get_hash_recalc(skb);
	out[3] = skb->hash;
	out[4] = bpf_set_hash(skb, 0);
	out[5] = bpf_get_hash_recalc(skb);
	out[6] = bpf_set_hash(skb, 7);
	bpf_set_hash_invalid(skb);
	out[7] = skb->hash;
	return 0;
}

/* The hash itself is another after each boot of Linux. */
SEC("tc") int hash_is_computed(struct __sk_buff *skb)
{
	u32 first = bpf_get_hash_recalc(skb);

	out[0] = skb->hash == first;
	bpf_set_hash_invalid(skb);
	out[1] = bpf_get_hash_recalc(skb) == first;
	return 0;
}
