#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__
/*
 * Arguments of what is traced, under libbpf's names. Compile with -D__TARGET_ARCH_x86, _arm64 or _riscv; x86 is taken
 * when none is given.
 */
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#if defined(__TARGET_ARCH_arm64)
struct pt_regs___arm64 {
	unsigned long orig_x0;
};
#define __PT_REGS_CAST(x) ((const struct user_pt_regs *)(x))
#define __PT_PARM1_REG regs[0]
#define __PT_PARM2_REG regs[1]
#define __PT_PARM3_REG regs[2]
#define __PT_PARM4_REG regs[3]
#define __PT_PARM5_REG regs[4]
#define __PT_PARM6_REG regs[5]
#define __PT_RET_REG regs[30]
#define __PT_FP_REG regs[29]
#define __PT_RC_REG regs[0]
#define __PT_SP_REG sp
#define __PT_IP_REG pc
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___arm64 *)(x), orig_x0)
#define PT_REGS_PARM1_SYSCALL(x) PT_REGS_PARM1_CORE_SYSCALL(x)
#elif defined(__TARGET_ARCH_riscv)
#define __PT_REGS_CAST(x) ((const struct user_regs_struct *)(x))
#define __PT_PARM1_REG a0
#define __PT_PARM2_REG a1
#define __PT_PARM3_REG a2
#define __PT_PARM4_REG a3
#define __PT_PARM5_REG a4
#define __PT_PARM6_REG a5
#define __PT_RET_REG ra
#define __PT_FP_REG s0
#define __PT_RC_REG a0
#define __PT_SP_REG sp
#define __PT_IP_REG pc
#define PT_REGS_SYSCALL_REGS(ctx) ctx
#else
/* The kernel's pt_regs, or that of the headers for user space, which spell the registers with an r before. */
#if defined(__VMLINUX_H__) || defined(__KERNEL__)
#define __PT_PARM1_REG di
#define __PT_PARM2_REG si
#define __PT_PARM3_REG dx
#define __PT_PARM4_REG cx
#define __PT_PARM5_REG r8
#define __PT_PARM6_REG r9
#define __PT_RET_REG sp
#define __PT_FP_REG bp
#define __PT_RC_REG ax
#define __PT_SP_REG sp
#define __PT_IP_REG ip
#else
#define __PT_PARM1_REG rdi
#define __PT_PARM2_REG rsi
#define __PT_PARM3_REG rdx
#define __PT_PARM4_REG rcx
#define __PT_PARM5_REG r8
#define __PT_PARM6_REG r9
#define __PT_RET_REG rsp
#define __PT_FP_REG rbp
#define __PT_RC_REG rax
#define __PT_SP_REG rsp
#define __PT_IP_REG rip
#endif
#define PT_REGS_PARM4_SYSCALL(x) (__PT_REGS_CAST(x)->r10)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), r10)
#endif

struct pt_regs;
#ifndef __PT_REGS_CAST
#define __PT_REGS_CAST(x) (x)
#endif
#ifndef PT_REGS_SYSCALL_REGS
/* System calls get a pointer to their registers as their first argument. */
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)PT_REGS_PARM1(ctx))
#endif

