import { trySizeOf } from '../btf/index.js';
import type { Btf, BtfTypeId } from '../btf/types.js';

/** A part of a map's value that belongs to the kernel: programs reach it through helpers only. */
export interface SpecialField {
  /** Linux's name of it: `bpf_spin_lock`. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Structs with a meaning of their own in a map's value. Linux: btf_get_field_type. */
const NAMES: ReadonlySet<string> = new Set([
  'bpf_spin_lock',
  'bpf_res_spin_lock',
  'bpf_timer',
  'bpf_wq',
  'bpf_task_work',
  'bpf_list_head',
  'bpf_list_node',
  'bpf_rb_root',
  'bpf_rb_node',
  'bpf_refcount',
]);
/** The name of a pointer to a kernel object that a value keeps. */
export const KPTR = 'kptr';
const KPTR_TAGS: ReadonlySet<string> = new Set(['kptr', 'kptr_untrusted', 'percpu_kptr', 'uptr']);
const MAX_DEPTH = 8;
const MAX_FIELDS = 64;

/** The special fields of a type, in structs and arrays inside it too. */
export function specialFields(btf: Btf, id: BtfTypeId): SpecialField[] {
  const found: SpecialField[] = [];
  collect(btf, id, 0, 0, found);
  return found;
}

function isKernelPointer(btf: Btf, target: BtfTypeId): boolean {
  const type = btf.types[target];
  return type?.kind === 'type_tag' && KPTR_TAGS.has(type.name);
}

function collect(btf: Btf, id: BtfTypeId, offset: number, depth: number, found: SpecialField[]): void {
  const type = btf.types[id];
  if (type === undefined || depth > MAX_DEPTH || found.length >= MAX_FIELDS) return;
  switch (type.kind) {
    case 'typedef':
    case 'const':
    case 'volatile':
    case 'restrict':
    case 'type_tag':
      collect(btf, type.type, offset, depth + 1, found);
      return;
    case 'array': {
      const size = trySizeOf(btf, type.type) ?? 0;
      for (let index = 0; index < Math.min(type.length, MAX_FIELDS); index++)
        collect(btf, type.type, offset + index * size, depth + 1, found);
      return;
    }
    case 'struct':
      if (NAMES.has(type.name)) {
        found.push({ name: type.name, offset, size: type.size });
        return;
      }
      for (const member of type.members)
        collect(btf, member.type, offset + member.bitOffset / 8, depth + 1, found);
      return;
    case 'datasec':
      for (const part of type.vars) collect(btf, part.type, offset + part.offset, depth + 1, found);
      return;
    case 'var':
      collect(btf, type.type, offset, depth + 1, found);
      return;
    case 'ptr':
      if (isKernelPointer(btf, type.type)) found.push({ name: KPTR, offset, size: 8 });
      return;
    default:
      return;
  }
}
