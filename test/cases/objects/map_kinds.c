/* BTF-defined maps: inner maps, initial values, every field of a definition. */
#include "prelude.h"

int target(struct xdp_md *ctx);

struct inner {
	__uint(type, 2);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} inner_one SEC(".maps"), inner_two SEC(".maps");

struct {
	__uint(type, 12); /* array_of_maps */
	__uint(max_entries, 3);
	__uint(key_size, 4);
	__array(values, struct inner);
} outer SEC(".maps") = {
	.values = { [0] = &inner_one, [2] = &inner_two },
};

struct {
	__uint(type, 13); /* hash_of_maps */
	__uint(max_entries, 8);
	__type(key, __u64);
	__array(values, struct {
		__uint(type, 1);
		__uint(max_entries, 16);
		__type(key, __u32);
		__type(value, __u32);
	});
} outer_hash SEC(".maps");

struct {
	__uint(type, 3); /* prog_array */
	__uint(max_entries, 2);
	__uint(key_size, 4);
	__array(values, int(struct xdp_md *));
} jumps SEC(".maps") = {
	.values = { [1] = target },
};

struct {
	__uint(type, 27); /* ringbuf */
	__uint(max_entries, 4096);
} events SEC(".maps");

struct {
	__uint(type, 9); /* lru_hash */
	__uint(map_flags, 1 << 2); /* numa */
	__uint(numa_node, 0);
	__uint(key_size, 16);
	__uint(value_size, 24);
	__uint(max_entries, 100);
} on_node SEC(".maps");

struct {
	__uint(type, 30); /* bloom_filter */
	__uint(max_entries, 100);
	__type(value, __u32);
	__uint(map_extra, 3);
} bloom SEC(".maps");

SEC("xdp")
int target(struct xdp_md *ctx)
{
	return 1;
}

SEC("xdp")
int jump(struct xdp_md *ctx)
{
	__u32 key = 0;
	void *map = bpf_map_lookup_elem(&outer, &key);

	if (map && bpf_map_lookup_elem(map, &key))
		return 1;
	bpf_tail_call(ctx, &jumps, 1);
	return 2;
}

char LICENSE[] SEC("license") = "GPL";
