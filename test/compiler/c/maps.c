/* libbpf's way to define maps, and helpers by number. */
#define SEC(n) __attribute__((section(n), used))
#define __uint(name, val) int (*name)[val]
#define __type(name, val) typeof(val) *name
#define __array(name, val) typeof(val) *name[]
typedef unsigned int u32; typedef unsigned long long u64;
struct value { u64 packets, bytes; };
struct { __uint(type, 1); __uint(max_entries, 1024); __type(key, u32); __type(value, struct value); } counts SEC(".maps");
struct inner { __uint(type, 2); __uint(max_entries, 4); __type(key, u32); __type(value, u64); } one SEC(".maps");
struct { __uint(type, 12); __uint(max_entries, 2); __type(key, u32); __array(values, struct inner); } outer
	SEC(".maps") = {.values = {[1] = &one}};
static void *(*lookup)(void *map, const void *key) = (void *)1;
static long (*update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
SEC("xdp") int count(struct xdp_md *ctx)
{
	u32 key = ctx->ingress_ifindex;
	struct value *v = lookup(&counts, &key);
	if (!v) {
		struct value fresh = {1, ctx->data_end - ctx->data};
		update(&counts, &key, &fresh, 0);
		return 2;
	}
	__sync_fetch_and_add(&v->packets, 1);
	v->bytes += ctx->data_end - ctx->data;
	return 2;
}
char license[] SEC("license") = "GPL";
