import { KernelError } from '../../errors/errno.js';

/** A cgroup of the simulated host, of the unified hierarchy. */
export interface Cgroup {
  /** As `bpf_get_current_cgroup_id` reports it; the root's is 1. */
  readonly id: bigint;
  /** Below the mount point: `/` is the root, `/app/web`. */
  readonly path: string;
  /** The root's is 0. */
  readonly level: number;
  readonly parent: Cgroup | undefined;
}

/** Where Linux mounts the hierarchy; paths may be given with it. */
const MOUNT = '/sys/fs/cgroup';

/** The cgroups of the simulated host: a tree by paths. */
export class Cgroups {
  readonly root: Cgroup = { id: 1n, path: '/', level: 0, parent: undefined };
  readonly #byPath = new Map([['/', this.root]]);
  readonly #byId = new Map([[1n, this.root]]);
  #nextId = 2n;

  /** Makes a cgroup and those above it that are not there; gives one that is there. @throws {KernelError} EINVAL */
  make(path: string): Cgroup {
    let parent = this.root;
    let at = '';
    for (const name of parts(path)) {
      at += `/${name}`;
      const known = this.#byPath.get(at);
      const cgroup = known ?? { id: this.#nextId++, path: at, level: parent.level + 1, parent };
      this.#byPath.set(at, cgroup);
      this.#byId.set(cgroup.id, cgroup);
      parent = cgroup;
    }
    return parent;
  }

  /** @throws {KernelError} ENOENT */
  byPath(path: string): Cgroup {
    const cgroup = this.#byPath.get(`/${parts(path).join('/')}`);
    if (cgroup !== undefined) return cgroup;
    throw new KernelError('ENOENT', `There is no cgroup ${path}.`, {
      facts: { path },
      hint: `Make it first. There are ${[...this.#byPath.keys()].join(', ')}.`,
    });
  }

  byId(id: bigint): Cgroup | undefined {
    return this.#byId.get(id);
  }

  /** The one of a cgroup and those above it that is so many steps below the root; undefined when it is higher up. */
  ancestor(id: bigint, level: number): Cgroup | undefined {
    let cgroup = this.#byId.get(id);
    if (cgroup === undefined || level > cgroup.level) return undefined;
    while (cgroup !== undefined && cgroup.level > level) cgroup = cgroup.parent;
    return cgroup;
  }

  /** Whether one cgroup is another or below it. */
  isUnder(id: bigint, above: bigint): boolean {
    const top = this.#byId.get(above);
    return top !== undefined && this.ancestor(id, top.level)?.id === above;
  }
}

function parts(path: string): string[] {
  const below = path === MOUNT || path.startsWith(`${MOUNT}/`) ? path.slice(MOUNT.length) : path;
  const names = below.split('/').filter((name) => name !== '');
  if (names.some((name) => name === '.' || name === '..' || name.length > 255))
    throw new KernelError('EINVAL', `"${path}" cannot be the path of a cgroup.`);
  return names;
}
