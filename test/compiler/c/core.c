#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct inner { int x; unsigned bits : 5; };
struct task { int pid; char comm[16]; struct inner in[4]; struct task *parent; union { int a; long b; } u; };
#pragma clang attribute pop
enum state { RUNNING = 1, STOPPED = 5 };
typedef int number;
#define FIELD(f, k) __builtin_preserve_field_info(f, k)
int direct(struct task *t) { return t->pid + t->parent->in[2].x + t->comm[3] + t->u.b; }
const void *address(struct task *t, int i) { return __builtin_preserve_access_index(&t->in[i].x); }
unsigned facts(struct task *t)
{
	return FIELD(t->pid, 0) + FIELD(t->comm, 1) + FIELD(t->in[1].bits, 2) + FIELD(t->in[1].bits, 3) +
	       FIELD(t->in[1].bits, 4) + FIELD(t->in[1].bits, 5);
}
unsigned types(void)
{
	return __builtin_preserve_type_info(*(struct task *)0, 0) + __builtin_preserve_type_info(*(number *)0, 1) +
	       __builtin_preserve_enum_value(*(enum state *)STOPPED, 1) + __builtin_btf_type_id(*(struct task *)0, 0);
}
