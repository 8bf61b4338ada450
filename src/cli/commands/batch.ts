import type { Context, Run } from '../context.js';
import { CommandError, renderFailure } from '../failure.js';
import { readInput } from '../files.js';
import type { Json } from '../format/json.js';
import { Output } from '../output.js';

/** Lines of commands, without the name of the program. The first that fails ends the batch. */
export const run: Run = async (context) => {
  const { words, out } = context;
  const file = words.take('a file');
  words.end();
  const lines = commandLines(new TextDecoder().decode(await readInput(file)));
  const answers: Json[] = [];
  let status = 0;
  let failure = '';
  for (const argv of lines) {
    const own = new Output(out.json, out.pretty);
    const outcome = await runOne(context, argv, own);
    status = outcome.status;
    if (out.json) answers.push({ command: argv, output: outcome.output });
    else await out.stream(own.collected);
    if (status === 0) continue;
    failure = outcome.text;
    break;
  }
  if (out.json) out.answer(answers);
  else if (status === 0) out.write(`processed ${lines.length} commands\n`);
  else process.stderr.write(failure);
  return status;
};

async function runOne(
  { runLine }: Context,
  argv: readonly string[],
  own: Output,
): Promise<{ status: number; output: Json; text: string }> {
  try {
    if (argv[0] === 'batch') throw new CommandError('a batch cannot be part of a batch');
    const status = await runLine(argv, own);
    return { status, output: own.answered, text: '' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 1, output: { error: message }, text: renderFailure(error, false, false) };
  }
}

/** Words are separated by spaces; quotes keep them together; `#` starts a comment; `\\` at its end goes on with a line. */
export function commandLines(text: string): string[][] {
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  return lines.map(wordsOf).filter((words) => words.length > 0);
}

function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/#.*|(?:"[^"]*"|'[^']*'|[^\s"'#])+/g)) {
    if (word.startsWith('#')) break;
    words.push(word.replace(/["']/g, ''));
  }
  return words;
}
