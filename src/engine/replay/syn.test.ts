import { describe, expect, it } from 'vitest';
import * as p from '../../../test/support/packets.js';
import { stageWith } from '../../../test/support/replay-stage.js';
import { allSynCases, SYN_CASES } from '../../../test/support/syn-cases.js';
import { tsharkSyns } from '../../../test/support/tshark.js';
import { formatIpv4, formatIpv6 } from '../../index.js';
import type { EngineMemory } from '../memory.js';

/** Plays a capture to both connect tracepoints. @returns how often they fired, by source */
async function attempts(capture: Uint8Array, rounds = 1): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (source: string): number => {
    counts[source] = (counts[source] ?? 0) + 1;
    return 0;
  };
  const play = stageWith({
    tcp_v4_connect: (ctx, memory) => count(formatIpv4(memory.read(ctx + 8, 4))),
    tcp_v6_connect: (ctx, memory) => count(formatIpv6(memory.read(ctx + 8, 16))),
  });
  const stop = new AbortController();
  await play(capture, {
    loop: rounds > 1,
    signal: stop.signal,
    onProgress: ({ round }) => rounds > 1 && round === rounds - 1 && stop.abort(),
  });
  return counts;
}

const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe('tcp_v4_connect and tcp_v6_connect', () => {
  it.each(SYN_CASES)('fire as tshark counts: $name', async ({ packets, snapLength, syns }) => {
    const capture = p.pcap(packets, snapLength === undefined ? {} : { snapLength });
    expect(total(await attempts(capture))).toBe(syns);
  });

  it('fire per source as tshark counts with all crafted packets in one file', async ({ skip }) => {
    const capture = p.pcap(allSynCases());
    const expected = tsharkSyns(capture);
    if (expected === undefined) return skip('tshark is not installed');
    expect(await attempts(capture)).toEqual(expected);
  });

  const segment = p.tcp({ sport: 4321, dport: 443, payload: new Uint8Array(60) });
  const part = (offset: number, size: number, id = 7, src = '192.0.2.7'): Uint8Array =>
    p.ethernet(
      p.ETHERTYPE.ipv4,
      p.ipv4(segment.subarray(offset, offset + size), {
        src,
        id,
        offset,
        more: offset + size < segment.length,
      }),
    );

  it('show the TCP header that was put together from fragments', async () => {
    const records: Uint8Array[] = [];
    const play = stageWith({
      tcp_v4_connect: (ctx: number, memory: EngineMemory) => records.push(memory.read(ctx, 44)),
    });
    await play(p.pcap([part(8, 40), part(48, 32), part(0, 8)]));
    expect(records).toHaveLength(1);
    const view = new DataView(records[0]!.buffer);
    expect([...records[0]!.subarray(8, 16)]).toEqual([192, 0, 2, 7, 10, 0, 0, 2]);
    const ports = [view.getUint16(16, true), view.getUint16(18, true)];
    const [flags, ttl, window, seq] = [20, 21, 22, 24].map((at, index) =>
      index < 2 ? view.getUint8(at) : index === 2 ? view.getUint16(at, true) : view.getUint32(at, true),
    );
    expect([...ports, flags, ttl, window, seq]).toEqual([4321, 443, 2, 64, 65535, 1]);
  });

  it('put together datagrams of which thousands are under way at once', async () => {
    const sources = Array.from({ length: 5000 }, (_, index) => `10.9.${index >> 8}.${index & 255}`);
    const firsts = sources.map((src) => part(0, 40, 7, src));
    const lasts = sources.map((src) => part(40, 40, 7, src));
    expect(total(await attempts(p.pcap([...firsts, ...lasts])))).toBe(5000);
  });

  it('forget a datagram that a flood of others pushed out', async () => {
    const ids = Array.from({ length: 20000 }, (_, id) => id);
    const flood = p.pcap([
      part(0, 40, 7, '10.1.1.1'),
      ...ids.map((id) => part(0, 40, id)),
      part(40, 40, 19999),
    ]);
    expect(await attempts(flood)).toEqual({ '192.0.2.7': 1 });
  });

  it('do not mix the fragments of two rounds of a capture', async () => {
    expect(await attempts(p.pcap([part(40, 40), part(0, 40), part(40, 40)]), 3)).toEqual({ '192.0.2.7': 3 });
    expect(await attempts(p.pcap([part(0, 40, 1), part(40, 40, 2)]), 3)).toEqual({});
    expect(await attempts(p.pcap([part(0, 40, 1), part(40, 40, 2), part(0, 40, 2)]), 2)).toEqual({
      '192.0.2.7': 2,
    });
  });
});
