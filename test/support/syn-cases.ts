import * as p from './packets.js';

const { ETHERTYPE: E, ethernet: eth, ipv4, ipv6, tcp, vlan, bytes, be16, be32 } = p;
type Pk = Uint8Array | p.CapturedPacket;

/** A crafted capture, and how many SYNs tshark 4.x finds in it (`tcp.flags.syn==1 && tcp.flags.ack==0`). */
export interface SynCase {
  readonly name: string;
  readonly packets: readonly Pk[];
  readonly snapLength: number | undefined;
  readonly syns: number;
}

/** What tshark counts, by case: measured, not derived. */
const EXPECTED: Readonly<Record<string, number>> = {
  plain: 1,
  'total length 0 (TSO)': 1,
  'total len < header': 0,
  'total len 20': 0,
  'total len 32': 0,
  'total len 33': 0,
  'total len 34': 0,
  'total len 36': 1,
  'total len 39': 1,
  'total len > captured': 1,
  'ihl 4': 0,
  'ihl 15 too long': 0,
  'ver 5': 0,
  'ver 6 via 0800': 1,
  'ver 4 via 86dd': 0,
  'tcp doff 0': 0,
  'tcp doff 1': 0,
  'tcp doff 4': 0,
  'tcp doff 6': 1,
  'tcp doff 15': 1,
  'cut at tcp+0': 0,
  'cut at tcp+12': 0,
  'cut at tcp+13': 0,
  'cut at tcp+14': 0,
  'cut at tcp+16': 1,
  'cut at tcp+19': 1,
  'short on the wire tcp 14 bytes': 0,
  'short on the wire tcp 13 bytes': 0,
  padding: 1,
  'wire < cap': 1,
  vlan: 1,
  'vlan type 88a8 outer, 8100 inner': 1,
  'vlan type 9100 outer, 8100 inner': 1,
  'vlan type 9200 outer, 8100 inner': 0,
  'vlan type 9300 outer, 8100 inner': 0,
  'vlan type 8100 outer, 8100 inner': 1,
  'single vlan type 88a8': 1,
  'single vlan type 9100': 1,
  'single vlan type 9200': 0,
  'single vlan type 9300': 0,
  'single vlan type 8100': 1,
  '5 tags': 1,
  '20 tags': 1,
  snap: 1,
  'snap in vlan': 1,
  mpls: 1,
  pppoe: 1,
  '2 frags': 1,
  '2 frags reversed': 1,
  'first only': 0,
  'tiny first 8': 1,
  'tiny first 8 incomplete': 0,
  'dup complete': 2,
  'dup first': 1,
  'dup after complete': 1,
  'dup after complete first': 1,
  'overlap same': 1,
  'overlap conflicting': 1,
  'overlap conflicting first': 1,
  '3 frags middle missing': 0,
  'offset>0 looks like syn': 0,
  'first cut by snap; wire 40': 1,
  'last cut by snap': 0,
  'first cut only': 1,
  'first cut inside tcp at 10 only': 0,
  'offset cut (not first)': 0,
  'frag different vlan': 0,
  'frag one in vlan': 0,
  'other proto': 0,
  'proto udp first tcp second': 0,
  'frags other dst': 0,
  'len beyond total: later frag past end': 1,
  'two last frags (conflict end) before complete': 1,
  'whole datagram with MF=1 then nothing': 0,
  'MF then zero-length last': 0,
  'same id reused 2nd datagram, same bytes': 2,
  'same id reused after 40s': 2,
  'frag parts 100 s apart': 1,
  'frag total len 0': 1,
  'frag non multiple of 8': 1,
  'frag padded eth': 1,
  'DF+MF': 1,
  v6: 1,
  'v6 payload len 0': 0,
  'v6 payload short 13': 0,
  'v6 payload short 14': 0,
  'v6 hbh': 1,
  'v6 hbh dst routing': 1,
  'v6 routing type0 segs': 1,
  'v6 AH': 1,
  'v4 AH': 1,
  'v6 ESP': 0,
  'v6 mobility': 0,
  'v6 hip': 0,
  'v6 shim6': 1,
  'v6 nonext 59': 0,
  'v6 dst twice + hbh not first': 1,
  'v6 30 dst opts': 1,
  'v6 jumbogram': 0,
  'v6 2 frags': 1,
  'v6 atomic frag': 1,
  'v6 first only': 0,
  'v6 tiny': 1,
  'v6 offset looks like syn': 0,
  'v6 frag first cut': 0,
  'v6 frag with dstopt inside': 1,
  'v6 dstopts before frag': 1,
  'v6 2nd frag other next': 0,
  'v6 dup complete': 2,
  'v6 overlap': 1,
  'eth src==frag w/ offset beyond 64k': 0,
  'syn+fin': 1,
  'syn+rst': 1,
  'syn+ece+cwr': 1,
  'loop ARP': 0,
  'qinq frags outer differs': 1,
  'qinq frags inner differs': 0,
  'vlan frags prio differs': 1,
  'vlan 0 vs none': 1,
  'v6 first nxt 17 second 6': 1,
  'v6 first nxt 6 second 17': 0,
  'v6 second(17) arrives first then first(6)': 1,
  'v6 second(6) arrives first then first(17)': 0,
  'v6 frag first cut at 16': 0,
  'v6 frag first cut at 20': 0,
  'v6 frag first cut at 38': 0,
  'v6 frag first cut at 39': 0,
  'v6 first cut then rest': 0,
  'v6 vlan frags differ': 1,
  'v6 plain cut after tcp 16': 1,
  'v6 plain cut after tcp 15': 0,
  'v4 cut tcp 15': 0,
  'v4 tcp 16 doff5 on wire': 1,
  'v4 tcp 15 doff5 on wire': 0,
  'v4 frag reassembled only 16 bytes': 1,
  'v4 frag reassembled only 14 bytes': 0,
  'v6 ext header longer than packet': 1,
  'v6 real jumbogram': 1,
  'v6 payload 0 big TSO': 0,
  'v6 payload 0 hbh no jumbo': 0,
  'v6 payload > wire': 1,
  'v4 AH frags': 1,
  'v4 AH len 0': 1,
  'v4 proto 0 hopopts': 1,
  'v4 proto 60': 1,
  'v4 proto 44': 1,
  'v6 frag in frag': 1,
  'v6 atomic then hdrs': 1,
  'mpls 2 labels': 1,
  'mpls 8848': 1,
  'mpls explicit null 0': 1,
  'mpls v6': 1,
  'pppoe v6': 1,
  'pppoe len short': 0,
  '802.3 len short': 0,
  'LLC no snap (06 06)': 1,
  ttl0: 1,
  'v4 first cut, then full first + last': 2,
  'v4 three frags out of order': 1,
  'v4 first MF frag total > wire': 1,
  'v4 overlap: off0 len 8, off8 bad ack then off 8 good': 0,
  'v4 overlap: off0 len 8, off8 good then bad': 1,
  'v4 last says 72, then last says 80': 1,
  'v4 last shorter later': 1,
  'v4 MF=1 beyond the last': 1,
  'frags of two vlans 8.8.8.8 9.9.9.9': 1,
  'frags of two vlans 10.0.0.1 9.9.9.9': 0,
  'frags of two vlans 8.8.8.8 172.16.0.1': 0,
  'frags of two vlans 8.8.8.8 172.31.0.1': 0,
  'frags of two vlans 8.8.8.8 172.32.0.1': 1,
  'frags of two vlans 8.8.8.8 192.168.0.1': 0,
  'frags of two vlans 8.8.8.8 169.254.1.1': 0,
  'frags of two vlans 169.254.1.1 9.9.9.9': 0,
  'frags of two vlans 8.8.8.8 100.64.0.1': 1,
  'frags of two vlans 8.8.8.8 127.0.0.1': 1,
  'frags whose id and vlan differ alike': 1,
  'frags whose id and protocol differ alike, udp last': 0,
  'frags whose id and protocol differ alike, tcp last': 1,
  'v4 AH 3 words, frags 16 + 16': 1,
  'v4 AH 3 words, frags 24 + 8': 1,
  'v4 AH 4 words, frags 16 + 20': 1,
  'v4 AH 5 words, frags 24 + 12': 1,
  'v4 AH 5 words, frags 24 + 11': 0,
  'v4 overlap: MF of 14 good, then off 8 bad': 1,
  'v4 overlap: MF of 14 bad, then off 8 good': 0,
  'v4 overlap: MF of 13 bad, then off 8 good': 1,
};

