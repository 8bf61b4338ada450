// Copies the arguments and environment of each execve into one event, as tracers in production do. For measuring
// verification.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#define ARGUMENTS 48
#define VARIABLES 32
#define TEXT 7680
#define LONGEST 128

struct context {
	__u64 common;
	long number;
	const char *file;
	const char *const *argv;
	const char *const *envp;
};
struct event {
	__u64 time, task, user;
	__u32 arguments, variables, used, hash;
	__u8 slashes, dots, dashes, truncated;
	char comm[16];
	char text[TEXT + LONGEST];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event);
} scratch SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u32);
} events SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static __attribute__((always_inline)) inline int copy(struct event *event, const char *const *list, int index)
{
	const char *text = 0;
	__u32 used = event->used;
	long length;

	if (bpf_probe_read_user(&text, sizeof(text), &list[index]) || !text)
		return 1;
	if (used > TEXT) {
		event->truncated = 1;
		return 1;
	}
	length = bpf_probe_read_user_str(&event->text[used], LONGEST, text);
	if (length <= 0)
		return 1;
	event->used = used + length;
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_execve")
int arguments(struct context *ctx)
{
	__u32 zero = 0, hash = 2166136261u;
	struct event *event = bpf_map_lookup_elem(&scratch, &zero);
	__u64 *times, once = 1;
	char name[64] = {};

	if (!event)
		return 0;
	event->time = bpf_ktime_get_ns();
	event->task = bpf_get_current_pid_tgid();
	event->user = bpf_get_current_uid_gid();
	event->used = 0;
	event->truncated = 0;
	event->slashes = event->dots = event->dashes = 0;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_probe_read_user_str(name, sizeof(name), ctx->file);
#pragma unroll
	for (int index = 0; index < 64; index++) {
		char letter = name[index];

		if (!letter)
			break;
		hash = (hash ^ letter) * 16777619u;
		if (letter == '/')
			event->slashes++;
		else if (letter == '.')
			event->dots++;
		else if (letter == '-')
			event->dashes++;
	}
	event->hash = hash;
	times = bpf_map_lookup_elem(&seen, &hash);
	if (times)
		__sync_fetch_and_add(times, 1);
	else
		bpf_map_update_elem(&seen, &hash, &once, BPF_NOEXIST);
	for (int index = 0; index < ARGUMENTS; index++) {
		if (copy(event, ctx->argv, index))
			break;
		event->arguments = index + 1;
	}
#pragma unroll
	for (int index = 0; index < VARIABLES; index++) {
		if (copy(event, ctx->envp, index))
			break;
		event->variables = index + 1;
	}
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, event, sizeof(*event));
	return 0;
}

char license[] SEC("license") = "GPL";
