import { describe, expect, test } from 'vitest';
import { tsharkFields } from '../../test/support/tshark.js';
import {
  arp,
  diffPackets,
  dissect,
  ethernet,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  packet,
  packetText,
  tcp,
  udp,
  vlan,
  vxlan,
} from './index.js';

const SYN = packet(
  ethernet(),
  ipv4({ src: '192.0.2.1', dst: '192.0.2.2', ttl: 63, dontFragment: true }),
  tcp({ srcPort: 1234, dstPort: 443, flags: 'SYN', options: [{ kind: 'mss', size: 1460 }] }),
);

describe('a packet of headers', () => {
  test('has lengths, types and checksums that fit what follows', () => {
    expect(packetText(SYN)).toBe(`ethernet
  dst             02:00:00:00:00:02
  src             02:00:00:00:00:01
  type            0x0800
ipv4
  version         4
  headerWords     5
  dscp            0
  ecn             0
  length          44
  id              0
  flags           DF
  fragmentOffset  0
  ttl             63
  protocol        6
  checksum        0xb7c8
  src             192.0.2.1
  dst             192.0.2.2
tcp
  srcPort         1234
  dstPort         443
  seq             0
  ack             0
  headerWords     6
  reserved        0
  flags           SYN
  window          65535
  checksum        0x0d96
  urgent          0
  options         mss 1460
`);
  });

  test('is what tshark reads, with good checksums', (context) => {
    const frames = [
      SYN,
      packet(ethernet(), vlan({ id: 7, priority: 3 }), ipv4(), udp({ dstPort: 53 }), 'odd'),
      packet(ethernet(), ipv6({ src: '2001:db8::1' }), udp({ dstPort: 9999 }), 'text'),
      packet(ethernet(), ipv6(), tcp({ flags: ['SYN', 'ACK'], seq: 0xffffffff }), 'x'),
      packet(ethernet(), ipv4({ options: Uint8Array.of(1, 1, 1) }), icmp({ id: 5, sequence: 9 }), 'ping'),
      packet(ethernet(), ipv6(), icmpv6({ type: 'echo reply' }), 'pong'),
      packet(ethernet({ type: 0x88a8 }), vlan({ id: 2 }), vlan({ id: 3 }), arp({ targetIp: '10.9.8.7' })),
      packet(ethernet(), ipv4(), udp(), vxlan({ vni: 42 }), ethernet(), ipv4({ ttl: 1 }), tcp()),
    ];
    const lines = tsharkFields(frames, [
      'frame.protocols',
      'ip.checksum.status',
      'tcp.checksum.status',
      'udp.checksum.status',
      'icmp.checksum.status',
      'icmpv6.checksum.status',
    ]);
    if (lines === undefined) return context.skip('tshark is not installed');
    expect(lines).toEqual([
      'eth:ethertype:ip:tcp|1|1|||',
      expect.stringMatching(/^eth:ethertype:vlan:ethertype:ip:udp:.*\|1\|\|1\|\|$/),
      expect.stringMatching(/^eth:ethertype:ipv6:udp:data\|\|\|1\|\|$/),
      'eth:ethertype:ipv6:tcp||1|||',
      expect.stringMatching(/^eth:ethertype:ip:icmp:data\|1\|\|\|1\|$/),
      expect.stringMatching(/^eth:ethertype:ipv6:icmpv6:data\|\|\|\|\|1$/),
      'eth:ethertype:ieee8021ad:ethertype:vlan:ethertype:arp|||||',
      expect.stringMatching(/^eth:ethertype:ip:udp:vxlan:eth:ethertype:ip:tcp\|1,1\|1\|1\|\|$/),
    ]);
  });

  test('keeps the wrong lengths and checksums that it is given, and tells the right checksum', () => {
    const wrong = packet(ethernet(), ipv4({ checksum: 1, length: 9 }), udp({ checksum: 0 }), 'x');
    const shown = dissect(wrong).flatMap(({ name, fields }) =>
      fields.map((field) => `${name}.${field.name} ${field.text}`),
    );
    expect(shown).toContain('ipv4.checksum 0x0001 (right would be 0x66e2)');
    expect(shown).toContain('ipv4.length 9');
    expect(shown).toContain('udp.checksum 0x0000');
  });

  test.each([
    ['10.0.0', () => ipv4({ src: '10.0.0' }), "'10.0.0' is no IPv4 address"],
    ['10.0.0.256', () => ipv4({ src: '10.0.0.256' }), "'10.0.0.256' is no IPv4 address"],
    ['::1::', () => ipv6({ dst: '::1::' }), "'::1::' is no IPv6 address"],
    ['1:2:3:4:5:6:7', () => ipv6({ dst: '1:2:3:4:5:6:7' }), "'1:2:3:4:5:6:7' is no IPv6 address"],
    ['02:00', () => ethernet({ dst: '02:00' }), "'02:00' is no MAC address"],
  ])('refuses the address %s', (_, build, message) => {
    expect(build).toThrow(message);
  });

  test('takes IPv6 addresses in every form', () => {
    const source = (src: string): string | undefined =>
      dissect(packet(ethernet(), ipv6({ src })))[1]?.fields.find(({ name }) => name === 'src')?.text;
    expect(['::', '::1', '1::', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1'].map(source)).toEqual([
      '::',
      '::1',
      '1::',
      '1:2:3:4:5:6:7:8',
      '::ffff:a00:1',
    ]);
  });
});

