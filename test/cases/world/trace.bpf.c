/* Programs on functions of the kernel, on the hooks of its security modules and on what tasks do. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

char _license[] SEC("license") = "GPL";

struct seen {
	__u64 cookie, ip;
	__u32 pid, parent, port, family, calls, uid, netns;
	__s32 result;
	char comm[16], parent_comm[16], file[32];
};
struct seen connects, sends, execs, opens, forks, exits;
__u32 refused_port;
__u64 sent_bytes, returned;

SEC("fentry/tcp_v4_connect") int BPF_PROG(enter_connect, struct sock *sk, struct sockaddr_in *addr, int size)
{
	struct task_struct *task = bpf_get_current_task_btf();

	connects.calls++;
	connects.pid = task->tgid;
	connects.parent = task->real_parent->tgid;
	connects.uid = task->cred->uid.val;
	connects.port = bpf_ntohs(BPF_CORE_READ(addr, sin_port));
	connects.family = sk->__sk_common.skc_family;
	connects.netns = sk->__sk_common.skc_net.net->ns.inum;
	connects.cookie = bpf_get_socket_cookie(sk);
	bpf_probe_read_kernel_str(connects.comm, sizeof(connects.comm), task->comm);
	return 0;
}

SEC("fexit/tcp_v4_connect") int BPF_PROG(leave_connect, struct sock *sk, struct sockaddr_in *addr, int size, int ret)
{
	connects.result = ret;
	return 0;
}

SEC("kprobe/tcp_sendmsg") int BPF_KPROBE(probe_send, struct sock *sk, struct msghdr *msg, size_t size)
{
	sends.calls++;
	sends.port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	sends.ip = bpf_get_func_ip(ctx);
	sent_bytes += size;
	return 0;
}

SEC("kretprobe/tcp_sendmsg") int BPF_KRETPROBE(probe_sent, int ret)
{
	sends.result = ret;
	returned += ret;
	return 0;
}

SEC("lsm/socket_connect") int BPF_PROG(may_connect, struct socket *sock, struct sockaddr *address, int size, int ret)
{
	struct sockaddr_in *in = (struct sockaddr_in *)address;

	if (ret)
		return ret;
	return bpf_ntohs(BPF_CORE_READ(in, sin_port)) == refused_port ? -13 : 0;
}

SEC("lsm/socket_sendmsg") int BPF_PROG(may_send, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	return ret ?: size > 1000 ? -1 : 0;
}

SEC("tp_btf/sched_process_exec") int BPF_PROG(on_exec, struct task_struct *task, pid_t old, struct linux_binprm *bprm)
{
	execs.calls++;
	execs.pid = task->tgid;
	bpf_probe_read_kernel_str(execs.file, sizeof(execs.file), bprm->filename);
	bpf_get_current_comm(execs.comm, sizeof(execs.comm));
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_openat") int on_open(struct trace_event_raw_sys_enter *ctx)
{
	opens.calls++;
	opens.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_probe_read_user_str(opens.file, sizeof(opens.file), (void *)ctx->args[1]);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_openat") int on_opened(struct trace_event_raw_sys_exit *ctx)
{
	opens.result = ctx->ret;
	return 0;
}

SEC("lsm/file_open") int BPF_PROG(may_open, struct file *file, int ret)
{
	bpf_probe_read_kernel_str(opens.comm, sizeof(opens.comm), BPF_CORE_READ(file, f_path.dentry, d_name.name));
	return opens.comm[0] == 's' && opens.comm[1] == 'e' ? -13 : 0;
}

SEC("raw_tp/sched_process_fork") int on_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0], *child = (void *)ctx->args[1];

	forks.calls++;
	forks.pid = BPF_CORE_READ(child, pid);
	forks.parent = BPF_CORE_READ(parent, pid);
	BPF_CORE_READ_STR_INTO(&forks.parent_comm, child, real_parent, comm);
	return 0;
}

SEC("kprobe/do_exit") int BPF_KPROBE(on_exit, long code)
{
	exits.result = code;
	exits.pid = bpf_get_current_pid_tgid() >> 32;
	return 0;
}

SEC("fmod_ret/security_task_kill") int BPF_PROG(no_kill, struct task_struct *task, struct kernel_siginfo *info, int signal)
{
	return signal == 9 ? -1 : 0;
}

SEC("kprobe.multi/tcp_v?_connect") int BPF_KPROBE(many)
{
	connects.ip = bpf_get_func_ip(ctx);
	return 0;
}
