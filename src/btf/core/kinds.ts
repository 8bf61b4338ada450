/**
 * The kinds of CO-RE relocation, in the order of their numbers: Linux's `enum bpf_core_relo_kind`. `about` is what a
 * record of the kind refers to.
 */
export const CORE_KINDS = [
  { name: 'byte_off', about: 'field' },
  { name: 'byte_sz', about: 'field' },
  { name: 'field_exists', about: 'field' },
  { name: 'signed', about: 'field' },
  { name: 'lshift_u64', about: 'field' },
  { name: 'rshift_u64', about: 'field' },
  { name: 'local_type_id', about: 'type' },
  { name: 'target_type_id', about: 'type' },
  { name: 'type_exists', about: 'type' },
  { name: 'type_size', about: 'type' },
  { name: 'enumval_exists', about: 'enumerator' },
  { name: 'enumval_value', about: 'enumerator' },
  { name: 'type_matches', about: 'type' },
] as const;

export type CoreKind = (typeof CORE_KINDS)[number]['name'];
export type CoreKindRow = (typeof CORE_KINDS)[number];
