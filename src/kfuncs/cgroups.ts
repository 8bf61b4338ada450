import { kfunc } from './kfunc.js';

/** Cgroups as objects that are held, and their counters. */
export const cgroups = [
  kfunc('bpf_cgroup_acquire', '6.2', 'Holds a cgroup.', 'acquire', 'rcu', 'ret_null'),
  kfunc('bpf_cgroup_release', '6.2', 'Lets it go.', 'release'),
  kfunc('bpf_cgroup_ancestor', '6.2', 'The ancestor at a level, held.', 'acquire', 'rcu', 'ret_null'),
  kfunc('bpf_cgroup_from_id', '6.4', 'The cgroup with an id, held.', 'acquire', 'ret_null'),
  kfunc('bpf_cgroup_read_xattr', '6.17', 'Copies an extended attribute of a cgroup.', 'rcu'),
  kfunc('css_rstat_updated', '6.1', 'Notes that counters of a cgroup changed on a CPU.'),
  kfunc('css_rstat_flush', '6.1', 'Sums the counters of a cgroup up.', 'sleepable'),
];
