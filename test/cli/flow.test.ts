import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Cli, ensureBuilt } from '../support/cli.js';
import { TRACER } from '../support/example-objects.js';
import { synCapture } from '../support/syn-capture.js';

const PACKETS = 3000;
const { bytes, counts } = synCapture(PACKETS, 5);
const MAP = '/sys/fs/bpf/my_syn_counts';
let cli: Cli;
let capture: string;

beforeAll(ensureBuilt, 180_000);
beforeEach(() => {
  cli = new Cli();
  capture = join(cli.folder, 'syn.pcap');
  writeFileSync(capture, bytes);
});
afterEach(() => cli.dispose());

const loadTracer = (...more: string[]): Promise<string> =>
  cli.ok('prog', 'load', TRACER, '/sys/fs/bpf/my_tcp_syn_tracer', 'type', 'tracepoint', ...more);
const createMap = (...sizes: string[]): Promise<string> =>
  cli.ok('map', 'create', MAP, 'type', 'hash', ...sizes, 'entries', '1024');

interface Entry {
  readonly key: readonly string[];
  readonly value: readonly string[];
}
async function dumped(...map: readonly string[]): Promise<Map<string, number>> {
  const entries = (await cli.json('map', 'dump', ...map)) as Entry[];
  const rows = entries.map(({ key, value }): [string, number] => [
    key.map(Number).join('.'),
    value.reduceRight((sum, byte) => sum * 256 + Number(byte), 0),
  ]);
  return new Map(rows.sort());
}

describe('the tutorial’s five commands', () => {
  test('count connection attempts per source, load first', async () => {
    expect(await loadTracer()).toBe('');
    expect(await createMap('key_size', '4', 'value_size', '4')).toBe(
      `${MAP} already holds this map: id 1, nothing to do\n`,
    );
    expect(await cli.ok('prog', 'attach', 'id', '1', 'tracepoint/tcp_v4_connect')).toBe('');
    expect(await cli.ok('replay', capture)).toMatch(
      /^3000 packets, 162000 bytes, .*\nprogram 1 at tracepoint tcp\/tcp_v4_connect: 2000 runs\n$/,
    );
    expect(await dumped('id', '1')).toEqual(new Map([...counts].sort()));
    expect(await cli.ok('map', 'dump', 'id', '1')).toContain('"key (addr)": "10.0.0.1"');
  });

  test('count the same, map first', async () => {
    await createMap('key', '4', 'value', '4');
    await loadTracer();
    await cli.ok('prog', 'attach', 'pinned', '/sys/fs/bpf/my_tcp_syn_tracer', 'tracepoint', 'tcp_v4_connect');
    await cli.ok('replay', capture);
    expect(await dumped('pinned', MAP)).toEqual(new Map([...counts].sort()));
    expect(await cli.json('map', 'show')).toHaveLength(1);
  });

  test('count the same with the map named in the load', async () => {
    await createMap('key', '4', 'value', '4');
    await loadTracer('map', 'name', 'my_syn_counts', 'pinned', MAP);
    expect(await cli.json('prog', 'show', 'id', '1')).toMatchObject({
      id: 1,
      type: 'tracepoint',
      map_ids: [1],
    });
  });

  test('count the same after a replay was killed in the middle', async () => {
    await loadTracer();
    await cli.ok('prog', 'attach', 'id', '1', 'tracepoint/tcp_v4_connect');
    const replay = cli.start('replay', capture, '--rate', '1000');
    await sleep(700);
    replay.kill('SIGKILL');
    await once(replay, 'exit');
    expect(await dumped('id', '1')).toEqual(new Map());
    await cli.ok('replay', capture);
    expect(await dumped('id', '1')).toEqual(new Map([...counts].sort()));
  });

  test('refuse a map of another shape, saying how it differs', async () => {
    await loadTracer();
    expect(
      await cli.run('map', 'create', MAP, 'type', 'array', 'key', '4', 'value', '8', 'entries', '1024'),
    ).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `Error: can't pin the object (${MAP}): File exists\n` +
        'Hint: It holds map 1, which has type hash instead of array, value_size 4 instead of 8.\n',
    });
  });

  test('refuse to load onto a pinned map of another shape, and leave nothing behind', async () => {
    await createMap('key', '4', 'value', '8');
    const { status, stderr } = await cli.run('prog', 'load', TRACER, '/sys/fs/bpf/t');
    expect(status).toBe(1);
    expect(stderr).toContain('value_size 8 instead of 4');
    expect(await cli.json('prog', 'show')).toEqual([]);
  });
});

describe('a running replay', () => {
  test('shows live counts to others, and keeps what they change', async () => {
    await loadTracer();
    await cli.ok('prog', 'attach', 'id', '1', 'tracepoint/tcp_v4_connect');
    const replay = cli.start('replay', capture, '--rate', '500', '--loop');
    const exited = once(replay, 'exit');
    try {
      const total = async (): Promise<number> =>
        [...(await dumped('id', '1')).values()].reduce((sum, n) => sum + n, 0);
      let first = 0;
      for (let i = 0; i < 60 && first === 0; i++) {
        await sleep(100);
        first = await total();
      }
      expect(first).toBeGreaterThan(0);
      await sleep(300);
      expect(await total()).toBeGreaterThan(first);
      await cli.ok('map', 'update', 'id', '1', 'key', '1', '2', '3', '4', 'value', '7', '0', '0', '0');
      expect((await cli.run('replay', capture)).stderr).toBe(
        'Error: another replay runs in this root\n' +
          'Hint: Wait for it, stop it with Ctrl-C, or choose another SKEP_ROOT.\n',
      );
    } finally {
      replay.kill('SIGKILL');
      await exited;
    }
    expect((await dumped('id', '1')).get('1.2.3.4')).toBe(7);
  });

  test('that is interrupted stores its counts', async () => {
    await loadTracer();
    await cli.ok('prog', 'attach', 'id', '1', 'tracepoint/tcp_v4_connect');
    const replay = cli.start('replay', capture, '--rate', '1000', '--loop');
    const exited = once(replay, 'exit');
    // Whoever asks a running replay sees its counts.
    for (let seen = 0; seen < 5; seen = (await dumped('id', '1')).size) await sleep(50);
    replay.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect((await dumped('id', '1')).size).toBe(5);
  });
});
