import { runSandboxed } from '../engine/sandbox.js';
import { SkepError } from '../errors/base.js';
import { EXEC_USAGE, parseArguments } from './exec/arguments.js';
import { EXEC_HELPERS } from './exec/helpers.js';
import { readProgram } from './exec/program.js';

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
    const given = args.program === undefined ? await io.stdin() : new TextEncoder().encode(args.program);
    const program = await readProgram(given, args);
    const { engine, budget, memory } = args;
    const r0 = runSandboxed({ ...program, input: memory, engine, budget, helpers: EXEC_HELPERS });
    io.stdout(`0x${r0.toString(16)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    io.stderr(`Error: ${error.message}${error.hint === undefined ? '' : ` (${error.hint})`}\n`);
    return error.code === 'USAGE' ? 2 : 1;
  }
}
