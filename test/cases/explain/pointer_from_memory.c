#include "prelude.h"

struct sched_switch {
	__u64 common;
	char **argv;
};

SEC("tracepoint/syscalls/sys_enter_execve")
int first(struct sched_switch *args)
{
	return *args->argv[0];
}
