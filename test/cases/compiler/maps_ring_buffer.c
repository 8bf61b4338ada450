#include "case.h"
struct event { u32 kind; u64 when; u8 data[16]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e) return 1;
	e->kind = p[0]; e->when = AT(u64, 8);
	__builtin_memcpy(e->data, p + 16, sizeof(e->data));
	if (p[1] & 1) bpf_ringbuf_discard(e, 0); else bpf_ringbuf_submit(e, 0);
	return 2;
}
