import type { Rule } from './rule.js';

const TAKE =
  '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[objects]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr6 = r0\nr1 = r6\nr1 += 4\ncall bpf_spin_lock';
const GIVE = 'r1 = r6\nr1 += 4\ncall bpf_spin_unlock';

export const spinLock: Rule<{
  /** `bpf_spin` or `bpf_res_spin`. */
  readonly lock: string;
  readonly problem: 'same' | 'not_held' | 'different' | 'order' | 'callback';
}> = {
  id: 'spin-lock',
  errno: 'EINVAL',
  message: ({ lock, problem }) => {
    switch (problem) {
      case 'same':
        return 'Acquiring the same lock again, AA deadlock detected';
      case 'not_held':
        return `${lock}_unlock without taking a lock`;
      case 'different':
        return `${lock}_unlock of different lock`;
      case 'order':
        return `${lock}_unlock cannot be out of order`;
      case 'callback':
        return "can't spin_{lock,unlock} in rbtree cb";
    }
  },
  explanation:
    'A lock that is taken is given back, the same lock of the same value; only one bpf_spin_lock is held at a time, and several resilient ones are given back in the opposite order.',
  hint: 'Keep the pointer that was locked and unlock that one: two lookups, even with the same key, count as two values.',
  fails: {
    hook: 'sched_cls',
    source: `${TAKE}\nr2 = r10\nr2 += -4\n${GIVE}\n${GIVE}\nout: r0 = 0\nexit`,
  },
  passes: {
    hook: 'sched_cls',
    source: `${TAKE}\n${GIVE}\nout: r0 = 0\nexit`,
  },
};
