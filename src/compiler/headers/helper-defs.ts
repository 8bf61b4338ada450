import { C_SIGNATURES } from '../../helpers/c-signatures.js';
import { HELPER_NAMES } from '../../helpers/names.js';

/** The text of `bpf/bpf_helper_defs.h`: every helper as a pointer to its number. */
export function helperDefs(): string {
  const structs = new Set<string>();
  const lines = HELPER_NAMES.flatMap((name, id) => {
    const signature = C_SIGNATURES[name];
    if (signature === undefined) return [];
    for (const [struct] of signature.matchAll(/struct \w+/g)) structs.add(struct);
    const open = signature.indexOf('(');
    const result = signature.slice(0, open);
    return [`static ${result}(* const bpf_${name})${signature.slice(open)} = (void *) ${id};`];
  });
  const declared = [...structs].sort().map((struct) => `${struct};`);
  return `#ifndef __BPF_HELPER_DEFS__\n#define __BPF_HELPER_DEFS__\n${declared.join('\n')}\n\n${lines.join('\n')}\n#endif\n`;
}
