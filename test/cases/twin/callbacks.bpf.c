/* Functions that helpers call back. */
#include "twin.h"

static long sum_until_40(u32 i, u64 *sum)
{
	*sum += i;
	return i == 40;
}

SEC("tc") int loop_that_stops(struct __sk_buff *skb)
{
	u64 sum = 0;

	out[0] = bpf_loop(100, sum_until_40, &sum, 0);
	out[1] = sum;
	return 0;
}

static long count(u32 i, u64 *calls)
{
	(*calls)++;
	return 0;
}

SEC("tc") int loop_limits(struct __sk_buff *skb)
{
	u64 calls = 0;

	out[0] = bpf_loop(0, count, &calls, 0);
	out[1] = bpf_loop(1, count, &calls, 0);
	out[2] = bpf_loop(1000, count, &calls, 0);
	out[3] = bpf_loop(8 * 1024 * 1024 + 1, count, &calls, 0);
	out[4] = bpf_loop(10, count, &calls, 1);
	out[5] = calls;
	return 0;
}

static long inner(u32 i, u64 *sum)
{
	char local[16] = "abcdefghijklmno";

	local[i & 15] = i;
	*sum += local[3] + local[i & 15];
	return 0;
}

static long outer(u32 i, u64 *sum)
{
	u64 own = i;

	bpf_loop(i, inner, &own, 0);
	*sum = *sum * 3 + own;
	return 0;
}

/* Every frame is its own: the inner function's array must not lie in the outer's. */
SEC("tc") int loop_in_a_loop(struct __sk_buff *skb)
{
	u64 sum = 7, guard = 0x1122334455667788;

	bpf_loop(12, outer, &sum, 0);
	out[0] = sum;
	out[1] = guard;
	return sum;
}

MAP(numbers, BPF_MAP_TYPE_ARRAY, u32, u64, 5);
MAP(table, BPF_MAP_TYPE_HASH, u32, u64, 64);
MAP(recent, BPF_MAP_TYPE_LRU_HASH, u32, u64, 1024);
MAP(each_cpu, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 3);
MAP(cpu_table, BPF_MAP_TYPE_PERCPU_HASH, u32, u64, 16);

static long add_up(void *map, u32 *key, u64 *value, u64 *sum)
{
	*value += 1;
	*sum += *key * 1000 + *value;
	return *key == 3;
}

SEC("tc") int each_of_an_array(struct __sk_buff *skb)
{
	u64 sum = 0;

	out[0] = bpf_for_each_map_elem(&numbers, add_up, &sum, 0);
	out[1] = sum;
	out[2] = bpf_for_each_map_elem(&each_cpu, add_up, &sum, 0);
	out[3] = sum;
	out[4] = bpf_for_each_map_elem(&numbers, add_up, &sum, 1);
	return 0;
}

static long add_all(void *map, u32 *key, u64 *value, u64 *sum)
{
	*value += 1;
	*sum += *key * 1000 + *value;
	return 0;
}

static long fill(u32 i, void *map)
{
	u64 value = i * i;

	bpf_map_update_elem(&table, &i, &value, 0);
	bpf_map_update_elem(&recent, &i, &value, 0);
	bpf_map_update_elem(&cpu_table, &i, &value, 0);
	return 0;
}

SEC("tc") int each_of_a_hash(struct __sk_buff *skb)
{
	u64 sum = 0;

	bpf_loop(10, fill, NULL, 0);
	out[0] = bpf_for_each_map_elem(&table, add_all, &sum, 0);
	out[1] = sum;
	out[2] = bpf_for_each_map_elem(&recent, add_all, &sum, 0);
	out[3] = sum;
	out[4] = bpf_for_each_map_elem(&cpu_table, add_all, &sum, 0);
	out[5] = sum;
	return 0;
}

static long delete_odd(void *map, u32 *key, u64 *value, void *ctx)
{
	u32 k = *key;

	if (k & 1)
		bpf_map_delete_elem(&table, &k);
	return 0;
}

SEC("tc") int deleting_while_walking(struct __sk_buff *skb)
{
	u64 sum = 0;

	bpf_loop(20, fill, NULL, 0);
	out[0] = bpf_for_each_map_elem(&table, delete_odd, NULL, 0);
	out[1] = bpf_for_each_map_elem(&table, add_all, &sum, 0);
	out[2] = sum;
	return 0;
}
