/* Pointers that know their bounds, and locks. */
#include "twin.h"

struct record {
	u64 words[4];
};

MAP(values, BPF_MAP_TYPE_ARRAY, u32, struct record, 1);
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

SEC("tc") int memory_of_a_value(struct __sk_buff *skb)
{
	u32 zero = 0;
	struct record *value = bpf_map_lookup_elem(&values, &zero);
	struct bpf_dynptr pointer;
	u64 word = 0x1122334455667788;
	u32 *part;

	if (!value)
		return 1;
	out[0] = bpf_dynptr_from_mem(value, sizeof(*value), 0, &pointer);
	out[1] = bpf_dynptr_write(&pointer, 3, &word, sizeof(word), 0);
	out[2] = bpf_dynptr_read(&out[20], 8, &pointer, 4, 0);
	out[3] = bpf_dynptr_write(&pointer, 25, &word, sizeof(word), 0);
	out[4] = bpf_dynptr_write(&pointer, 24, &word, sizeof(word), 0);
	out[5] = bpf_dynptr_read(&out[21], 8, &pointer, 25, 0);
	out[6] = bpf_dynptr_read(&out[22], 8, &pointer, 0, 1);
	out[7] = bpf_dynptr_write(&pointer, 0, &word, sizeof(word), 1);
	part = bpf_dynptr_data(&pointer, 8, 4);
	out[8] = part ? *part : 99;
	out[9] = bpf_dynptr_data(&pointer, 30, 4) != NULL;
	return 0;
}

SEC("tc") int bad_flags_make_no_pointer(struct __sk_buff *skb)
{
	u32 zero = 0;
	struct record *value = bpf_map_lookup_elem(&values, &zero);
	struct bpf_dynptr pointer;

	if (!value)
		return 1;
	out[0] = bpf_dynptr_from_mem(value, sizeof(*value), 1, &pointer);
	out[1] = bpf_dynptr_read(&out[20], 8, &pointer, 0, 0);
	out[2] = bpf_dynptr_data(&pointer, 0, 4) != NULL;
	return 0;
}

SEC("tc") int record_of_a_ring(struct __sk_buff *skb)
{
	struct bpf_dynptr pointer;
	u64 word = skb->len;

	out[0] = bpf_ringbuf_reserve_dynptr(&records, skb->len, 0, &pointer);
	out[1] = bpf_dynptr_write(&pointer, 0, &word, sizeof(word), 0);
	bpf_ringbuf_submit_dynptr(&pointer, 0);
	out[2] = bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA);
	out[3] = bpf_ringbuf_reserve_dynptr(&records, 5000, 0, &pointer);
	out[4] = bpf_dynptr_write(&pointer, 0, &word, sizeof(word), 0);
	bpf_ringbuf_submit_dynptr(&pointer, 0);
	out[5] = bpf_ringbuf_reserve_dynptr(&records, 8, 1, &pointer);
	bpf_ringbuf_discard_dynptr(&pointer, 0);
	out[6] = bpf_ringbuf_reserve_dynptr(&records, 8, 0, &pointer);
	bpf_ringbuf_discard_dynptr(&pointer, 0);
	out[7] = bpf_ringbuf_query(&records, BPF_RB_PROD_POS);
	return 0;
}

struct counter {
	struct bpf_spin_lock lock;
	u32 count;
	u64 bytes;
};

MAP(counters, BPF_MAP_TYPE_HASH, u32, struct counter, 4);

SEC("tc") int counts_under_a_lock(struct __sk_buff *skb)
{
	u32 key = skb->protocol;
	struct counter fresh = {}, *counter;

	bpf_map_update_elem(&counters, &key, &fresh, BPF_NOEXIST);
	counter = bpf_map_lookup_elem(&counters, &key);
	if (!counter)
		return 1;
	bpf_spin_lock(&counter->lock);
	counter->count++;
	counter->bytes += skb->len;
	bpf_spin_unlock(&counter->lock);
	return counter->count;
}
