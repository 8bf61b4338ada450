import type { RunInput } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { readInput, writeOutput } from '../files.js';
import { hexDump } from '../format/hex.js';
import type { Json } from '../format/json.js';
import { takeProgram } from '../select.js';
import { UsageError } from '../usage.js';
import type { Words } from '../words.js';

const KEYWORDS = [
  'data_in',
  'data_out',
  'data_size_out',
  'ctx_in',
  'ctx_out',
  'ctx_size_out',
  'repeat',
] as const;
type Files = Partial<Record<'data_in' | 'data_out' | 'ctx_in' | 'ctx_out', string>>;

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const program = await takeProgram(words, kernel);
    const { files, repeat } = takeArguments(words);
    const input: RunInput = {
      repeat,
      ...(files.data_in === undefined ? {} : { data: await readInput(files.data_in) }),
      ...(files.ctx_in === undefined ? {} : { ctx: await readInput(files.ctx_in) }),
    };
    const result = await doing('failed to run program', () => program.run(input));
    const answer: Record<string, Json> = {};
    for (const [name, bytes] of [
      ['data_out', result.data],
      ['ctx_out', result.ctx],
    ] as const) {
      const file = files[name];
      if (file === undefined) continue;
      if (file !== '-') await writeOutput(file, bytes);
      else if (out.json) answer[name] = Array.from(bytes);
      else out.write(hexDump(bytes));
    }
    const duration = Math.round(result.duration);
    if (out.json) out.answer({ ...answer, retval: result.returnValue, duration });
    else {
      const word = repeat > 1 ? 'duration (average)' : 'duration';
      out.write(`Return value: ${result.returnValue}, ${word}: ${duration}ns\n`);
    }
    return undefined;
  });

function takeArguments(words: Words): { files: Files; repeat: number } {
  const files: Files = {};
  let repeat = 1;
  while (words.left > 0) {
    const keyword = words.keyword(KEYWORDS);
    if (keyword === 'repeat') repeat = words.number('repeat number');
    else if (keyword === 'data_size_out' || keyword === 'ctx_size_out') words.number(keyword);
    else files[keyword] = words.take('a file');
  }
  if (files.data_in === undefined && files.ctx_in === undefined) {
    throw new UsageError("'run' needs data_in or ctx_in", { hint: 'Give a packet: data_in FILE.' });
  }
  if (repeat === 0) throw new CommandError('a program cannot be run 0 times');
  return { files, repeat };
}
