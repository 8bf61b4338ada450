import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import { type Address, IPV4, IPV6 } from './address.js';
import type { Cgroup } from './cgroups.js';

/** What a socket knows of the task that made it. */
export interface SocketOwner {
  readonly uid: number;
  readonly cgroup: Cgroup;
}

export interface SocketKind {
  readonly family: 'inet' | 'inet6';
  readonly type: 'stream' | 'dgram';
}

/** AF_*, SOCK_* and IPPROTO_* of the kinds of sockets that there are. */
const FAMILIES = { inet: IPV4, inet6: IPV6 } as const;
const TYPES = { stream: { type: 1, protocol: 6 }, dgram: { type: 2, protocol: 17 } } as const;

/** A socket of the simulated host: a struct of the engine's memory, which programs see as `struct bpf_sock`. */
export class SimulatedSocket {
  readonly kind: SocketKind;
  readonly owner: SocketOwner;
  readonly address: number;
  /** Options that were set, by `LEVEL:OPTION`. */
  readonly options = new Map<string, Uint8Array>();
  readonly #memory: EngineMemory;

  constructor(memory: EngineMemory, kind: SocketKind, owner: SocketOwner) {
    this.#memory = memory;
    this.kind = kind;
    this.owner = owner;
    this.address = memory.alloc(L.SOCK_SIZE);
    memory.bytes.fill(0, this.address, this.address + L.SOCK_SIZE);
    memory.runtime.sock_init(this.address);
    this.#set(L.SOCK_FAMILY, this.family);
    this.#set(L.SOCK_TYPE, this.type);
    this.#set(L.SOCK_PROTOCOL, this.protocol);
    this.#set(L.SOCK_UID, owner.uid);
    memory.view.setBigUint64(this.address + L.SOCK_CGROUP, owner.cgroup.id, true);
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
