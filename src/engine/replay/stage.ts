import { SkepError } from '../../errors/base.js';
import type { EngineMemory } from '../memory.js';
import { SKB_CTX_SIZE, SYS_CLOCK_NS, SYS_CLOCK_PINNED, XDP_CTX_SIZE } from '../runtime/layout.js';
import {
  FRAME_AREA,
  RECORD_AREA,
  RP_BYTES,
  RP_DATA,
  RP_FLAG_CLOCK,
  RP_FLAG_EGRESS,
  RP_FLAGS,
  RP_FRAME,
  RP_IFINDEX,
  RP_INDEX,
  RP_NAME,
  RP_NAME_SIZE,
  RP_PACKETS,
  RP_RECORD,
  RP_SIZE,
  RP_SKB,
  RP_XDP,
} from '../runtime/replay-layout.js';
import type { ReplayAttachments } from './attachments.js';
import { BATCH_BYTES, BATCH_PACKETS, INDEX_WORDS, type PacketBatch } from './batch.js';
import { MAX_PACKET } from './capture-format.js';
import { AttachmentTable, type ProgramCounts } from './counts.js';
import type { ReplayOptions } from './replay.js';

const NAME_AREA = 16;
/** Frames are copied by words, which may read past the last one. */
const SLACK = 16;

/** What a replay has in the engine's memory: a batch, a frame, the contexts, and the table of attached programs. */
export class ReplayStage {
  readonly #memory: EngineMemory;
  readonly #blocks: number[] = [];
  readonly #state: number;
  readonly #data: number;
  readonly #index: number;
  readonly #table: AttachmentTable;
  readonly #pinsClock: boolean;

  constructor(memory: EngineMemory, options: ReplayOptions) {
    this.#memory = memory;
    this.#pinsClock = options.clock !== 'unchanged';
    const block = (size: number): number => {
      const address = memory.alloc(size);
      this.#blocks.push(address);
      memory.bytes.fill(0, address, address + size);
      return address;
    };
    this.#state = block(RP_SIZE);
    this.#data = block(Math.max(BATCH_BYTES, MAX_PACKET) + SLACK);
    this.#index = block(BATCH_PACKETS * INDEX_WORDS * 4);
    const fields: [number, number][] = [
      [RP_DATA, this.#data],
      [RP_INDEX, this.#index],
      [RP_FRAME, block(FRAME_AREA + SLACK)],
      [RP_XDP, block(XDP_CTX_SIZE)],
      [RP_SKB, block(2 * SKB_CTX_SIZE)],
      [RP_RECORD, block(RECORD_AREA)],
      [RP_IFINDEX, options.device.ifindex],
      [
        RP_FLAGS,
        (this.#pinsClock ? RP_FLAG_CLOCK : 0) | (options.direction === 'egress' ? RP_FLAG_EGRESS : 0),
      ],
    ];
    const name = new TextEncoder().encode(`${options.device.name}\0`);
    const nameAddress = block(NAME_AREA);
    memory.write(nameAddress, name);
    fields.push([RP_NAME, nameAddress], [RP_NAME_SIZE, name.length]);
    const { view } = memory;
    for (const [offset, value] of fields) view.setUint32(this.#state + offset, value, true);
    this.#table = new AttachmentTable(memory, this.#state);
  }

  get packets(): number {
    return Number(this.#memory.view.getBigUint64(this.#state + RP_PACKETS, true));
  }
  get bytes(): number {
    return Number(this.#memory.view.getBigUint64(this.#state + RP_BYTES, true));
  }

  attach(attachments: ReplayAttachments): void {
    this.#table.set(attachments);
  }

  load(batch: PacketBatch): void {
    const { bytes } = this.#memory;
    bytes.set(batch.data, this.#data);
    new Uint32Array(bytes.buffer, this.#index).set(batch.index.subarray(0, batch.count * INDEX_WORDS));
  }

  /** @throws {SkepError} PROGRAM_TRAP */
  run(first: number, count: number): void {
    const memory = this.#memory;
    const stack = memory.stackPointer.value;
    const pinned = this.#pinsClock ? pinnedClock(memory) : undefined;
    if (this.#pinsClock) memory.pinClock(0n);
    try {
      memory.runtime.replay_run(this.#state, first, count);
    } catch (cause) {
      memory.stackPointer.value = stack;
      throw new SkepError('PROGRAM_TRAP', 'a program stopped by a fault during the replay', {
        facts: { trap: memory.trapCode.value },
        cause,
      });
    } finally {
      if (this.#pinsClock) memory.pinClock(pinned);
    }
  }

  /** Between two rounds: what is left of the datagrams of one is not mixed with the next. */
  forget(): void {
    this.#memory.runtime.replay_forget(this.#state);
  }

  finish(): readonly ProgramCounts[] {
    return this.#table.finish();
  }

  free(): void {
    this.#table.finish();
    this.forget();
    for (const address of this.#blocks) this.#memory.free(address);
    this.#blocks.length = 0;
  }
}

/** What the clock is pinned to, to be restored when the packets no longer set it. */
function pinnedClock({ view }: EngineMemory): bigint | undefined {
  return view.getUint32(SYS_CLOCK_PINNED, true) === 0 ? undefined : view.getBigUint64(SYS_CLOCK_NS, true);
}
