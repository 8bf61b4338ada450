/* Time, tasks, memory that need not be there, queues, values of other CPUs. */
#include "twin.h"

char text[16] = "hello";

SEC("raw_tp") int reads_memory(void *ctx)
{
	char buffer[8] = {};
	u64 word = 0x1122334455667788, copy = 0;

	out[0] = bpf_probe_read(&copy, sizeof(copy), &word);
	out[1] = copy;
	out[2] = bpf_probe_read_kernel(&copy, 4, (void *)&word + 2);
	out[3] = copy;
	out[4] = bpf_probe_read_kernel(&copy, sizeof(copy), (void *)8);
	out[5] = copy;
	out[6] = bpf_probe_read_user(&copy, sizeof(copy), (void *)8);
	out[7] = copy;
	out[8] = bpf_probe_read_str(buffer, sizeof(buffer), text);
	out[9] = *(u64 *)buffer;
	out[10] = bpf_probe_read_kernel_str(buffer, 4, text);
	out[11] = *(u32 *)buffer;
	out[12] = bpf_probe_read_kernel_str(buffer, 4, (void *)8);
	out[13] = *(u32 *)buffer;
	out[14] = bpf_probe_read_user_str(buffer, 4, (void *)8);
	return 0;
}

SEC("raw_tp") int who_and_when(void *ctx)
{
	u64 first = bpf_ktime_get_ns(), boot = bpf_ktime_get_boot_ns();
	u64 args[] = { 1, 2, 3, 4 };

	out[0] = bpf_ktime_get_ns() >= first;
	out[1] = boot > 0;
	out[2] = bpf_jiffies64() > 0;
	out[3] = bpf_get_current_uid_gid();
	out[4] = bpf_get_numa_node_id();
	out[5] = bpf_trace_vprintk("%d %d %d %d\n", 13, args, sizeof(args));
	out[6] = bpf_trace_vprintk("%d %d %d %d\n", 13, args, 8);
	return 0;
}

struct {
	__uint(type, BPF_MAP_TYPE_QUEUE);
	__uint(max_entries, 2);
	__type(value, u64);
} queue SEC(".maps");
MAP(each_cpu, BPF_MAP_TYPE_PERCPU_ARRAY, u32, u64, 2);

SEC("tc") int takes_from_a_queue(struct __sk_buff *skb)
{
	u64 value = 7;

	out[0] = bpf_map_push_elem(&queue, &value, 0);
	value = 8;
	out[1] = bpf_map_push_elem(&queue, &value, 0);
	out[2] = bpf_map_push_elem(&queue, &value, 0);
	out[3] = bpf_map_peek_elem(&queue, &out[10]);
	out[4] = bpf_map_pop_elem(&queue, &out[11]);
	out[5] = bpf_map_pop_elem(&queue, &out[12]);
	out[6] = bpf_map_pop_elem(&queue, &out[13]);
	return 0;
}

SEC("tc") int values_of_cpus(struct __sk_buff *skb)
{
	u32 key = 1, cpu = bpf_get_smp_processor_id();
	u64 *own = bpf_map_lookup_elem(&each_cpu, &key), *same;

	if (!own)
		return 1;
	*own = 42;
	same = bpf_map_lookup_percpu_elem(&each_cpu, &key, cpu);
	out[0] = same ? *same : 0;
	out[1] = bpf_map_lookup_percpu_elem(&each_cpu, &key, 100000) != NULL;
	return 0;
}

SEC("cgroup_skb/egress") int sockets_by_pointer(struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	if (!sk)
		return 1;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return 0;
	out[0] = bpf_sk_cgroup_id(sk) != 0;
	out[1] = bpf_sk_ancestor_cgroup_id(sk, 0);
	out[2] = bpf_sk_ancestor_cgroup_id(sk, 100);
	return 0;
}

SEC("tc") int class_of_a_socket(struct __sk_buff *skb)
{
	out[0] = bpf_skb_cgroup_classid(skb);
	out[1] = bpf_ktime_get_coarse_ns() > 0;
	return 0;
}

SEC("syscall") int copies_from_user_space(void *ctx)
{
	u64 copy = 7;

	out[0] = bpf_copy_from_user(&copy, sizeof(copy), (void *)8);
	out[1] = copy;
	return 0;
}