export const SYN_CASES: SynCase[] = [];
function c(name: string, packets: readonly Pk[], o?: p.PcapOptions): void {
  SYN_CASES.push({ name, packets, snapLength: o?.snapLength, syns: EXPECTED[name] ?? Number.NaN });
}

const syn = tcp({});
const seg = bytes(tcp({ payload: new Uint8Array(60) }));
const e4 = (...a: Parameters<typeof ipv4>) => eth(E.ipv4, ipv4(...a));
const e6 = (...a: Parameters<typeof ipv6>) => eth(E.ipv6, ipv6(...a));
c('plain', [e4(syn)]);
c('total length 0 (TSO)', [e4(syn, { totalLength: 0 })]);
c('total len < header', [e4(syn, { totalLength: 12 })]);
for (const t of [20, 32, 33, 34, 36, 39]) c(`total len ${t}`, [e4(syn, { totalLength: t })]);
c('total len > captured', [e4(syn, { totalLength: 400 })]);
c('ihl 4', [e4(syn, { headerWords: 4 })]);
c('ihl 15 too long', [e4(syn, { headerWords: 15 })]);
c('ver 5', [e4(syn, { version: 5 })]);
c('ver 6 via 0800', [eth(E.ipv4, ipv6(syn))]);
c('ver 4 via 86dd', [eth(E.ipv6, ipv4(syn))]);
for (const d of [0, 1, 4, 6, 15]) c(`tcp doff ${d}`, [e4(tcp({ dataOffset: d }))]);
for (const k of [14 + 20, 14 + 20 + 12, 14 + 20 + 13, 14 + 20 + 14, 14 + 20 + 16, 14 + 20 + 19])
  c(`cut at tcp+${k - 34}`, [{ data: e4(syn) }], { snapLength: k });
