import type { Rule } from './rule.js';

export const mapProgram: Rule<{ readonly programs: string; readonly what: string }> = {
  id: 'map-program',
  errno: 'EINVAL',
  message: ({ programs, what }) =>
    programs === 'sleepable'
      ? 'Sleepable programs can only use array, hash, ringbuf and local storage maps'
      : `${programs} progs cannot use ${what} yet`,
  explanation:
    'Programs that may run anywhere in the kernel, or that were made for unprivileged users, cannot use maps whose values hold locks, timers, lists or trees: they could stop a CPU that holds the lock already.',
  hint: 'Use atomic instructions or a per-CPU map instead, or a program type that runs in a known place.',
  fails: { hook: 'socket_filter', source: 'r1 = map[objects]\nr0 = 0\nexit' },
  passes: { hook: 'sched_cls', source: 'r1 = map[objects]\nr0 = 0\nexit' },
};
