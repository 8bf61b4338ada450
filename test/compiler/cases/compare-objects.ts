import { basename } from 'node:path';
import { parseObject } from '../../../src/index.js';
import type { LinuxKernel, LinuxMap, LinuxProgram } from '../../../src/linux/index.js';
import type { LibbpfLoader } from './libbpf-loader.js';

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

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Loads an object by libbpf into the running kernel, and runs its programs on the packets, one after the other. */
export async function runOnKernel(
  object: Uint8Array,
  loader: LibbpfLoader,
  kernel: LinuxKernel,
): Promise<Outcome> {
  const { refused, processed, programs, maps } = await loader.load(object);
  const results: string[] = [];
  const loaded = await Promise.all(
    programs.map(async (path) => [basename(path), (await kernel.pinned(path)) as LinuxProgram] as const),
  );
  for (const data of packets()) {
    for (const [name, program] of loaded) {
      const { returnValue, data: after } = await program.run({ data });
      results.push(`run ${name} ${returnValue} ${hex(after)}`);
    }
  }
  for (const [, program] of loaded) await program.close();
  for (const path of maps) {
    const map = (await kernel.pinned(path)) as LinuxMap;
    if (!basename(path).includes('rodata')) results.push(...(await told(map)));
    await map.close();
  }
  const slots = parseObject(object).programs.reduce((sum, { insns }) => sum + insns.length, 0);
  return { refused, results, processed, slots };
}

/** Maps and programs that a map holds show as ids, which are new each time. */
const OF_IDS = new Set(['array_of_maps', 'hash_of_maps', 'prog_array']);
/** What has no keys to go through, and would be emptied by reading. */
const WITHOUT_KEYS = new Set(['queue', 'stack', 'ringbuf']);

/** A map's shape and contents. The kernel seeds each hash map anew: elements are in an order of our own. */
async function told(map: LinuxMap): Promise<string[]> {
  const { name, type, keySize, valueSize, maxEntries, flags } = await map.info();
  const shape = `map ${JSON.stringify({ name, type, keySize, valueSize, maxEntries, flags })}`;
  if (OF_IDS.has(type)) return [shape];
  const rows: string[] = [];
  if (type === 'queue' || type === 'stack') {
    const next = await map.lookup(new Uint8Array(0));
    rows.push(next === undefined ? 'empty' : `next ${hex(next)}`);
  }
  if (!WITHOUT_KEYS.has(type))
    for await (const [key, value] of map.entries()) rows.push(`${hex(key)} ${hex(value)}`);
  return [shape, `contents ${rows.sort().join(', ')}`];
}
