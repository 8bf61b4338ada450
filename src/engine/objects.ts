import type { Btf } from '../btf/types.js';
import { KernelError } from '../errors/errno.js';

/** Something that lives in the engine under an id for as long as anybody uses it. */
export interface Counted {
  readonly id: number;
  /** Called once, when the last use ends. */
  destroy(): void;
}

/** Ids of sets of types: one for each object file that was loaded, as Linux gives one for each BPF_BTF_LOAD. */
export class BtfIds {
  readonly #ids = new WeakMap<Btf, number>();
  nextId = 1;

  /** The id of a set of types, which gets one when it has none. */
  of(btf: Btf): number {
    const id = this.#ids.get(btf) ?? this.nextId++;
    this.#ids.set(btf, id);
    return id;
  }

  /** Enters a set of types under the id that it had. */
  enter(btf: Btf | undefined, id: number | undefined): void {
    if (btf !== undefined && id !== undefined) this.#ids.set(btf, id);
  }
}

/**
 * The live objects of one kind, by id. An object lives while it has uses: open handles, pins, and objects built on it,
 * as file descriptors and references do in Linux. Ids grow and are never used twice.
 */
export class ObjectTable<T extends Counted> {
  readonly #what: string;
  readonly #objects = new Map<number, { readonly object: T; uses: number }>();
  nextId = 1;

  constructor(what: string) {
    this.#what = what;
  }

  takeId(): number {
    return this.nextId++;
  }

  /** Enters an object, with no use yet. */
  add(object: T): void {
    this.#objects.set(object.id, { object, uses: 0 });
    this.nextId = Math.max(this.nextId, object.id + 1);
  }

  /** @throws {KernelError} ENOENT */
  get(id: number): T {
    const row = this.#objects.get(id);
    if (row === undefined) {
      throw new KernelError('ENOENT', `there is no ${this.#what} with id ${id}`, {
        facts: { id },
        hint: `list them with \`skep ${this.#what} show\``,
      });
    }
    return row.object;
  }

  find(id: number): T | undefined {
    return this.#objects.get(id)?.object;
  }

  /** Ascending by id. */
  all(): T[] {
    return [...this.#objects.values()].map((row) => row.object).sort((a, b) => a.id - b.id);
  }

  use(object: T): void {
    const row = this.#objects.get(object.id);
    if (row !== undefined) row.uses++;
  }

  release(object: T): void {
    const row = this.#objects.get(object.id);
    if (row === undefined || --row.uses > 0) return;
    this.#objects.delete(object.id);
    object.destroy();
  }
}
