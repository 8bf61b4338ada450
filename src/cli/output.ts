import { formatJson, type Json } from './format/json.js';

/** Where a command writes. Text is collected and written at the end, so that a failing command leaves nothing half-said. */
export class Output {
  /** -j or -p. */
  readonly json: boolean;
  readonly pretty: boolean;
  private text = '';
  private saidJson = false;
  private value: Json = null;

  constructor(json: boolean, pretty: boolean) {
    this.json = json;
    this.pretty = pretty;
  }

  /** A person reads it on a terminal. */
  get isTerminal(): boolean {
    return !this.json && process.stdout.isTTY === true;
  }
  /** Long work may show how far it is. */
  get showsProgress(): boolean {
    return !this.json && process.stderr.isTTY === true;
  }
  write(text: string): void {
    this.text += text;
  }
  /** The answer of a command in JSON; at most one. */
  answer(value: Json): void {
    this.saidJson = true;
    this.value = value;
    this.text += `${formatJson(value, this.pretty)}\n`;
  }
  /** All that was written so far. */
  get collected(): string {
    return this.text;
  }
  /** What was answered, as a part of another answer: `null` when nothing was. */
  get answered(): Json {
    return this.value;
  }
  /** The command writes its answer in its own way. */
  handOver(): void {
    this.saidJson = true;
  }
  /** Text beside the answer, for people only: not in JSON, and not in a pipe. */
  note(text: string): void {
    if (this.isTerminal) process.stderr.write(dim(`${text}\n`));
  }
  /** What bpftool tells on standard error while it works; nothing in JSON. */
  info(text: string): void {
    if (!this.json) process.stderr.write(`${text}\n`);
  }
  /** What was written so far goes to the system at once: for answers that come bit by bit. */
  async stream(text: string): Promise<void> {
    this.saidJson = true;
    await writeAll(process.stdout, text);
  }
  /** Hands everything to the system. A command that answered nothing answers `null` in JSON, as bpftool does. */
  async flush(): Promise<void> {
    if (this.json && !this.saidJson) this.answer(null);
    await writeAll(process.stdout, this.text);
    this.text = '';
  }
}

export function dim(text: string): string {
  return process.env['NO_COLOR'] ? text : `\u001b[2m${text}\u001b[22m`;
}

/** Resolves when written, or when nobody reads any more. */
export function writeAll(stream: NodeJS.WriteStream, data: string | Uint8Array): Promise<void> {
  if (data.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write(data, () => resolve());
  });
}
