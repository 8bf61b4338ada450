import type { EngineMemory } from '../../memory.js';
import * as L from '../../runtime/layout.js';
import { IPV4 } from '../address.js';
import type { Device } from '../devices.js';
import type { SimulatedSocket } from '../sockets.js';

/** Room in front of the packet and behind it; helpers that need more take it themselves. */
const HEADROOM = 256;
const TAILROOM = 320;
export const ETH_HEADER = 14;
/** EtherTypes in the order in which their bytes are read. */
export const ETH_IP = 0x0008;
export const ETH_IPV6 = 0xdd86;
/** PACKET_* */
export const PACKET = { host: 0, broadcast: 1, multicast: 2, otherHost: 3, outgoing: 4 } as const;

/** What a packet carries from one device to the next beside its bytes. */
export interface SkbMarks {
  readonly mark: number;
  readonly priority: number;
  readonly tstamp: bigint;
  readonly hash: number;
}
export const NO_MARKS: SkbMarks = { mark: 0, priority: 0, tstamp: 0n, hash: 0 };

/**
 * A packet of the simulated network: `struct __sk_buff` as programs see it and, behind it, room for the kernel's own
 * `struct sk_buff` (`kernelAddress`), then the packet. `L.SKB_CTX_SIZE` bytes lie between the two.
 */
export class Skb {
  readonly address: number;
  readonly #memory: EngineMemory;
  #socket: SimulatedSocket | undefined;
  #uses = 1;

  private constructor(memory: EngineMemory, packet: Uint8Array, network: number) {
    this.#memory = memory;
    const size = L.SKB_CTX_SIZE + L.SKB_KERNEL_SIZE;
    this.address = memory.alloc(size + HEADROOM + packet.length + TAILROOM);
    memory.bytes.fill(0, this.address, this.address + size + HEADROOM);
    const head = this.address + size;
    const start = head + HEADROOM;
    memory.write(start, packet);
    memory.bytes.fill(0, start + packet.length, start + packet.length + TAILROOM);
    this.#set(L.SKB_HEAD, head);
    this.#set(L.SKB_END, start + packet.length + TAILROOM);
    this.#set(L.SKB_MAC_HEADER, start);
    this.#set(L.SKB_NETWORK_HEADER, start + network);
    this.#bound(start, start + packet.length);
  }

  /** A frame that came in by a device. */
  static received(memory: EngineMemory, frame: Uint8Array, device: Device, marks: SkbMarks): Skb {
    const skb = new Skb(memory, frame, ETH_HEADER);
    skb.#set(L.SKB_PROTOCOL, frame[12]! | (frame[13]! << 8));
    skb.#set(L.SKB_PKT_TYPE, packetType(frame, device));
    skb.#set(L.SKB_IFINDEX, device.ifindex);
    skb.#set(L.SKB_INGRESS_IFINDEX, device.ifindex);
    skb.#set(L.SKB_WIRE_LEN, frame.length);
    skb.#mark(marks);
    return skb;
  }

  /** A packet that this host sends, still without a link-layer header. */
  static made(memory: EngineMemory, packet: Uint8Array, device: Device, socket?: SimulatedSocket): Skb {
    const skb = new Skb(memory, packet, 0);
    skb.#set(L.SKB_PROTOCOL, packet[0]! >> 4 === 4 ? ETH_IP : ETH_IPV6);
    skb.#set(L.SKB_IFINDEX, device.ifindex);
    skb.#set(L.SKB_WIRE_LEN, packet.length);
    if (socket !== undefined) {
      skb.socket = socket;
      skb.#mark({ ...NO_MARKS, mark: socket.mark, priority: socket.priority });
    }
    return skb;
  }

  get kernelAddress(): number {
    return this.address + L.SKB_CTX_SIZE;
  }

  field(offset: number): number {
    return this.#memory.u32(this.address + offset);
  }

  get protocol(): number {
    return this.field(L.SKB_PROTOCOL);
  }

  get packetType(): number {
    return this.field(L.SKB_PKT_TYPE);
  }
  set packetType(type: number) {
    this.#set(L.SKB_PKT_TYPE, type);
  }

  get ifindex(): number {
    return this.field(L.SKB_IFINDEX);
  }
  set ifindex(index: number) {
    this.#set(L.SKB_IFINDEX, index);
  }

  get marks(): SkbMarks {
    return {
      mark: this.field(L.SKB_MARK),
      priority: this.field(L.SKB_PRIORITY),
      tstamp: this.#memory.view.getBigUint64(this.address + L.SKB_TSTAMP, true),
      hash: this.field(L.SKB_HASH),
    };
  }

