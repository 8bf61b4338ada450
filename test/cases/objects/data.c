/* Global data of every sort, and configuration values. */
#include "prelude.h"

struct pair {
	__u32 a;
	__u64 b;
};
const volatile __u32 limit = 42;
const volatile struct pair pairs[2] = { { 1, 2 }, { 3, 4 } };
__u64 counter = 7;
__u64 zeroed;
static volatile __u32 hidden = 9;
__u32 custom SEC(".data.custom") = 11;
const char text[] SEC(".rodata.text") = "hello";

extern unsigned LINUX_KERNEL_VERSION __kconfig;
extern int CONFIG_HZ __kconfig;
extern _Bool CONFIG_NO_SUCH_THING __kconfig __weak;
extern char CONFIG_LOCALVERSION[8] __kconfig __weak;

SEC("xdp")
int use(struct xdp_md *ctx)
{
	counter += limit + pairs[1].b + hidden + custom;
	zeroed = LINUX_KERNEL_VERSION + CONFIG_HZ + CONFIG_NO_SUCH_THING;
	hidden = text[ctx->rx_queue_index & 3] + CONFIG_LOCALVERSION[0];
	return counter & 1;
}

char LICENSE[] SEC("license") = "GPL";
