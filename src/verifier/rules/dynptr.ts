import type { DynptrKind } from '../state/dynptr-kinds.js';
import type { Rule } from './rule.js';

const RESERVE = 'r1 = map[ring]\nr2 = 8\nr3 = 0\nr4 = r10\nr4 += -16\ncall bpf_ringbuf_reserve_dynptr';
const DISCARD = 'r1 = r10\nr1 += -16\nr2 = 0\ncall bpf_ringbuf_discard_dynptr\nr0 = 0\nexit';

/** The pointer is at no place where a dynptr can be. */
export type BadPlace = { readonly place: 'variable' } | { readonly place: number };

type Facts = { readonly reg: number; readonly bad?: BadPlace } & (
  | {
      readonly problem:
        | 'not_stack'
        | 'initialised'
        | 'uninitialised'
        | 'constant'
        | 'unowned'
        | 'unacquired'
        | 'place';
    }
  | { readonly problem: 'kind'; readonly kind: DynptrKind }
  | { readonly problem: 'source'; readonly type: string }
);

export const dynptr: Rule<Facts> = {
  id: 'dynptr',
  errno: 'EINVAL',
  message: (facts) => {
    const before = facts.bad === undefined ? '' : `${placeText(facts.bad)}\n`;
    return `${before}${problemText(facts)}`.trimEnd();
  },
  explanation:
    'A dynptr is 16 bytes of stack that the kernel fills: at a constant offset that is a multiple of 8, made by one call before others use it, and of the kind that they need.',
  hint: 'Declare a `struct bpf_dynptr` of its own, make it first, and pass its address; a record of a ring buffer is submitted or discarded through the dynptr that reserved it.',
  fails: {
    hook: 'sched_cls',
    source: `r1 = r10\nr1 += -16\nr2 = 0\nr3 = 8\ncall bpf_dynptr_data\nr0 = 0\nexit`,
  },
  passes: {
    hook: 'sched_cls',
    source: `${RESERVE}\nr1 = r10\nr1 += -16\nr2 = 0\nr3 = 8\ncall bpf_dynptr_data\n${DISCARD}`,
  },
};

function placeText({ place }: BadPlace): string {
  return place === 'variable'
    ? 'dynptr has to be at a constant offset'
    : `cannot pass in dynptr at an offset=${place}`;
}

function problemText(facts: Facts): string {
  const { reg } = facts;
  switch (facts.problem) {
    case 'not_stack':
      return `arg#${reg - 1} expected pointer to stack or const struct bpf_dynptr`;
    case 'initialised':
      return 'Dynptr has to be an uninitialized dynptr';
    case 'uninitialised':
      return `Expected an initialized dynptr as arg #${reg - 1}`;
    case 'constant':
      return 'cannot pass pointer to const bpf_dynptr, the helper mutates it';
    case 'unowned':
      return 'cannot release unowned const bpf_dynptr';
    case 'unacquired':
      return `arg ${reg} is an unacquired reference`;
    case 'place':
      return '';
    case 'kind':
      return `Expected a dynptr of type ${facts.kind} as arg #${reg - 1}`;
    case 'source':
      return `Unsupported reg type ${facts.type} for bpf_dynptr_from_mem data`;
  }
}
