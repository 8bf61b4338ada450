/* What a task of a cgroup may do. Each program leaves what it saw in `seen`. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

char _license[] SEC("license") = "GPL";

#define BPF_DEVCG_ACC_WRITE (1 << 2)
#define BPF_F_SYSCTL_BASE_NAME 1

/* Set by the test before anything runs. */
__u32 server_port;

__u64 order;
__u32 device_access, device_major, device_minor, device_calls;
__s32 connect_retval;
__u32 connect_ip, connect_port, connect_family, connect_type, connect_protocol;
char sysctl_name[64], sysctl_base[32], sysctl_value[32], sysctl_fresh[32];
__s64 sysctl_results[8];
__u32 created, bound_port, bound_ip;

/* No writing to /dev/null; the rest of the devices are free. */
SEC("cgroup/dev") int devices(struct bpf_cgroup_dev_ctx *ctx)
{
	if (ctx->major != 1 || ctx->minor != 3)
		return 1;
	device_access = ctx->access_type;
	device_calls++;
	return !(ctx->access_type >> 16 & BPF_DEVCG_ACC_WRITE);
}

/* Port 1 leads to the server, port 2 nowhere; port 3 is refused with an errno of its own. */
SEC("cgroup/connect4") int connects(struct bpf_sock_addr *ctx)
{
	__u16 port = bpf_ntohs(ctx->user_port);

	connect_ip = ctx->user_ip4;
	connect_port = port;
	connect_family = ctx->user_family;
	connect_type = ctx->type;
	connect_protocol = ctx->protocol;
	if (port == 2)
		return 0;
	if (port == 3) {
		bpf_set_retval(-101);
		connect_retval = bpf_get_retval();
		return 0;
	}
	if (port == 1) {
		ctx->user_ip4 = bpf_htonl(0x7f000001);
		ctx->user_port = bpf_htons(server_port);
	}
	return 1;
}

SEC("cgroup/post_bind4") int binds(struct bpf_sock *ctx)
{
	bound_ip = ctx->src_ip4;
	bound_port = ctx->src_port;
	return ctx->src_port != 40404;
}

/* Programs of the parent run after those of the child. */
SEC("cgroup/sock_create") int first(struct bpf_sock *ctx)
{
	order = order * 10 + 1;
	return 1;
}
SEC("cgroup/sock_create") int second(struct bpf_sock *ctx)
{
	order = order * 10 + 2;
	return 1;
}
SEC("cgroup/sock_create") int parent(struct bpf_sock *ctx)
{
	order = order * 10 + 3;
	return 1;
}

SEC("cgroup/sysctl") int sysctls(struct bpf_sysctl *ctx)
{
	char fresh[] = "70";

	bpf_sysctl_get_name(ctx, sysctl_name, sizeof(sysctl_name), 0);
	if (sysctl_name[0] != 'n' || sysctl_name[4] != 'i')
		return 1;
	sysctl_results[0] = bpf_sysctl_get_name(ctx, sysctl_name, sizeof(sysctl_name), 0);
	sysctl_results[1] = bpf_sysctl_get_name(ctx, sysctl_base, sizeof(sysctl_base), BPF_F_SYSCTL_BASE_NAME);
	sysctl_results[2] = bpf_sysctl_get_name(ctx, sysctl_fresh, 4, 0);
	sysctl_results[3] = bpf_sysctl_get_current_value(ctx, sysctl_value, sizeof(sysctl_value));
	sysctl_results[4] = bpf_sysctl_get_new_value(ctx, sysctl_fresh, sizeof(sysctl_fresh));
	if (!ctx->write)
		return 1;
	if (sysctl_fresh[0] == '9')
		return 0;
	if (sysctl_fresh[0] == '5')
		sysctl_results[5] = bpf_sysctl_set_new_value(ctx, fresh, 2);
	return 1;
}
