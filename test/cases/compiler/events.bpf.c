#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } perf SEC(".maps");
struct event { __u64 time; __u32 bytes; char text[12]; };
SEC("tracepoint/syscalls/sys_enter_execve") int event(void *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	struct event copy = { .bytes = 1, .text = "exec" };
	if (!event)
		return 0;
	*event = copy;
	event->time = bpf_ktime_get_ns();
	bpf_ringbuf_submit(event, 0);
	bpf_perf_event_output(ctx, &perf, BPF_F_CURRENT_CPU, &copy, sizeof(copy));
	bpf_printk("%d %s", copy.bytes, "done");
	return 0;
}
char _license[] SEC("license") = "GPL";