c('short on the wire tcp 14 bytes', [e4(syn.subarray(0, 14))]);
c('short on the wire tcp 13 bytes', [e4(syn.subarray(0, 13))]);
c('padding', [bytes(e4(syn), new Uint8Array(10))]);
c('wire < cap', [{ data: e4(syn), length: 30 }]);
c('vlan', [eth(E.vlan, vlan(5, E.ipv4, ipv4(syn)))]);
for (const t of [0x88a8, 0x9100, 0x9200, 0x9300, 0x8100])
  c(`vlan type ${t.toString(16)} outer, 8100 inner`, [eth(t, vlan(5, E.vlan, vlan(6, E.ipv4, ipv4(syn))))]);
for (const t of [0x88a8, 0x9100, 0x9200, 0x9300, 0x8100])
  c(`single vlan type ${t.toString(16)}`, [eth(t, vlan(5, E.ipv4, ipv4(syn)))]);
c('5 tags', [
  eth(E.vlan, vlan(1, E.vlan, vlan(1, E.vlan, vlan(1, E.vlan, vlan(1, E.vlan, vlan(1, E.ipv4, ipv4(syn))))))),
]);
let deep = ipv4(syn);
let ty: number = E.ipv4;
for (let i = 0; i < 20; i++) {
  deep = vlan(1, ty, deep);
  ty = E.vlan;
}
c('20 tags', [eth(ty, deep)]);
c('snap', [eth((5 + 3 + 40) as number, bytes([0xaa, 0xaa, 3, 0, 0, 0], be16(0x800), ipv4(syn)))]);
c('snap in vlan', [eth(E.vlan, vlan(5, 48, bytes([0xaa, 0xaa, 3, 0, 0, 0], be16(0x800), ipv4(syn))))]);
c('mpls', [eth(0x8847, bytes(be32((16 << 12) | 0x100 | 64), ipv4(syn)))]);
c('pppoe', [eth(0x8864, bytes([0x11, 0, 0, 1], be16(42), be16(0x21), ipv4(syn)))]);
// fragments
const fr = (o: number, l: number, x: object = {}) =>
  e4(seg.subarray(o, o + l), { offset: o, more: o + l < seg.length, id: 7, ...x });
