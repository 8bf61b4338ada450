import type { Rule } from './rule.js';

export const infiniteLoop: Rule<{ readonly insn: number; readonly cur: string; readonly old: string }> = {
  id: 'infinite-loop',
  errno: 'EINVAL',
  message: ({ insn, cur, old }) =>
    `infinite loop detected at insn ${insn}\ncur state:${cur}\nold state:${old}`,
  explanation: 'The loop came back to the same place with nothing changed, so it need never end.',
  hint: 'Count, and leave the loop after a constant number of turns.',
  fails: { source: 'r0 = 0\nif r0 != 1 goto -1\nexit' },
  passes: { source: 'r0 = 0\nr0 += 1\nif r0 < 10 goto -2\nexit' },
};
