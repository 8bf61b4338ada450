import { findByName, nameOf } from '../../btf/index.js';
import type { Btf, BtfType, BtfTypeId } from '../../btf/types.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import { BTF_KERNEL, BTF_PROGRAM } from '../state/layout.js';
import { objectFields } from './object-fields.js';

/** A field that holds a pointer to an object. */
export type KptrField = SpecialField & Required<Pick<SpecialField, 'pointer'>>;

/** What a pointer in a map's value or in an object leads to. */
export interface KptrTarget {
  /** Whose types `id` is of: `BTF_KERNEL` or `BTF_PROGRAM`. */
  readonly btf: number;
  readonly id: BtfTypeId;
  readonly name: string;
}

/** Structs of the kernel that a map may own: those with a function that gives them back. Linux: dtor kfuncs. */
const OWNABLE: ReadonlySet<string> = new Set([
  'task_struct',
  'cgroup',
  'bpf_cpumask',
  'bpf_crypto_ctx',
  'prog_test_ref_kfunc',
  'prog_test_member',
]);
/** Those of them that RCU does not protect. Linux: rcu_protected_types. */
const UNPROTECTED: ReadonlySet<string> = new Set(['prog_test_member']);
const GRAPH_NODES: ReadonlySet<string> = new Set(['bpf_list_node', 'bpf_rb_node']);

/** The kernel's struct of the name, or the program's own type where the kernel has none. */
export function kptrTarget(s: Session, owner: Btf, { pointer: { target } }: KptrField): KptrTarget {
  const name = nameOf(owner.types.at(target) as BtfType);
  const { kernelBtf, btf } = s.program;
  if (kernelBtf === undefined) {
    return refuse(unsupported, s.at, { what: 'kptrs without the types of the kernel' });
  }
  const id = findByName(kernelBtf, name, 'struct');
  if (id !== undefined) return { btf: BTF_KERNEL, id, name };
  if (owner !== btf) refuse(unsupported, s.at, { what: "kptrs to types of another object's" });
  return { btf: BTF_PROGRAM, id: target, name };
}

/** What such a pointer leads to stays for as long as an RCU read section. */
export function isRcuSafe({ pointer }: KptrField, { btf, name }: KptrTarget): boolean {
  if (pointer.kind === 'percpu') return true;
  return pointer.kind === 'ref' && (btf === BTF_PROGRAM || (OWNABLE.has(name) && !UNPROTECTED.has(name)));
}

/** The object can be in a list or a tree: a pointer to it from elsewhere does not own it. */
export function isGraphNode(s: Session, { btf, id }: KptrTarget): boolean {
  if (btf !== BTF_PROGRAM || s.program.btf === undefined) return false;
  return objectFields(s.program.btf, id).some(({ name }) => GRAPH_NODES.has(name));
}

/** A map as Linux makes it: with nothing special in its values when they would own what Linux cannot give back. */
export function withoutUnownable(map: MapFacts, kernelBtf: Btf | undefined): MapFacts {
  const { types } = map;
  if (types === undefined || kernelBtf === undefined) return map;
  const isRefused = types.special.some(({ pointer }) => {
    if (pointer?.kind !== 'ref') return false;
    const name = nameOf(types.btf.types.at(pointer.target) as BtfType);
    return !OWNABLE.has(name) && findByName(kernelBtf, name, 'struct') !== undefined;
  });
  return isRefused ? { ...map, types: { ...types, special: [] } } : map;
}
