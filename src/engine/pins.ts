import { KernelError } from '../errors/errno.js';
import type { KernelObject, Pin } from '../kernel/kernel.js';
import { pinPath } from '../kernel/pin-path.js';

/** The names under which objects outlive their users: the engine's BPF file system. */
export class Pins {
  readonly #pins = new Map<string, Pin>();

  /** @throws {KernelError} EEXIST, EINVAL */
  add(path: string, kind: KernelObject['kind'], id: number): Pin {
    const clean = pinPath(path);
    const there = this.#pins.get(clean);
    if (there !== undefined) {
      throw new KernelError('EEXIST', `${clean} is taken by ${there.kind} ${there.id}`, {
        facts: { ...there },
        hint: 'use another path, or remove this pin first',
      });
    }
    const below = [...this.#pins.keys()].find(
      (other) => other.startsWith(`${clean}/`) || clean.startsWith(`${other}/`),
    );
    if (below !== undefined)
      throw new KernelError('ENOTDIR', `${clean} cannot be a pin: ${below} is one`, {
        facts: { path: clean, pin: below },
      });
    const pin = { path: clean, kind, id };
    this.#pins.set(clean, pin);
    return pin;
  }

  /** @throws {KernelError} ENOENT */
  get(path: string): Pin {
    const clean = pinPath(path);
    const pin = this.#pins.get(clean);
    if (pin === undefined)
      throw new KernelError('ENOENT', `nothing is pinned at ${clean}`, { facts: { path: clean } });
    return pin;
  }

  /** @throws {KernelError} ENOENT */
  remove(path: string): Pin {
    const pin = this.get(path);
    this.#pins.delete(pin.path);
    return pin;
  }

  /** In order of path. */
  all(): Pin[] {
    return [...this.#pins.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}
