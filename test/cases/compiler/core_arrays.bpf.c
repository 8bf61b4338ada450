#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
/* Elements of arrays of numbers need no loader; those of structs do. */
SEC("tp_btf/sched_switch") int BPF_PROG(on_switch, bool preempt, struct task_struct *from, struct task_struct *to)
{
	return from->comm[3] + (BPF_CORE_READ(&from->cpus_mask, bits[0]) & 1) +
	       bpf_core_enum_value(enum bpf_prog_type, BPF_PROG_TYPE_XDP);
}
char _license[] SEC("license") = "GPL";
