import { kfunc } from './kfunc.js';

/** The course of the program itself. */
export const control = [
  kfunc('bpf_throw', '6.7', 'Ends the program from wherever it is.'),
  kfunc('__bpf_trap', '6.16', 'What compilers put where control must never come.'),
  kfunc('bpf_session_is_return', '6.10', 'Whether the program runs at the end of the traced function.'),
  kfunc('bpf_session_cookie', '6.10', 'A number that both runs of a session share.'),
  kfunc(
    'bpf_stream_vprintk_impl',
    '6.17',
    'Writes formatted text to a stream of the program.',
    'trusted_args',
  ),
];
