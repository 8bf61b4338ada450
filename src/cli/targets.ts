import type { AttachTarget } from '../kernel/kernel.js';
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

/** `tracepoint/NAME`, `tp/CATEGORY/NAME`, `raw_tp/NAME`, `xdp dev NAME`, `tcx_ingress dev NAME`, `socket`, … */
export function takeTarget(words: Words): AttachTarget {
  const word = words.take('a target, such as tracepoint/NAME');
  const slash = word.indexOf('/');
  const kind = slash < 0 ? word : word.slice(0, slash);
  const rest = slash < 0 ? undefined : word.slice(slash + 1);
  switch (kind) {
    case 'tracepoint':
    case 'tp':
      return tracepoint(rest ?? words.take('the name of a tracepoint'));
    case 'raw_tracepoint':
    case 'raw_tp':
      return { kind: 'raw_tracepoint', name: rest ?? words.take('the name of a tracepoint') };
    case 'socket':
    case 'socket_filter':
      return words.accept('dev') ? { kind: 'socket', iface: words.take('a device') } : { kind: 'socket' };
    case 'tcx':
    case 'tc':
      return deviceTarget(rest === 'egress' ? 'tcx_egress' : 'tcx_ingress', takeDevice(words));
    default: {
      const known = DEVICE_ATTACH.find((name) => name === kind);
      if (known !== undefined)
        return deviceTarget(known, rest ?? takeDevice(words), words.accept('overwrite'));
      throw new UsageError(`'${word}' is no place that programs can be attached to`, {
        hint: 'Known: tracepoint/NAME, raw_tracepoint/NAME, xdp dev NAME, tcx_ingress dev NAME, tcx_egress dev NAME, socket.',
      });
    }
  }
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

function tracepoint(name: string): AttachTarget {
  const slash = name.indexOf('/');
  return slash < 0
    ? { kind: 'tracepoint', name }
    : { kind: 'tracepoint', category: name.slice(0, slash), name: name.slice(slash + 1) };
}
