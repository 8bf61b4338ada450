/**
 * BTF in memory: the types of a program, a module or a kernel. Source: Linux `Documentation/bpf/btf.rst`,
 * `linux/btf.h` (6.18). Type ids index `Btf.types`; id 0 is `void`.
 */

/** An index into `Btf.types`. */
export type BtfTypeId = number;

export interface BtfMember {
  readonly name: string;
  readonly type: BtfTypeId;
  /** From the start of the struct or union. */
  readonly bitOffset: number;
  /** 0 when the member is no bit-field (of the old or the kind_flag encoding). */
  readonly bitfieldSize: number;
}
export interface BtfParam {
  readonly name: string;
  readonly type: BtfTypeId;
}
export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}
export interface BtfVarSecinfo {
  readonly type: BtfTypeId;
  readonly offset: number;
  readonly size: number;
}

/** One type. `name` is '' for anonymous types. Sizes are bytes. */
export type BtfType =
  | { readonly kind: 'void' }
  | {
      readonly kind: 'int';
      readonly name: string;
      readonly size: number;
      readonly bits: number;
      readonly bitOffset: number;
      readonly signed: boolean;
      readonly char: boolean;
      readonly bool: boolean;
    }
  | { readonly kind: 'ptr'; readonly type: BtfTypeId }
  | {
      readonly kind: 'array';
      readonly type: BtfTypeId;
      readonly indexType: BtfTypeId;
      readonly length: number;
    }
  | {
      readonly kind: 'struct' | 'union';
      readonly name: string;
      readonly size: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | {
      readonly kind: 'enum64';
      readonly name: string;
      readonly size: number;
      readonly signed: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | { readonly kind: 'fwd'; readonly name: string; readonly union: boolean }
  | { readonly kind: 'typedef'; readonly name: string; readonly type: BtfTypeId }
  | { readonly kind: 'volatile' | 'const' | 'restrict'; readonly type: BtfTypeId }
  | {
      readonly kind: 'func';
      readonly name: string;
      readonly type: BtfTypeId;
      readonly linkage: 'static' | 'global' | 'extern';
    }
  | { readonly kind: 'func_proto'; readonly returns: BtfTypeId; readonly params: readonly BtfParam[] }
  | {
      readonly kind: 'var';
      readonly name: string;
      readonly type: BtfTypeId;
      readonly linkage: 'static' | 'global' | 'extern';
    }
  | {
      readonly kind: 'datasec';
      readonly name: string;
      readonly size: number;
      readonly vars: readonly BtfVarSecinfo[];
    }
  | { readonly kind: 'float'; readonly name: string; readonly size: number }
  | {
      readonly kind: 'decl_tag';
      readonly name: string;
      readonly type: BtfTypeId;
      /** -1 for the declaration itself, else the index of its member or parameter. */
      readonly componentIndex: number;
      /** The tag is a whole attribute (kind_flag, Linux 6.15) instead of a `btf_decl_tag`. */
      readonly attribute?: boolean;
    }
  | {
      readonly kind: 'type_tag';
      readonly name: string;
      readonly type: BtfTypeId;
      readonly attribute?: boolean;
    };

/**
 * Types by id. An array is one; `readBtf` makes them of bytes, each when it is asked for. Going through all decodes all:
 * `typesOfKind`, `findAllByName` and `findEnumerations` look without.
 */
export interface BtfTypes extends Iterable<BtfType> {
  readonly length: number;
  at(id: BtfTypeId): BtfType | undefined;
  entries(): Iterable<[BtfTypeId, BtfType]>;
}

/** All types of one object or kernel. Made by `readBtf`, written by `writeBtf`. */
export interface Btf {
  readonly types: BtfTypes;
  /** For split BTF (a module's): the types that come before its own, whose ids and strings it goes on from. */
  readonly base?: Btf;
}
