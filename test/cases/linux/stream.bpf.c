// Prints to its own stream. Linux 6.17.
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>

extern int bpf_stream_vprintk_impl(int stream, const char *format, const void *args, __u32 bytes, void *aux) __ksym;

SEC("syscall")
int say(void *ctx)
{
	static const char format[] = "hello %d\n";
	__u64 args[1] = { 7 };

	return bpf_stream_vprintk_impl(1, format, args, sizeof(args), 0);
}

char LICENSE[] SEC("license") = "GPL";
