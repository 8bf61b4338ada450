// The SYN tracer by kprobe and by fentry, and other programs that trampolines and probes are needed for.
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 64);
  __type(key, __u32);
  __type(value, __u64);
} syns SEC(".maps");

/** How often each of the other programs ran. */
__u64 probed = 0, returned = 0, several = 0, fexits = 0;
/** The port that nobody may connect to. */
__u16 forbidden = 0;

static void count(struct sock *sk)
{
  __u32 source = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
  __u64 one = 1, *n = bpf_map_lookup_elem(&syns, &source);
  if (n)
    __sync_fetch_and_add(n, 1);
  else
    bpf_map_update_elem(&syns, &source, &one, BPF_ANY);
}

SEC("kprobe/tcp_connect")
int BPF_KPROBE(syn_by_kprobe, struct sock *sk)
{
  count(sk);
  return 0;
}

SEC("fentry/tcp_connect")
int BPF_PROG(syn_by_fentry, struct sock *sk)
{
  count(sk);
  return 0;
}

SEC("fexit/tcp_v4_connect")
int BPF_PROG(connect_done, struct sock *sk, struct sockaddr *address, int length, int result)
{
  if (result == 0)
    __sync_fetch_and_add(&fexits, 1);
  return 0;
}

SEC("kretprobe/tcp_v4_connect")
int connect_returns(struct pt_regs *ctx)
{
  __sync_fetch_and_add(&returned, 1);
  return 0;
}

SEC("kprobe.multi/tcp_v4_conn*")
int connect_multi(struct pt_regs *ctx)
{
  __sync_fetch_and_add(&several, 1);
  return 0;
}

SEC("lsm/socket_connect")
int BPF_PROG(no_connect, struct socket *socket, struct sockaddr *address, int length)
{
  struct sockaddr_in *in = (struct sockaddr_in *)address;
  if (address->sa_family == 2 && in->sin_port == forbidden)
    return -1;
  return 0;
}
