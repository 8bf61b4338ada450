import { KernelError } from '../../../errors/errno.js';
import type { TaskRecord } from '../tasks.js';
import type { CallContext } from './context.js';
import { syscall } from './syscall.js';

/** O_*, FMODE_*, MAY_*, AT_FDCWD */
const O = { writeOnly: 1, readWrite: 2, create: 64 } as const;
const MAY = { write: 2, read: 4 } as const;
const AT_FDCWD = -100;
const MODE = 0o644;

/** A file as a task has it open. */
export interface OpenFile {
  readonly path: string;
  readonly fd: number;
  readonly flags: number;
  readonly owner: TaskRecord;
  position: number;
}

export interface OpenOptions {
  readonly path: string;
  readonly fd: number;
  readonly write: boolean;
  readonly create: boolean;
}

function pathArg({ trace }: CallContext, path: string): bigint {
  return BigInt(trace.objects.scratch(new TextEncoder().encode(`${path}\0`)));
}

/** openat(2). @throws {KernelError} ENOENT, or what programs refuse with */
export function openFile(call: CallContext, owner: TaskRecord, options: OpenOptions): OpenFile {
  const { trace, world } = call;
  const { path, fd } = options;
  const flags = (options.write ? O.readWrite : 0) | (options.create ? O.create : 0);
  const file: OpenFile = { path, fd, flags, owner, position: 0 };
  const args = () => [BigInt(AT_FDCWD), pathArg(call, path), BigInt(flags), BigInt(MODE)];
  return syscall(
    call,
    'openat',
    args,
    () => {
      trace.call(
        'do_sys_openat2',
        () => [...args().slice(0, 2), 0n],
        () => {
          if (!world.files.has(path)) {
            if (!options.create)
              throw new KernelError('ENOENT', `there is no file ${path}`, { facts: { path } });
            world.files.set(path, new Uint8Array(0));
          }
          trace.call(
            'vfs_open',
            () => [trace.objects.filePath(file), trace.objects.file(file)],
            () => {
              trace.ask('file_open', () => [trace.objects.file(file)]);
              return 0;
            },
          );
          return fd;
        },
      );
      return file;
    },
    () => fd,
  );
}

/** read(2). Linux: vfs_read. */
export function readFile(call: CallContext, file: OpenFile, most: number): Uint8Array {
  const { trace, world } = call;
  const buffer = () => BigInt(trace.objects.scratch(new Uint8Array(64)));
  const contents = world.files.get(file.path) ?? new Uint8Array(0);
  let data = new Uint8Array(0);
  syscall(
    call,
    'read',
    () => [BigInt(file.fd), buffer(), BigInt(most)],
    () =>
      trace.call(
        'vfs_read',
        () => [trace.objects.file(file), buffer(), BigInt(most), 0n],
        () => {
          trace.ask('file_permission', () => [trace.objects.file(file), BigInt(MAY.read)]);
          data = contents.slice(file.position, file.position + most);
          file.position += data.length;
          return data.length;
        },
      ),
    (size) => size,
  );
  return data;
}

/** write(2). Linux: vfs_write. @throws {KernelError} EBADF for a file that was not opened for writing */
export function writeFile(call: CallContext, file: OpenFile, data: Uint8Array): void {
  const { trace, world } = call;
  const buffer = () => BigInt(trace.objects.scratch(data));
  syscall(
    call,
    'write',
    () => [BigInt(file.fd), buffer(), BigInt(data.length)],
    () => {
      if ((file.flags & (O.readWrite | O.writeOnly)) === 0)
        throw new KernelError('EBADF', `${file.path} is not open for writing`);
      return trace.call(
        'vfs_write',
        () => [trace.objects.file(file), buffer(), BigInt(data.length), 0n],
        () => {
          trace.ask('file_permission', () => [trace.objects.file(file), BigInt(MAY.write)]);
          const before = world.files.get(file.path) ?? new Uint8Array(0);
          const after = new Uint8Array(Math.max(before.length, file.position + data.length));
          after.set(before);
          after.set(data, file.position);
          world.files.set(file.path, after);
          file.position += data.length;
          return data.length;
        },
      );
    },
    (size) => size,
  );
}

/** close(2). */
export function closeFile(call: CallContext, file: OpenFile): void {
  syscall(
    call,
    'close',
    () => [BigInt(file.fd)],
    () => call.trace.objects.forget(file),
    () => 0,
  );
}

/** unlinkat(2). Linux: do_unlinkat, vfs_unlink. @throws {KernelError} ENOENT */
export function unlinkFile(call: CallContext, owner: TaskRecord, path: string): void {
  const { trace, world } = call;
  const { objects } = trace;
  const file: OpenFile = { path, fd: -1, flags: 0, owner, position: 0 };
  const name = () => pathArg(call, path);
  syscall(
    call,
    'unlinkat',
    () => [BigInt(AT_FDCWD), name(), 0n],
    () =>
      trace.call(
        'do_unlinkat',
        () => [BigInt(AT_FDCWD), objects.filename(path)],
        () => {
          if (!world.files.has(path))
            throw new KernelError('ENOENT', `there is no file ${path}`, { facts: { path } });
          const { dir, dentry, directory } = objects.pathOf(file);
          trace.ask('path_unlink', () => [directory, dentry]);
          return trace.call(
            'vfs_unlink',
            () => [0n, dir, dentry, 0n],
            () => {
              trace.ask('inode_unlink', () => [dir, dentry]);
              world.files.delete(path);
              return 0;
            },
          );
        },
      ),
    () => 0,
  );
}
