import type { Rule } from './rule.js';

const BECAUSE = 'pointer arithmetic with it prohibited for !root';

type Facts =
  | { readonly problem: 'bounds' | 'type' | 'pending'; readonly reg: number }
  | { readonly problem: 'paths' | 'limit'; readonly reg: number; readonly op: 'add' | 'sub' }
  | {
      readonly problem: 'variable_stack';
      readonly reg: number;
      readonly varOff: string;
      readonly off: number;
    }
  | { readonly problem: 'stack_range'; readonly reg: number; readonly off: number }
  /** `why` is what is wrong with the place in the map's value. */
  | { readonly problem: 'value_range'; readonly reg: number; readonly why: string }
  | { readonly problem: 'variable_access'; readonly reg: number; readonly varOff: string };

export const speculation: Rule<Facts> = {
  id: 'speculation',
  errno: 'EACCES',
  message: (facts) => {
    const { reg } = facts;
    switch (facts.problem) {
      case 'bounds':
        return `R${reg} has unknown scalar with mixed signed bounds, ${BECAUSE}`;
      case 'type':
        return `R${reg} has pointer with unsupported alu operation, ${BECAUSE}`;
      case 'paths':
        return `R${reg} tried to ${facts.op} from different maps, paths or scalars, ${BECAUSE}`;
      case 'limit':
        return `R${reg} tried to ${facts.op} beyond pointer bounds, ${BECAUSE}`;
      case 'pending':
        return `R${reg} could not be pushed for speculative verification, ${BECAUSE}`;
      case 'variable_stack':
        return `R${reg} variable stack access prohibited for !root, var_off=${facts.varOff} off=${facts.off}`;
      case 'stack_range':
        return `R${reg} stack pointer arithmetic goes out of range, prohibited for !root; off=${facts.off}`;
      case 'value_range':
        return `${facts.why}\nR${reg} pointer arithmetic of map value goes out of range, prohibited for !root`;
      case 'variable_access':
        return `R${reg} variable offset stack access prohibited for !root, var_off=${facts.varOff}`;
    }
  },
  explanation:
    'A CPU runs ahead of its comparisons. For who lacks CAP_PERFMON the kernel masks each move of a pointer, so that a wrong guess stays inside too; moves that it cannot mask it refuses.',
  hint: 'Bound the number before it is added, keep the pointer inside at every step, and add on all paths to the same map; or load the program with CAP_PERFMON.',
  fails: {
    capabilities: ['bpf'],
    source: 'r1 = *(u32 *)(r1 + 0)\nr1 &= 7\nr2 = r10\nr2 += -8\nr2 += r1\nr0 = 0\nexit',
  },
  passes: {
    capabilities: ['bpf'],
    source: 'r1 = *(u32 *)(r1 + 0)\nr1 &= 7\nr2 = map[data][0]\nr2 += r1\nr0 = *(u8 *)(r2 + 0)\nexit',
  },
};
