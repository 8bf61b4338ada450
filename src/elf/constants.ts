/** Numbers of the ELF format that BPF objects use. Source: System V ABI, `elf.h`. */
export const MACHINE = { NONE: 0, BPF: 247 } as const;
export const FILE_TYPE_RELOCATABLE = 1;
export const CLASS_64 = 2;
export const DATA = { LITTLE: 1, BIG: 2 } as const;

export const SECTION = {
  NULL: 0,
  PROGBITS: 1,
  SYMTAB: 2,
  STRTAB: 3,
  RELA: 4,
  NOBITS: 8,
  REL: 9,
  SYMTAB_SHNDX: 18,
} as const;
export const FLAG = { WRITE: 1, ALLOC: 2, EXEC: 4, COMPRESSED: 0x800 } as const;

export const SYMBOL_TYPE = { NOTYPE: 0, OBJECT: 1, FUNC: 2, SECTION: 3, FILE: 4 } as const;
export const BINDING = { LOCAL: 0, GLOBAL: 1, WEAK: 2 } as const;
export const SPECIAL_SECTION = { UNDEF: 0, RESERVED: 0xff00, ABS: 0xfff1, COMMON: 0xfff2 } as const;

export const HEADER_BYTES = 64;
export const SECTION_HEADER_BYTES = 64;
export const SYMBOL_BYTES = 24;
export const REL_BYTES = 16;
export const RELA_BYTES = 24;

/** Relocations of BPF code and data: where the addend is. Source: Linux `Documentation/bpf/llvm_reloc.rst`. */
export const R_BPF = {
  /** In the immediate of a 64-bit load. */
  IMM64: 1,
  ABS64: 2,
  ABS32: 3,
  /** In the immediate of a call, in instructions. */
  CALL: 10,
} as const;
