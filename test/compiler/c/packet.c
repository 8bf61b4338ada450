typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32;
struct xdp_md { u32 data, data_end; };
struct eth { u8 dst[6], src[6]; u16 proto; } __attribute__((packed));
struct ip { u8 ihl : 4, version : 4; u8 tos; u16 len, id, frag; u8 ttl, proto; u16 sum; u32 src, dst; };
__attribute__((section("xdp"), used)) int filter(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct eth *eth = data;
	if ((void *)(eth + 1) > end || eth->proto != __builtin_bswap16(0x0800)) return 2;
	struct ip *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end || ip->ihl < 5) return 1;
	u8 *payload = (u8 *)ip + ip->ihl * 4;
	if (payload + 4 > (u8 *)end) return 1;
	return ip->proto == 6 && *(u32 *)payload == ip->src ? 1 : 2;
}
