#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__
/*
 * What a BPF program says about itself, under libbpf's names. The helpers are in bpf_helper_defs.h.
 */
#include <bpf/bpf_helper_defs.h>

/* Members of a map's definition: a number, a type, an array of values. */
#define __uint(name, val) int (*name)[val]
#define __ulong(name, val) enum { ___skep_cat(___unique_value, __COUNTER__) = val } name
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]

/* The section, which tells the program type and what it attaches to. */
#define SEC(name) __attribute__((section(name), used))

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef __hidden
/* A global function that is verified in the place of each call, as a static one. */
#define __hidden __attribute__((visibility("hidden")))
#endif
#ifndef __unused
#define __unused __attribute__((unused))
#endif

#ifndef NULL
#define NULL ((void *)0)
#endif
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(major, minor, patch) (((major) << 16) + ((minor) << 8) + ((patch) > 255 ? 255 : (patch)))
#endif
#ifndef offsetof
#define offsetof(type, member) __builtin_offsetof(type, member)
#endif
#ifndef container_of
#define container_of(ptr, type, member) \
	({ \
		void *___member = (void *)(ptr); \
		(type *)(___member - offsetof(type, member)); \
	})
#endif

/* The compiler keeps memory accesses on their side of it. */
#ifndef barrier
#define barrier() asm volatile("" ::: "memory")
#endif
/* The compiler forgets what it knows of a variable: checks before it stay, as the verifier needs them. */
#ifndef barrier_var
#define barrier_var(var) asm volatile("" : "+r"(var))
#endif

/* Where a value comes from. */
#define __kconfig __attribute__((section(".kconfig")))
#define __ksym __attribute__((section(".ksyms")))

/* What a pointer in a map's value, or an argument of a global function, is. */
#define __kptr __attribute__((btf_type_tag("kptr")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __percpu_kptr __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr __attribute__((btf_type_tag("uptr")))
#define __arg_ctx __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena __attribute__((btf_decl_tag("arg:arena")))

enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	/* One map for all objects that name it: /sys/fs/bpf/NAME. */
	LIBBPF_PIN_BY_NAME,
};

enum libbpf_tristate {
	TRI_NO = 0,
	TRI_YES = 1,
	TRI_MODULE = 2,
};

/* Is the kernel's symbol there? It must be declared __weak. */
#define bpf_ksym_exists(sym) \
	({ \
		_Static_assert(!__builtin_constant_p(!!sym), #sym " should be marked as __weak"); \
		!!sym; \
	})

#if defined(__bpf__)
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	/* The kernel patches a jump in when map and index are the same on every path. */
	asm volatile("r1 = %[ctx]\n\t"
		     "r2 = %[map]\n\t"
		     "r3 = %[slot]\n\t"
		     "call 12"
		     :: [ctx] "r"(ctx), [map] "r"(map), [slot] "i"(slot)
		     : "r0", "r1", "r2", "r3", "r4", "r5");
}
#endif

#define ___skep_cat_(a, b) a##b
#define ___skep_cat(a, b) ___skep_cat_(a, b)
/* How many arguments there are, 0 to 12. */
#define ___skep_pick(_0, _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, n, ...) n
#define ___skep_count(args...) ___skep_pick(_, ##args, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
/* libbpf's names for the same, which some programs use. */
#ifndef ___bpf_concat
#define ___bpf_concat(a, b) a##b
#endif
#ifndef ___bpf_apply
#define ___bpf_apply(fn, n) ___bpf_concat(fn, n)
#endif
#ifndef ___bpf_narg
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _a, _b, _c, N, ...) N
#define ___bpf_narg(args...) ___skep_count(args)
#endif

/* The arguments of a formatted print as an array of 64-bit numbers. */
#define ___skep_words(fn, args...) ___skep_cat(___skep_words, ___skep_count(args))(args)
#define ___skep_words0() 0
#define ___skep_words1(a) (__u64)(a)
#define ___skep_words2(a, rest...) (__u64)(a), ___skep_words1(rest)
#define ___skep_words3(a, rest...) (__u64)(a), ___skep_words2(rest)
#define ___skep_words4(a, rest...) (__u64)(a), ___skep_words3(rest)
#define ___skep_words5(a, rest...) (__u64)(a), ___skep_words4(rest)
#define ___skep_words6(a, rest...) (__u64)(a), ___skep_words5(rest)
#define ___skep_words7(a, rest...) (__u64)(a), ___skep_words6(rest)
#define ___skep_words8(a, rest...) (__u64)(a), ___skep_words7(rest)
#define ___skep_words9(a, rest...) (__u64)(a), ___skep_words8(rest)
#define ___skep_words10(a, rest...) (__u64)(a), ___skep_words9(rest)
#define ___skep_words11(a, rest...) (__u64)(a), ___skep_words10(rest)
#define ___skep_words12(a, rest...) (__u64)(a), ___skep_words11(rest)

