// Sends a record for each run, and counts those that find no room.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 20);
} events SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, __u64);
} refused SEC(".maps");

struct event {
  __u64 time;
  __u32 pid, cpu;
  __u64 data[2];
};

SEC("xdp")
int produce(struct xdp_md *ctx)
{
  struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
  if (!event) {
    __u32 zero = 0;
    __u64 *count = bpf_map_lookup_elem(&refused, &zero);
    if (count)
      *count += 1;
    return 1;
  }
  event->time = 1;
  event->pid = 2;
  event->cpu = 3;
  event->data[0] = event->data[1] = 4;
  bpf_ringbuf_submit(event, BPF_RB_NO_WAKEUP);
  return 2;
}
