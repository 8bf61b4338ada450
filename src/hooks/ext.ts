import { btfArguments, btfRules } from './btf-args.js';
import type { Hook } from './hook.js';

/**
 * Programs that replace a global function of another program. Not measured: context, results and helpers are those of
 * the program that is extended. Source: libbpf, BPF_PROG_TYPE_EXT.
 */
export const ext: Hook = {
  id: 28,
  name: 'ext',
  since: '5.6',
  doc: 'Takes the place of a global function of a loaded program (freplace), with the same arguments and result.',
  sections: [{ prefix: 'freplace', rest: 'optional' }],
  ctx: btfArguments,
  ...btfRules,
  views: [{}],
  sleepable: 'never',
  attachTypes: [],
};
