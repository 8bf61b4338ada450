/* One of each: every sort of type that a skeleton has to tell. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum colour { RED, GREEN = 5 };
enum wide { SMALL = 1, HUGE = 0x100000000ULL };
typedef struct {
	int a : 3;
	unsigned int b : 9;
	long long c : 40;
} bits;
struct pair {
	__u32 left;
	__u64 right;
	union {
		__u32 number;
		unsigned char bytes[4];
	};
	struct {
		enum colour colour;
	};
	bits bits;
	char name[8];
	short matrix[2][3];
	_Bool ready;
	const struct pair *next;
};
struct event {
	__u32 pid;
	__u64 when;
	enum wide wide;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, enum colour);
	__type(value, struct pair);
	__uint(max_entries, 8);
} pairs SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} totals SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

const volatile __u32 limit = 3;
__u64 seen;
char label[8] = "start";
struct event *unused_event __attribute__((unused));

SEC("xdp")
int count(struct xdp_md *ctx)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	struct pair pair = { .left = limit, .right = ++seen, .colour = GREEN, .bits = { .a = -1, .b = 300, .c = -2 } };
	enum colour key = RED;
	__u32 zero = 0;
	__u64 *total = bpf_map_lookup_elem(&totals, &zero);

	if (total)
		*total += 1;
	bpf_map_update_elem(&pairs, &key, &pair, BPF_ANY);
	if (!event)
		return XDP_DROP;
	event->pid = 7;
	event->when = seen;
	event->wide = HUGE;
	bpf_ringbuf_submit(event, 0);
	return seen > limit ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
