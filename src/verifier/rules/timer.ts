import type { Rule } from './rule.js';

const FIND =
  '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[objects]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr1 = r0\nr1 += 8';

export const timer: Rule<{
  /** What the pointer points to, for the message: `timer`. */
  readonly what?: string;
  /** The register of the map; the pointer is in the one before. */
  readonly reg?: number;
  readonly uid: number;
  readonly mapUid: number;
}> = {
  id: 'timer',
  errno: 'EINVAL',
  message: ({ what = 'timer', reg = 2, uid, mapUid }) =>
    `${what} pointer in R${reg - 1} map_uid=${uid} doesn't match map pointer in R${reg} map_uid=${mapUid}`,
  explanation:
    'A timer, work queue or task work is made ready with the map that it is part of, so that the kernel can stop it when the map goes.',
  hint: 'Pass the map in whose value the timer is; of inner maps, the very one that the value was looked up in.',
  fails: {
    hook: 'sched_cls',
    source: `${FIND}\nr2 = map[hash]\nr3 = 1\ncall bpf_timer_init\nout: r0 = 0\nexit`,
  },
  passes: {
    hook: 'sched_cls',
    source: `${FIND}\nr2 = map[objects]\nr3 = 1\ncall bpf_timer_init\nout: r0 = 0\nexit`,
  },
};
