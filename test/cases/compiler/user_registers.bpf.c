#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <linux/errno.h>
#include <linux/tcp.h>
#include <asm/byteorder.h>
#include <stdatomic.h>
#include <string.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_endian.h>
/* Without vmlinux.h the headers of user space hold, with their names of registers. */
atomic_int calls;
char last[8];
SEC("kprobe/tcp_v4_connect") int registers(struct pt_regs *ctx)
{
	atomic_fetch_add(&calls, 1);
	memcpy(last, "consume", 8);
	return PT_REGS_RC(ctx) == -EEXIST || ctx->rdi == __constant_htons(TCP_NODELAY) || ___bpf_swab16(1) == 2;
}
char _license[] SEC("license") = "GPL";
