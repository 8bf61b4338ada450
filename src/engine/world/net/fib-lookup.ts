import { ERRNO } from '../../../errors/errno.js';
import type { EngineMemory } from '../../memory.js';
import { IPV4, IPV6 } from '../address.js';
import type { World } from '../world.js';
import type { Way } from './namespace.js';

/** `struct bpf_fib_lookup` */
const PARAMS = {
  size: 64,
  length: 6,
  ifindex: 8,
  metric: 12,
  src: 16,
  dst: 32,
  vlan: 48,
  smac: 52,
  dmac: 58,
} as const;
/** BPF_FIB_LKUP_RET_* */
const RESULT = { success: 0, notForwarded: 4, forwardingDisabled: 5, noNeighbour: 7, tooLong: 8 } as const;
/** BPF_FIB_LOOKUP_* */
const FLAG = { output: 2, skipNeighbour: 4, source: 16, all: 0x3f } as const;

interface Surroundings {
  readonly memory: EngineMemory;
  readonly world: World;
}

/** `bpf_fib_lookup`: where a packet would go, from the tables of the namespace in which the program runs. */
export function lookUpRoute(
  { memory, world }: Surroundings,
  at: number,
  size: number,
  flags: number,
): bigint {
  const invalid = BigInt(-ERRNO.EINVAL);
  if (size < PARAMS.size || (flags & ~FLAG.all) !== 0) return invalid;
  const namespace = world.net.here ?? world.namespace('');
  const family = memory.bytes[at];
  if (family !== IPV4 && family !== IPV6) return BigInt(-ERRNO.EAFNOSUPPORT);
  const device = namespace.devices.find(memory.u32(at + PARAMS.ifindex));
  if (device === undefined) return BigInt(-ERRNO.ENODEV);
  if (!namespace.forwarding && (flags & FLAG.output) === 0) return BigInt(RESULT.forwardingDisabled);
  const wide = family === IPV4 ? 4 : 16;
  const way = namespace.findWay(memory.read(at + PARAMS.dst, wide));
  if (way === undefined || way.local) return BigInt(RESULT.notForwarded);
  const length = memory.view.getUint16(at + PARAMS.length, true);
  if (length > way.device.mtu) {
    memory.view.setUint16(at + PARAMS.length, way.device.mtu, true);
    return BigInt(RESULT.tooLong);
  }
  return fill(memory, at, way, flags);
}

function fill(memory: EngineMemory, at: number, way: Way, flags: number): bigint {
  const { device } = way;
  memory.setU32(at + PARAMS.ifindex, device.ifindex);
  memory.setU32(at + PARAMS.metric, 0);
  memory.setU32(at + PARAMS.vlan, 0);
  if (flags & FLAG.source) memory.write(at + PARAMS.src, way.source);
  if (way.gateway) memory.write(at + PARAMS.dst, way.nextHop);
  if (flags & FLAG.skipNeighbour) return BigInt(RESULT.success);
  const mac = device.namespace.macOf(device, way.nextHop);
  if (mac === undefined) return BigInt(RESULT.noNeighbour);
  memory.write(at + PARAMS.smac, device.mac);
  memory.write(at + PARAMS.dmac, mac);
  return BigInt(RESULT.success);
}
