import type { Rule } from './rule.js';

type Facts =
  | { readonly problem: 'by_helper' | 'variable' | 'size'; readonly field: string }
  | { readonly problem: 'misaligned'; readonly field: string; readonly at: number; readonly off: number }
  | { readonly problem: 'mode' | 'store_owned' | 'store_uptr' }
  | { readonly problem: 'immediate'; readonly at: number }
  | {
      readonly problem: 'type';
      /** What Linux notes when it looks for such a member. */
      readonly note: string;
      readonly reg: number;
      /** Of the register: the word of its type, with the name of the struct. */
      readonly has: string;
      readonly needs: string;
      /** The field does not own what it points to. */
      readonly unowned: boolean;
    }
  | { readonly problem: 'no_types'; readonly map: string }
  | { readonly problem: 'unknown_place' | 'no_kptr'; readonly reg: number }
  | { readonly problem: 'place' | 'unowned'; readonly off: number };

export const kptr: Rule<Facts> = {
  id: 'kptr',
  errno: 'EACCES',
  message: messageOf,
  explanation:
    'A pointer to an object in a map value or in an object of the program (`__kptr`, `__percpu_kptr`, `__kptr_untrusted`) is read as a whole, changes hands by bpf_kptr_xchg alone where it owns the object, and leads to an object of its type only.',
  hint: 'Exchange an owned pointer with bpf_kptr_xchg and check what comes out for null; load it with a plain 8-byte load, inside an RCU read section where the program may sleep.',
  fails: {
    hook: 'sched_cls',
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[kptrs]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\n*(u64 *)(r0 + 8) = 0\nout: r0 = 0\nexit',
  },
  passes: {
    hook: 'sched_cls',
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[kptrs]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr1 = r0\nr1 += 8\nr2 = 0\ncall bpf_kptr_xchg\nif r0 == 0 goto out\nr1 = r0\ncall bpf_task_release\nout: r0 = 0\nexit',
  },
};

function messageOf(facts: Facts): string {
  switch (facts.problem) {
    case 'by_helper':
      return `${facts.field} cannot be accessed indirectly by helper`;
    case 'variable':
      return `${facts.field} access cannot have variable offset`;
    case 'size':
      return `${facts.field} access size must be BPF_DW`;
    case 'misaligned':
      return `${facts.field} access misaligned expected=${facts.at} off=${facts.off}`;
    case 'mode':
      return 'kptr in map can only be accessed using BPF_MEM instruction mode';
    case 'store_owned':
      return 'store to referenced kptr disallowed';
    case 'store_uptr':
      return 'store to uptr disallowed';
    case 'immediate':
      return `BPF_ST imm must be 0 when storing to kptr at off=${facts.at}`;
    case 'type': {
      const orDoubtful = facts.unowned ? ` or untrusted_ptr_${facts.needs}` : '';
      return `${facts.note}invalid kptr access, R${facts.reg} type=${facts.has} expected=ptr_${facts.needs}${orDoubtful}`;
    }
    case 'no_types':
      return `map '${facts.map}' has to have BTF in order to use bpf_kptr_xchg`;
    case 'unknown_place':
      return `R${facts.reg} doesn't have constant offset. kptr has to be at the constant offset`;
    case 'no_kptr':
      return `R${facts.reg} has no valid kptr`;
    case 'place':
      return `off=${facts.off} doesn't point to kptr`;
    case 'unowned':
      return `off=${facts.off} kptr isn't referenced kptr`;
  }
}
