import { type Btf, findByName, typesOfKind } from '../../btf/index.js';
import { SkepError } from '../../errors/base.js';
import { KernelError } from '../../errors/errno.js';
import { btfTarget } from '../../hooks/attach-btf.js';
import { nearest } from '../explain/nearest.js';

/**
 * The BTF id of what a tracing or LSM program is loaded for; undefined for attach types that need none.
 *
 * @throws {SkepError} `NO_KERNEL_BTF`, `NO_TARGET`; {KernelError} ENOENT naming what is near.
 */
export function attachBtfId(
  attachType: string | undefined,
  attachTo: string | undefined,
  btf: () => Btf | undefined,
): number | undefined {
  const rule = btfTarget(attachType);
  if (rule === undefined) return undefined;
  if (attachTo === undefined) {
    throw new SkepError('NO_TARGET', `the section of the program names no ${rule.what} after its slash`, {
      facts: { attachType },
      hint: `write SEC("${attachType === 'trace_raw_tp' ? 'tp_btf/sched_switch' : 'fentry/tcp_v4_connect'}")`,
    });
  }
  const types = kernelTypes(btf);
  const id = findByName(types, `${rule.prefix}${attachTo}`, rule.kind);
  if (id !== undefined) return id;
  const names = [...typesOfKind(types, rule.kind)].flatMap(([, type]) =>
    type.name.startsWith(rule.prefix) ? [type.name.slice(rule.prefix.length)] : [],
  );
  const near = nearest(attachTo, names);
  throw new KernelError('ENOENT', `this kernel has no ${rule.what} ${attachTo} in its BTF`, {
    facts: { name: attachTo, near },
    ...(near.length === 0 ? {} : { hint: `near are ${near.join(', ')}` }),
  });
}

/** @throws {SkepError} `NO_KERNEL_BTF` */
export function kernelTypes(btf: () => Btf | undefined): Btf {
  const types = btf();
  if (types !== undefined) return types;
  throw new SkepError(
    'NO_KERNEL_BTF',
    'this kernel does not tell its types: /sys/kernel/btf/vmlinux is missing',
    {
      hint: 'use a kernel with CONFIG_DEBUG_INFO_BTF, as those of all current distributions; kprobes and tracepoints work without',
    },
  );
}
