// What a program asks of its kernel: configuration, symbols, functions, types; and an iterator.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

extern int LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig;
extern int CONFIG_NO_SUCH_SETTING __kconfig __weak;

extern const void tcp_v4_connect __ksym;
extern const void skep_no_such_symbol __ksym __weak;

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

const volatile int factor = 1;

__u64 version = 0, hz = 0, missing = 1, address = 0, absent = 1, pid = 0, product = 0;

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __uint(pinning, LIBBPF_PIN_BY_NAME);
  __type(key, __u32);
  __type(value, __u64);
} skep_pinned SEC(".maps");

SEC("syscall")
int ask(void *ctx)
{
  __u32 zero = 0;
  __u64 *counter = bpf_map_lookup_elem(&skep_pinned, &zero);
  struct task_struct *task = bpf_task_from_pid(bpf_get_current_pid_tgid() >> 32);
  if (task) {
    pid = BPF_CORE_READ(task, tgid);
    bpf_task_release(task);
  }
  if (counter)
    *counter += 1;
  version = LINUX_KERNEL_VERSION;
  hz = CONFIG_HZ;
  missing = CONFIG_NO_SUCH_SETTING;
  address = (__u64)&tcp_v4_connect;
  absent = &skep_no_such_symbol != 0;
  product = factor * 7;
  return 0;
}

SEC("iter/task")
int list(struct bpf_iter__task *ctx)
{
  struct task_struct *task = ctx->task;
  static const char format[] = "%d\n";
  __u64 args[1];
  if (!task)
    return 0;
  args[0] = task->pid;
  bpf_seq_printf(ctx->meta->seq, format, sizeof(format), args, sizeof(args));
  return 0;
}
