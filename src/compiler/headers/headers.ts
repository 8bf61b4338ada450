import { findAllByName, findEnumerations, formatC } from '../../btf/index.js';
import type { Btf } from '../../btf/types.js';
import type { Sources } from '../front/sources.js';
import { helperDefs } from './helper-defs.js';
import { headers } from './include.text.js';
import { UAPI_ENUMERATORS, UAPI_MACROS, UAPI_TYPES } from './uapi-macros.js';
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
export function typeHeaders(btf: Btf, sources: Sources): Readonly<Record<string, string>> {
  const made: Record<string, string> = {};
  const { missing } = sources;
  const words = withMacroWords(sources);
  if (missing.has(VMLINUX)) made[VMLINUX] = sliceVmlinux(btf, words, { guard: '__VMLINUX_H__' }, sources);
  if (missing.has(TYPES)) made[TYPES] = uapiTypes(btf, { ...sources, words });
  return made;
}

/** Types and constants of Linux's headers for user space. */
function uapiTypes(btf: Btf, sources: Sources): string {
  const { words, defined, hasPartialVmlinux, missing } = sources;
  const isUapi = (word: string) =>
    /^__[us]\d+$/.test(word) || UAPI_TYPES.has(word) || /^[A-Z][A-Z0-9_]+$/.test(word);
  const elsewhere = new Set([...defined, 'struct pt_regs']);
  const named = new Set([...words].filter(isUapi));
  // It holds registers, which a source that defines them itself may do only later.
  if (defined.has('struct pt_regs')) named.delete('bpf_perf_event_data');
  const types = `${userRegisters(btf, defined)}${sliceVmlinux(btf, named, { elsewhere })}`;
  const constants = uapiConstants(btf, sources);
  // A whole vmlinux.h has all types; one that is made of BTF, as ours, lacks the constants.
  const guarded = (text: string) => `#ifndef __VMLINUX_H__\n${text}\n#endif`;
  const body = [
    hasPartialVmlinux ? types : guarded(types),
    hasPartialVmlinux || missing.has(VMLINUX) ? constants : guarded(constants),
  ].join('\n');
  return `#ifndef __SKEP_UAPI_TYPES_H\n#define __SKEP_UAPI_TYPES_H\n${body}\n#endif\n`;
}

/** The words of a source, and those of the macros that it names and skep's headers define. */
function withMacroWords({ words, files }: Sources): ReadonlySet<string> {
  const bodies = new Map<string, string>();
  for (const [header, text] of Object.entries(UAPI_MACROS)) {
    if (!(`${HEADER_FOLDER}/${header}` in files)) continue;
    for (const line of text.split('\n')) {
      const end = line.search(/[ (]/);
      if (end > 0 && line[0] !== '#') bodies.set(line.slice(0, end), line.slice(end));
    }
  }
  const all = new Set(words);
  // A set gives what is added while it is gone through, too.
  for (const word of all)
    for (const [inner] of bodies.get(word)?.matchAll(/[A-Za-z_]\w*/g) ?? []) all.add(inner);
  return all;
}

/** What the included headers count off in enumerations without a name, as far as no kernel type has it. */
function uapiConstants(btf: Btf, { files, defined }: Sources): string {
  return Object.entries(UAPI_ENUMERATORS)
    .filter(([header]) => `${HEADER_FOLDER}/${header}` in files)
    .flatMap(([, constants]) => Object.entries(constants))
    .filter(([name]) => !defined.has(name) && findEnumerations(btf, name).length === 0)
    .map(([name, value]) => `enum { ${name} = ${value} };\n`)
    .join('');
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
      const [macro = ''] = line.split(/[ (]/, 1);
      return `#ifndef ${macro}\n#define ${line}\n#endif`;
    });
  return `#ifndef ${guard}\n#define ${guard}\n#include <${TYPES}>\n${[...includes, ...macros].join('\n')}\n#endif\n`;
}
