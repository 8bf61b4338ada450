import type { LdImm64Pseudo } from '../opcodes.js';

/** What a name in a 64-bit immediate load stands for; `high` defaults to 0. */
export interface AsmSymbol {
  readonly pseudo: LdImm64Pseudo;
  readonly low: number;
  readonly high?: number;
}

/** Where names come from: `isa` itself knows no helper, kernel function or map. */
export interface AsmOptions {
  /** The number of a helper, for `call bpf_map_lookup_elem`. */
  readonly helper?: (name: string) => number | undefined;
  /** The BTF id of a kernel function; asked when there is no helper of that name. */
  readonly kfunc?: (name: string) => number | undefined;
  /** What `r1 = NAME ll`, `r1 = map[NAME]` and `r1 = map[NAME][0]+8` load. */
  readonly symbol?: (name: string) => AsmSymbol | undefined;
}
