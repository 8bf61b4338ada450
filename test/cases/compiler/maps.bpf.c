#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct value { __u64 packets, bytes; };
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 64); __type(key, __u32); __type(value, struct value); } flows SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 4); __type(key, __u32); __type(value, __u64); } totals SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, __u32); __type(value, __u64); } cpu SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_LPM_TRIE); __uint(map_flags, BPF_F_NO_PREALLOC); __uint(max_entries, 16); __uint(key_size, 8); __uint(value_size, 4); } routes SEC(".maps");
SEC("xdp") int count(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u32 key, zero = 0;
	if (data + 34 > end)
		return XDP_ABORTED;
	key = *(__u32 *)(data + 26);
	struct value *known = bpf_map_lookup_elem(&flows, &key);
	if (known) {
		__sync_fetch_and_add(&known->packets, 1);
		__sync_fetch_and_add(&known->bytes, end - data);
	} else {
		struct value first = { 1, end - data };
		bpf_map_update_elem(&flows, &key, &first, BPF_ANY);
	}
	__u64 *total = bpf_map_lookup_elem(&totals, &zero);
	if (total)
		*total += 1;
	total = bpf_map_lookup_elem(&cpu, &zero);
	if (total)
		*total += end - data;
	return XDP_PASS;
}
char _license[] SEC("license") = "GPL";
