/**
 * What Linux says of a kernel function beside its prototype, which is in the kernel's BTF: `KF_*` of
 * `linux/btf.h` (6.18) as words.
 *
 * - `acquire`: what it returns is a reference; `release`: it takes one back.
 * - `ret_null`: what it returns may be null.
 * - `trusted_args`: its pointers must be valid and not null; `rcu`: valid in an RCU read section is enough.
 * - `rcu_protected`: only inside of one.
 * - `sleepable`: only in programs that may sleep, where they may.
 * - `destructive`: needs CAP_SYS_BOOT.
 * - `iter_new`, `iter_next`, `iter_destroy`: the three of an open-coded iterator.
 * - `fastcall`: may be called as if it kept the caller-saved registers.
 */
export type KfuncFlag =
  | 'acquire'
  | 'release'
  | 'ret_null'
  | 'trusted_args'
  | 'rcu'
  | 'rcu_protected'
  | 'sleepable'
  | 'destructive'
  | 'iter_new'
  | 'iter_next'
  | 'iter_destroy'
  | 'fastcall';

/** One function of the kernel that programs may call. One file per family; `registry.ts` lists them. */
export interface Kfunc {
  /** As in the kernel's BTF: `bpf_task_acquire`. */
  readonly name: string;
  readonly since: string;
  /** One sentence of our own. */
  readonly doc: string;
  readonly flags: readonly KfuncFlag[];
}

/** One kernel function in one line. */
export function kfunc(name: string, since: string, doc: string, ...flags: KfuncFlag[]): Kfunc {
  return { name, since, doc, flags };
}
