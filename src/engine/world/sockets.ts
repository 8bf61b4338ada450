import type { ErrnoName } from '../../errors/errno.js';
import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import { type Address, IPV4, IPV6 } from './address.js';
import type { Cgroup } from './cgroups.js';
import type { NetNamespace } from './net/namespace.js';
import type { TcpConnection } from './net/tcp/connection.js';
import type { AttachedProgram } from './points.js';

/** What a socket knows of the task that made it. */
export interface SocketOwner {
  readonly uid: number;
  readonly cgroup: Cgroup;
}

export interface SocketKind {
  readonly family: 'inet' | 'inet6';
  readonly type: 'stream' | 'dgram';
}

/** A datagram in a socket's queue. */
export interface Datagram {
  readonly data: Uint8Array;
  readonly from: Address;
}

/** AF_*, SOCK_* and IPPROTO_* of the kinds of sockets that there are. */
const FAMILIES = { inet: IPV4, inet6: IPV6 } as const;
const TYPES = { stream: { type: 1, protocol: 6 }, dgram: { type: 2, protocol: 17 } } as const;

/** TCP_*: Linux's numbers of the states, which UDP sockets have too. */
export const STATE = {
  established: 1,
  synSent: 2,
  synRecv: 3,
  finWait1: 4,
  finWait2: 5,
  timeWait: 6,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
  newSynRecv: 12,
} as const;

/** A socket of the simulated host: a struct of the engine's memory, which programs see as `struct bpf_sock`. */
export class SimulatedSocket {
  readonly kind: SocketKind;
  readonly owner: SocketOwner;
  readonly namespace: NetNamespace;
  readonly address: number;
  /** Options that were set, by `LEVEL:OPTION`. */
  readonly options = new Map<string, Uint8Array>();
  /** What came in and was not read yet. */
  readonly datagrams: Datagram[] = [];
  /** A program that decides what comes in (SO_ATTACH_BPF), and one that chooses among sockets that share a port. */
  filter: AttachedProgram | undefined;
  chooser: AttachedProgram | undefined;
  /** What its next call fails with. */
  error: ErrnoName | undefined;
  /** Shares its port with others (SO_REUSEPORT). */
  sharesPort = false;
  /** bind(2) named its port. */
  isPortNamed = false;
  /** Its port is still its own. */
  hasPort = true;
  /** Chosen by bind or by the first packet that it sent. */
  isBound = false;
  /** The part that speaks TCP. */
  tcp: TcpConnection | undefined;
  /** BPF_SOCK_OPS_*_CB_FLAG that programs asked for. */
  callbacks = 0;
  /** Entries of sockmaps that hold it, by map id. */
  readonly maps = new Set<number>();
  readonly #memory: EngineMemory;

  constructor(memory: EngineMemory, kind: SocketKind, owner: SocketOwner, namespace: NetNamespace) {
    this.#memory = memory;
    this.kind = kind;
    this.owner = owner;
    this.namespace = namespace;
    const size = L.SOCK_SIZE + L.SOCK_KERNEL_SIZE;
    this.address = memory.alloc(size);
    memory.bytes.fill(0, this.address, this.address + size);
    memory.runtime.sock_init(this.address);
    this.#set(L.SOCK_FAMILY, this.family);
    this.#set(L.SOCK_TYPE, this.type);
    this.#set(L.SOCK_PROTOCOL, this.protocol);
    this.#set(L.SOCK_UID, owner.uid);
    memory.view.setBigUint64(this.address + L.SOCK_CGROUP, owner.cgroup.id, true);
    memory.view.setBigUint64(this.address + L.SOCK_NETNS, namespace.cookie, true);
  }

  /** Of the kernel's own `struct sock`. */
  get kernelAddress(): number {
    return this.address + L.SOCK_SIZE;
  }

  get family(): number {
    return FAMILIES[this.kind.family];
  }

  get type(): number {
    return TYPES[this.kind.type].type;
  }

  get protocol(): number {
    return TYPES[this.kind.type].protocol;
  }

  get cookie(): bigint {
    return this.#memory.runtime.sock_cookie(this.address);
  }

  get mark(): number {
    return this.#memory.u32(this.address + L.SOCK_MARK);
  }

  get priority(): number {
    return this.#memory.u32(this.address + L.SOCK_PRIORITY);
  }

  get state(): number {
    return this.#memory.u32(this.address + L.SOCK_STATE);
  }
  set state(state: number) {
    this.#set(L.SOCK_STATE, state);
  }

  get isListening(): boolean {
    return this.state === STATE.listen;
  }

  /** Has another end. */
  get isConnected(): boolean {
    return this.remote.port !== 0 && (this.kind.type === 'dgram' || this.state !== STATE.close);
  }

  /** Takes what comes from anybody. */
  get isWaiting(): boolean {
    return this.kind.type === 'stream' ? this.isListening : this.isBound;
  }

  get local(): Address {
    return this.#address(L.SOCK_SRC_IP4, L.SOCK_SRC_IP6, this.#memory.u32(this.address + L.SOCK_SRC_PORT));
  }

  set local({ ip, port }: Address) {
    this.#memory.write(this.address + (this.#isIpv4 ? L.SOCK_SRC_IP4 : L.SOCK_SRC_IP6), ip);
    this.#set(L.SOCK_SRC_PORT, port);
  }

  get remote(): Address {
    const port = this.#memory.view.getUint16(this.address + L.SOCK_DST_PORT, false);
    return this.#address(L.SOCK_DST_IP4, L.SOCK_DST_IP6, port);
  }

  set remote({ ip, port }: Address) {
    this.#memory.write(this.address + (this.#isIpv4 ? L.SOCK_DST_IP4 : L.SOCK_DST_IP6), ip);
    this.#memory.view.setUint16(this.address + L.SOCK_DST_PORT, port, false);
  }

  free(): void {
    this.#memory.free(this.address);
  }

  get #isIpv4(): boolean {
    return this.kind.family === 'inet';
  }

  #address(ip4: number, ip6: number, port: number): Address {
    const [at, size] = this.#isIpv4 ? [ip4, 4] : [ip6, 16];
    return { ip: this.#memory.read(this.address + at, size), port };
  }

  #set(offset: number, value: number): void {
    this.#memory.setU32(this.address + offset, value);
  }
}
