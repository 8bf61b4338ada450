// FLAGS: -g0
/* Maps as iproute2's tc defines them, with an inner map and a tail call by section name. */
#include "prelude.h"

struct bpf_elf_map {
	__u32 type, size_key, size_value, max_elem, flags, id, pinning, inner_id, inner_idx;
};
struct bpf_elf_map SEC("maps") shared = { .type = 1, .size_key = 4, .size_value = 16, .max_elem = 64, .pinning = 2 };
struct bpf_elf_map SEC("maps") jumps = { .type = 3, .size_key = 4, .size_value = 4, .max_elem = 4, .id = 7 };
struct bpf_elf_map SEC("maps") inside = { .type = 2, .size_key = 4, .size_value = 4, .max_elem = 1, .id = 3 };
struct bpf_elf_map SEC("maps") outside = { .type = 12, .size_key = 4, .size_value = 4, .max_elem = 2, .inner_id = 3 };

SEC("7/2")
int tail(void *skb)
{
	return 0;
}

SEC("classifier")
int main_(void *skb)
{
	__u32 key = 0;

	bpf_tail_call(skb, &jumps, 2);
	return bpf_map_lookup_elem(&shared, &key) ? bpf_map_lookup_elem(&outside, &key) != 0 : 1;
}

char _license[] SEC("license") = "GPL";
