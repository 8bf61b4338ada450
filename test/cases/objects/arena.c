// An arena with variables of its own, and a program whose result a function makes when it throws.
#include "prelude.h"

#define __arena __attribute__((address_space(1)))
#define __exception_cb(name) __attribute__((btf_decl_tag("exception_callback:" #name)))

struct {
	__uint(type, 33);
	__uint(map_flags, 1 << 10);
	__uint(max_entries, 16);
} pages SEC(".maps");

__u32 __arena seen;
__u32 __arena first = 7;

extern void bpf_throw(__u64 cookie) __ksym;

SEC("syscall")
int count(void *ctx)
{
	// Naming the map makes it the program's arena.
	void *volatile arena = &pages;

	seen += first;
	return arena ? seen : 0;
}

int answer(__u64 cookie)
{
	return cookie == 7 ? 1 : 0;
}

SEC("xdp")
__exception_cb(answer) int thrown(struct xdp_md *ctx)
{
	bpf_throw(7);
	return 2;
}

char _license[] SEC("license") = "GPL";
