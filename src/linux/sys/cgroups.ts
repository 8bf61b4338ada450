import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Where the unified hierarchy is mounted; undefined when it is not. */
export function cgroupRoot(): string | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return mounts.map((line) => line.split(' ')).find(([, , type]) => type === 'cgroup2')?.[1];
}

/** The folder of a cgroup by the kernel's id, which is its inode number. */
export function cgroupPath(id: bigint): string | undefined {
  const root = cgroupRoot();
  return root === undefined ? undefined : find(root, id);
}

function find(folder: string, id: bigint): string | undefined {
  try {
    if (statSync(folder, { bigint: true }).ino === id) return folder;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const found = entry.isDirectory() ? find(`${folder}/${entry.name}`, id) : undefined;
      if (found !== undefined) return found;
    }
  } catch {
    // Groups come and go while one looks.
  }
  return undefined;
}
