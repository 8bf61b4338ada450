/** Bytes of crafted packets and captures for tests. Numbers go out in network order unless said otherwise. */

export function bytes(...parts: (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])));
}
export function be16(value: number): number[] {
  return [(value >> 8) & 255, value & 255];
}
export function be32(value: number): number[] {
  return [...be16(value >>> 16), ...be16(value & 0xffff)];
}

export function ip4(text: string): number[] {
  return text.split('.').map(Number);
}
/** Full or with one `::`. */
export function ip6(text: string): number[] {
  const [head = '', tail] = text.split('::');
  const words = (half: string): number[] =>
    half === '' ? [] : half.split(':').map((w) => Number.parseInt(w, 16));
  const front = words(head);
  const back = tail === undefined ? [] : words(tail);
  const middle = new Array<number>(8 - front.length - back.length).fill(0);
  return [...front, ...middle, ...back].flatMap(be16);
}

export const FLAG = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16 } as const;

export interface TcpOptions {
  readonly flags?: number;
  readonly sport?: number;
  readonly dport?: number;
  /** In 32-bit words. Default: what the header has. */
  readonly dataOffset?: number;
  readonly options?: Uint8Array;
  readonly payload?: Uint8Array;
}
export function tcp(options: TcpOptions = {}): Uint8Array {
  const extra = options.options ?? bytes();
  const offset = options.dataOffset ?? 5 + extra.length / 4;
  return bytes(
    be16(options.sport ?? 40000),
    be16(options.dport ?? 80),
    be32(1),
    be32(0),
    (offset << 4) & 0xff,
    options.flags ?? FLAG.SYN,
    be16(65535),
    be16(0),
    be16(0),
    extra,
    options.payload ?? bytes(),
  );
}

export interface Ipv4Options {
  readonly src?: string;
  readonly dst?: string;
  readonly protocol?: number;
  readonly id?: number;
  /** Fragment offset in bytes. */
  readonly offset?: number;
  readonly more?: boolean;
  readonly dontFragment?: boolean;
  readonly options?: Uint8Array;
  /** Default: what the packet has. */
  readonly totalLength?: number;
  readonly headerWords?: number;
  readonly version?: number;
}
export function ipv4(payload: Uint8Array, o: Ipv4Options = {}): Uint8Array {
  const extra = o.options ?? bytes();
  const words = o.headerWords ?? 5 + extra.length / 4;
  const total = o.totalLength ?? 20 + extra.length + payload.length;
  const flags = (o.more ? 0x2000 : 0) | (o.dontFragment ? 0x4000 : 0) | ((o.offset ?? 0) >> 3);
  const header = bytes(
    ((o.version ?? 4) << 4) | words,
    0,
    be16(total),
    be16(o.id ?? 1),
    be16(flags),
    64,
    o.protocol ?? 6,
    be16(0),
    ip4(o.src ?? '10.0.0.1'),
    ip4(o.dst ?? '10.0.0.2'),
    extra,
  );
  const sum = checksum(header);
  header[10] = sum >> 8;
  header[11] = sum & 255;
  return bytes(header, payload);
}

function checksum(header: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i + 1 < header.length; i += 2) sum += (header[i]! << 8) | header[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

export interface Ipv6Options {
  readonly src?: string;
  readonly dst?: string;
  /** Type of the first header behind this one. */
  readonly next?: number;
  readonly payloadLength?: number;
}
export function ipv6(payload: Uint8Array, o: Ipv6Options = {}): Uint8Array {
  return bytes(
    be32(0x60000000),
    be16(o.payloadLength ?? payload.length),
    o.next ?? 6,
    64,
    ip6(o.src ?? '2001:db8::1'),
    ip6(o.dst ?? '2001:db8::2'),
    payload,
  );
}
/** An extension header of `8 * (units + 1)` bytes. */
export function extension(next: number, payload: Uint8Array, units = 0): Uint8Array {
  return bytes(next, units, [1, 4 + units * 8, ...new Array<number>(4 + units * 8).fill(0)], payload);
}
export function fragment6(
  next: number,
  payload: Uint8Array,
  o: { readonly offset?: number; readonly more?: boolean; readonly id?: number } = {},
): Uint8Array {
  return bytes(next, 0, be16((o.offset ?? 0) | (o.more ? 1 : 0)), be32(o.id ?? 1), payload);
}

export const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd, vlan: 0x8100, qinq: 0x88a8, oldQinq: 0x9100 } as const;

export function ethernet(etherType: number, payload: Uint8Array): Uint8Array {
  return bytes([2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 1], be16(etherType), payload);
}
/** The 4 bytes behind a tag's EtherType, and what follows. */
export function vlan(tci: number, etherType: number, payload: Uint8Array): Uint8Array {
  return bytes(be16(tci), be16(etherType), payload);
}
export function cooked(protocol: number, payload: Uint8Array, hardware = 1): Uint8Array {
  return bytes(be16(0), be16(hardware), be16(6), [2, 0, 0, 0, 0, 1, 0, 0], be16(protocol), payload);
}
export function cooked2(protocol: number, payload: Uint8Array, hardware = 1): Uint8Array {
  return bytes(be16(protocol), be16(0), be32(2), be16(hardware), 0, 6, [2, 0, 0, 0, 0, 1, 0, 0], payload);
}

export interface CapturedPacket {
  readonly data: Uint8Array;
  /** Length on the wire. Default: all of `data`. */
  readonly length?: number;
  /** Nanoseconds since 1970. */
  readonly time?: bigint;
  /** Number of the interface, for pcapng. */
  readonly source?: number;
}
const DEFAULT_TIME = 1_700_000_000_123_456_789n;

