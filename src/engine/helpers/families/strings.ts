import { type HelperFamily, i32, status } from '../family.js';

export const strings: HelperFamily = {
  bindings: { bpf_strncmp: status('strncmp', i32, i32, i32) },
};
