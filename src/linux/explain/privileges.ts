import { readFileSync } from 'node:fs';

/** What stands between this process and bpf(2), as read from /proc and /sys. */
export interface Privileges {
  readonly root: boolean;
  /** Names of the capabilities of the effective set that matter here. */
  readonly capabilities: ReadonlySet<string>;
  /** `kernel.unprivileged_bpf_disabled`: 0, 1 or 2; undefined when it cannot be read. */
  readonly unprivilegedDisabled: number | undefined;
  /** `none`, `integrity` or `confidentiality`; undefined when securityfs does not tell. */
  readonly lockdown: string | undefined;
  /** A user namespace other than the first: capabilities in it are not those that bpf(2) asks for. */
  readonly userNamespace: boolean;
  /** The process runs under a seccomp filter. */
  readonly seccomp: boolean;
  /** Soft limit of locked memory in bytes; undefined for unlimited. */
  readonly memlock: number | undefined;
}

/** Bits of `CapEff` in /proc/self/status. */
const CAPABILITIES = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_RESOURCE: 24,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export function privileges(read: (path: string) => string | undefined = readText): Privileges {
  const status = read('/proc/self/status') ?? '';
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const effective = BigInt(`0x${field('CapEff') || '0'}`);
  const disabled = read('/proc/sys/kernel/unprivileged_bpf_disabled');
  const memlock = /^Max locked memory\s+(\S+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  const [from = '0', to = '0', count = ''] = (read('/proc/self/uid_map') ?? '').trim().split(/\s+/);
  return {
    root: process.geteuid?.() === 0,
    capabilities: new Set(
      Object.entries(CAPABILITIES)
        .filter(([, bit]) => ((effective >> BigInt(bit)) & 1n) === 1n)
        .map(([name]) => name),
    ),
    unprivilegedDisabled: disabled === undefined ? undefined : Number(disabled),
    lockdown: /\[(\w+)\]/.exec(read('/sys/kernel/security/lockdown') ?? '')?.[1],
    userNamespace: count !== '' && (from !== to || count !== '4294967295'),
    seccomp: field('Seccomp') === '2',
    memlock: memlock === undefined || memlock === 'unlimited' ? undefined : Number(memlock),
  };
}

const ENGINE = 'or use the engine: --kernel engine';

/**
 * What to do about EPERM: one sentence for the most likely reason.
 *
 * @param needs capabilities that the call asks for; CAP_SYS_ADMIN stands for each.
 */
export function permissionHint(needs: readonly string[], state = privileges()): string {
  const missing = needs.filter(
    (name) => !state.capabilities.has(name) && !state.capabilities.has('CAP_SYS_ADMIN'),
  );
  if (missing.length > 0) {
    const closed = state.unprivilegedDisabled ? '; unprivileged bpf(2) is off on this system' : '';
    return `this process lacks ${missing.join(' and ')}${closed}: run it as root (sudo), ${ENGINE}`;
  }
  if (state.userNamespace)
    return `this process is in a user namespace, whose capabilities do not count for bpf(2): run it outside of the container, give it a BPF token, ${ENGINE}`;
  if (state.lockdown !== undefined && state.lockdown !== 'none')
    return `the kernel is locked down (${state.lockdown}): boot without Secure Boot or with lockdown=none, ${ENGINE}`;
  if (state.seccomp)
    return `a seccomp filter of this container forbids the call: allow bpf and perf_event_open, ${ENGINE}`;
  if (state.memlock !== undefined && state.memlock < 1 << 20)
    return `on kernels before 5.11 maps and programs count as locked memory, of which this process may have ${state.memlock} bytes: raise it with ulimit -l unlimited`;
  return `the kernel forbids this by its configuration, though the process has ${needs.join(' and ') || 'all capabilities'}; ${ENGINE.slice(3)}`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