  get socket(): SimulatedSocket | undefined {
    return this.#socket;
  }

  /** The socket that it comes from, or is for, with what programs see of it in the packet. */
  set socket(socket: SimulatedSocket | undefined) {
    this.#socket = socket;
    const memory = this.#memory;
    memory.view.setBigUint64(this.address + L.SKB_SK, BigInt(socket?.address ?? 0), true);
    this.#set(L.SKB_FAMILY, socket?.family ?? 0);
    if (socket === undefined) return;
    const [own, other] = [socket.local, socket.remote];
    const isIpv4 = socket.family === IPV4;
    memory.write(this.address + (isIpv4 ? L.SKB_LOCAL_IP4 : L.SKB_LOCAL_IP6), own.ip);
    memory.write(this.address + (isIpv4 ? L.SKB_REMOTE_IP4 : L.SKB_REMOTE_IP6), other.ip);
    this.#set(L.SKB_LOCAL_PORT, own.port);
    memory.view.setUint32(this.address + L.SKB_REMOTE_PORT, other.port, false);
  }

  /** From the first byte that programs see, to the last. */
  get bytes(): Uint8Array {
    return this.#memory.read(this.field(L.SKB_DATA), this.field(L.SKB_LEN));
  }

  /** From the network header on. */
  get packet(): Uint8Array {
    const network = this.field(L.SKB_NETWORK_HEADER);
    return this.#memory.read(network, this.field(L.SKB_DATA_END) - network);
  }

  /** With the link-layer header. */
  get frame(): Uint8Array {
    const mac = this.field(L.SKB_MAC_HEADER);
    return this.#memory.read(mac, this.field(L.SKB_DATA_END) - mac);
  }

  /** Writes over bytes behind the network header. */
  patch(offset: number, bytes: Uint8Array): void {
    this.#memory.write(this.field(L.SKB_NETWORK_HEADER) + offset, bytes);
  }

  /** Lets programs see the packet from its link-layer header on. */
  fromLink(): this {
    this.#bound(this.field(L.SKB_MAC_HEADER), this.field(L.SKB_DATA_END));
    return this;
  }

  /** Lets programs see the packet from its network header on. */
  fromNetwork(): this {
    this.#bound(this.field(L.SKB_NETWORK_HEADER), this.field(L.SKB_DATA_END));
    return this;
  }

  /** Puts an Ethernet header in front, in place of one that is there. */
  link(destination: Uint8Array, source: Uint8Array): void {
    const network = this.field(L.SKB_NETWORK_HEADER);
    const mac = network - ETH_HEADER;
    const header = new Uint8Array(ETH_HEADER);
    header.set(destination);
    header.set(source, 6);
    header[12] = this.protocol & 0xff;
    header[13] = this.protocol >> 8;
    this.#memory.write(mac, header);
    this.#set(L.SKB_MAC_HEADER, mac);
    this.#bound(mac, this.field(L.SKB_DATA_END));
    this.#set(L.SKB_WIRE_LEN, this.field(L.SKB_LEN));
  }

  /** Somebody else needs it too: it takes one more `free`. */
  keep(): void {
    this.#uses++;
  }

  free(): void {
    if (--this.#uses !== 0) return;
    this.#memory.runtime.skb_release(this.address);
    this.#memory.free(this.address);
  }

  #mark({ mark, priority, tstamp, hash }: SkbMarks): void {
    this.#set(L.SKB_MARK, mark);
    this.#set(L.SKB_PRIORITY, priority);
    this.#set(L.SKB_HASH, hash);
    this.#memory.view.setBigUint64(this.address + L.SKB_TSTAMP, tstamp, true);
  }

  #bound(start: number, end: number): void {
    this.#set(L.SKB_DATA, start);
    this.#set(L.SKB_DATA_META, start);
    this.#set(L.SKB_DATA_END, end);
    this.#set(L.SKB_LEN, end - start);
  }

  #set(offset: number, value: number): void {
    this.#memory.setU32(this.address + offset, value);
  }
}

function packetType(frame: Uint8Array, device: Device): number {
  if ((frame[0]! & 1) !== 0)
    return frame.subarray(0, 6).every((byte) => byte === 0xff) ? PACKET.broadcast : PACKET.multicast;
  return device.mac.every((byte, index) => frame[index] === byte) ? PACKET.host : PACKET.otherHost;
}
