import { findAllByName, formatC } from '../../btf/index.js';
import type { Btf } from '../../btf/types.js';
import type { Sources } from '../front/sources.js';
import { helperDefs } from './helper-defs.js';
import { headers } from './include.text.js';
import { UAPI_MACROS, UAPI_TYPES } from './uapi-macros.js';
import { sliceVmlinux } from './vmlinux.js';

/** The folder in which the compiler sees the headers that skep carries. */
export const HEADER_FOLDER = '/skep/include';
const TYPES = 'skep/uapi_types.h';
const VMLINUX = 'vmlinux.h';

/** Whether skep has a header of this name. */
export function hasHeader(name: string): boolean {
  return (
    name in headers ||
    name in UAPI_MACROS ||
    name === 'bpf/bpf_helper_defs.h' ||
    name === VMLINUX ||
    name === TYPES
  );
}

/** The text of a header that needs no types; `undefined` for those that do, and for unknown names. */
export function fixedHeader(name: string): string | undefined {
  if (name === 'bpf/bpf_helper_defs.h') return helperDefs();
  const written = headers[name];
  if (written !== undefined) return written;
  return name in UAPI_MACROS ? uapiHeader(name) : undefined;
}

/** The headers that are made of a kernel's types, cut to what a source names. */
export function typeHeaders(
  btf: Btf,
  { words, defined }: Pick<Sources, 'words' | 'defined'>,
): Readonly<Record<string, string>> {
  const isUapi = (word: string) =>
    /^__[us]\d+$/.test(word) || UAPI_TYPES.has(word) || /^[A-Z][A-Z0-9_]+$/.test(word);
  const elsewhere = new Set([...defined, 'struct pt_regs']);
  const uapi = `${userRegisters(btf, defined)}${sliceVmlinux(btf, new Set([...words].filter(isUapi)), { elsewhere })}`;
  return {
    [VMLINUX]: sliceVmlinux(btf, words, { guard: '__VMLINUX_H__' }),
    [TYPES]: `#ifndef __SKEP_UAPI_TYPES_H\n#define __SKEP_UAPI_TYPES_H\n/* vmlinux.h has them all. */\n#ifndef __VMLINUX_H__\n${uapi}\n#endif\n#endif\n`,
  };
}

/** The registers of x86 as the headers for user space name them; the kernel leaves the r out. */
const X86_REGISTERS =
  'r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss'.split(' ');

function userRegisters(btf: Btf, defined: ReadonlySet<string>): string {
  const [id] = findAllByName(btf, 'pt_regs');
  const type = id === undefined ? undefined : btf.types.at(id);
  if (id === undefined || type?.kind !== 'struct' || defined.has('struct pt_regs')) return '';
  if (!type.members.some(({ name }) => name === 'orig_ax')) return formatC(btf, { roots: [id] });
  const members = X86_REGISTERS.map((name) => `\tunsigned long ${name};\n`);
  return `struct pt_regs {\n${members.join('')}};\n\n`;
}

/** Types from the kernel, macros as the header of that name has them. */
function uapiHeader(name: string): string {
  const guard = `__SKEP_${name.toUpperCase().replaceAll(/\W/g, '_')}`;
  const lines = (UAPI_MACROS[name] ?? '').split('\n').filter((line) => line !== '');
  const includes = lines.filter((line) => line.startsWith('#')).map((line) => `#include <${line.slice(1)}>`);
  const macros = lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const [macro = ''] = line.split(' ', 1);
      return `#ifndef ${macro}\n#define ${line}\n#endif`;
    });
  return `#ifndef ${guard}\n#define ${guard}\n#include <${TYPES}>\n${[...includes, ...macros].join('\n')}\n#endif\n`;
}
