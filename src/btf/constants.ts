/** Numbers of the BTF format. Source: Linux `uapi/linux/btf.h` (6.18). */
export const BTF_MAGIC = 0xeb9f;
export const BTF_VERSION = 1;
export const BTF_HEADER_BYTES = 24;
export const BTF_EXT_HEADER_BYTES = 24;
/** Header bytes of a BTF.ext that has CO-RE records. */
export const BTF_EXT_CORE_HEADER_BYTES = 32;
export const TYPE_HEADER_BYTES = 12;

/** Kinds in the order of their numbers, from 1. */
export const KINDS = [
  'int',
  'ptr',
  'array',
  'struct',
  'union',
  'enum',
  'fwd',
  'typedef',
  'volatile',
  'const',
  'restrict',
  'func',
  'func_proto',
  'var',
  'datasec',
  'float',
  'decl_tag',
  'type_tag',
  'enum64',
] as const;
export type KindName = (typeof KINDS)[number];

export const INT_ENCODING = { SIGNED: 1, CHAR: 2, BOOL: 4 } as const;
/** In the order of their numbers: BTF_FUNC_STATIC … and BTF_VAR_STATIC …. */
export const LINKAGES = ['static', 'global', 'extern'] as const;

/** BTF's limit on type references in a row (Linux `MAX_RESOLVE_DEPTH`), and ours on nesting. */
export const MAX_DEPTH = 32;
