import { runSandboxed } from '../engine/sandbox.js';
import { SkepError } from '../errors/base.js';
import { decodeInsns, INSN_BYTES, type Insn } from '../isa/index.js';
import { EXEC_USAGE, type ExecArguments, parseArguments, parseHex } from './exec/arguments.js';
import { EXEC_HELPERS } from './exec/helpers.js';

/** The three streams of a command. */
export interface ExecIo {
  /** All of standard input. Called at most once, and not at all when the arguments say everything. */
  readonly stdin: () => Promise<Uint8Array>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/**
 * `skep exec`: runs bytecode in a sandbox and prints r0 in hex. The protocol is that of plug-ins of the public
 * bpf_conformance runner.
 *
 * @returns the exit status: 0, 1 when the program is refused or fails, 2 when the arguments make no sense.
 */
export async function execCommand(argv: readonly string[], io: ExecIo): Promise<number> {
  try {
    const args = parseArguments(argv);
    if (args.help) {
      io.stdout(EXEC_USAGE);
      return 0;
    }
    const insns = await readProgram(args, io);
    const { engine, budget, memory } = args;
    const r0 = runSandboxed({ insns, input: memory, engine, budget, helpers: EXEC_HELPERS });
    io.stdout(`0x${r0.toString(16)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    io.stderr(`Error: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}\n`);
    return error.code === 'USAGE' ? 2 : 1;
  }
}

async function readProgram(args: ExecArguments, io: ExecIo): Promise<readonly Insn[]> {
  const raw = args.program === undefined ? await io.stdin() : new TextEncoder().encode(args.program);
  const bytes = isElf(raw) ? raw : parseHex(new TextDecoder().decode(raw), 'the program');
  if (args.elf) throw new SkepError('EXEC_INPUT', 'ELF input is not possible yet');
  if (isElf(bytes))
    throw new SkepError('EXEC_INPUT', 'The program is an ELF object', { hint: 'say so with --elf' });
  if (bytes.length % INSN_BYTES !== 0) {
    throw new SkepError(
      'EXEC_INPUT',
      `The program has ${bytes.length} bytes, no whole number of instructions`,
    );
  }
  return decodeInsns(bytes);
}

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}
