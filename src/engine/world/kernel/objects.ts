import type { NetfilterHook } from '../../../kernel/target.js';
import type { KernelTypes } from '../../kernel-types.js';
import type { EngineMemory } from '../../memory.js';
import * as L from '../../runtime/layout.js';
import { type Address, IPV4 } from '../address.js';
import type { OpenFile } from '../calls/files.js';
import type { Cgroup } from '../cgroups.js';
import type { Device } from '../devices.js';
import type { NetNamespace } from '../net/namespace.js';
import type { Skb } from '../net/skb.js';
import type { SimulatedSocket } from '../sockets.js';
import type { TaskRecord } from '../tasks.js';
import { fillBinprm, fillFile, pathStructs } from './file-structs.js';
import { fillDevice, fillNet, fillSkb } from './net-structs.js';
import { fillSock, fillSocket, sockaddrOf } from './sock-structs.js';
import { StructLayouts } from './struct-layout.js';
import { StructWriter } from './struct-writer.js';
import { fillCgroup, fillTask } from './task-structs.js';

/** Something in the memory for the time of a call; freed by `using`. */
export interface Lent extends Disposable {
  readonly address: number;
}

/** Room for a struct of the kernel while its types are not read: all zeros. */
const UNKNOWN_SIZE = 4096;

/**
 * The kernel's own structs of what there is in the world, as its BTF lays them out: made when a program is first to see
 * them, and brought up to date each time. Without the kernel's types they are zeros.
 */
export class KernelObjects {
  readonly memory: EngineMemory;
  readonly #types: KernelTypes;
  #writer: StructWriter | undefined;
  readonly #made = new Map<object, number>();

  constructor(memory: EngineMemory, types: KernelTypes) {
    this.memory = memory;
    this.#types = types;
  }

  /** Undefined until the kernel's types are read. */
  get writer(): StructWriter | undefined {
    if (this.#writer === undefined && this.#types.btf !== undefined)
      this.#writer = new StructWriter(this.memory, new StructLayouts(this.#types.btf));
    return this.#writer;
  }

  /** `struct sock`, with what TCP and UDP have behind it. */
  sock(socket: SimulatedSocket | undefined): bigint {
    if (socket === undefined) return 0n;
    if (this.writer !== undefined) fillSock(this, this.writer, socket);
    return BigInt(socket.kernelAddress);
  }

  /** `struct socket` */
  socket(socket: SimulatedSocket): bigint {
    return this.#object(socket, 'socket', (writer, address) => fillSocket(this, writer, address, socket));
  }

  /** `struct sk_buff` */
  skb(skb: Skb | undefined, device?: Device): bigint {
    if (skb === undefined) return 0n;
    if (this.writer !== undefined) fillSkb(this, this.writer, skb, device);
    return BigInt(skb.kernelAddress);
  }

  device(device: Device | undefined): bigint {
    if (device === undefined) return 0n;
    return this.#object(device, 'net_device', (writer, address) => fillDevice(this, writer, address, device));
  }

  net(namespace: NetNamespace): bigint {
    return this.#object(namespace, 'net', (writer, address) => fillNet(writer, address, namespace));
  }

  task(task: TaskRecord | undefined): bigint {
    if (task === undefined) return 0n;
    return this.#object(task, 'task_struct', (writer, address) => fillTask(this, writer, address, task));
  }

  cgroup(cgroup: Cgroup): bigint {
    return this.#object(cgroup, 'cgroup', (writer, address) => fillCgroup(this, writer, address, cgroup));
  }

  /** `struct file` */
  file(file: OpenFile): bigint {
    return this.#object(file, 'file', (writer, address) => fillFile(this, writer, address, file));
  }

  /** The `struct path` in a `struct file`. */
  filePath(file: OpenFile): bigint {
    const address = this.file(file);
    return this.writer === undefined ? address : BigInt(this.writer.at('file', Number(address), 'f_path'));
  }

  /** `struct filename` */
  filename(path: string): bigint {
    const { writer } = this;
    if (writer === undefined) return 0n;
    const address = this.scratch(new Uint8Array(writer.size('filename')));
    writer.set('filename', address, { name: this.scratch(new TextEncoder().encode(`${path}\0`)) });
    return BigInt(address);
  }

  /** What functions that change a directory are given: its inode, its path and the entry. */
  pathOf(file: OpenFile): { readonly dir: bigint; readonly dentry: bigint; readonly directory: bigint } {
    if (this.writer === undefined) return { dir: 0n, dentry: 0n, directory: 0n };
    const { dir, dentry, directory } = pathStructs(this, this.writer, file);
    return { dir: BigInt(dir), dentry: BigInt(dentry), directory: BigInt(directory) };
  }

  inodeOf(dentry: number): number {
    return this.#pointer('dentry', dentry, 'd_inode');
  }

  parentOf(dentry: number): number {
    return this.#pointer('dentry', dentry, 'd_parent');
  }

  #pointer(struct: string, address: number, member: string): number {
    return this.writer === undefined ? 0 : this.memory.u32(this.writer.at(struct, address, member));
  }