c('2 frags', [fr(0, 40), fr(40, 40)]);
c('2 frags reversed', [fr(40, 40), fr(0, 40)]);
c('first only', [fr(0, 40)]);
c('tiny first 8', [fr(0, 8), fr(8, 72)]);
c('tiny first 8 incomplete', [fr(0, 8), fr(8, 16)]);
c('dup complete', [fr(0, 40), fr(40, 40), fr(0, 40), fr(40, 40)]);
c('dup first', [fr(0, 40), fr(0, 40), fr(40, 40)]);
c('dup after complete', [fr(0, 40), fr(40, 40), fr(40, 40)]);
c('dup after complete first', [fr(0, 40), fr(40, 40), fr(0, 40)]);
c('overlap same', [fr(0, 48), fr(40, 40)]);
const bad = seg.slice();
bad[13] = 0x10;
c('overlap conflicting', [fr(0, 40), e4(bad.subarray(8, 40), { offset: 8, more: true, id: 7 }), fr(40, 40)]);
c('overlap conflicting first', [
  e4(bad.subarray(8, 40), { offset: 8, more: true, id: 7 }),
  fr(0, 40),
  fr(40, 40),
]);
c('3 frags middle missing', [fr(0, 24), fr(48, 32)]);
c('offset>0 looks like syn', [e4(syn, { offset: 80, more: false, id: 9 })]);
c('first cut by snap; wire 40', [{ data: fr(0, 40).subarray(0, 14 + 20 + 20), length: 74 }, fr(40, 40)]);
c('last cut by snap', [fr(0, 40), { data: fr(40, 40).subarray(0, 14 + 20 + 20), length: 74 }]);
c('first cut only', [{ data: fr(0, 40).subarray(0, 14 + 20 + 20), length: 74 }]);
c('first cut inside tcp at 10 only', [{ data: fr(0, 40).subarray(0, 14 + 20 + 10), length: 74 }]);
c('offset cut (not first)', [
  {
    data: e4(bytes(syn, new Uint8Array(60)), { offset: 80, more: true, id: 9 }).subarray(0, 60),
    length: 114,
  },
]);
c('frag different vlan', [
  eth(E.vlan, vlan(1, E.ipv4, fr(0, 40).subarray(14))),
  eth(E.vlan, vlan(2, E.ipv4, fr(40, 40).subarray(14))),
]);
c('frag one in vlan', [fr(0, 40), eth(E.vlan, vlan(2, E.ipv4, fr(40, 40).subarray(14)))]);
c('other proto', [fr(0, 40), fr(40, 40, { protocol: 17 })]);
c('proto udp first tcp second', [fr(0, 40, { protocol: 17 }), fr(40, 40)]);
c('frags other dst', [fr(0, 40), fr(40, 40, { dst: '10.0.0.9' })]);
c('len beyond total: later frag past end', [
  fr(0, 40),
  fr(40, 40),
  e4(new Uint8Array(16), { offset: 80, id: 7 }),
]);
c('two last frags (conflict end) before complete', [
  fr(40, 40),
  e4(new Uint8Array(16), { offset: 80, id: 7 }),
  fr(0, 40),
]);
c('whole datagram with MF=1 then nothing', [e4(seg, { more: true, id: 8 })]);
c('MF then zero-length last', [e4(seg, { more: true, id: 8 }), e4(bytes(), { offset: 80, id: 8 })]);
c('same id reused 2nd datagram, same bytes', [fr(0, 40), fr(40, 40), fr(0, 40), fr(40, 40)]);
c('same id reused after 40s', [
  { data: fr(0, 40), time: 1700000000n * 1000000000n },
  { data: fr(40, 40), time: 1700000000n * 1000000000n },
  { data: fr(0, 40), time: 1700000040n * 1000000000n },
  { data: fr(40, 40), time: 1700000040n * 1000000000n },
]);
c('frag parts 100 s apart', [
  { data: fr(0, 40), time: 1700000000n * 1000000000n },
  { data: fr(40, 40), time: 1700000100n * 1000000000n },
]);
c('frag total len 0', [fr(0, 40, { totalLength: 0 }), fr(40, 40)]);
c('frag non multiple of 8', [
  e4(seg.subarray(0, 36), { more: true, id: 7 }),
  e4(seg.subarray(32), { offset: 32, id: 7 }),
]);
c('frag padded eth', [bytes(e4(seg.subarray(0, 24), { more: true, id: 7 }), new Uint8Array(6)), fr(24, 56)]);
c('DF+MF', [fr(0, 40, { dontFragment: true }), fr(40, 40)]);
// ipv6
c('v6', [e6(syn)]);
c('v6 payload len 0', [e6(syn, { payloadLength: 0 })]);
c('v6 payload short 13', [e6(syn, { payloadLength: 13 })]);
c('v6 payload short 14', [e6(syn, { payloadLength: 14 })]);
c('v6 hbh', [e6(p.extension(6, syn), { next: 0 })]);
c('v6 hbh dst routing', [e6(p.extension(60, p.extension(43, p.extension(6, syn))), { next: 0 })]);
c('v6 routing type0 segs', [e6(bytes(6, 2, 0, 1, be32(0), p.ip6('2001:db8::99'), syn), { next: 43 })]);
c('v6 AH', [e6(bytes(6, 4, be16(0), be32(1), be32(1), new Uint8Array(12), syn), { next: 51 })]);
c('v4 AH', [e4(bytes(6, 4, be16(0), be32(1), be32(1), new Uint8Array(12), syn), { protocol: 51 })]);
c('v6 ESP', [e6(bytes(be32(1), be32(1), syn), { next: 50 })]);
c('v6 mobility', [e6(p.extension(6, syn), { next: 135 })]);
c('v6 hip', [e6(p.extension(6, syn, 4), { next: 139 })]);
c('v6 shim6', [e6(p.extension(6, syn), { next: 140 })]);
c('v6 nonext 59', [e6(syn, { next: 59 })]);
c('v6 dst twice + hbh not first', [e6(p.extension(0, p.extension(6, syn)), { next: 60 })]);
let many: Uint8Array = syn;
let nx = 6;
for (let i = 0; i < 30; i++) {
  many = p.extension(nx, many);
  nx = 60;
}
c('v6 30 dst opts', [e6(many, { next: 60 })]);
const jumbo = bytes(6, 0, [0xc2, 4], be32(28), syn);
c('v6 jumbogram', [e6(jumbo, { next: 0, payloadLength: 0 })]);
const f6 = (o: number, l: number, x: object = {}, nxt = 6) =>
  e6(p.fragment6(nxt, seg.subarray(o, o + l), { offset: o, more: o + l < seg.length, id: 7, ...x }), {
    next: 44,
  });
