import { createInterface } from 'node:readline/promises';
import { SkepError } from '../../errors/base.js';
import type { Program } from '../../kernel/kernel.js';
import { renderFailure } from '../failure.js';
import { formatJson, type Json } from '../format/json.js';
import { type Output, writeAll } from '../output.js';
import { didYouMean, UsageError } from '../usage.js';
import { findWord, Words } from '../words.js';
import type { Answer, DebugSession } from './session.js';
import { DEBUG_COMMANDS, type DebugCommand } from './table.js';

/** gdb's ways of saying the same. */
const INFO: Readonly<Record<string, string>> = {
  registers: 'registers',
  breakpoints: 'breakpoints',
  args: 'args',
  variables: 'globals',
  frame: 'where',
  stack: 'backtrace',
  maps: 'maps',
};

/**
 * Reads commands from standard input and answers each: on a terminal with a prompt, where an empty line says the last
 * one again; from a pipe, one a line, until its end.
 *
 * @returns the exit status: 1 when a command of a pipe failed
 */
export async function prompt(
  session: DebugSession,
  program: Program,
  out: Output,
  first: Answer,
): Promise<number> {
  const isTerminal = process.stdin.isTTY === true && !out.json;
  const write = (text: string): Promise<void> => writeAll(process.stdout, text);
  const say = (answer: Answer): Promise<void> =>
    write(out.json ? `${formatJson(answer.json, out.pretty)}\n` : answer.text);
  await say(first);
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal ? { output: process.stdout, prompt: '(skep) ' } : {}),
    terminal: isTerminal,
  });
  let status = 0;
  let last = '';
  if (isTerminal) lines.prompt();
  for await (const typed of lines) {
    const line = typed.trim() === '' && isTerminal ? last : typed.trim();
    last = line;
    if (line === 'quit' || line === 'q' || line === 'exit') break;
    try {
      if (line !== '' && !line.startsWith('#')) await say(await answerTo(line, session, program));
    } catch (error) {
      if (!(error instanceof SkepError)) throw error;
      if (!isTerminal) status = 1;
      await write(
        out.json ? `${formatJson(failureJson(error), out.pretty)}\n` : renderFailure(error, false, false),
      );
    }
    if (isTerminal) lines.prompt();
  }
  lines.close();
  return status;
}

async function answerTo(line: string, session: DebugSession, program: Program): Promise<Answer> {
  const [word = '', ...rest] = line.split(/\s+/);
  if (word === 'help' || word === 'h') return help();
  if (word === 'info' || word === 'i') {
    const what = findWord(rest[0] ?? '', Object.keys(INFO));
    if (what === undefined)
      throw new UsageError(
        `info '${rest[0] ?? ''}' says nothing`,
        didYouMean(rest[0] ?? '', Object.keys(INFO)),
      );
    return answerTo(INFO[what] as string, session, program);
  }
  const command = commandOf(word);
  const words = new Words(rest);
  const answer = await command.run(session, words, program);
  words.end();
  return answer;
}

function commandOf(word: string): DebugCommand {
  const names = DEBUG_COMMANDS.flatMap((command) => command.names);
  const name = findWord(word, names);
  const command = DEBUG_COMMANDS.find((one) => name !== undefined && one.names.includes(name));
  if (command === undefined)
    throw new UsageError(
      `there is no command '${word}'`,
      didYouMean(word, [...DEBUG_COMMANDS.map((one) => one.names[0]), 'help', 'quit']),
    );
  return command;
}

function help(): Answer {
  const rows = DEBUG_COMMANDS.map(({ names, usage = '', doc }) => ({
    words: `${names[0]} ${usage}`.trim(),
    short: names.slice(1).join(', '),
    doc,
  }));
  const width = Math.max(...rows.map(({ words }) => words.length));
  const text = rows.map(({ words, short, doc }) => `${words.padEnd(width)}  ${short.padEnd(4)}  ${doc}\n`);
  return {
    text: `${text.join('')}${'quit'.padEnd(width)}  q     leave\n`,
    json: rows.map(({ words, short, doc }) => ({ command: words, short, doc })),
  };
}

function failureJson(error: SkepError): Json {
  return { error: error.message, hint: error.hint };
}