#define ___skep_with_words(args...) \
	_Pragma("GCC diagnostic push") \
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
	__u64 ___words[___skep_count(args) ?: 1] = { ___skep_words(_, ##args) }; \
	_Pragma("GCC diagnostic pop")

#define BPF_SEQ_PRINTF(seq, fmt, args...) \
	({ \
		static const char ___fmt[] = fmt; \
		___skep_with_words(args) \
		bpf_seq_printf(seq, ___fmt, sizeof(___fmt), ___words, ___skep_count(args) * sizeof(__u64)); \
	})

#define BPF_SNPRINTF(out, out_size, fmt, args...) \
	({ \
		static const char ___fmt[] = fmt; \
		___skep_with_words(args) \
		bpf_snprintf(out, out_size, ___fmt, ___words, ___skep_count(args) * sizeof(__u64)); \
	})

/* Up to three arguments fit into bpf_trace_printk (any kernel); more need bpf_trace_vprintk (Linux 5.16). */
#ifdef BPF_NO_GLOBAL_DATA
#define ___skep_format
#else
#define ___skep_format static const
#endif
#define ___skep_printk_few(fmt, args...) \
	({ \
		___skep_format char ___fmt[] = fmt; \
		bpf_trace_printk(___fmt, sizeof(___fmt), ##args); \
	})
#define ___skep_printk_many(fmt, args...) \
	({ \
		static const char ___fmt[] = fmt; \
		___skep_with_words(args) \
		bpf_trace_vprintk(___fmt, sizeof(___fmt), ___words, ___skep_count(args) * sizeof(__u64)); \
	})
#define ___skep_printk0 ___skep_printk_few
#define ___skep_printk1 ___skep_printk_few
#define ___skep_printk2 ___skep_printk_few
#define ___skep_printk3 ___skep_printk_few
#define ___skep_printk4 ___skep_printk_many
#define ___skep_printk5 ___skep_printk_many
#define ___skep_printk6 ___skep_printk_many
#define ___skep_printk7 ___skep_printk_many
#define ___skep_printk8 ___skep_printk_many
#define ___skep_printk9 ___skep_printk_many
#define ___skep_printk10 ___skep_printk_many
#define ___skep_printk11 ___skep_printk_many
#define ___skep_printk12 ___skep_printk_many
/* To the kernel's trace_pipe. */
#define bpf_printk(fmt, args...) ___skep_cat(___skep_printk, ___skep_count(args))(fmt, ##args)

/* Prints into one of the task's two streams, which `bpftool prog tracelog` shows (Linux 6.17). */
extern int bpf_stream_vprintk(int stream_id, const char *fmt__str, const void *args, __u32 len__sz, void *aux__prog) __weak __ksym;
#define bpf_stream_printk(stream_id, fmt, args...) \
	({ \
		static const char ___fmt[] = fmt; \
		___skep_with_words(args) \
		bpf_stream_vprintk(stream_id, ___fmt, ___words, ___skep_count(args) * sizeof(__u64), NULL); \
	})

/* Open-coded iterators (Linux 6.4). */
struct bpf_iter_num;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;

/* One loop over the elements of an iterator, such as bpf_for_each(num, i, 0, 10). */
#ifndef bpf_for_each
#define bpf_for_each(type, cur, args...) \
	for (struct bpf_iter_##type ___it __attribute__((aligned(8), cleanup(bpf_iter_##type##_destroy))), \
	     *___begun __attribute__((unused)) = \
		     (bpf_iter_##type##_new(&___it, ##args), (void)bpf_iter_##type##_destroy, (void *)0); \
	     ((cur) = bpf_iter_##type##_next(&___it));)
#endif
/* for (i = start; i < end; i++), without a bound that the verifier must see. */
#ifndef bpf_for
#define bpf_for(i, start, end) \
	for (struct bpf_iter_num ___it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))), \
	     *___begun __attribute__((unused)) = \
		     (bpf_iter_num_new(&___it, (start), (end)), (void)bpf_iter_num_destroy, (void *)0); \
	     ({ \
		     int *___at = bpf_iter_num_next(&___it); \
		     /* The verifier must see i in bounds when start and end are constants. */ \
		     (___at && ((i) = *___at, (i) >= (start) && (i) < (end))); \
	     });)
#endif
#ifndef bpf_repeat
#define bpf_repeat(times) \
	for (struct bpf_iter_num ___it __attribute__((aligned(8), cleanup(bpf_iter_num_destroy))), \
	     *___begun __attribute__((unused)) = \
		     (bpf_iter_num_new(&___it, 0, (times)), (void)bpf_iter_num_destroy, (void *)0); \
	     bpf_iter_num_next(&___it);)
#endif
#endif
