// FLAGS: -g0
// ALSO: legacy_debug -g
// DWARF: legacy_dwarf
/* Maps as objects had them before BTF: the kernel samples' bpf_map_def. */
#include "prelude.h"

struct bpf_map_def {
	__u32 type, key_size, value_size, max_entries, map_flags, inner_map_idx, numa_node;
};

struct bpf_map_def SEC("maps") counts = {
	.type = 1,
	.key_size = 4,
	.value_size = 8,
	.max_entries = 1024,
};
struct bpf_map_def SEC("maps") pool = {
	.type = 12,
	.key_size = 4,
	.value_size = 4,
	.max_entries = 5,
	.inner_map_idx = 0,
};
struct bpf_map_def SEC("maps") local = {
	.type = 2,
	.key_size = 4,
	.value_size = 4,
	.max_entries = 1,
	.map_flags = 1 << 2,
	.numa_node = 0,
};

SEC("socket1")
int count(void *ctx)
{
	__u32 key = 1, *found = bpf_map_lookup_elem(&local, &key);
	__u64 *value;

	if (found)
		key = *found;
	value = bpf_map_lookup_elem(&counts, &key);
	if (value)
		__sync_fetch_and_add(value, 1);
	return bpf_map_lookup_elem(&pool, &key) != 0;
}

char _license[] SEC("license") = "GPL";
__u32 _version SEC("version") = 0x060100;
