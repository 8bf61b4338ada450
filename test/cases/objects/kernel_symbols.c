/* Kernel symbols and functions: typed, typeless, weak, absent. */
#include "prelude.h"

extern const int nr_cpu_ids __ksym __weak;
extern const void bpf_prog_fops __ksym __weak;
extern const void no_such_symbol __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern void no_such_function(void) __ksym __weak;

SEC("tp_btf/sched_switch")
int use(__u64 *ctx)
{
	long sum = 0;

	bpf_rcu_read_lock();
	bpf_rcu_read_unlock();
	if (&no_such_function)
		no_such_function();
	if (&no_such_symbol)
		sum += 1;
	if (&bpf_prog_fops)
		sum += 2;
	return sum;
}

char LICENSE[] SEC("license") = "GPL";
