/* The 64-bit map_extra of libbpf 1.5. */
#include "prelude.h"

struct {
	__uint(type, 30); /* bloom_filter */
	__uint(max_entries, 10);
	__type(value, __u32);
	__ulong(map_extra, 5);
} bloom_long SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
