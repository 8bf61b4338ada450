import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { KernelError } from '../../errors/errno.js';
import { nearest } from '../explain/nearest.js';

const FOLDERS = ['/lib64', '/usr/lib64', '/lib', '/usr/lib', '/usr/local/lib'].flatMap((folder) => [
  folder,
  ...['x86_64', 'aarch64', 'riscv64', 'powerpc64le', 's390x'].map((arch) => `${folder}/${arch}-linux-gnu`),
]);
const PROGRAM_FOLDERS = ['/usr/bin', '/usr/sbin', '/bin', '/sbin', '/usr/local/bin'];

/** The path of a program or library: itself, or looked for where the system keeps them. @throws {KernelError} ENOENT */
export function findLibrary(name: string): string {
  const places = name.includes('/')
    ? [name]
    : [...(/\.so/.test(name) ? FOLDERS : PROGRAM_FOLDERS), ...FOLDERS].map((folder) => `${folder}/${name}`);
  const found = places.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new KernelError('ENOENT', `there is no program or library ${name}`, {
    facts: { name },
    hint: 'give its whole path, such as /lib/x86_64-linux-gnu/libc.so.6',
  });
}

/** ELF section types and symbol types. */
const SYMTAB = 2;
const DYNSYM = 11;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

interface Section {
  readonly type: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** Where a function starts in the file of a program or library of 64 bits. @throws {KernelError} ENOENT, EINVAL */
export function functionOffset(file: string, name: string): number {
  const fd = openSync(file, 'r');
  try {
    const sections = readSections(fd, file);
    const names: string[] = [];
    for (const section of sections.filter(({ type }) => type === SYMTAB || type === DYNSYM)) {
      const found = find(fd, sections, section, name, names);
      if (found !== undefined) return found;
    }
    const near = nearest(name, names);
    throw new KernelError('ENOENT', `${file} has no function ${name}`, {
      facts: { file, function: name, near },
      hint:
        near.length > 0
          ? `near are ${near.join(', ')}`
          : 'it may have been stripped or inlined: give an offset in the file',
    });
  } finally {
    closeSync(fd);
  }
}

function find(
  fd: number,
  sections: readonly Section[],
  table: Section,
  wanted: string,
  names: string[],
): number | undefined {
  const strings = read(fd, sections[table.link]?.offset ?? 0, sections[table.link]?.size ?? 0);
  const symbols = read(fd, table.offset, table.size);
  for (let at = 0; at + 24 <= symbols.length; at += 24) {
    const type = symbols.readUInt8(at + 4) & 15;
    const index = symbols.readUInt16LE(at + 6);
    if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || index === 0) continue;
    const start = symbols.readUInt32LE(at);
    const name = strings.toString('latin1', start, strings.indexOf(0, start));
    const section = sections[index];
    // A version follows an at sign: one may leave it out.
    if (section !== undefined && (name === wanted || name.split('@')[0] === wanted))
      return Number(symbols.readBigUInt64LE(at + 8)) - section.address + section.offset;
    names.push(name);
  }
  return undefined;
}

function readSections(fd: number, file: string): Section[] {
  const header = read(fd, 0, 64);
  if (header.length < 64 || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2) {
    throw new KernelError('EINVAL', `${file} is no ELF file of 64 bits`, { facts: { file } });
  }
  const at = Number(header.readBigUInt64LE(40));
  const size = header.readUInt16LE(58);
  const count = header.readUInt16LE(60);
  const table = read(fd, at, size * count);
  return Array.from({ length: Math.floor(table.length / size) }, (_, index): Section => {
    const row = index * size;
    return {
      type: table.readUInt32LE(row + 4),
      address: Number(table.readBigUInt64LE(row + 16)),
      offset: Number(table.readBigUInt64LE(row + 24)),
      size: Number(table.readBigUInt64LE(row + 32)),
      link: table.readUInt32LE(row + 40),
    };
  });
}

function read(fd: number, at: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(fd, bytes, 0, size, at));
}
