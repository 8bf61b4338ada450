import {
  type CaptureSource,
  Engine,
  load,
  parseObject,
  type ReplayProgress,
  type ReplaySummary,
} from '../../src/index.js';

/** Names of `enum stat` in syn.bpf.c, in its order. */
const STATS = [
  'packets',
  'syns',
  'notIp',
  'notTcp',
  'malformed',
  'cut',
  'fragments',
  'reassembled',
  'datagrams',
  'full',
  'tunnels',
] as const;
export type SynStats = Readonly<Record<(typeof STATS)[number], number>>;

export interface SynSource {
  readonly family: 4 | 6;
  /** 4 or 16 bytes. */
  readonly address: Uint8Array;
  readonly syns: number;
}

export interface SynReport {
  /** Most SYNs first. */
  readonly sources: readonly SynSource[];
  readonly stats: SynStats;
  readonly replay: ReplaySummary;
}

export interface SynOptions {
  /** Room for so many sources; default as in the object. SYNs of further ones are counted in `stats.full`. */
  readonly maxSources?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ReplayProgress) => void;
}

/**
 * Counts the connection attempts of a capture per source address, with the program in `object` (of syn.bpf.c) attached to
 * XDP of an engine of its own.
 * @throws {SkepError} when the object or the capture cannot be used at all; a damaged capture is told in
 * `replay.problem`.
 */
export async function countSyns(
  object: Uint8Array,
  source: CaptureSource,
  options: SynOptions = {},
): Promise<SynReport> {
  const { maxSources, ...replayOptions } = options;
  const spec = parseObject(object);
  const maps = spec.maps.map((map) =>
    map.name === 'syn_sources' && maxSources !== undefined ? { ...map, maxEntries: maxSources } : map,
  );
  const engine = await Engine.create();
  try {
    const loaded = await load({ ...spec, maps }, engine);
    await loaded.attach('syn', { kind: 'xdp', iface: 'eth0' });
    const replay = await engine.replay(source, replayOptions);
    const stats = await readStats(loaded.map<number, readonly bigint[]>('syn_stats'));
    return { sources: await readSources(loaded.map('syn_sources').raw.entries()), stats, replay };
  } finally {
    await engine.close();
  }
}

async function readStats(map: AsyncIterable<readonly [number, readonly bigint[]]>): Promise<SynStats> {
  const sums: number[] = [];
  for await (const [key, perCpu] of map) sums[key] = Number(perCpu.reduce((sum, value) => sum + value, 0n));
  return Object.fromEntries(STATS.map((name, index) => [name, sums[index] ?? 0])) as SynStats;
}

/** Keys are `struct source`, values 64-bit counts; read as bytes, for there may be a million. */
async function readSources(
  entries: AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>,
): Promise<SynSource[]> {
  const sources: SynSource[] = [];
  for await (const [key, value] of entries) {
    const family = key[0] === 6 ? 6 : 4;
    const count = new DataView(value.buffer, value.byteOffset, 8).getBigUint64(0, true);
    sources.push({ family, address: key.slice(4, family === 6 ? 20 : 8), syns: Number(count) });
  }
  return ranked(sources);
}

/**
 * Most SYNs first, then by family and address. Sorts numbers in flat arrays: comparing millions of objects takes
 * minutes.
 */
function ranked(sources: readonly SynSource[]): SynSource[] {
  const counts = Float64Array.from(sources, ({ syns }) => syns);
  const starts = Float64Array.from(sources, ({ family, address }) => family * 2 ** 48 + first6Bytes(address));
  const order = Uint32Array.from(sources.keys()).sort(
    (a, b) =>
      counts[b]! - counts[a]! ||
      starts[a]! - starts[b]! ||
      compareBytes(sources[a]!.address, sources[b]!.address),
  );
  return Array.from(order, (index) => sources[index]!);
}

function first6Bytes(address: Uint8Array): number {
  let number = 0;
  for (let at = 0; at < 6; at++) number = number * 256 + (address[at] ?? 0);
  return number;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
