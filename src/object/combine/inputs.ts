import { type Btf, type BtfExt, readBtf, readBtfExt } from '../../btf/index.js';
import { BINDING, SECTION, SYMBOL_TYPE } from '../../elf/constants.js';
import { type ElfFile, type ElfSection, type ElfSymbol, readElf } from '../../elf/index.js';
import { SkepError } from '../../errors/base.js';
import { combineError } from '../../errors/object.js';

/** One object to be linked. */
export interface LinkInput {
  /** Its file's name, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One object, read. */
export interface Input {
  readonly name: string;
  readonly elf: ElfFile;
  readonly btf: Btf;
  readonly ext: BtfExt;
  /** The sections that become part of the output. */
  readonly sections: readonly ElfSection[];
}

const NO_EXT: BtfExt = { functions: [], lines: [], coreRelocations: [] };

/** @throws {SkepError} `ELF_*`, `BTF_*`, or `OBJECT_COMBINE` for objects that do not go together. */
export function readInputs(inputs: readonly LinkInput[]): Input[] {
  const read = inputs.map(readInput);
  const [first] = read;
  for (const input of read) {
    if (first !== undefined && input.elf.littleEndian !== first.elf.littleEndian)
      throw combineError(`${input.name} and ${first.name} are of different byte orders`, {
        inputs: [input.name, first.name],
      });
  }
  return read;
}

function readInput({ name, bytes }: LinkInput): Input {
  try {
    const elf = readElf(bytes);
    const section = (wanted: string) => elf.sections.find((one) => one.name === wanted);
    const btf = section('.BTF');
    const ext = section('.BTF.ext');
    return {
      name,
      elf,
      btf: btf === undefined ? { types: [{ kind: 'void' }] } : readBtf(btf.data),
      ext: btf === undefined || ext === undefined ? NO_EXT : readBtfExt(ext.data, btf.data),
      sections: elf.sections.filter(isKept),
    };
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    throw new SkepError(error.code, `${name}: ${error.message}`, {
      facts: { ...error.facts, input: name },
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** Code and data. Debug information of compilers is of no use to a kernel; types are written anew. */
function isKept({ type, name }: ElfSection): boolean {
  if (type !== SECTION.PROGBITS && type !== SECTION.NOBITS) return false;
  return !/^\.(?:BTF(?:\.ext)?|debug_.*|llvm_addrsig|comment|note.*)$/.test(name);
}

/** Whether other objects see a symbol. */
export function isShared({ binding }: ElfSymbol): boolean {
  return binding === BINDING.GLOBAL || binding === BINDING.WEAK;
}

/** Whether a symbol stands for its section. */
export function isSectionSymbol({ type }: ElfSymbol): boolean {
  return type === SYMBOL_TYPE.SECTION;
}
