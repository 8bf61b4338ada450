import { type HelperFamily, i32, i64, runtime, status } from '../family.js';

export const task: HelperFamily = {
  bindings: {
    bpf_get_smp_processor_id: runtime('get_smp_processor_id', [], i32),
    bpf_get_numa_node_id: runtime('get_numa_node_id', [], i32),
    bpf_get_current_pid_tgid: runtime('get_current_pid_tgid', [], i64),
    bpf_get_current_uid_gid: runtime('get_current_uid_gid', [], i64),
    bpf_get_current_comm: status('get_current_comm', i32, i32),
  },
};
