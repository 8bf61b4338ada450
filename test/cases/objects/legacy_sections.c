// FLAGS: -g0
/* One map to a section, five words each; programs named as older loaders had them. */
#include "prelude.h"

struct five {
	__u32 type, key_size, value_size, max_entries, map_flags;
};
struct five one SEC("maps/one") = { 1, 4, 4, 16, 0 };
struct five two SEC("maps/two") = { 2, 4, 8, 2, 0 };

SEC("kprobe/tcp_v4_connect")
int enter(void *ctx)
{
	__u32 key = 0;
	return bpf_map_lookup_elem(&one, &key) == bpf_map_lookup_elem(&two, &key);
}

SEC("xdp_pass")
int pass(void *ctx)
{
	return 2;
}
