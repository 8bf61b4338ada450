import { type CContext, declare } from './c-declare.js';
import { typesOfKind } from './find.js';
import { typeAt } from './resolve.js';
import type { Btf, BtfTypeId } from './types.js';

/** Tags that pahole gives to the kernel functions that programs may call. */
const KFUNC = 'bpf_kfunc';
const FASTCALL = 'bpf_fastcall';

const FRAME_START = `#ifndef BPF_NO_KFUNC_PROTOTYPES
#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

`;

/** The functions that the kernel's BTF marks as open to programs (Linux 6.10), in ascending order. */
export function kfuncsOf(btf: Btf): BtfTypeId[] {
  const marked = [...typesOfKind(btf, 'decl_tag')].flatMap(([, { name, type }]) =>
    name === KFUNC && typeAt(btf, type).kind === 'func' ? [type] : [],
  );
  return [...new Set(marked)].sort((a, b) => a - b);
}

/** Weak declarations of kernel functions, as bpftool puts them at the end of `vmlinux.h`; '' for none. */
export function kfuncPrototypes(context: CContext, functions: readonly BtfTypeId[]): string {
  const fast = new Set(
    [...typesOfKind(context.btf, 'decl_tag')].flatMap(([, { name, type }]) =>
      name === FASTCALL ? [type] : [],
    ),
  );
  const lines = functions.flatMap((id) => {
    const func = typeAt(context.btf, id);
    if (func.kind !== 'func') return [];
    const attribute = fast.has(id) ? '__bpf_fastcall ' : '';
    return [`extern ${attribute}${declare(context, func.type, func.name)} __weak __ksym;\n`];
  });
  return lines.length === 0 ? '' : `${FRAME_START}${lines.join('')}#endif\n\n`;
}
