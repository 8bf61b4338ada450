import { KernelError } from '../../errors/errno.js';
import { cText } from './layout.js';
import { libc } from './libc.js';

/** The number of a network device in the caller's network namespace. @throws {KernelError} ENODEV */
export function interfaceIndex(name: string): number {
  const index = Number(libc().interfaceIndex(name));
  if (index > 0) return index;
  throw new KernelError('ENODEV', `there is no network device ${name}`, {
    facts: { iface: name },
    hint: 'list them with `ip link`; a device of another network namespace is reached with `ip netns exec`',
  });
}

/** The name of a network device; undefined when it is gone or of another network namespace. */
export function interfaceName(index: number): string | undefined {
  const name = new Uint8Array(new ArrayBuffer(16));
  const found = libc().interfaceName(index, name);
  return found === null ? undefined : cText(name);
}
