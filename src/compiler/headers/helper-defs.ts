import { C_SIGNATURES } from '../../helpers/c-signatures.js';
import { HELPER_NAMES } from '../../helpers/names.js';

/** For sources that include no other header of types; C lets a typedef be said again. */
const NUMBERS = `#ifndef __VMLINUX_H__
typedef signed char __s8;
typedef unsigned char __u8;
typedef short __s16;
typedef unsigned short __u16, __be16;
typedef int __s32;
typedef unsigned int __u32, __be32, __wsum;
typedef long long __s64;
typedef unsigned long long __u64;
#endif`;

/** The text of `bpf/bpf_helper_defs.h`: every helper as a pointer to its number. */
export function helperDefs(): string {
  const structs = new Set<string>();
  const lines = HELPER_NAMES.flatMap((name, id) => {
    const signature = (C_SIGNATURES as Readonly<Record<string, string>>)[name];
    if (signature === undefined) return [];
    for (const [struct] of signature.matchAll(/struct \w+/g)) structs.add(struct);
    const open = signature.indexOf('(');
    const result = signature.slice(0, open);
    return [`static ${result}(* const bpf_${name})${signature.slice(open)} = (void *) ${id};`];
  });
  const declared = [...structs].sort().map((struct) => `${struct};`);
  return `#ifndef __BPF_HELPER_DEFS__\n#define __BPF_HELPER_DEFS__\n${NUMBERS}\n${declared.join('\n')}\n\n${lines.join('\n')}\n#endif\n`;
}
