#include "case.h"
u32 out[3];
SEC("xdp") int prog(struct xdp_md *ctx) { out[0] = ctx->data_end - ctx->data; out[1] = ctx->rx_queue_index; out[2] = ctx->data - ctx->data_meta; return out[0]; }
