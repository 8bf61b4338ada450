import { ERRNO } from '../../../errors/errno.js';
import { SKB_DATA, SKB_LEN, SKB_SK, SOCK_CGROUP } from '../../runtime/layout.js';
import {
  failed,
  type HelperFamily,
  type HostContext,
  host,
  i32,
  i64,
  low32,
  runtime,
  status,
} from '../family.js';
import { cgroupAt } from '../guest.js';

const INGRESS = 1n;
/** What the net_cls controller and routes without realms say. */
const NO_CLASS = runtime('no_class', [], i32);

export const skbEdit: HelperFamily = {
  bindings: {
    bpf_skb_vlan_push: status('skb_vlan_push', i32, i32, i32),
    bpf_skb_vlan_pop: status('skb_vlan_pop', i32),
    bpf_skb_change_proto: status('skb_change_proto', i32, i32, i64),
    bpf_skb_change_type: status('skb_change_type', i32, i32),
    bpf_skb_change_tail: status('skb_change_tail', i32, i32, i64),
    bpf_skb_change_head: status('skb_change_head', i32, i32, i64),
    bpf_skb_adjust_room: status('skb_adjust_room', i32, i32, i32, i64),
    bpf_csum_update: runtime('csum_update', [i32, i32], i64),
    bpf_csum_level: runtime('csum_level', [i32, i64], i64),
    bpf_set_hash: runtime('set_hash', [i32, i32], i64),
    bpf_set_hash_invalid: runtime('set_hash_invalid', [i32], i64),
    bpf_skb_ecn_set_ce: runtime('skb_ecn_set_ce', [i32], i64),
    bpf_skb_set_tstamp: runtime('skb_set_tstamp', [i32, i64, i32], i64),
    bpf_clone_redirect: host('clone_redirect', 3),
    bpf_get_cgroup_classid: NO_CLASS,
    bpf_skb_cgroup_classid: NO_CLASS,
    bpf_get_route_realm: NO_CLASS,
    bpf_skb_under_cgroup: host('skb_under_cgroup', 3),
    bpf_skb_cgroup_id: host('skb_cgroup_id', 1),
    bpf_skb_ancestor_cgroup_id: host('skb_ancestor_cgroup_id', 2),
  },
  host({ memory, world }: HostContext) {
    const cgroupOf = (skb: bigint | undefined): bigint => {
      const socket = Number(memory.view.getBigUint64(Number(skb) + SKB_SK, true));
      return socket === 0 ? 0n : memory.view.getBigUint64(socket + SOCK_CGROUP, true);
    };
    return {
      clone_redirect(skb, ifindex, flags = 0n) {
        if ((flags & ~INGRESS) !== 0n || world.devices.find(low32(ifindex)) === undefined)
          return failed(ERRNO.EINVAL);
        const at = Number(skb);
        const data = memory.read(memory.u32(at + SKB_DATA), memory.u32(at + SKB_LEN));
        world.send({ ifindex: low32(ifindex), ingress: flags !== 0n, data });
        world.sendClone(low32(ifindex), flags !== 0n, data);
        return 0n;
      },
      skb_under_cgroup(skb, map, index) {
        const own = cgroupOf(skb);
        if (own === 0n) return failed(ERRNO.ENOENT);
        const above = cgroupAt(memory, map, index);
        if (typeof above === 'bigint') return above;
        return world.cgroups.isUnder(own, BigInt(above)) ? 1n : 0n;
      },
      skb_cgroup_id: cgroupOf,
      skb_ancestor_cgroup_id: (skb, level) => world.cgroups.ancestor(cgroupOf(skb), low32(level))?.id ?? 0n,
    };
  },
};
