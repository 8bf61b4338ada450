import { describe, expect, test } from 'vitest';
import { type Privileges, permissionHint, privileges } from './privileges.js';

const ROOT: Privileges = {
  root: true,
  capabilities: new Set(['CAP_BPF', 'CAP_NET_ADMIN', 'CAP_PERFMON', 'CAP_SYS_ADMIN']),
  unprivilegedDisabled: 2,
  lockdown: 'none',
  userNamespace: false,
  seccomp: false,
  memlock: undefined,
};
const NEEDS = ['CAP_BPF', 'CAP_NET_ADMIN'];

describe('what EPERM is answered with', () => {
  test.each([
    [
      'capabilities that are missing',
      { capabilities: new Set(['CAP_BPF']) },
      'this process lacks CAP_NET_ADMIN; unprivileged bpf(2) is off on this system: run it as root (sudo), or use the engine: --kernel engine',
    ],
    [
      'a user namespace',
      { userNamespace: true },
      'this process is in a user namespace, whose capabilities do not count for bpf(2): run it outside of the container, give it a BPF token, or use the engine: --kernel engine',
    ],
    [
      'a kernel that is locked down',
      { lockdown: 'confidentiality' },
      'the kernel is locked down (confidentiality): boot without Secure Boot or with lockdown=none, or use the engine: --kernel engine',
    ],
    [
      'a seccomp filter',
      { seccomp: true },
      'a seccomp filter of this container forbids the call: allow bpf and perf_event_open, or use the engine: --kernel engine',
    ],
    [
      'little locked memory',
      { memlock: 65536 },
      'on kernels before 5.11 maps and programs count as locked memory, of which this process may have 65536 bytes: raise it with ulimit -l unlimited',
    ],
    [
      'none of these',
      {},
      'the kernel forbids this by its configuration, though the process has CAP_BPF and CAP_NET_ADMIN; use the engine: --kernel engine',
    ],
  ])('%s', (_what, state: Partial<Privileges>, hint) => {
    expect(permissionHint(NEEDS, { ...ROOT, ...state })).toBe(hint);
  });

  test('CAP_SYS_ADMIN stands for each other one', () => {
    const state = { ...ROOT, capabilities: new Set(['CAP_SYS_ADMIN']), seccomp: true };
    expect(permissionHint(NEEDS, state)).toMatch(/^a seccomp filter/);
  });
});

test('privileges are read from /proc and /sys', () => {
  const files: Readonly<Record<string, string>> = {
    '/proc/self/status': 'Name:\tnode\nCapEff:\t0000008000001000\nSeccomp:\t2\n',
    '/proc/sys/kernel/unprivileged_bpf_disabled': '1\n',
    '/sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
    '/proc/self/uid_map': '         0       1000          1\n',
    '/proc/self/limits': 'Max locked memory         8388608              8388608              bytes     \n',
  };
  expect(privileges((path) => files[path])).toMatchObject({
    capabilities: new Set(['CAP_NET_ADMIN', 'CAP_BPF']),
    unprivilegedDisabled: 1,
    lockdown: 'integrity',
    userNamespace: true,
    seccomp: true,
    memlock: 8388608,
  });
});
