import { type Btf, type BtfTypeId, readBtf } from '../btf/index.js';
import type { Kernel } from '../kernel/kernel.js';
import { CommandError, doing } from './failure.js';
import { readObjectBytes } from './load.js';
import { takeMap, takeProgram } from './select.js';
import type { Words } from './words.js';

/** Types to print; those of `roots` only, when it is there. */
export interface BtfSource {
  readonly btf: Btf;
  readonly roots?: readonly BtfTypeId[];
}

/** The types of an object or C source, an ELF file of any machine, or a bare section such as `/sys/kernel/btf/vmlinux`. */
export async function readBtfFile(file: string, base?: Btf): Promise<Btf> {
  const bytes = await readObjectBytes(file);
  if (bytes[0] !== 0x7f || bytes[1] !== 0x45) return readBtf(bytes, file, base);
  const { readElf } = await import('../elf/index.js');
  const section = readElf(bytes, { anyMachine: true }).sections.find(({ name }) => name === '.BTF');
  if (section !== undefined) return readBtf(section.data, '.BTF', base);
  throw new CommandError(`failed to load BTF from ${file}: No data available`, {
    hint: 'The file has no .BTF section: compile with -g.',
  });
}

/** `file FILE`, or the types of something in a kernel. */
export async function takeBtf(
  words: Words,
  base: Btf | undefined,
  inKernel: (work: (kernel: Kernel) => Promise<BtfSource>) => Promise<BtfSource>,
): Promise<BtfSource> {
  switch (words.keyword(['id', 'map', 'prog', 'file'])) {
    case 'file':
      return { btf: await readBtfFile(words.take('a file'), base) };
    case 'id': {
      const id = words.number('BTF ID');
      return inKernel(async (kernel) => ({
        btf: await doing(`get btf by id (${id})`, () => kernel.btfById(id)),
      }));
    }
    case 'prog':
      return inKernel(async (kernel) => {
        const program = await takeProgram(words, kernel);
        const { btf } = await program.xlated();
        if (btf === undefined) throw new CommandError(`program ${program.id} has no types`, NO_TYPES);
        return { btf };
      });
    case 'map':
      return inKernel((kernel) => mapTypes(words, kernel));
  }
}

const NO_TYPES = { hint: 'It was loaded without BTF: compile with -g.' };

async function mapTypes(words: Words, kernel: Kernel): Promise<BtfSource> {
  const { id, btf, keyType, valueType } = await (await takeMap(words, kernel)).info();
  const part = isPart(words.peek()) ? words.keyword(PARTS) : 'kv';
  if (btf === undefined) throw new CommandError(`map ${id} has no types`, NO_TYPES);
  if (part === 'all') return { btf };
  const wanted = { key: [keyType], value: [valueType], kv: [keyType, valueType] }[part];
  return { btf, roots: wanted.filter((type): type is BtfTypeId => (type ?? 0) !== 0) };
}

const PARTS = ['key', 'value', 'kv', 'all'] as const;

function isPart(word: string | undefined): boolean {
  return word !== undefined && PARTS.some((part) => part.startsWith(word));
}
