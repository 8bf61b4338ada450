/* What the twin cases share. Programs leave what they found in `out`, in their maps and in the packet. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#define NULL ((void *)0)
#define MAP(name, kind, k, v, n) \
	struct { \
		__uint(type, kind); \
		__type(key, k); \
		__type(value, v); \
		__uint(max_entries, n); \
	} name SEC(".maps")

#define BPF_F_ADJ_ROOM_ENCAP_L2(bytes) (((u64)(bytes) & 0xff) << 56)

u64 out[64];
char _license[] SEC("license") = "GPL";