#define PT_REGS_PARM1(x) (__PT_REGS_CAST(x)->__PT_PARM1_REG)
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2(x) (__PT_REGS_CAST(x)->__PT_PARM2_REG)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3(x) (__PT_REGS_CAST(x)->__PT_PARM3_REG)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4(x) (__PT_REGS_CAST(x)->__PT_PARM4_REG)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5(x) (__PT_REGS_CAST(x)->__PT_PARM5_REG)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6(x) (__PT_REGS_CAST(x)->__PT_PARM6_REG)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_RET(x) (__PT_REGS_CAST(x)->__PT_RET_REG)
#define PT_REGS_RET_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP(x) (__PT_REGS_CAST(x)->__PT_FP_REG)
#define PT_REGS_FP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC(x) (__PT_REGS_CAST(x)->__PT_RC_REG)
#define PT_REGS_RC_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP(x) (__PT_REGS_CAST(x)->__PT_SP_REG)
#define PT_REGS_SP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP(x) (__PT_REGS_CAST(x)->__PT_IP_REG)
#define PT_REGS_IP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_IP_REG)
#ifndef PT_REGS_PARM1_SYSCALL
#define PT_REGS_PARM1_SYSCALL(x) PT_REGS_PARM1(x)
#endif
#ifndef PT_REGS_PARM1_CORE_SYSCALL
#define PT_REGS_PARM1_CORE_SYSCALL(x) PT_REGS_PARM1_CORE(x)
#endif
#ifndef PT_REGS_PARM2_SYSCALL
#define PT_REGS_PARM2_SYSCALL(x) PT_REGS_PARM2(x)
#endif
#ifndef PT_REGS_PARM2_CORE_SYSCALL
#define PT_REGS_PARM2_CORE_SYSCALL(x) PT_REGS_PARM2_CORE(x)
#endif
#ifndef PT_REGS_PARM3_SYSCALL
#define PT_REGS_PARM3_SYSCALL(x) PT_REGS_PARM3(x)
#endif
#ifndef PT_REGS_PARM3_CORE_SYSCALL
#define PT_REGS_PARM3_CORE_SYSCALL(x) PT_REGS_PARM3_CORE(x)
#endif
#ifndef PT_REGS_PARM4_SYSCALL
#define PT_REGS_PARM4_SYSCALL(x) PT_REGS_PARM4(x)
#endif
#ifndef PT_REGS_PARM4_CORE_SYSCALL
#define PT_REGS_PARM4_CORE_SYSCALL(x) PT_REGS_PARM4_CORE(x)
#endif
#ifndef PT_REGS_PARM5_SYSCALL
#define PT_REGS_PARM5_SYSCALL(x) PT_REGS_PARM5(x)
#endif
#ifndef PT_REGS_PARM5_CORE_SYSCALL
#define PT_REGS_PARM5_CORE_SYSCALL(x) PT_REGS_PARM5_CORE(x)
#endif
#ifndef PT_REGS_PARM6_SYSCALL
#define PT_REGS_PARM6_SYSCALL(x) PT_REGS_PARM6(x)
#endif
#ifndef PT_REGS_PARM6_CORE_SYSCALL
#define PT_REGS_PARM6_CORE_SYSCALL(x) PT_REGS_PARM6_CORE(x)
#endif
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)PT_REGS_RET(ctx)); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) ({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })

/* The arguments of a function that a program is declared like, taken from its context one by one. */
#define ___trace_cat(a, b) ___skep_cat(a, b)
#define ___ctx_args0() ctx
#define ___ctx_args1(x) ___ctx_args0(), (void *)ctx[0]
#define ___ctx_args2(x, args...) ___ctx_args1(args), (void *)ctx[1]
#define ___ctx_args3(x, args...) ___ctx_args2(args), (void *)ctx[2]
#define ___ctx_args4(x, args...) ___ctx_args3(args), (void *)ctx[3]
#define ___ctx_args5(x, args...) ___ctx_args4(args), (void *)ctx[4]
#define ___ctx_args6(x, args...) ___ctx_args5(args), (void *)ctx[5]
#define ___ctx_args7(x, args...) ___ctx_args6(args), (void *)ctx[6]
#define ___ctx_args8(x, args...) ___ctx_args7(args), (void *)ctx[7]
#define ___ctx_args9(x, args...) ___ctx_args8(args), (void *)ctx[8]
#define ___ctx_args10(x, args...) ___ctx_args9(args), (void *)ctx[9]
#define ___ctx_args11(x, args...) ___ctx_args10(args), (void *)ctx[10]
#define ___ctx_args12(x, args...) ___ctx_args11(args), (void *)ctx[11]
#define ___ctx_args(args...) ___trace_cat(___ctx_args, ___skep_count(args))(args)
#define ___kprobe_args0() ctx
#define ___kprobe_args1(x) ___kprobe_args0(), (void *)PT_REGS_PARM1(ctx)
#define ___kprobe_args2(x, args...) ___kprobe_args1(args), (void *)PT_REGS_PARM2(ctx)
#define ___kprobe_args3(x, args...) ___kprobe_args2(args), (void *)PT_REGS_PARM3(ctx)
#define ___kprobe_args4(x, args...) ___kprobe_args3(args), (void *)PT_REGS_PARM4(ctx)
#define ___kprobe_args5(x, args...) ___kprobe_args4(args), (void *)PT_REGS_PARM5(ctx)
#define ___kprobe_args6(x, args...) ___kprobe_args5(args), (void *)PT_REGS_PARM6(ctx)
#define ___kprobe_args(args...) ___trace_cat(___kprobe_args, ___skep_count(args))(args)
#define ___kretprobe_args0() ctx
#define ___kretprobe_args1(x) ___kretprobe_args0(), (void *)PT_REGS_RC(ctx)
#define ___kretprobe_args(args...) ___trace_cat(___kretprobe_args, ___skep_count(args))(args)
#define ___syscall_args0() ctx
#define ___syscall_args1(x) ___syscall_args0(), (void *)PT_REGS_PARM1_CORE_SYSCALL(regs)
#define ___syscall_args2(x, args...) ___syscall_args1(args), (void *)PT_REGS_PARM2_CORE_SYSCALL(regs)
#define ___syscall_args3(x, args...) ___syscall_args2(args), (void *)PT_REGS_PARM3_CORE_SYSCALL(regs)
#define ___syscall_args4(x, args...) ___syscall_args3(args), (void *)PT_REGS_PARM4_CORE_SYSCALL(regs)
#define ___syscall_args5(x, args...) ___syscall_args4(args), (void *)PT_REGS_PARM5_CORE_SYSCALL(regs)
#define ___syscall_args6(x, args...) ___syscall_args5(args), (void *)PT_REGS_PARM6_CORE_SYSCALL(regs)
#define ___syscall_args(args...) ___trace_cat(___syscall_args, ___skep_count(args))(args)

