import { SkepError } from '../errors/base.js';
import { attachTypeByName } from '../hooks/attach-types.js';
import type { AttachTarget, Kernel } from '../kernel/kernel.js';
import { sectionTarget } from '../kernel/section-target.js';
import type { NetfilterHook } from '../kernel/target.js';
import { sectionMeaning } from '../object/sections.js';
import { takeMap } from './select.js';
import { UsageError } from './usage.js';
import type { Words } from './words.js';

/** bpftool's words for places on a device. */
export const DEVICE_ATTACH = [
  'xdp',
  'xdpgeneric',
  'xdpdrv',
  'xdpoffload',
  'tcx_ingress',
  'tcx_egress',
] as const;
type DeviceAttach = (typeof DEVICE_ATTACH)[number];

/**
 * Where a program is attached: bpftool's words and those of sections (`tracepoint/NAME`, `kprobe/FUNC`,
 * `cgroup/connect4 PATH`, `xdp dev NAME`, `sk_msg_verdict MAP`, …).
 */
export async function takeTarget(words: Words, kernel: Kernel): Promise<AttachTarget> {
  const word = words.take('a target, such as tracepoint/NAME');
  const slash = word.indexOf('/');
  const kind = slash < 0 ? word : word.slice(0, slash);
  const rest = slash < 0 ? undefined : word.slice(slash + 1);
  const device = DEVICE_ATTACH.find((name) => name === kind);
  if (device !== undefined) return deviceTarget(device, rest ?? takeDevice(words), words.accept('overwrite'));
  switch (kind) {
    case 'tcx':
    case 'tc':
      return deviceTarget(rest === 'egress' ? 'tcx_egress' : 'tcx_ingress', takeDevice(words));
    case 'socket':
    case 'socket_filter':
      return words.accept('dev') ? { kind: 'socket', iface: words.take('a device') } : { kind: 'socket' };
    case 'netfilter':
      return takeNetfilter(words);
    case 'perf_event':
      return takeEvent(words, rest ?? 'cpu_clock');
    default:
      return (await takeAttachType(words, kernel, word)) ?? ofSection(words, word);
  }
}

/** `tracepoint/NAME` and the like; `tracepoint NAME` too, as tutorials write it. */
function ofSection(words: Words, word: string): AttachTarget {
  const section =
    word.includes('/') || sectionMeaning(word)?.attachType ? word : `${word}/${words.peek() ?? ''}`;
  const meaning = sectionMeaning(section);
  if (meaning === undefined) throw notAPlace(word);
  if (section !== word) words.take('a name');
  const { type, attachType } = meaning;
  if (type.startsWith('cgroup') || type === 'sock_ops' || attachType === 'lsm_cgroup') {
    return { kind: 'cgroup', path: words.take('the path of a cgroup'), attachType: attachType ?? '' };
  }
  try {
    return sectionTarget({ ...meaning, name: word, section });
  } catch (error) {
    if (error instanceof SkepError && error.code === 'NO_TARGET') throw notAPlace(word);
    throw error;
  }
}

/** bpftool's short words for what is attached to maps. */
const MAP_ATTACH: Readonly<Record<string, string>> = {
  msg_verdict: 'sk_msg_verdict',
  skb_verdict: 'sk_skb_verdict',
  stream_verdict: 'sk_skb_stream_verdict',
  stream_parser: 'sk_skb_stream_parser',
};

async function takeAttachType(words: Words, kernel: Kernel, word: string): Promise<AttachTarget | undefined> {
  const attachType = attachTypeByName(MAP_ATTACH[word] ?? word)?.name;
  switch (attachType) {
    case 'sk_msg_verdict':
    case 'sk_skb_verdict':
    case 'sk_skb_stream_verdict':
    case 'sk_skb_stream_parser':
      return { kind: 'sockmap', attachType, map: (await takeMap(words, kernel)).id };
    case 'sk_lookup':
    case 'flow_dissector':
      return words.left > 0
        ? { kind: 'netns', attachType, path: words.take('a network namespace') }
        : { kind: 'netns', attachType };
    default:
      return attachType?.startsWith('cgroup') && !word.includes('/')
        ? { kind: 'cgroup', attachType, path: words.take('the path of a cgroup') }
        : undefined;
  }
}

/** `netfilter { ipv4 | ipv6 } HOOK [priority N]` */
function takeNetfilter(words: Words): AttachTarget {
  const family = words.keyword(['ipv4', 'ipv6']);
  const hook: NetfilterHook = words.keyword(['prerouting', 'input', 'forward', 'output', 'postrouting']);
  const priority = words.accept('priority') ? takeSigned(words, 'priority') : 0;
  return { kind: 'netfilter', family, hook, priority };
}

function takeSigned(words: Words, what: string): number {
  const word = words.take(what);
  if (!/^-?\d+$/.test(word)) throw new UsageError(`can't parse ${word} as ${what}`);
  return Number(word);
}

/** `perf_event/EVENT { pid N | cpu N } [frequency N]` */
function takeEvent(words: Words, name: string): AttachTarget {
  const event = (['cpu_clock', 'task_clock', 'cpu_cycles'] as const).find((known) => known === name);
  if (event === undefined)
    throw new UsageError(`there is no event '${name}': cpu_clock, task_clock or cpu_cycles`);
  const scope = words.keyword(['pid', 'cpu']);
  const number = words.number(scope);
  const frequency = words.accept('frequency') ? words.number('frequency') : 99;
  return { kind: 'perf_event', event, frequency, [scope]: number };
}

function notAPlace(word: string): UsageError {
  return new UsageError(`'${word}' is no place that programs can be attached to`, {
    hint: 'Known: tracepoint/NAME, raw_tracepoint/NAME, kprobe/FUNC, uprobe/FILE:FUNC, fentry/FUNC, cgroup/TYPE PATH, xdp dev NAME, tcx_ingress dev NAME, netfilter ipv4 HOOK, sk_msg_verdict MAP, socket.',
  });
}

export function takeDevice(words: Words): string {
  words.keyword(['dev']);
  return words.take('the name of a device');
}

export function deviceTarget(attach: DeviceAttach, iface: string, replace = false): AttachTarget {
  switch (attach) {
    case 'tcx_ingress':
      return { kind: 'tcx', iface, direction: 'ingress' };
    case 'tcx_egress':
      return { kind: 'tcx', iface, direction: 'egress' };
    case 'xdp':
      return { kind: 'xdp', iface, replace };
    case 'xdpgeneric':
      return { kind: 'xdp', iface, mode: 'generic', replace };
    case 'xdpdrv':
      return { kind: 'xdp', iface, mode: 'driver', replace };
    case 'xdpoffload':
      return { kind: 'xdp', iface, mode: 'offload', replace };
  }
}
