import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';

/** One run: where its context lies, and what to make of it afterwards. */
export interface Scene {
  readonly ctx: number;
  /** Address of the packet's first byte as the context has it; absent without a packet. */
  packetStart?(): number;
  packetAfter(): Uint8Array;
  /** What Linux gives back of the context: only what it was given. */
  ctxAfter(): Uint8Array;
  /** Frees what the scene took. */
  close(): void;
}

export type SceneMaker = (memory: EngineMemory, input: RunInput) => Scene;

export const NOTHING = new Uint8Array(0);
export const ETH_HLEN = 14;
const MAX_PACKET = 65535;
/** The devices that a test run may name as those that a packet came from. */
export const LOOPBACK_IFINDEX = 1;

/** @throws {KernelError} EINVAL for what is no Ethernet frame */
export function requirePacket(input: RunInput): Uint8Array {
  const packet = input.data ?? NOTHING;
  if (packet.length < ETH_HLEN || packet.length > MAX_PACKET) {
    throw new KernelError(
      'EINVAL',
      `a test packet of ${packet.length} bytes; ${ETH_HLEN} to ${MAX_PACKET} are possible`,
      {
        facts: { size: packet.length },
        hint: 'give a whole Ethernet frame as data_in',
      },
    );
  }
  return packet;
}

/** @throws {KernelError} EINVAL */
export function refuseCtx(reason: string, facts: Readonly<Record<string, unknown>> = {}): never {
  throw new KernelError('EINVAL', reason, { facts });
}

/**
 * The given context, or zeros in place of what is missing of it.
 * @throws {KernelError} E2BIG when there is more than zeros behind the struct, as Linux.
 */
export function givenCtx(input: RunInput, struct: string, size: number): Uint8Array {
  const given = input.ctx ?? NOTHING;
  if (given.subarray(size).some((byte) => byte !== 0)) {
    throw new KernelError('E2BIG', `the given context is longer than the ${size} bytes of struct ${struct}`, {
      facts: { struct, size, given: given.length },
    });
  }
  const ctx = new Uint8Array(size);
  ctx.set(given.subarray(0, size));
  return ctx;
}

/** Blocks of the engine's memory that live as long as a scene, and the fields of its context. */
export class Stage {
  readonly memory: EngineMemory;
  readonly #blocks: number[] = [];

  constructor(memory: EngineMemory) {
    this.memory = memory;
  }

  /** A block of zeros. */
  block(size: number): number {
    const address = this.memory.alloc(size);
    this.#blocks.push(address);
    this.memory.bytes.fill(0, address, address + size);
    return address;
  }

  /** Writes u32 fields at offsets from an address. */
  set(at: number, fields: readonly (readonly [offset: number, value: number])[]): void {
    const { view } = this.memory;
    for (const [offset, value] of fields) view.setUint32(at + offset, value, true);
  }

  close(): void {
    for (const block of this.#blocks) this.memory.free(block);
  }
}
