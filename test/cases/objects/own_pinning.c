/* A map with a pinning that only its own loader knows, as cilium's objects have. */
#include "prelude.h"

struct {
	__uint(type, 2);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
	__uint(pinning, 16);
} replaced SEC(".maps");

SEC("xdp")
int pass(struct xdp_md *ctx)
{
	__u32 key = 0;
	return bpf_map_lookup_elem(&replaced, &key) ? 2 : 1;
}

char LICENSE[] SEC("license") = "GPL";
