import { kfunc } from './kfunc.js';

const congestion = (name: string) =>
  kfunc(name, '5.13', 'The function of this name of the kernel’s own congestion control.');

/** What congestion controls written in BPF may use of the kernel's. */
export const tcp = [
  'tcp_reno_ssthresh',
  'tcp_reno_cong_avoid',
  'tcp_reno_undo_cwnd',
  'tcp_slow_start',
  'tcp_cong_avoid_ai',
  'cubictcp_init',
  'cubictcp_recalc_ssthresh',
  'cubictcp_cong_avoid',
  'cubictcp_state',
  'cubictcp_cwnd_event',
  'cubictcp_acked',
  'bbr_init',
  'bbr_main',
  'bbr_sndbuf_expand',
  'bbr_undo_cwnd',
  'bbr_cwnd_event',
  'bbr_ssthresh',
  'bbr_min_tso_segs',
  'bbr_set_state',
].map(congestion);