  /** `struct linux_binprm` */
  binprm(task: TaskRecord, path: string, argc: number): bigint {
    const { writer } = this;
    const address = this.part(task, 'linux_binprm');
    if (writer === undefined) return BigInt(address);
    const opened: OpenFile = { path, fd: -1, flags: 0, owner: task, position: 0 };
    fillBinprm(this, writer, address, { task, path, argc, file: this.file(opened) });
    return BigInt(address);
  }

  /** The arguments that `connect` functions of the kernel have: the socket, an address, its length. */
  sockaddrArgs(socket: SimulatedSocket, to: Address): readonly bigint[] {
    const bytes = sockaddrOf(to);
    return [this.sock(socket), BigInt(this.scratch(bytes)), BigInt(bytes.length)];
  }

  #scratch = 0;
  #scratchAt = 0;
  /** Bytes that are to live until a few more were asked for: arguments that lie in user space. */
  scratch(bytes: Uint8Array): number {
    const room = 65536;
    if (this.#scratch === 0) this.#scratch = this.memory.alloc(room);
    if (this.#scratchAt + bytes.length + 8 > room) this.#scratchAt = 0;
    const at = this.#scratch + this.#scratchAt;
    this.#scratchAt = (this.#scratchAt + bytes.length + 15) & ~7;
    this.memory.write(at, bytes.subarray(0, room - 8));
    return at;
  }

  /** What programs of netfilter get: `struct bpf_nf_ctx`. */
  netfilter(at: {
    readonly family: 'ipv4' | 'ipv6';
    readonly hook: NetfilterHook;
    readonly skb: Skb;
    readonly device: Device;
    readonly into?: Device;
    readonly out?: Device;
  }): Lent {
    const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;
    const state = this.writer?.size('nf_hook_state') ?? 64;
    const lent = this.lend(16 + state);
    this.writer?.set('nf_hook_state', lent.address + 16, {
      hook: hooks.indexOf(at.hook),
      pf: at.family === 'ipv4' ? IPV4 : 10,
      in: this.device(at.into),
      out: this.device(at.out),
      sk: this.sock(at.skb.socket),
      net: this.net(at.device.namespace),
    });
    const { view } = this.memory;
    view.setBigUint64(lent.address, BigInt(lent.address + 16), true);
    const skb = this.skb(at.skb, at.device);
    this.memory.view.setBigUint64(lent.address + 8, skb, true);
    return lent;
  }

  /** Zeros for the time of a call. */
  lend(size: number): Lent {
    const { memory } = this;
    const address = memory.alloc(size);
    memory.bytes.fill(0, address, address + size);
    return { address, [Symbol.dispose]: () => memory.free(address) };
  }

  /** The struct that belongs to something, made once. */
  #object(owner: object, struct: string, fill: (writer: StructWriter, address: number) => void): bigint {
    const { writer } = this;
    const key = owner;
    let address = this.#made.get(key);
    if (address === undefined) {
      address = writer?.make(struct) ?? this.#zeros();
      this.#made.set(key, address);
    }
    if (writer !== undefined) fill(writer, address);
    return BigInt(address);
  }

  /** A struct that belongs to another: `cred` of a task. */
  part(owner: object, struct: string): number {
    return this.keyed(owner, struct, struct);
  }

  /** One of several structs of a kind that belong to another. */
  keyed(owner: object, key: string, struct: string): number {
    const parts = this.#parts.get(owner) ?? new Map<string, number>();
    this.#parts.set(owner, parts);
    const address = parts.get(key) ?? this.writer?.make(struct) ?? this.#zeros();
    parts.set(key, address);
    return address;
  }
  readonly #parts = new Map<object, Map<string, number>>();

  /** A text with its zero, kept as long as its owner. */
  text(owner: object, text: string): number {
    const parts = this.#parts.get(owner) ?? new Map<string, number>();
    this.#parts.set(owner, parts);
    const key = `"${text}`;
    const known = parts.get(key);
    if (known !== undefined) return known;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const address = this.memory.alloc(bytes.length);
    this.memory.write(address, bytes);
    parts.set(key, address);
    return address;
  }

  /** Frees what was made for something that is gone. */
  forget(owner: object): void {
    const address = this.#made.get(owner);
    if (address !== undefined) this.memory.free(address);
    for (const part of this.#parts.get(owner)?.values() ?? []) this.memory.free(part);
    this.#made.delete(owner);
    this.#parts.delete(owner);
  }

  #zeros(): number {
    const address = this.memory.alloc(UNKNOWN_SIZE);
    this.memory.bytes.fill(0, address, address + UNKNOWN_SIZE);
    return address;
  }
}

/** The socket's own struct lies in front of the kernel's. */
export function ownAddress(kernelAddress: number): number {
  return kernelAddress - L.SOCK_SIZE;
}
