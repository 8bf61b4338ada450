import { SkepError } from '../errors/base.js';
import { KernelError } from '../errors/errno.js';
import { formatJson } from './format/json.js';
import { STRERROR } from './strerror.js';
import { UsageError } from './usage.js';

/** A command failed: exit status 1. The message is bpftool's where bpftool has one. */
export class CommandError extends SkepError {
  constructor(message: string, details: ConstructorParameters<typeof SkepError>[2] = {}) {
    super('COMMAND', message, details);
    this.name = 'CommandError';
  }
}

/**
 * Says what failed in bpftool's words, `what: File exists`, and keeps what the kernel said as the hint. Errors that
 * are not the kernel's go on as they are.
 */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    const hint = sentences(error.message, error.hint);
    throw new CommandError(`${what}: ${STRERROR[error.errno]}`, { hint, facts: error.facts, cause: error });
  }
}

/** Texts one after the other, each with its full stop. */
function sentences(...texts: readonly (string | undefined)[]): string {
  return texts
    .filter((text): text is string => text !== undefined && text !== '')
    .map((text) => (/[.!?]$/.test(text) ? text : `${text}.`))
    .join(' ');
}

/** The text of an error for standard error, or, in JSON, for standard output. */
export function renderFailure(error: unknown, json: boolean, pretty: boolean): string {
  const message = error instanceof SkepError ? error.message : `skep has a bug: ${String(error)}`;
  if (json) return `${formatJson({ error: message }, pretty)}\n`;
  const line = `${red('Error:')} ${oneLine(message)}\n`;
  if (!(error instanceof SkepError)) return line + (error instanceof Error ? `${error.stack ?? ''}\n` : '');
  return error.hint === undefined || error.hint === '' ? line : `${line}Hint: ${oneLine(error.hint)}\n`;
}

function red(text: string): string {
  return process.stderr.isTTY && !process.env['NO_COLOR'] ? `\u001b[31m${text}\u001b[39m` : text;
}

/** Names in a message may hold line breaks and terminal controls. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}

/** 2 when the command line made no sense, else 1. */
export function exitStatus(error: unknown): number {
  return error instanceof UsageError ? 2 : 1;
}