/* int BPF_PROG(name, struct task_struct *task, int code) { ... }: for tp_btf, fentry, fexit, LSM, struct_ops. */
#define ___trace_program(name, ctx_type, call, args...) \
	name(ctx_type *ctx); \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args); \
	typeof(name(0)) name(ctx_type *ctx) \
	{ \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		return ____##name(call); \
		_Pragma("GCC diagnostic pop") \
	} \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args)
#define BPF_PROG(name, args...) ___trace_program(name, unsigned long long, ___ctx_args(args), ##args)
#define BPF_KPROBE(name, args...) ___trace_program(name, struct pt_regs, ___kprobe_args(args), ##args)
#define BPF_KRETPROBE(name, args...) ___trace_program(name, struct pt_regs, ___kretprobe_args(args), ##args)
/*
 * int BPF_PROG2(name, struct pair, p, int, code) { ... }: arguments of up to 16 bytes, each a type and a name; one of more
 * than 8 bytes takes two places of the context.
 */
#define ___wide_places(type) ((sizeof(type) + 7) / 8)
#define ___wide_argument(type, at) \
	({ \
		union { __u64 raw[___wide_places(type)]; type value; } ___u; \
		___u.raw[0] = ctx[at]; \
		if (___wide_places(type) == 2) \
			___u.raw[___wide_places(type) - 1] = ctx[(at) + 1]; \
		___u.value; \
	})
#define ___wide_params0()
#define ___wide_params2(t, x) , t x
#define ___wide_params4(t, x, rest...) , t x ___wide_params2(rest)
#define ___wide_params6(t, x, rest...) , t x ___wide_params4(rest)
#define ___wide_params8(t, x, rest...) , t x ___wide_params6(rest)
#define ___wide_params10(t, x, rest...) , t x ___wide_params8(rest)
#define ___wide_params12(t, x, rest...) , t x ___wide_params10(rest)
#define ___wide_params(args...) ___trace_cat(___wide_params, ___skep_count(args))(args)
#define ___wide_args0(at)
#define ___wide_args2(at, t, x) , ___wide_argument(t, at)
#define ___wide_args4(at, t, x, rest...) , ___wide_argument(t, at) ___wide_args2(at + ___wide_places(t), rest)
#define ___wide_args6(at, t, x, rest...) , ___wide_argument(t, at) ___wide_args4(at + ___wide_places(t), rest)
#define ___wide_args8(at, t, x, rest...) , ___wide_argument(t, at) ___wide_args6(at + ___wide_places(t), rest)
#define ___wide_args10(at, t, x, rest...) , ___wide_argument(t, at) ___wide_args8(at + ___wide_places(t), rest)
#define ___wide_args12(at, t, x, rest...) , ___wide_argument(t, at) ___wide_args10(at + ___wide_places(t), rest)
#define ___wide_args(args...) ___trace_cat(___wide_args, ___skep_count(args))(0, ##args)
#define BPF_PROG2(name, args...) \
	name(unsigned long long *ctx); \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___wide_params(args)); \
	typeof(name(0)) name(unsigned long long *ctx) \
	{ \
		return ____##name(ctx ___wide_args(args)); \
	} \
	static __always_inline typeof(name(0)) ____##name(unsigned long long *ctx ___wide_params(args))
#define BPF_UPROBE(name, args...) BPF_KPROBE(name, ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

/* A system call's entry: its own arguments, whether or not the kernel wraps them. */
#define BPF_KSYSCALL(name, args...) \
	name(struct pt_regs *ctx); \
	extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig; \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args); \
	typeof(name(0)) name(struct pt_regs *ctx) \
	{ \
		struct pt_regs *regs = LINUX_HAS_SYSCALL_WRAPPER ? PT_REGS_SYSCALL_REGS(ctx) : ctx; \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		return ____##name(___syscall_args(args)); \
		_Pragma("GCC diagnostic pop") \
	} \
	static __always_inline typeof(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL
#endif
