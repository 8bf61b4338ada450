import { type Btf, coreRelocate } from '../btf/index.js';
import { objectError } from '../errors/object.js';
import type { Insn } from '../isa/index.js';
import { PSEUDO } from './pseudo.js';
import type { ProgramSpec, Relocation } from './spec.js';

/** What a program's references stand for in the kernel that is to run it. */
export interface RelocateOptions {
  /** The place of a map in the list of maps that goes with the program. */
  readonly mapIndex: (name: string) => number;
  /**
   * The kernel's types, to which CO-RE records are fitted. Without them the instructions keep the offsets of the types
   * that the program was compiled with.
   */
  readonly kernelBtf?: Btf | undefined;
  /** Byte order of the target. Default little. */
  readonly littleEndian?: boolean;
  /** The address or, for a typed one, the BTF id of a kernel symbol; undefined when the kernel lacks it. */
  readonly ksym?: (name: string, typed: boolean) => bigint | undefined;
  /** The BTF id of a kernel function; undefined when the kernel lacks it. */
  readonly kfunc?: (name: string) => number | undefined;
}

/** What libbpf leaves in place of a call to an absent weak kernel function: no helper has this number. */
const POISON_KFUNC = 2002000000;

/**
 * A program's instructions with every reference filled in: CO-RE records, maps as indexes (`map_idx`,
 * `map_idx_value`), kernel symbols, kernel functions.
 *
 * @throws {SkepError} `OBJECT_UNRESOLVED` for a kernel symbol or function that is absent and not weak; `CORE_*` for a CO-RE
 * record that cannot be resolved.
 */
export function relocate(program: ProgramSpec, options: RelocateOptions): Insn[] {
  const insns = [...program.insns];
  const { kernelBtf: kernel, littleEndian = true } = options;
  if (kernel !== undefined && program.btf !== undefined)
    coreRelocate(insns, program.coreRelocations, { local: program.btf, kernel, littleEndian });
  for (const relocation of program.relocations) apply(insns, program, relocation, options);
  return insns;
}

function apply(insns: Insn[], program: ProgramSpec, relocation: Relocation, options: RelocateOptions): void {
  const at = relocation.insn;
  const insn = insns[at];
  if (insn === undefined) throw new Error(`program ${program.name} has no instruction ${at}`);
  switch (relocation.kind) {
    case 'map':
      insns[at] = { ...insn, src: PSEUDO.map_idx, imm: options.mapIndex(relocation.map) };
      setHigh(insns, at + 1, 0);
      return;
    case 'map_value':
      insns[at] = { ...insn, src: PSEUDO.map_idx_value, imm: options.mapIndex(relocation.map) };
      setHigh(insns, at + 1, relocation.offset);
      return;
    case 'ksym': {
      const value = options.ksym?.(relocation.symbol, relocation.typed);
      if (value === undefined && !relocation.weak) throw unresolved(program, at, relocation.symbol);
      insns[at] = {
        ...insn,
        src: value === undefined ? 0 : insn.src,
        imm: Number(BigInt.asIntN(32, value ?? 0n)),
      };
      setHigh(insns, at + 1, Number(BigInt.asIntN(32, (value ?? 0n) >> 32n)));
      return;
    }
    case 'kfunc': {
      const id = options.kfunc?.(relocation.symbol);
      if (id === undefined && !relocation.weak) throw unresolved(program, at, relocation.symbol);
      insns[at] = id === undefined ? { ...insn, src: 0, imm: POISON_KFUNC } : { ...insn, imm: id };
      return;
    }
    default:
      relocation satisfies never;
  }
}

function setHigh(insns: Insn[], at: number, imm: number): void {
  const insn = insns[at];
  if (insn !== undefined) insns[at] = { ...insn, imm };
}

function unresolved(program: ProgramSpec, insn: number, symbol: string) {
  return objectError(
    'OBJECT_UNRESOLVED',
    `program ${program.name} uses ${symbol}, which this kernel does not have`,
    {
      facts: { program: program.name, insn, symbol },
      hint: 'declare it __weak and test its address, or load the module that has it',
    },
  );
}
