/** The capabilities that decide what the verifier lets a program do, in the kernel's words without `CAP_`. */
export const CAPABILITIES = ['bpf', 'perfmon', 'net_admin', 'sys_admin'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Who loads a program, and whether the kernel guards against what speculation leaks. Default: all of it. */
export interface Privileges {
  /** Of the loading process. `sys_admin` stands for all others. */
  readonly capabilities: readonly Capability[];
  /**
   * False on a kernel that was booted with `mitigations=off`, or whose CPUs do not speculate: programs are then not
   * guarded against Spectre, whoever loads them. Default true.
   */
  readonly mitigations?: boolean;
}

/** What the loader's capabilities come to: the verifier asks these, never for a capability by name. */
export interface Rights {
  /** Linux's bpf_capable: subprograms, kernel functions, loops, and precision that is tracked instead of assumed. */
  readonly bpf: boolean;
  readonly netAdmin: boolean;
  readonly perfmon: boolean;
  /** Addresses of the kernel may be seen: compared, stored, returned. */
  readonly seesPointers: boolean;
  /** Stack that was never written may be read. */
  readonly readsUnwrittenStack: boolean;
  /** No guard against Spectre v1 (wrong bounds) and v4 (old stack contents) is needed. */
  readonly bypassesSpectreV1: boolean;
  readonly bypassesSpectreV4: boolean;
}

export const ALL_PRIVILEGES: Privileges = { capabilities: ['sys_admin'] };
/** Nobody in particular, where `kernel.unprivileged_bpf_disabled` is 0. */
export const NO_PRIVILEGES: Privileges = { capabilities: [] };

/** What Linux derives from capabilities: `bpf_check` and the functions that it asks. */
export function rightsOf({ capabilities, mitigations = true }: Privileges = ALL_PRIVILEGES): Rights {
  const has = (name: Capability) => capabilities.includes(name) || capabilities.includes('sys_admin');
  const perfmon = has('perfmon');
  return {
    bpf: has('bpf'),
    netAdmin: has('net_admin'),
    perfmon,
    seesPointers: perfmon,
    readsUnwrittenStack: perfmon,
    bypassesSpectreV1: perfmon || !mitigations,
    bypassesSpectreV4: perfmon || !mitigations,
  };
}
