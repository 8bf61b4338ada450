#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 8); __type(key, __u32); __type(value, __u64); } entries SEC(".maps");
static long step(__u32 index, void *ctx) { *(__u64 *)ctx += index; return index == 7; }
static long each(void *map, __u32 *key, __u64 *value, __u64 *sum) { *sum += *key + *value; return 0; }
SEC("tracepoint/syscalls/sys_enter_close") int callbacks(void *ctx)
{
	__u64 sum = 0;
	bpf_loop(32, step, &sum, 0);
	bpf_for_each_map_elem(&entries, each, &sum, 0);
	return sum & 1;
}
char _license[] SEC("license") = "GPL";
