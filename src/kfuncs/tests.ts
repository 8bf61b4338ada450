import { kfunc } from './kfunc.js';

/** Functions that Linux has for testing itself. */
export const tests = [
  kfunc('bpf_fentry_test1', '6.4', 'Adds one.', 'sleepable'),
  kfunc('bpf_modify_return_test', '6.4', 'Adds two numbers.'),
  kfunc('bpf_modify_return_test2', '6.4', 'Adds some numbers.'),
  kfunc('bpf_modify_return_test_tp', '6.13', 'Fires a tracepoint.'),
  kfunc('bpf_kfunc_call_test_release', '5.18', 'Lets a test object go.', 'release'),
  kfunc('bpf_kfunc_call_memb_release', '5.18', 'Lets a member of a test object go.', 'release'),
];
