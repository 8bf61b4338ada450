// Sends eight bytes to whoever reads the perf buffer.
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(key_size, 4);
	__uint(value_size, 4);
} events SEC(".maps");

SEC("xdp")
int send(struct xdp_md *ctx)
{
	__u64 record = 0x0807060504030201;

	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &record, sizeof(record));
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