describe('taking a packet apart', () => {
  test('stops where bytes are missing or make no header, and shows the rest as it is', () => {
    for (let length = 0; length <= SYN.length; length++) {
      const layers = dissect(SYN.subarray(0, length));
      expect(layers.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(length);
    }
    const short = packet(ethernet(), ipv4({ headerWords: 15 }));
    expect(dissect(short).map(({ name }) => name)).toEqual(['ethernet', 'payload']);
  });

  test('tells what lies behind the length of the IP header', () => {
    const padded = packet(ethernet(), ipv4({ length: 28 }), udp(), new Uint8Array(18));
    expect(dissect(padded).map(({ name, bytes }) => `${name} ${bytes.length}`)).toEqual([
      'ethernet 14',
      'ipv4 20',
      'udp 8',
      'trailer 18',
    ]);
  });

  test('takes later fragments for payload', () => {
    const later = packet(ethernet(), ipv4({ fragmentOffset: 1, protocol: 6 }), new Uint8Array(40));
    expect(dissect(later).map(({ name }) => name)).toEqual(['ethernet', 'ipv4', 'payload']);
  });
});

describe('the difference of two packets', () => {
  const frame = (options: { ttl?: number; id?: number; text?: string }): Uint8Array =>
    packet(
      ethernet(),
      ...(options.id === undefined ? [] : [vlan({ id: options.id })]),
      ipv4({ ttl: options.ttl ?? 64 }),
      udp({ dstPort: 7 }),
      options.text ?? 'hello',
    );

  test('is nothing when they are alike', () => {
    expect(diffPackets(frame({}), frame({}))).toBeUndefined();
  });

  test('is told field by field', () => {
    expect(diffPackets(frame({}), frame({ ttl: 63 }))).toBe(`  ethernet
  ipv4
-   ttl             64
+   ttl             63
-   checksum        0x66ca
+   checksum        0x67ca
  udp
  payload
`);
  });

  test('names headers that only one of them has, and shows payloads as bytes', () => {
    expect(diffPackets(frame({}), frame({ id: 9, text: 'hallo' }))).toBe(`- 47 bytes
+ 51 bytes
  ethernet
-   type            0x0800
+   type            0x8100
+ vlan
+   priority        0
+   dropEligible    0
+   id              9
+   type            0x0800
  ipv4
  udp
-   checksum        0x0bb8
+   checksum        0x0bbc
  payload
-   0000  68 65 6c 6c 6f                                   hello
+   0000  68 61 6c 6c 6f                                   hallo
`);
  });
});