class Writer {
  readonly #little: boolean;
  readonly #parts: Uint8Array[] = [];
  constructor(little: boolean) {
    this.#little = little;
  }
  u16(...values: number[]): this {
    for (const value of values) this.raw(this.#little ? be16(value).reverse() : be16(value));
    return this;
  }
  u32(...values: number[]): this {
    for (const value of values) this.raw(this.#little ? be32(value).reverse() : be32(value));
    return this;
  }
  raw(part: readonly number[] | Uint8Array): this {
    this.#parts.push(Uint8Array.from(part));
    return this;
  }
  done(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

export interface PcapOptions {
  readonly little?: boolean;
  readonly nanoseconds?: boolean;
  readonly link?: number;
  readonly snapLength?: number;
}
/** A pcap file; packets longer than `snapLength` are cut. */
export function pcap(packets: readonly (Uint8Array | CapturedPacket)[], o: PcapOptions = {}): Uint8Array {
  const snap = o.snapLength ?? 262144;
  const out = new Writer(o.little ?? true);
  out
    .u32(o.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4)
    .u16(2, 4)
    .u32(0, 0, snap, o.link ?? 1);
  for (const packet of packets.map(captured)) {
    const time = packet.time ?? DEFAULT_TIME;
    const kept = packet.data.subarray(0, snap);
    const rest = Number(time % 1_000_000_000n);
    out.u32(Number(time / 1_000_000_000n), o.nanoseconds ? rest : Math.floor(rest / 1000));
    out.u32(kept.length, packet.length ?? packet.data.length).raw(kept);
  }
  return out.done();
}
function captured(packet: Uint8Array | CapturedPacket): CapturedPacket {
  return packet instanceof Uint8Array ? { data: packet } : packet;
}

export interface PcapngOptions {
  readonly little?: boolean;
  readonly interfaces?: readonly {
    readonly link: number;
    readonly snapLength?: number;
    /** `if_tsresol`, default 6. */
    readonly resolution?: number;
    /** `if_tsoffset` in seconds. */
    readonly offset?: number;
  }[];
  /** Which block holds packets. */
  readonly block?: 'enhanced' | 'simple' | 'old';
  /** Blocks of an unknown type between the packets. */
  readonly unknownBlocks?: boolean;
}
/** One section of a pcapng file. */
export function pcapng(packets: readonly (Uint8Array | CapturedPacket)[], o: PcapngOptions = {}): Uint8Array {
  const little = o.little ?? true;
  const out = new Writer(little);
  const interfaces = o.interfaces ?? [{ link: 1 }];
  const block = (type: number, body: Uint8Array): void => {
    const padded = bytes(body, new Array<number>((4 - (body.length % 4)) % 4).fill(0));
    out
      .u32(type, padded.length + 12)
      .raw(padded)
      .u32(padded.length + 12);
  };
  const body = (): Writer => new Writer(little);
  block(0x0a0d0d0a, body().u32(0x1a2b3c4d).u16(1, 0).u32(0xffffffff, 0xffffffff).done());
  for (const { link, snapLength, resolution, offset } of interfaces) {
    const description = body()
      .u16(link, 0)
      .u32(snapLength ?? 0);
    if (resolution !== undefined) description.u16(9, 1).raw([resolution, 0, 0, 0]);
    if (offset !== undefined) {
      description.u16(14, 8);
      const words = [offset >>> 0, offset < 0 ? 0xffffffff : 0];
      description.u32(...(little ? words : words.reverse()));
    }
    block(1, description.u16(0, 0).done());
  }
  for (const packet of packets.map(captured)) {
    if (o.unknownBlocks) block(0x0bad, bytes([1, 2, 3, 4, 5]));
    const source = packet.source ?? 0;
    const length = packet.length ?? packet.data.length;
    const ticks = inTicks(packet.time ?? DEFAULT_TIME, interfaces[source]?.resolution ?? 6);
    const stamp = [Number(ticks >> 32n), Number(ticks & 0xffffffffn)];
    if (o.block === 'simple') block(3, body().u32(length).raw(packet.data).done());
    else if (o.block === 'old') {
      block(
        2,
        body()
          .u16(source, 0)
          .u32(...stamp, packet.data.length, length)
          .raw(packet.data)
          .done(),
      );
    } else
      block(
        6,
        body()
          .u32(source, ...stamp, packet.data.length, length)
          .raw(packet.data)
          .done(),
      );
  }
  return out.done();
}
function inTicks(time: bigint, resolution: number): bigint {
  const units = resolution & 0x80 ? 2n ** BigInt(resolution & 0x7f) : 10n ** BigInt(resolution);
  return (time * units) / 1_000_000_000n;
}

/** `count` Ethernet frames with a SYN from changing sources, as one pcap file. */
export function manySyns(count: number, sources = 256): Uint8Array {
  const frame = ethernet(ETHERTYPE.ipv4, ipv4(tcp()));
  const one = pcap([frame]);
  const record = one.subarray(24);
  const file = new Uint8Array(24 + record.length * count);
  file.set(one.subarray(0, 24));
  for (let i = 0; i < count; i++) {
    const at = 24 + i * record.length;
    file.set(record, at);
    file[at + 16 + 14 + 15] = (i % sources) & 255;
    file[at + 16 + 14 + 14] = ((i % sources) >> 8) & 255;
  }
  return file;
}
