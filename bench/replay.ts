import { join } from 'node:path';
import { compileObject } from '../src/compiler/node/index.js';
import { type AttachTarget, Engine, load, parseObject } from '../src/index.js';

/** One measured replay: packets a second, best of some. */
export interface ReplayRow {
  readonly title: string;
  readonly packetsPerSecond: number;
}

const PACKETS = 500_000;
const SOURCES = 250;
const ROUNDS = 9;
const XDP: AttachTarget = { kind: 'xdp', iface: 'eth0' };

const SUBJECTS: readonly { title: string; source: string; program: string; target: AttachTarget }[] = [
  {
    title: 'tracer at tcp_v4_connect',
    source: '../examples/tcp_syn_tracer/tcp_syn_tracer.bpf.c',
    program: 'tcp_syn_tracer',
    target: { kind: 'tracepoint', category: 'tcp', name: 'tcp_v4_connect' },
  },
  { title: 'XDP SYN parse + hash count', source: 'programs/syn.bpf.c', program: 'syn', target: XDP },
  { title: 'skep syn', source: '../tools/syn/syn.bpf.c', program: 'syn', target: XDP },
];

/** Replays a capture that is in memory: half a million frames of 54 bytes, each a SYN, from 250 sources in turn. */
export async function measureReplay(folder: string): Promise<ReplayRow[]> {
  const capture = synCapture();
  const rows: ReplayRow[] = [];
  for (const { title, source, program, target } of SUBJECTS) {
    const engine = await Engine.create();
    const loaded = await load(parseObject(await compileObject(join(folder, source))), engine);
    await loaded.attach(program, target);
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const { packets, milliseconds, programs } = await engine.replay(capture);
      if (packets !== PACKETS || programs[0]?.runs !== PACKETS)
        throw new Error(`${title}: packets were lost`);
      best = Math.min(best, milliseconds);
    }
    rows.push({ title, packetsPerSecond: (1000 * PACKETS) / best });
    await engine.close();
  }
  return rows;
}

function synCapture(): Uint8Array {
  const header = 24;
  const record = 16 + 54;
  const file = new Uint8Array(header + PACKETS * record);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0xa1b2c3d4, true);
  view.setUint32(16, 262_144, true);
  view.setUint32(20, 1, true);
  for (let i = 0; i < PACKETS; i++) {
    const at = header + i * record;
    view.setUint32(at, 1_700_000_000, true);
    view.setUint32(at + 8, 54, true);
    view.setUint32(at + 12, 54, true);
    const ip = at + 16 + 14;
    view.setUint16(ip - 2, 0x0800);
    file.set([0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, i % SOURCES, 10, 1, 0, 1], ip);
    file.set([0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 255, 255], ip + 20);
  }
  return file;
}