c('v6 2 frags', [f6(0, 40), f6(40, 40)]);
c('v6 atomic frag', [e6(p.fragment6(6, syn), { next: 44 })]);
c('v6 first only', [f6(0, 40)]);
c('v6 tiny', [f6(0, 8), f6(8, 72)]);
c('v6 offset looks like syn', [e6(p.fragment6(6, syn, { offset: 80 }), { next: 44 })]);
c('v6 frag first cut', [{ data: f6(0, 40).subarray(0, 14 + 40 + 8 + 20), length: 14 + 40 + 8 + 40 }]);
c('v6 frag with dstopt inside', [
  e6(p.fragment6(60, p.extension(6, seg).subarray(0, 40), { more: true, id: 3 }), { next: 44 }),
  e6(p.fragment6(60, p.extension(6, seg).subarray(40), { offset: 40, id: 3 }), { next: 44 }),
]);
c('v6 dstopts before frag', [
  e6(p.extension(44, p.fragment6(6, seg.subarray(0, 40), { more: true, id: 3 })), { next: 60 }),
  e6(p.extension(44, p.fragment6(6, seg.subarray(40), { offset: 40, id: 3 })), { next: 60 }),
]);
c('v6 2nd frag other next', [f6(0, 40), f6(40, 40, {}, 17)]);
c('v6 dup complete', [f6(0, 40), f6(40, 40), f6(0, 40), f6(40, 40)]);
c('v6 overlap', [f6(0, 48), f6(40, 40)]);
c('eth src==frag w/ offset beyond 64k', [e4(seg, { offset: 65528, id: 3 })]);
c('syn+fin', [e4(tcp({ flags: 3 }))]);
c('syn+rst', [e4(tcp({ flags: 6 }))]);
c('syn+ece+cwr', [e4(tcp({ flags: 0xc2 }))]);
c('loop ARP', [eth(0x806, ipv4(syn))]);
const q = (a: number, b: number, f: Uint8Array) =>
  eth(0x88a8, vlan(a, E.vlan, vlan(b, E.ipv4, f.subarray(14))));
