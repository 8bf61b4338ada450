/* What these programs need of Linux's headers. */
#pragma once
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define XDP_PASS 2
#define TC_ACT_OK 0
#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2

struct xdp_md {
	__u32 data;
	__u32 data_end;
	__u32 data_meta;
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
};
struct __sk_buff {
	__u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto, priority;
	__u32 ingress_ifindex, ifindex, tc_index, cb[5], hash, tc_classid, data, data_end, napi_id;
};
struct ethhdr {
	__u8 to[6], from[6];
	__u16 proto;
} __attribute__((packed));
struct iphdr {
	__u8 ihl : 4, version : 4, tos;
	__u16 length, id, fragment;
	__u8 ttl, protocol;
	__u16 check;
	__u32 source, dest;
};
struct tcphdr {
	__u16 source, dest;
	__u32 seq, ack;
	__u16 flags, window, check, urgent;
};

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static long (*const bpf_probe_read_kernel)(void *to, __u32 size, const void *from) = (void *)113;
static __u32 (*const bpf_get_prandom_u32)(void) = (void *)7;
static long (*const bpf_skb_load_bytes)(const void *skb, __u32 offset, void *to, __u32 length) = (void *)26;
static long (*const bpf_xdp_adjust_head)(void *ctx, int delta) = (void *)44;
static long (*const bpf_get_current_comm)(void *to, __u32 size) = (void *)16;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct table {
	__u32 cells[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
