import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileObject } from '../../src/compiler/node/index.js';
import { SkepError } from '../../src/index.js';
import { countSyns } from './count.js';
import { reportJson, reportText } from './report.js';

const PROGRAM = 'tools/syn/syn.bpf.c';
const SAMPLE = 'examples/captures/connections.pcap';
const CHUNK_BYTES = 1 << 20;
/** Files shorter than this are done before progress could be read. */
const PROGRESS_FROM = 64 << 20;
const USAGE = `Usage: skep syn [FILE] [--json] [--top N] [--max-sources N]

Counts the TCP connection attempts (SYN without ACK) in a pcap or pcapng capture per source address.
FILE may be - for standard input; without one, the sample in ${SAMPLE} is taken.
`;

interface SynArguments {
  readonly file: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
  readonly top: number | undefined;
  readonly maxSources: number | undefined;
}

/** `skep syn`. @returns the exit status: 0, 1 when the capture could not be read to its end, 2 for wrong arguments */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const args = parseArguments(argv);
    if (args.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    return await run(args);
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    complain(error);
    return error.code === 'USAGE' ? 2 : 1;
  }
}

async function run({ file, json, top, maxSources }: SynArguments): Promise<number> {
  const path = file ?? packageFile(SAMPLE);
  const size = path === '-' ? 0 : await sizeOf(path);
  const showsProgress = process.stderr.isTTY === true && size >= PROGRESS_FROM;
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const object = await compileObject(packageFile(PROGRAM));
  const report = await countSyns(object, readable(input, path), {
    ...(maxSources === undefined ? {} : { maxSources }),
    onProgress: ({ packets, fileBytes }) => {
      if (!showsProgress) return;
      process.stderr.write(`\r${Math.floor((100 * fileBytes) / size)}%  ${packets} packets`);
    },
  });
  if (showsProgress) process.stderr.write('\r\x1b[K');
  const colour = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;
  const name = path === '-' ? 'standard input' : (file ?? SAMPLE);
  const options = { colour, title: `TCP SYNs in ${name}`, ...(top === undefined ? {} : { top }) };
  process.stdout.write(json ? `${JSON.stringify(reportJson(report))}\n` : reportText(report, options));
  if (report.replay.problem === undefined) return 0;
  complain(report.replay.problem);
  return 1;
}

function parseArguments(argv: readonly string[]): SynArguments {
  const numbers: Record<string, number> = {};
  const files: string[] = [];
  let json = false;
  let help = false;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--json' || word === '-j') json = true;
    else if (word === '--help' || word === '-h') help = true;
    else if (word === '--top' || word === '--max-sources') numbers[word] = positive(word, argv[++i]);
    else if (word.startsWith('-') && word !== '-') throw usage(`${word} is no option of skep syn`);
    else files.push(word);
  }
  if (files.length > 1) throw usage(`one capture at a time, not ${files.length}`);
  return { file: files[0], json, help, top: numbers['--top'], maxSources: numbers['--max-sources'] };
}

function positive(option: string, word: string | undefined): number {
  if (word !== undefined && /^[1-9]\d{0,8}$/.test(word)) return Number(word);
  throw usage(`${option} needs a number above 0`);
}

function usage(message: string): SkepError {
  return new SkepError('USAGE', message, { hint: 'skep syn [FILE] [--json] [--top N] [--max-sources N]' });
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : (cause.code ?? cause.message);
    throw new SkepError('CAPTURE_OPEN', `cannot open ${path}: ${why}`, { cause });
  });
  if (found.isDirectory()) throw new SkepError('CAPTURE_OPEN', `cannot read ${path}: it is a folder`);
  return found.size;
}

/** The chunks of `input`; what the system says against reading it becomes one clear line. */
async function* readable(input: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* input;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new SkepError('CAPTURE_READ', `cannot read ${path === '-' ? 'standard input' : path}: ${why}`, {
      cause,
    });
  }
}

/** A file of the package, whether this runs from its sources or bundled. */
function packageFile(path: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) throw new SkepError('PACKAGE_FILE', `skep's own file ${path} is missing`);
  }
}

function complain({ message, hint }: SkepError): void {
  const sentence = hint === undefined || message.endsWith('.') ? message : `${message}.`;
  process.stderr.write(`Error: ${sentence}${hint === undefined ? '' : ` ${hint}`}\n`);
}
