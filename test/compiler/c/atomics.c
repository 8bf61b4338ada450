typedef unsigned long long u64; typedef unsigned int u32;
u64 old_style(u64 *p, u32 *q, u64 v)
{
	u64 r = __sync_fetch_and_add(p, v);
	__sync_fetch_and_add(p, 1);
	r += __sync_fetch_and_or(p, v) + __sync_fetch_and_and(p, ~v) + __sync_fetch_and_xor(p, 7);
	r += __sync_val_compare_and_swap(p, 3, v) + __sync_lock_test_and_set(p, v);
	r += __sync_fetch_and_sub(q, 5) + __sync_bool_compare_and_swap(q, 1, 2);
	__sync_synchronize();
	return r;
}
u64 new_style(u64 *p, u64 v)
{
	u64 r = __atomic_load_n(p, __ATOMIC_ACQUIRE);
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
	r += __atomic_fetch_add(p, v, __ATOMIC_RELAXED) + __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL);
	__atomic_compare_exchange_n(p, &r, v, 1, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	return r;
}
