import type { Rule } from './rule.js';

export const object: Rule<{ readonly text: string }> = {
  id: 'object',
  errno: 'EINVAL',
  message: ({ text }) => text,
  explanation:
    'Objects that a program allocates are structs of its own types. What the kernel keeps in them (locks, nodes, counts) is reached through its functions; an object is dropped, or put into a list, a tree or a map, through the pointer that owns it.',
  hint: 'Allocate with bpf_obj_new(typeof(struct)), check for null, and hand the owning pointer on exactly once on each path.',
  withoutExample:
    'the types of the examples are those of their maps, and allocated objects need types of their own',
  fails: { source: 'r0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
