/* What the fixtures need of bpf_helpers.h, written here so that they build with clang alone. */
#pragma once
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;

#define SEC(name) __attribute__((section(name), used))
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
#define CAT_(a, b) a##b
#define CAT(a, b) CAT_(a, b)
#define __ulong(name, val) enum { CAT(__unique_value, __COUNTER__) = val } name
#define __always_inline inline __attribute__((always_inline))
#define __noinline __attribute__((noinline))
#define __weak __attribute__((weak))
#define __hidden __attribute__((visibility("hidden")))
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))
#define CORE __attribute__((preserve_access_index))

struct xdp_md {
	__u32 data;
	__u32 data_end;
	__u32 data_meta;
	__u32 ingress_ifindex;
	__u32 rx_queue_index;
	__u32 egress_ifindex;
};

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static long (*const bpf_tail_call)(void *ctx, void *map, __u32 index) = (void *)12;
static long (*const bpf_for_each_map_elem)(void *map, void *fn, void *ctx, __u64 flags) = (void *)164;
static long (*const bpf_loop)(__u32 n, void *fn, void *ctx, __u64 flags) = (void *)181;