c('qinq frags outer differs', [q(1, 5, fr(0, 40)), q(2, 5, fr(40, 40))]);
c('qinq frags inner differs', [q(1, 5, fr(0, 40)), q(1, 6, fr(40, 40))]);
c('vlan frags prio differs', [
  eth(E.vlan, vlan(0x2001, E.ipv4, fr(0, 40).subarray(14))),
  eth(E.vlan, vlan(1, E.ipv4, fr(40, 40).subarray(14))),
]);
c('vlan 0 vs none', [fr(0, 40), eth(E.vlan, vlan(0, E.ipv4, fr(40, 40).subarray(14)))]);
c('v6 first nxt 17 second 6', [f6(0, 40, {}, 17), f6(40, 40, {}, 6)]);
c('v6 first nxt 6 second 17', [f6(0, 40, {}, 6), f6(40, 40, {}, 17)]);
c('v6 second(17) arrives first then first(6)', [f6(40, 40, {}, 17), f6(0, 40, {}, 6)]);
c('v6 second(6) arrives first then first(17)', [f6(40, 40, {}, 6), f6(0, 40, {}, 17)]);
for (const k of [16, 20, 38, 39])
  c(`v6 frag first cut at ${k}`, [
    { data: f6(0, 40).subarray(0, 14 + 40 + 8 + k), length: 14 + 40 + 8 + 40 },
  ]);
