import * as L from '../../runtime/layout.js';
import type { Cgroup } from '../cgroups.js';
import { ask, CallBlock, type CallContext, CallStruct } from './context.js';

const PAGE = 4096;
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/**
 * Reads a file of /proc/sys, by its name: `net/ipv4/ip_forward`. Its value ends with a new line; '' when nothing was
 * ever written to it.
 * @throws {KernelError} what cgroup_sysctl programs refuse with
 */
export function readSysctl(call: CallContext, cgroup: Cgroup, name: string): string {
  run(call, cgroup, name, undefined);
  return call.world.sysctls.get(name) ?? '';
}

/** Writes a file of /proc/sys; programs may change what is written. @throws {KernelError} what they refuse with */
export function writeSysctl(call: CallContext, cgroup: Cgroup, name: string, value: string): void {
  call.world.sysctls.set(name, `${run(call, cgroup, name, value).replace(/\n$/, '')}\n`);
}

/** @returns what is to be written */
function run(call: CallContext, cgroup: Cgroup, name: string, value: string | undefined): string {
  const { memory, world } = call;
  const current = encode(world.sysctls.get(name) ?? '');
  const fresh = encode(value ?? '');
  using ctx = new CallStruct(memory, 'cgroup_sysctl');
  using nameAt = new CallBlock(memory, encode(`${name}\0`));
  using currentAt = new CallBlock(memory, current);
  using freshAt = new CallBlock(memory, fresh, PAGE);
  ctx.set({ write: value === undefined ? 0 : 1 });
  const fields: readonly (readonly [number, number])[] = [
    [L.SYSCTL_NAME, nameAt.address],
    [L.SYSCTL_CURRENT, currentAt.address],
    [L.SYSCTL_CURRENT_SIZE, current.length],
    [L.SYSCTL_FRESH, value === undefined ? 0 : freshAt.address],
    [L.SYSCTL_FRESH_SIZE, fresh.length],
  ];
  for (const [offset, field] of fields) memory.setU32(ctx.address + offset, field);
  ask(call, 'cgroup_sysctl', cgroup, ctx, `${value === undefined ? 'reading' : 'writing'} ${name}`);
  const size = memory.u32(ctx.address + L.SYSCTL_FRESH_SIZE);
  return new TextDecoder().decode(memory.read(freshAt.address, size));
}
