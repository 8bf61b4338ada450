import { describe, expect, it } from 'vitest';
import { compileObject } from '../../src/compiler/node/index.js';
import { Engine, load, parseObject } from '../../src/index.js';
import * as p from '../../test/support/packets.js';
import { allSynCases, SYN_CASES } from '../../test/support/syn-cases.js';
import { tsharkSyns } from '../../test/support/tshark.js';
import { countSyns } from './count.js';
import { addressText, reportJson, reportText } from './report.js';

const object = await compileObject('tools/syn/syn.bpf.c');

async function perSource(capture: Uint8Array): Promise<Record<string, number>> {
  const { sources } = await countSyns(object, capture);
  return Object.fromEntries(sources.map((source) => [addressText(source), source.syns]));
}

describe('skep syn', () => {
  it('counts as tshark does in every crafted case', async () => {
    // One engine for all: verifying the program anew for each case would take minutes.
    const engine = await Engine.create();
    const loaded = await load(parseObject(object), engine);
    await loaded.attach('syn', { kind: 'xdp', iface: 'eth0' });
    const counted: [string, number][] = [];
    for (const { name, packets, snapLength } of SYN_CASES) {
      for (const map of ['syn_datagrams', 'syn_sources']) {
        const { raw } = loaded.map(map);
        for await (const [key] of raw.entries()) await raw.delete(key);
      }
      await engine.replay(p.pcap(packets, snapLength === undefined ? {} : { snapLength }));
      let syns = 0;
      for await (const [, value] of loaded.map('syn_sources').raw.entries()) syns += value[0] ?? 0;
      counted.push([name, syns]);
    }
    await engine.close();
    expect(counted).toEqual(SYN_CASES.map(({ name, syns }) => [name, syns]));
  });

  const { ipv4: v4, ipv6: v6 } = p.ETHERTYPE;
  const from = (src: string): Uint8Array => p.ipv4(p.tcp(), { src });
  const captures: Record<string, Uint8Array> = {
    'big-endian nanosecond pcap': p.pcap([p.ethernet(v4, from('10.1.0.1'))], {
      little: false,
      nanoseconds: true,
    }),
    'Linux cooked': p.pcap(
      [p.cooked(v4, from('10.1.0.2')), p.cooked(0x8100, p.vlan(3, v4, from('10.1.0.3')))],
      {
        link: 113,
      },
    ),
    'Linux cooked v2': p.pcap([p.cooked2(v4, from('10.1.0.4')), p.cooked2(v6, p.ipv6(p.tcp()))], {
      link: 276,
    }),
    'raw IP': p.pcap([from('10.1.0.5'), p.ipv6(p.tcp())], { link: 101 }),
    'BSD loopback': p.pcap(
      [p.bytes([2, 0, 0, 0], from('127.0.0.1')), p.bytes([0, 0, 0, 30], p.ipv6(p.tcp()))],
      {
        link: 0,
      },
    ),
    'pcapng with two link types': p.pcapng(
      [
        { data: p.ethernet(v4, from('10.1.0.6')), source: 0 },
        { data: from('10.1.0.7'), source: 1 },
      ],
      { interfaces: [{ link: 1 }, { link: 101, resolution: 9 }], unknownBlocks: true },
    ),
    'big-endian pcapng with old blocks': p.pcapng([p.ethernet(v4, from('10.1.0.8'))], {
      little: false,
      block: 'old',
    }),
    'pcapng with simple blocks': p.pcapng([p.ethernet(v4, from('10.1.0.9'))], { block: 'simple' }),
    'all crafted packets in one file': p.pcap(allSynCases()),
  };
  it.for(Object.keys(captures))('counts per source as tshark does: %s', async (name, { skip }) => {
    const capture = captures[name]!;
    const expected = tsharkSyns(capture);
    if (expected === undefined) return skip('tshark is not installed');
    expect(await perSource(capture)).toEqual(expected);
  });

  it('counts what is whole in a truncated file, then says where it was cut', async () => {
    const whole = p.manySyns(10, 10);
    const { stats, replay } = await countSyns(object, whole.subarray(0, whole.length - 5));
    expect(stats.syns).toBe(9);
    expect(replay.problem?.message).toBe(
      `capture cut off in the middle of a packet, at byte ${whole.length - 5}`,
    );
  });

  it('counts the SYNs of sources that found no room', async () => {
    const { sources, stats } = await countSyns(object, p.manySyns(10, 10), { maxSources: 4 });
    expect([sources.length, stats.syns, stats.full]).toEqual([4, 10, 6]);
  });

  it('counts a million packets', async () => {
    const { stats, sources } = await countSyns(object, p.manySyns(1_000_000, 1000));
    expect([stats.syns, sources.length, sources[0]?.syns]).toEqual([1_000_000, 1000, 1000]);
  });

  it('prints more sources than a call can take arguments', async () => {
    const report = await countSyns(object, p.manySyns(1, 1));
    const [source] = report.sources;
    const sources = Array.from({ length: 200_000 }, () => source!);
    expect(reportText({ ...report, sources }, { colour: false })).toContain('from 200000 sources');
  });

  it('says that a file header was cut off', async () => {
    const { replay } = await countSyns(object, p.manySyns(1, 1).subarray(0, 23));
    expect(replay.problem?.message).toBe('capture cut off in the middle of the file header, at byte 23');
  });

  it('prints a ranked table', async () => {
    const report = await countSyns(object, p.manySyns(3, 2));
    const replay = { ...report.replay, milliseconds: 1 };
    expect(reportText({ ...report, replay }, { colour: false, title: 'TCP SYNs in a.pcap' })).toBe(
      [
        "TCP SYNs in a.pcap, in skep's engine",
        '',
        'ADDRESS        SYNS   SHARE',
        '10.0.0.0          2   66.7%  ██████████████████████████████',
        '10.0.0.1          1   33.3%  ███████████████',
        '',
        '3 SYNs from 2 sources; 3 packets seen, 0 skipped',
        '1 ms, 3 k packets/s',
        '',
      ].join('\n'),
    );
  });

  it('ranks sources of equal counts by address, whatever their order in the capture', async () => {
    const addresses = ['10.0.0.200', '10.0.0.3', '9.255.0.1', '10.0.0.20'];
    const packets = addresses.map((address) => p.ethernet(v4, from(address)));
    const report = await countSyns(object, p.pcap([p.ethernet(v6, p.ipv6(p.tcp())), ...packets]));
    expect(report.sources.map(addressText)).toEqual([
      '9.255.0.1',
      '10.0.0.3',
      '10.0.0.20',
      '10.0.0.200',
      '2001:db8::1',
    ]);
  });

  it('keeps to its table with more sources than fit, says so, and is as quick', async () => {
    const report = await countSyns(object, p.manySyns(200_000, 65_536), { maxSources: 1000 });
    expect([report.sources.length, report.stats.syns]).toEqual([1000, 200_000]);
    const listed = report.sources.reduce((sum, { syns }) => sum + syns, 0);
    expect(listed + report.stats.full).toBe(200_000);
    expect(reportText(report, { colour: false, top: 2 })).toContain(
      `… and 998 more sources\n\n200000 SYNs from 1000 sources; 200000 packets seen, 0 skipped\n` +
        `  ${report.stats.full} SYNs of further sources not listed: the table is full, see --max-sources\n`,
    );
  });

  it('gives the same as data', async () => {
    const report = await countSyns(object, p.manySyns(1, 1));
    const data = reportJson(report) as Record<string, unknown>;
    expect(data).toMatchObject({
      sources: [{ address: '10.0.0.0', syns: 1, share: 1 }],
      stats: { packets: 1, syns: 1, full: 0 },
      packets: 1,
      skipped: [],
      problem: null,
    });
    expect(Object.keys(data)).toEqual(['sources', 'stats', 'packets', 'skipped', 'milliseconds', 'problem']);
  });
});
