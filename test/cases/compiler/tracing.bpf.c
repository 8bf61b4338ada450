#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
struct event { u32 pid; char comm[16]; u64 exe; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
SEC("tp_btf/sched_process_exec") int BPF_PROG(on_exec, struct task_struct *p, pid_t old, struct linux_binprm *b)
{ struct event *e = bpf_ringbuf_reserve(&rb, sizeof(*e), 0); if (!e) return 0;
  e->pid = BPF_CORE_READ(p, real_parent, tgid); e->exe = (u64)BPF_CORE_READ(p, mm, exe_file, f_inode, i_ino);
  bpf_get_current_comm(e->comm, sizeof(e->comm)); bpf_printk("exec %d %s", e->pid, e->comm); bpf_ringbuf_submit(e, 0); return 0; }
SEC("kprobe/tcp_v4_connect") int BPF_KPROBE(conn, struct sock *sk) { int f = BPF_CORE_READ_BITFIELD_PROBED((struct tcp_sock *)sk, repair); return sk != 0 && f; }
SEC("raw_tp/sys_enter") int raw(struct bpf_raw_tracepoint_args *c) { int i, s = 0; bpf_for(i, 0, 10) s += i; return s == 45; }
char _license[] SEC("license") = "GPL";
