import { createRequire } from 'node:module';
import { SkepError } from '../../errors/base.js';

type Native = ((...args: unknown[]) => number | bigint) & {
  async(...args: [...unknown[], (error: unknown, result: number | bigint) => void]): void;
};

/** What this folder needs of koffi; typed here because koffi's own types are `any`. */
export interface Koffi {
  load(path: string | null): { func(prototype: string): Native };
  address(buffer: Uint8Array): bigint;
  view(pointer: unknown, length: number): ArrayBuffer;
  errno(): number;
}

/** Every function of the C library that skep calls. Sockets and files that Node can open it opens itself. */
const PROTOTYPES = {
  syscall: 'long syscall(long number, long a, void *b, long c)',
  perfEventOpen: 'long syscall(long number, void *attr, int pid, int cpu, int group, ulong flags)',
  close: 'int close(int fd)',
  mmap: 'void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset)',
  munmap: 'int munmap(void *at, size_t size)',
  ioctl: 'int ioctl(int fd, ulong request, long value)',
  epollCreate: 'int epoll_create1(int flags)',
  epollControl: 'int epoll_ctl(int epoll, int operation, int fd, void *event)',
  epollWait: 'int epoll_wait(int epoll, void *events, int most, int timeout)',
  socket: 'int socket(int family, int type, int protocol)',
  bind: 'int bind(int fd, void *address, uint size)',
  setsockopt: 'int setsockopt(int fd, int level, int name, void *value, uint size)',
  send: 'long send(int fd, void *data, size_t size, int flags)',
  recv: 'long recv(int fd, void *data, size_t size, int flags)',
  mount: 'int mount(str source, str target, str type, ulong flags, str data)',
  unmount: 'int umount2(str target, int flags)',
  unshare: 'int unshare(int flags)',
  setns: 'int setns(int fd, int type)',
  setrlimit: 'int setrlimit(int resource, void *limit)',
  fsopen: 'long syscall(long number, str type, uint flags)',
  fsconfig: 'long syscall(long number, int fd, uint command, void *key, void *value, int aux)',
  fsmount: 'long syscall(long number, int fd, uint flags, uint attributes)',
  interfaceIndex: 'uint if_nametoindex(str name)',
  interfaceName: 'void *if_indextoname(uint index, void *name)',
} as const;

export type Libc = Readonly<Record<keyof typeof PROTOTYPES, Native>> & { readonly koffi: Koffi };

let loaded: Libc | undefined;

/**
 * libc through koffi, loaded on first use: nothing else in skep needs it.
 * @throws {SkepError} `LINUX_UNAVAILABLE` on another system or without koffi.
 */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  if (process.platform !== 'linux') {
    throw new SkepError(
      'LINUX_UNAVAILABLE',
      `bpf(2) is a Linux system call, and this is ${process.platform}`,
      { hint: 'use the engine: --kernel engine' },
    );
  }
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const library = koffi.load(null);
    const functions = new Map<string, Native>();
    // A function is looked up when it is first called: most runs need three of them.
    const target = { koffi } as unknown as Libc;
    return new Proxy(target, {
      get(_, name: string) {
        if (name === 'koffi') return koffi;
        const known = functions.get(name);
        if (known !== undefined) return known;
        const made = library.func(PROTOTYPES[name as keyof typeof PROTOTYPES]);
        functions.set(name, made);
        return made;
      },
    });
  } catch (cause) {
    throw new SkepError(
      'LINUX_UNAVAILABLE',
      'the optional package koffi, which calls bpf(2), cannot be loaded',
      {
        hint: 'install it with `npm install koffi`, or use the engine: --kernel engine',
        cause,
      },
    );
  }
}

/** What a call answered: the number, or minus errno. */
export function checked(result: number | bigint): number {
  const number = Number(result);
  return number < 0 ? -libc().koffi.errno() : number;
}
