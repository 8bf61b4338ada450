import { SkepError } from '../../errors/base.js';
import type { InsnIndex } from '../../isa/index.js';
import { TRAP } from '../abi.js';
import type { CompiledProgram } from './compile.js';

/** Codes and words are those of the interpreter, which can tell more: run the program there to learn the rest. */
const WORDS: Readonly<Record<number, readonly [code: string, words: string]>> = {
  [TRAP.budget]: ['EXEC_BUDGET', 'the budget of instructions is used up'],
  [TRAP.address]: ['EXEC_ADDRESS', 'memory is accessed that the program does not have'],
  [TRAP.stack]: ['EXEC_STACK', 'calls are nested too deep'],
  [TRAP.badCall]: ['EXEC_CALL', 'a function is called that is not there'],
};

/**
 * What a program's abrupt end means. Errors that helpers threw come back as they are.
 *
 * @param code the value of `env.trap_code` after the end; set it to 0 before the program runs.
 */
export function explainTrap(program: CompiledProgram, error: unknown, code: number): unknown {
  const overflow = error instanceof RangeError && /call stack/.test(error.message);
  if (!(error instanceof WebAssembly.RuntimeError) && !overflow) return error;
  const text = error.message;
  const known = overflow
    ? TRAP.stack
    : code === TRAP.none && /out of bounds|unaligned/.test(text)
      ? TRAP.address
      : code;
  const [name, words] = WORDS[known] ?? ['EXEC_TRAP', `compiled code stopped (${text})`];
  const insn = trapLocation(program, error);
  const where = insn === undefined ? '' : `, at instruction ${insn}`;
  return new SkepError(name, `${words}${where}`, {
    facts: insn === undefined ? {} : { insn },
    cause: error,
    ...(known === TRAP.none ? { hint: 'This is a bug in skep: please report the program.' } : {}),
  });
}

/** The instruction that an error's innermost frame in the program was executing, when the error's stack tells. */
function trapLocation({ locations, name }: CompiledProgram, error: Error): InsnIndex | undefined {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.includes('wasm-function['));
  // V8 tells modules apart; the innermost frame may be the runtime's.
  const own = frames.find((line) => line.includes(name)) ?? frames[0] ?? '';
  const frame = /wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(own);
  if (frame?.[1] === undefined) return undefined;
  const offset = Number.parseInt(frame[1], 16);
  let [low, high] = [0, locations.length / 2];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (locations[middle * 2]! <= offset) low = middle + 1;
    else high = middle;
  }
  return locations[low * 2 - 1];
}
