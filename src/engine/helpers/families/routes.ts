import { ERRNO } from '../../../errors/errno.js';
import * as L from '../../runtime/layout.js';
import { lookUpRoute } from '../../world/net/fib-lookup.js';
import {
  contextOf,
  failed,
  type HelperFamily,
  type HostContext,
  host,
  i32,
  i64,
  low32,
  runtime,
} from '../family.js';

/** The link-layer header of an Ethernet device. */
const HARD_HEADER = 14;
const CHECK_SEGMENTS = 1n;
const FITS = 0n;
const FRAGMENTATION_NEEDED = 1n;

export const routes: HelperFamily = {
  bindings: {
    bpf_redirect_map: runtime('xdp_redirect_map', [i32, i32, i64], i64),
    bpf_redirect_peer: runtime('skb_redirect_peer', [i32, i64], i64),
    bpf_redirect_neigh: runtime('skb_redirect_neigh', [i32, i32, i32, i64], i64),
    bpf_fib_lookup: host('fib_lookup', 4),
    bpf_check_mtu: (use) => host(contextOf(use) === 'xdp' ? 'xdp_check_mtu' : 'skb_check_mtu', 5),
  },
  host({ memory, world }: HostContext) {
    /** `own` is the context's device; `segments` says that a packet that is too long is sent in pieces. */
    const check = (
      packet: { readonly own: number; readonly length: number; readonly segments: boolean },
      ifindex: bigint | undefined,
      mtuAt: bigint | undefined,
      difference: bigint | undefined,
    ): bigint => {
      const device = world.devices.find(low32(ifindex) || packet.own);
      if (device === undefined) return failed(ERRNO.ENODEV);
      const given = memory.u32(Number(mtuAt));
      const length = (given === 0 ? packet.length : given + HARD_HEADER) + (low32(difference) | 0);
      memory.setU32(Number(mtuAt), device.mtu);
      return length <= device.mtu + HARD_HEADER || packet.segments ? FITS : FRAGMENTATION_NEEDED;
    };
    return {
      fib_lookup: (_ctx, params, size, flags) =>
        lookUpRoute({ memory, world }, Number(params), low32(size), low32(flags)),
      xdp_check_mtu(ctx, ifindex, mtuAt, difference, flags) {
        if (flags !== 0n) return failed(ERRNO.EINVAL);
        const field = (offset: number) => memory.u32(Number(ctx) + offset);
        const length = field(L.XDP_DATA_END) - field(L.XDP_DATA);
        const packet = { own: field(L.XDP_INGRESS_IFINDEX), length, segments: false };
        return check(packet, ifindex, mtuAt, difference);
      },
      skb_check_mtu(ctx, ifindex, mtuAt, difference, flags = 0n) {
        if ((flags & ~CHECK_SEGMENTS) !== 0n) return failed(ERRNO.EINVAL);
        const asked = low32(difference) !== 0 || memory.u32(Number(mtuAt)) !== 0;
        if (flags !== 0n && asked) return failed(ERRNO.EINVAL);
        const field = (offset: number) => memory.u32(Number(ctx) + offset);
        const segments = field(L.SKB_GSO_SIZE) !== 0;
        return check(
          { own: field(L.SKB_IFINDEX), length: field(L.SKB_LEN), segments },
          ifindex,
          mtuAt,
          difference,
        );
      },
    };
  },
};