c('v6 first cut then rest', [
  { data: f6(0, 40).subarray(0, 14 + 40 + 8 + 38), length: 14 + 40 + 8 + 40 },
  f6(40, 40),
]);
c('v6 vlan frags differ', [
  eth(E.vlan, vlan(1, E.ipv6, f6(0, 40).subarray(14))),
  eth(E.vlan, vlan(2, E.ipv6, f6(40, 40).subarray(14))),
]);
c('v6 plain cut after tcp 16', [{ data: e6(syn).subarray(0, 14 + 40 + 16), length: 74 }]);
c('v6 plain cut after tcp 15', [{ data: e6(syn).subarray(0, 14 + 40 + 15), length: 74 }]);
c('v4 cut tcp 15', [{ data: e4(syn).subarray(0, 14 + 20 + 15), length: 54 }]);
c('v4 tcp 16 doff5 on wire', [e4(syn.subarray(0, 16))]);
c('v4 tcp 15 doff5 on wire', [e4(syn.subarray(0, 15))]);
c('v4 frag reassembled only 16 bytes', [
  e4(syn.subarray(0, 8), { more: true }),
  e4(syn.subarray(8, 16), { offset: 8 }),
]);
c('v4 frag reassembled only 14 bytes', [
  e4(syn.subarray(0, 8), { more: true }),
  e4(syn.subarray(8, 14), { offset: 8 }),
]);
c('v6 ext header longer than packet', [e6(p.extension(6, syn, 9), { next: 0 })]);
const big = new Uint8Array(70000);
c('v6 real jumbogram', [
  e6(bytes(6, 0, [0xc2, 4], be32(28 + 70000), syn, big), { next: 0, payloadLength: 0 }),
]);
c('v6 payload 0 big TSO', [e6(bytes(syn, big), { payloadLength: 0 })]);
c('v6 payload 0 hbh no jumbo', [e6(p.extension(6, syn), { next: 0, payloadLength: 0 })]);
c('v6 payload > wire', [e6(syn, { payloadLength: 500 })]);
c('v4 AH frags', [
  e4(bytes(6, 4, be16(0), be32(1), be32(1), new Uint8Array(12), syn).subarray(0, 32), {
    protocol: 51,
    more: true,
  }),
  e4(bytes(6, 4, be16(0), be32(1), be32(1), new Uint8Array(12), syn).subarray(32), {
    protocol: 51,
    offset: 32,
  }),
]);
c('v4 AH len 0', [e4(bytes(6, 0, be16(0), be32(1), syn), { protocol: 51 })]);
c('v4 proto 0 hopopts', [e4(p.extension(6, syn), { protocol: 0 })]);
c('v4 proto 60', [e4(p.extension(6, syn), { protocol: 60 })]);
c('v4 proto 44', [e4(p.fragment6(6, syn), { protocol: 44 })]);
c('v6 frag in frag', [e6(p.fragment6(44, p.fragment6(6, syn)), { next: 44 })]);
c('v6 atomic then hdrs', [e6(p.fragment6(60, p.extension(6, syn)), { next: 44 })]);
c('mpls 2 labels', [eth(0x8847, bytes(be32((16 << 12) | 64), be32((17 << 12) | 0x100 | 64), ipv4(syn)))]);
c('mpls 8848', [eth(0x8848, bytes(be32((16 << 12) | 0x100 | 64), ipv4(syn)))]);
c('mpls explicit null 0', [eth(0x8847, bytes(be32(0x100 | 64), ipv4(syn)))]);
c('mpls v6', [eth(0x8847, bytes(be32((17 << 12) | 0x100 | 64), ipv6(syn)))]);
c('pppoe v6', [eth(0x8864, bytes([0x11, 0, 0, 1], be16(62), be16(0x57), ipv6(syn)))]);
c('pppoe len short', [eth(0x8864, bytes([0x11, 0, 0, 1], be16(20), be16(0x21), ipv4(syn)))]);
c('802.3 len short', [eth(20, bytes([0xaa, 0xaa, 3, 0, 0, 0], be16(0x800), ipv4(syn)))]);
c('LLC no snap (06 06)', [eth(43, bytes([6, 6, 3], ipv4(syn)))]);
c('ttl0', [e4(syn, {})]);
c('v4 first cut, then full first + last', [
  { data: fr(0, 40).subarray(0, 14 + 20 + 20), length: 74 },
  fr(0, 40),
  fr(40, 40),
]);
c('v4 three frags out of order', [fr(48, 32), fr(0, 16), fr(16, 32)]);
c('v4 first MF frag total > wire', [e4(seg.subarray(0, 40), { more: true, totalLength: 400 })]);
c(
  'v4 overlap: off0 len 8, off8 bad ack then off 8 good',
  (() => {
    const bad = seg.slice();
    bad[13] = 0x10;
    return [
      fr(0, 8),
      e4(bad.subarray(8, 40), { offset: 8, more: true, id: 7 }),
      e4(seg.subarray(8, 40), { offset: 8, more: true, id: 7 }),
      fr(40, 40),
    ];
  })(),
);
c(
  'v4 overlap: off0 len 8, off8 good then bad',
  (() => {
    const bad = seg.slice();
    bad[13] = 0x10;
    return [fr(0, 8), fr(8, 32), e4(bad.subarray(8, 40), { offset: 8, more: true, id: 7 }), fr(40, 40)];
  })(),
);
c('v4 last says 72, then last says 80', [
  fr(0, 40),
  e4(seg.subarray(64, 72), { offset: 64, id: 7 }),
  e4(seg.subarray(40, 80), { offset: 40, id: 7 }),
]);
c('v4 last shorter later', [
  fr(72, 8),
  fr(0, 40),
  e4(seg.subarray(40, 64), { offset: 40, id: 7 }),
  fr(40, 32),
]);
c('v4 MF=1 beyond the last', [
  fr(0, 40),
  e4(seg.subarray(0, 16), { offset: 80, more: true, id: 7 }),
  fr(40, 40),
]);

