import { contextOf, type HelperFamily, i32, i64, runtime } from '../family.js';

export const control: HelperFamily = {
  bindings: {
    bpf_tail_call: { kind: 'tail_call' },
    bpf_redirect: (use) =>
      runtime(contextOf(use) === 'xdp' ? 'xdp_redirect' : 'skb_redirect', [i32, i64], i64),
  },
};
