import type { Rule } from './rule.js';

const TAKE =
  '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[objects]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr6 = r0\nr1 = r6\nr1 += 4\ncall bpf_spin_lock';
const GIVE = 'r1 = r6\nr1 += 4\ncall bpf_spin_unlock';

export const lockHeld: Rule<{ readonly call: 'any' | 'global' }> = {
  id: 'lock-held',
  errno: 'EINVAL',
  message: ({ call }) =>
    call === 'global'
      ? 'global function calls are not allowed while holding a lock,\nuse static function instead'
      : 'function calls are not allowed while holding a lock',
  explanation:
    'While a lock is held, only what is known to be short may be called: the unlock itself, bpf_kptr_xchg, the functions of lists and trees, and static functions of the program.',
  hint: 'Do the work before the lock is taken or after it is given back; copy what is needed in between.',
  fails: {
    hook: 'sched_cls',
    source: `${TAKE}\ncall bpf_ktime_get_ns\n${GIVE}\nout: r0 = 0\nexit`,
  },
  passes: {
    hook: 'sched_cls',
    source: `${TAKE}\n${GIVE}\ncall bpf_ktime_get_ns\nout: r0 = 0\nexit`,
  },
};
