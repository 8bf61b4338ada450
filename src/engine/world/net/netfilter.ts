import type { NetfilterHook } from '../../../kernel/target.js';
import type { Device } from '../devices.js';
import { ETH_IP, type Skb } from './skb.js';
import type { NetStack } from './stack.js';

/** A packet at a hook, and the devices that it came in by and will leave by. */
export interface AtHook {
  readonly skb: Skb;
  readonly into?: Device;
  readonly out?: Device;
}

const ACCEPT = 1;

/** Asks the programs at a hook, those of the lowest priority number first. @returns whether the packet goes on */
export function runNetfilter(net: NetStack, hook: NetfilterHook, { skb, into, out }: AtHook): boolean {
  const family = skb.protocol === ETH_IP ? 'ipv4' : 'ipv6';
  const programs = net.points.at({ kind: 'netfilter', family, hook, priority: 0 });
  if (programs.length === 0) return true;
  skb.fromNetwork();
  for (const program of programs) {
    const device = (into ?? out) as Device;
    using ctx = net.trace.objects.netfilter({
      family,
      hook,
      skb,
      device,
      ...(into && { into }),
      ...(out && { out }),
    });
    if ((net.points.verdict(program, ctx.address) & 0xff) === ACCEPT) continue;
    net.drop('NETFILTER_DROP');
    return false;
  }
  return true;
}
