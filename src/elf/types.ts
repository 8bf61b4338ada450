/** One section of an ELF file. Offsets and sizes are bytes in the file. */
export interface ElfSection {
  readonly index: number;
  readonly name: string;
  /** `SHT_*`. */
  readonly type: number;
  /** `SHF_*`, the low 32 bits. */
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly entrySize: number;
  /** In bytes, a power of two; 0 and 1 ask for nothing. */
  readonly alignment: number;
  /** A view of the file; empty for a section without bytes (`.bss`). */
  readonly data: Uint8Array;
}

export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  /** The index of the section that defines it, or why it has none. */
  readonly section: number | 'undefined' | 'absolute' | 'common' | 'reserved';
  readonly value: number;
  readonly size: number;
  /** `STT_*`. */
  readonly type: number;
  /** `STB_*`. */
  readonly binding: number;
  /** `STV_*`. */
  readonly visibility: number;
}

/** One relocation record. BPF uses REL: the addend is in the place that is patched. */
export interface ElfRelocation {
  /** Where to patch, in bytes from the start of the section. */
  readonly offset: number;
  /** `R_BPF_*`. */
  readonly type: number;
  readonly symbol: ElfSymbol;
}

/** A relocatable ELF64 file as read by `readElf`. */
export interface ElfFile {
  readonly littleEndian: boolean;
  /** `EM_*`. */
  readonly machine: number;
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}
