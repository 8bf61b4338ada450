// A map that keeps an object of a type of the program's own.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define __kptr __attribute__((btf_type_tag("kptr")))

struct item {
	__u64 number;
};

struct slot {
	struct item __kptr *item;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

extern void *bpf_obj_new_impl(__u64 type, void *meta) __ksym;
extern void bpf_obj_drop_impl(void *object, void *meta) __ksym;

SEC("tc")
int swap(struct __sk_buff *skb)
{
	__u32 key = 0;
	struct slot *slot = bpf_map_lookup_elem(&slots, &key);
	struct item *item;
	int before = 0;

	if (!slot)
		return -1;
	item = bpf_obj_new_impl(bpf_core_type_id_local(struct item), 0);
	if (!item)
		return -1;
	item->number = 41;
	item = bpf_kptr_xchg(&slot->item, item);
	if (item) {
		before = item->number + 1;
		bpf_obj_drop_impl(item, 0);
	}
	return before;
}

char _license[] SEC("license") = "GPL";
