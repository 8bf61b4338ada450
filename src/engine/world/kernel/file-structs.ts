import type { OpenFile } from '../calls/files.js';
import type { TaskRecord } from '../tasks.js';
import type { KernelObjects } from './objects.js';
import type { StructWriter } from './struct-writer.js';

/** S_IFREG, S_IFDIR and permissions; FMODE_READ, FMODE_WRITE. */
const REGULAR = 0o100644;
const DIRECTORY = 0o040755;
const READ = 1;
const WRITE = 2;
const READ_WRITE = 2;

/** The directory entries on the way to a path, each pointing to the one above. @returns the last one */
function dentryOf(objects: KernelObjects, writer: StructWriter, owner: object, path: string): number {
  const names = path.split('/').filter((name) => name !== '');
  let above = 0;
  ['', ...names].forEach((name, index) => {
    const place = { key: `${names.slice(0, index).join('/')}` };
    const entry = objects.keyed(owner, `dentry ${place.key}`, 'dentry');
    const inode = objects.keyed(owner, `inode ${place.key}`, 'inode');
    const last = index === names.length;
    writer.set('inode', inode, { i_mode: last ? REGULAR : DIRECTORY, i_ino: index + 2, i_nlink: 1 });
    writer.set('dentry', entry, {
      d_parent: above === 0 ? entry : above,
      'd_name.name': objects.text(owner, name === '' ? '/' : name),
      'd_name.len': Math.max(name.length, 1),
      d_inode: inode,
    });
    above = entry;
  });
  return above;
}

/** Fills in a `struct file`, and what it points to. */
export function fillFile(
  objects: KernelObjects,
  writer: StructWriter,
  address: number,
  file: OpenFile,
): void {
  const dentry = dentryOf(objects, writer, file, file.path);
  writer.set('file', address, {
    f_flags: file.flags,
    f_mode: READ | (file.flags & READ_WRITE ? WRITE : 0),
    f_pos: BigInt(file.position),
    f_inode: objects.inodeOf(dentry),
    'f_path.dentry': dentry,
    f_cred: objects.part(file.owner, 'cred'),
  });
}

/** The entry of a file, and what removes it is asked about. */
export function pathStructs(
  objects: KernelObjects,
  writer: StructWriter,
  file: OpenFile,
): { readonly dentry: number; readonly dir: number; readonly directory: number } {
  const dentry = dentryOf(objects, writer, file, file.path);
  const above = objects.parentOf(dentry);
  const directory = objects.keyed(file, 'directory', 'path');
  writer.set('path', directory, { dentry: above });
  return { dentry, dir: objects.inodeOf(above), directory };
}

/** Fills in a `struct linux_binprm`. */
export function fillBinprm(
  objects: KernelObjects,
  writer: StructWriter,
  address: number,
  {
    task,
    path,
    argc,
    file,
  }: { readonly task: TaskRecord; readonly path: string; readonly argc: number; readonly file: bigint },
): void {
  objects.task(task);
  writer.set('linux_binprm', address, {
    filename: objects.text(task, path),
    interp: objects.text(task, path),
    argc,
    cred: objects.part(task, 'cred'),
    file,
  });
}
