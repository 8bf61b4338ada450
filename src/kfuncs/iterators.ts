import { type Kfunc, type KfuncFlag, kfunc } from './kfunc.js';

/** The three functions of an iterator, whose state is a struct of the same name on the stack. */
function iterator(
  name: string,
  since: string,
  doc: string,
  start: readonly KfuncFlag[] = [],
  all: readonly KfuncFlag[] = [],
): Kfunc[] {
  return [
    kfunc(`bpf_iter_${name}_new`, since, doc, 'iter_new', ...start, ...all),
    kfunc(
      `bpf_iter_${name}_next`,
      since,
      'The next one, null after the last.',
      'iter_next',
      'ret_null',
      ...all,
    ),
    kfunc(`bpf_iter_${name}_destroy`, since, 'Ends it, on every path.', 'iter_destroy', ...all),
  ];
}

/** Loops over what the kernel counts out: `bpf_for`, `bpf_for_each`. */
export const iterators = [
  ...iterator('num', '6.4', 'Counts from a number up to another, without it.'),
  ...iterator('bits', '6.11', 'Goes through the set bits of some words.'),
  ...iterator('task', '6.7', 'Goes through processes, threads, or the threads of a process.', [
    'trusted_args',
    'rcu_protected',
  ]),
  ...iterator('task_vma', '6.7', 'Goes through the mapped areas of a task.', ['rcu']),
  ...iterator('css', '6.7', 'Goes through a tree of cgroups.', ['trusted_args', 'rcu_protected']),
  ...iterator('css_task', '6.7', 'Goes through the tasks of a cgroup.', ['trusted_args']),
  ...iterator('kmem_cache', '6.13', 'Goes through the slab caches.', [], ['sleepable']),
  ...iterator('dmabuf', '6.16', 'Goes through the shared DMA buffers.', [], ['sleepable']),
];
