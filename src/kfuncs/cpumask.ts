import { kfunc } from './kfunc.js';

const reads = (name: string, doc: string, since = '6.3') => kfunc(`bpf_cpumask_${name}`, since, doc, 'rcu');

/** Sets of CPUs. Those that a program makes are held; all can be looked at. */
export const cpumask = [
  kfunc('bpf_cpumask_create', '6.3', 'A new empty set, held.', 'acquire', 'ret_null'),
  kfunc('bpf_cpumask_acquire', '6.3', 'Holds a set once more.', 'acquire', 'trusted_args'),
  kfunc('bpf_cpumask_release', '6.3', 'Lets it go.', 'release'),
  reads('first', 'The first CPU in a set.'),
  reads('first_zero', 'The first CPU that is not in it.'),
  reads('first_and', 'The first CPU in both of two sets.', '6.5'),
  reads('set_cpu', 'Puts a CPU in.'),
  reads('clear_cpu', 'Takes a CPU out.'),
  reads('test_cpu', 'Whether a CPU is in.'),
  reads('test_and_set_cpu', 'Puts a CPU in, and tells whether it was.'),
  reads('test_and_clear_cpu', 'Takes a CPU out, and tells whether it was in.'),
  reads('setall', 'Puts all CPUs in.'),
  reads('clear', 'Takes all CPUs out.'),
  reads('and', 'What is in both sets.'),
  reads('or', 'What is in either.'),
  reads('xor', 'What is in one of them only.'),
  reads('equal', 'Whether two sets are the same.'),
  reads('intersects', 'Whether they share a CPU.'),
  reads('subset', 'Whether the first is in the second.'),
  reads('empty', 'Whether there is none in it.'),
  reads('full', 'Whether all are.'),
  reads('copy', 'Copies a set.'),
  reads('any_distribute', 'Some CPU of a set, another one each time.'),
  reads('any_and_distribute', 'Some CPU of both sets, another one each time.'),
  reads('weight', 'How many are in it.', '6.8'),
  reads('populate', 'Fills a set from words of bits.', '6.15'),
];
