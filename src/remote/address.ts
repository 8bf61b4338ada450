import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** `sun_path` holds 108 bytes on Linux, 104 on macOS, with the final zero. */
const MAX_SOCKET_PATH = 100;

/** Where to listen for one opening of a root. */
export interface SocketAddress {
  readonly path: string;
  /** Removes what was made for it. */
  dispose(): void;
}

/** A socket in the root, or, when its path would be too long, in a folder of its own under the temporary folder. */
export function socketAddress(folder: string, generation: number): SocketAddress {
  if (process.platform === 'win32') {
    return { path: `\\\\.\\pipe\\skep-${process.pid}-${generation}`, dispose: () => {} };
  }
  const inRoot = join(folder, `socket.${generation}`);
  if (Buffer.byteLength(inRoot) <= MAX_SOCKET_PATH) {
    removeOthers(folder);
    return { path: inRoot, dispose: () => rmSync(inRoot, { force: true }) };
  }
  const short = Buffer.byteLength(tmpdir()) <= MAX_SOCKET_PATH - 20 ? tmpdir() : '/tmp';
  const path = join(mkdtempSync(join(short, 'skep-')), 'socket');
  return { path, dispose: () => rmSync(dirname(path), { recursive: true, force: true }) };
}

/** Sockets of owners that were killed. The lock says that there is no other owner. */
function removeOthers(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (/^socket\.\d+$/.test(name)) rmSync(join(folder, name), { force: true });
  }
}
