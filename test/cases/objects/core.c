/* All kinds of CO-RE record against types that every Linux has, with flavours, anonymous members, arrays, bit-fields. */
#include "prelude.h"

struct list_head {
	struct list_head *next, *prev;
} CORE;

struct pt_regs;
struct mm_struct {
	unsigned long pgd_that_never_was;
} CORE;

struct task_struct {
	int pid;
	int tgid;
	char comm[16];
	struct task_struct *group_leader;
	struct mm_struct *mm;
	unsigned in_execve : 1;
	unsigned sched_reset_on_fork : 1;
	unsigned no_such_bit : 1;
	int no_such_field;
	unsigned long long utime;
} CORE;

struct task_struct___old {
	long state;
	int pid;
} CORE;

struct iphdr {
	__u8 ihl : 4;
	__u8 version : 4;
	__u8 tos;
	__u32 saddr;
	__u32 daddr;
} CORE;

struct in6_addr {
	union {
		__u8 u6_addr8[16];
		__u32 u6_addr32[4];
	} in6_u;
} CORE;

/* skc_daddr is within an anonymous struct within an anonymous union in Linux. */
struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	unsigned short skc_family;
	unsigned char skc_reuse : 4;
} CORE;

struct sock {
	struct sock_common __sk_common;
} CORE;

struct never_was {
	int x;
} CORE;

enum bpf_map_type {
	BPF_MAP_TYPE_NO_SUCH = 3,
	BPF_MAP_TYPE_RINGBUF = 5,
};
enum bpf_map_type___flavour {
	BPF_MAP_TYPE_LRU_HASH___other = 1,
};

typedef __u32 dev_t;

enum { BYTE_OFFSET, BYTE_SIZE, EXISTS, SIGNED, LSHIFT, RSHIFT };
enum { TYPE_EXISTS, TYPE_SIZE, TYPE_MATCHES };

#define field(kind, f) __builtin_preserve_field_info(f, kind)
#define type_info(T, kind) __builtin_preserve_type_info(*(typeof(T) *)0, kind)
#define type_id(T, kind) __builtin_btf_type_id(*(typeof(T) *)0, kind)
#define enumerator(T, v, kind) __builtin_preserve_enum_value(*(typeof(T) *)v, kind)

struct results {
	__u64 v[64];
};
struct {
	__uint(type, 2);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct results);
} results SEC(".maps");

SEC("raw_tp/sys_enter")
int fields(__u64 *ctx)
{
	struct task_struct *t = (void *)0;
	struct task_struct___old *old = (void *)0;
	struct iphdr *ip = (void *)0;
	struct sock *sk = (void *)0;
	struct in6_addr *in6 = (void *)0;
	struct never_was *never = (void *)0;
	__u32 key = 0;
	struct results *r = bpf_map_lookup_elem(&results, &key);
	volatile __u64 *v;

	if (!r)
		return 0;
	v = r->v;
	v[0] = field(BYTE_OFFSET, t->pid);
	v[1] = field(BYTE_SIZE, t->comm);
	v[2] = field(EXISTS, t->no_such_field);
	v[3] = field(EXISTS, t->tgid);
	v[4] = field(SIGNED, t->pid);
	v[5] = field(SIGNED, t->utime);
	v[6] = field(BYTE_OFFSET, t->comm[3]);
	v[7] = field(EXISTS, old->state);
	v[8] = field(EXISTS, old->pid);
	v[9] = field(BYTE_OFFSET, t->sched_reset_on_fork);
	v[10] = field(BYTE_SIZE, t->sched_reset_on_fork);
	v[11] = field(LSHIFT, t->sched_reset_on_fork);
	v[12] = field(RSHIFT, t->sched_reset_on_fork);
	v[13] = field(EXISTS, t->no_such_bit);
	v[14] = field(LSHIFT, ip->version);
	v[15] = field(RSHIFT, ip->version);
	v[16] = field(BYTE_OFFSET, sk->__sk_common.skc_daddr);
	v[17] = field(BYTE_OFFSET, sk->__sk_common.skc_family);
	v[18] = field(LSHIFT, sk->__sk_common.skc_reuse);
	v[19] = field(BYTE_OFFSET, in6->in6_u.u6_addr32[2]);
	v[20] = field(EXISTS, never->x);
	v[21] = field(BYTE_SIZE, in6->in6_u.u6_addr32[1]);
	v[22] = field(BYTE_OFFSET, t[1].pid);
	return 0;
}

SEC("raw_tp/sys_enter")
int types(__u64 *ctx)
{
	__u32 key = 0;
	struct results *r = bpf_map_lookup_elem(&results, &key);
	volatile __u64 *v;

	if (!r)
		return 0;
	v = r->v;
	v[0] = type_info(struct task_struct, TYPE_EXISTS);
	v[1] = type_info(struct never_was, TYPE_EXISTS);
	v[2] = type_info(struct list_head, TYPE_SIZE);
	v[3] = type_info(struct list_head, TYPE_MATCHES);
	v[4] = type_info(struct mm_struct, TYPE_MATCHES);
	v[5] = type_info(struct iphdr, TYPE_MATCHES);
	v[6] = type_id(struct task_struct, 1);
	v[7] = type_id(struct never_was, 1);
	v[8] = type_id(struct list_head, 0);
	v[9] = enumerator(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF, 0);
	v[10] = enumerator(enum bpf_map_type, BPF_MAP_TYPE_RINGBUF, 1);
	v[11] = enumerator(enum bpf_map_type, BPF_MAP_TYPE_NO_SUCH, 0);
	v[12] = enumerator(enum bpf_map_type___flavour, BPF_MAP_TYPE_LRU_HASH___other, 1);
	v[13] = type_info(dev_t, TYPE_EXISTS);
	v[14] = type_info(dev_t, TYPE_SIZE);
	v[15] = type_info(struct task_struct___old, TYPE_EXISTS);
	return 0;
}

/* Guarded accesses: what the kernel does not have is poisoned and never reached. */
SEC("raw_tp/sys_enter")
int guarded(__u64 *ctx)
{
	struct task_struct *t = (void *)0;
	__u32 key = 0;
	struct results *r = bpf_map_lookup_elem(&results, &key);

	if (!r)
		return 0;
	if (field(EXISTS, t->no_such_field))
		r->v[0] = field(BYTE_OFFSET, t->no_such_field);
	if (enumerator(enum bpf_map_type, BPF_MAP_TYPE_NO_SUCH, 0))
		r->v[1] = enumerator(enum bpf_map_type, BPF_MAP_TYPE_NO_SUCH, 1);
	return 0;
}

struct bpf_raw_tracepoint_args;
struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
} CORE;

/* Direct loads whose offset is patched. */
SEC("tp_btf/sched_switch")
int loads(__u64 *ctx)
{
	struct task_struct *next = (void *)ctx[2];

	return next->pid + next->tgid + (next->group_leader->mm != 0) + next->comm[2];
}

char LICENSE[] SEC("license") = "GPL";
