import type { SandboxData } from '../../engine/sandbox.js';
import { SkepError } from '../../errors/base.js';
import { decodeInsns, INSN_BYTES, type Insn } from '../../isa/index.js';
import { type ExecArguments, parseHex } from './arguments.js';

/** What is to be run: instructions, and the global data that they point to. */
export interface ExecProgram {
  readonly insns: readonly Insn[];
  readonly data: readonly SandboxData[];
}

/**
 * The program in what was given, as hex or as the bytes of an ELF object.
 * @throws {SkepError} `EXEC_INPUT`, and for an object what `parseObject` throws.
 */
export async function readProgram(given: Uint8Array, { elf }: ExecArguments): Promise<ExecProgram> {
  const bytes = isElf(given) ? given : parseHex(new TextDecoder().decode(given), 'the program');
  if (elf) return readObject(bytes);
  if (isElf(bytes))
    throw new SkepError('EXEC_INPUT', 'The program is an ELF object', { hint: 'say so with --elf' });
  if (bytes.length % INSN_BYTES !== 0)
    throw new SkepError(
      'EXEC_INPUT',
      `The program has ${bytes.length} bytes, no whole number of instructions`,
    );
  return { insns: decodeInsns(bytes), data: [] };
}

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** The first program of an object, with its global data. Imported late: raw bytecode starts faster without it. */
async function readObject(bytes: Uint8Array): Promise<ExecProgram> {
  const { parseObject, relocate } = await import('../../object/index.js');
  const object = parseObject(bytes);
  const program = object.programs[0];
  if (program === undefined)
    throw new SkepError('EXEC_INPUT', 'The object holds no program', {
      hint: 'functions in sections other than .text are programs; without one, those in .text are',
    });
  const data: SandboxData[] = [];
  const indexOf = new Map<string, number>();
  const mapIndex = (name: string): number => {
    const known = indexOf.get(name);
    if (known !== undefined) return known;
    const contents = object.maps.find((map) => map.name === name)?.contents;
    if (contents === undefined)
      throw new SkepError('EXEC_INPUT', `The program uses the map ${name}; exec has global data only`, {
        facts: { map: name },
        hint: 'load it with "skep prog load" instead',
      });
    indexOf.set(name, data.length);
    data.push({ name, contents });
    return data.length - 1;
  };
  return { insns: relocate(program, { mapIndex }), data };
}
