import { SKB_DATA, SKB_DATA_END, SKB_MAC_HEADER, SKB_NETWORK_HEADER } from '../../runtime/layout.js';
import { CodeBuilder } from '../wasm/code.js';
import { WASM } from '../wasm/opcodes.js';

/** Linux's linux/filter.h: packet offsets from here on count from the network header, below from the link layer's. */
const SKF_NET_OFF = -0x100000;
const SKF_LL_OFF = -0x200000;

/**
 * The function behind LD_ABS and LD_IND: (skb, offset, bytes) -> the number there in network order, -1 when it is
 * not in the packet. Linux: bpf_skb_load_helper_8 to _32.
 */
export function packetLoadFunction(): CodeBuilder {
  const code = new CodeBuilder(3);
  const [skb, offset, bytes] = [0, 1, 2];
  const at = code.local('i64');
  const value = code.local('i64');
  const load = (field: number): CodeBuilder =>
    code.get(skb).memory(WASM.i32_load, field).op(WASM.i64_extend_i32_u);
  const plusOffset = (base: number): void => {
    code.get(offset).op(WASM.i64_extend_i32_s).i64(base).op(WASM.i64_sub, WASM.i64_add);
  };
  code.get(offset).i32(0).op(WASM.i32_ge_s).if('i64');
  load(SKB_DATA);
  plusOffset(0);
  code.else().get(offset).i32(SKF_NET_OFF).op(WASM.i32_ge_s).if('i64');
  load(SKB_NETWORK_HEADER);
  plusOffset(SKF_NET_OFF);
  code.else().get(offset).i32(SKF_LL_OFF).op(WASM.i32_lt_s).if().i64(-1).op(WASM.return).end();
  load(SKB_MAC_HEADER);
  plusOffset(SKF_LL_OFF);
  code.end().end().tee(at);
  code.get(bytes).op(WASM.i64_extend_i32_u, WASM.i64_add);
  load(SKB_DATA_END).op(WASM.i64_gt_u).if().i64(-1).op(WASM.return).end();
  code.loop();
  code.get(value).i64(8).op(WASM.i64_shl).get(at).op(WASM.i32_wrap_i64).memory(WASM.i64_load8_u, 0);
  code.op(WASM.i64_or).set(value).get(at).i64(1).op(WASM.i64_add).set(at);
  code.get(bytes).i32(1).op(WASM.i32_sub).tee(bytes).brIf(0).end();
  return code.get(value);
}