const { ipv4: IP } = E;
const part = (o: number, l: number, x: object = {}, b: Uint8Array = seg) =>
  ipv4(b.subarray(o, o + l), { offset: o, more: o + l < b.length, id: 7, ...x });
const e4b = (packet: Uint8Array) => eth(IP, packet);
const inVlan = (id: number, packet: Uint8Array) => eth(E.vlan, vlan(id, IP, packet));
for (const [src, dst] of [
  ['8.8.8.8', '9.9.9.9'],
  ['10.0.0.1', '9.9.9.9'],
  ['8.8.8.8', '172.16.0.1'],
  ['8.8.8.8', '172.31.0.1'],
  ['8.8.8.8', '172.32.0.1'],
  ['8.8.8.8', '192.168.0.1'],
  ['8.8.8.8', '169.254.1.1'],
  ['169.254.1.1', '9.9.9.9'],
  ['8.8.8.8', '100.64.0.1'],
  ['8.8.8.8', '127.0.0.1'],
])
  c(`frags of two vlans ${src} ${dst}`, [
    inVlan(1, part(0, 40, { src, dst })),
    inVlan(2, part(40, 40, { src, dst })),
  ]);
c('frags whose id and vlan differ alike', [e4b(part(0, 40)), inVlan(1, part(40, 40, { id: 6 }))]);
const udp = { id: 7 ^ 6 ^ 17, protocol: 17 };
c('frags whose id and protocol differ alike, udp last', [e4b(part(0, 40)), e4b(part(40, 40, udp))]);
c('frags whose id and protocol differ alike, tcp last', [e4b(part(0, 40, udp)), e4b(part(40, 40))]);
for (const [words, first, last] of [
  [3, 16, 16],
  [3, 24, 8],
  [4, 16, 20],
  [5, 24, 12],
  [5, 24, 11],
] as const) {
  const header = bytes(6, words - 2, be16(0), be32(1), new Uint8Array(words * 4 - 8), tcp());
  const ah = header.subarray(0, first + last);
  c(`v4 AH ${words} words, frags ${first} + ${last}`, [
    e4b(part(0, first, { protocol: 51 }, ah)),
    e4b(part(first, last, { protocol: 51 }, ah)),
  ]);
}
for (const [size, isGood] of [
  [14, true],
  [14, false],
  [13, false],
] as const)
  c(`v4 overlap: MF of ${size} ${isGood ? 'good' : 'bad'}, then off 8 ${isGood ? 'bad' : 'good'}`, [
    e4b(part(0, size, { more: true }, isGood ? seg : bad)),
    e4b(part(8, 32, { more: true }, isGood ? bad : seg)),
    e4b(part(40, 40)),
  ]);

/** The packets of all cases one after another, cut as each case says. */
export function allSynCases(): p.CapturedPacket[] {
  return SYN_CASES.flatMap(({ packets, snapLength }) =>
    packets.map((packet) => {
      const one = packet instanceof Uint8Array ? { data: packet } : packet;
      return { length: one.data.length, ...one, data: one.data.subarray(0, snapLength) };
    }),
  );
}
