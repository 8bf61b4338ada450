import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseObject } from '../../../src/index.js';

/** What libbpf and the running kernel say of an object. */
export interface Outcome {
  /** libbpf's and the verifier's last words, when the object was refused. */
  readonly refused: string | undefined;
  /** r0 and packet of each run, shapes and contents of the maps: a line each. */
  readonly results: readonly string[];
  /** Instructions that the verifier walked through, of all programs. */
  readonly processed: number;
  /** Instruction slots, of all programs. */
  readonly slots: number;
}

const PACKET_BYTES = 64;

/** The packets that each case runs on: zeros, counting bytes, and two of noise. */
function packets(): Uint8Array[] {
  const noise = (seed: number) => (_: unknown, at: number) => (Math.imul(seed + at, 2654435761) >>> 13) & 255;
  return [
    new Uint8Array(PACKET_BYTES),
    Uint8Array.from({ length: PACKET_BYTES }, (_, at) => at + 1),
    Uint8Array.from({ length: PACKET_BYTES }, noise(77)),
    Uint8Array.from({ length: PACKET_BYTES }, noise(12345)),
  ];
}

/** Loads an object by libbpf into the running kernel, and runs its programs on the packets, one after the other. */
export function runOnKernel(object: Uint8Array): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'skep-case-'));
  try {
    const path = join(folder, 'case.o');
    writeFileSync(path, object);
    const inputs = packets().map((packet, index) => {
      const file = join(folder, `packet${index}`);
      writeFileSync(file, packet);
      return file;
    });
    const script = 'test/compiler/cases/run-object.sh';
    const output = execFileSync('unshare', ['-m', 'sh', script, path, ...inputs], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      timeout: 30_000,
    });
    return { ...outcomeOf(output), slots: slotsOf(object) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outcomeOf(output: string): Omit<Outcome, 'slots'> {
  const lines = output.split('\n').filter((line) => line !== '');
  const processed = lines
    .filter((line) => line.startsWith('processed '))
    .reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);
  const refused = output.startsWith('refused: ') ? output : undefined;
  const results = lines.filter((line) => !line.startsWith('processed ')).map(sorted);
  return { refused, results, processed };
}

/** The kernel seeds each hash map anew: elements in an order of our own. */
function sorted(line: string): string {
  const prefix = 'contents ';
  if (!line.startsWith(`${prefix}[`)) return line;
  const elements = JSON.parse(line.slice(prefix.length)) as unknown[];
  return `${prefix}${elements
    .map((element) => JSON.stringify(element))
    .sort()
    .join(' ')}`;
}

function slotsOf(object: Uint8Array): number {
  const { programs } = parseObject(object);
  return programs.reduce((sum, { insns }) => sum + insns.length, 0);
}
