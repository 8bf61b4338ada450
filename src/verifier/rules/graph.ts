import type { Rule } from './rule.js';

export const graph: Rule<{ readonly text: string }> = {
  id: 'graph',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation:
    'Lists and trees hold objects of one type, through the node that their tag names, and are used while the lock beside them is held. An object that was put in belongs to the list or tree; its pointer may be used until the lock is given back.',
  hint: 'Take the bpf_spin_lock of the same map value or object first, and pass the node that `__contains(type, node)` names.',
  withoutExample:
    'the types of the examples are those of their maps, and lists need objects of types of their own',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
