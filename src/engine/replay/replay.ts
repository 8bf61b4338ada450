import { SkepError } from '../../errors/base.js';
import type { EngineMemory } from '../memory.js';
import type { Device } from '../world/devices.js';
import type { ReplayAttachments } from './attachments.js';
import { CaptureReader } from './capture.js';
import { SkipCounts } from './capture-format.js';
import type { ProgramCounts } from './counts.js';
import { Pacer, yieldToEvents } from './pace.js';
import { type CaptureSource, openSource } from './source.js';
import { ReplayStage } from './stage.js';

export interface ReplayOptions {
  /** The device that the packets come in on. */
  readonly device: Pick<Device, 'ifindex' | 'name'>;
  /** Whether the device receives the packets (XDP, tc ingress) or sends them (tc egress). Default `ingress`. */
  readonly direction?: 'ingress' | 'egress';
  /** Packets a second; default: as fast as possible. */
  readonly rate?: number;
  /** Start over at the end, until `signal` fires or the capture turns out damaged. */
  readonly loop?: boolean;
  readonly signal?: AbortSignal;
  /** What `bpf_ktime_get_ns` shows: the packets' time stamps (the default), or whatever the clock shows anyway. */
  readonly clock?: 'packets' | 'unchanged';
  /** Called after each batch. */
  readonly onProgress?: (progress: ReplayProgress) => void;
}

export interface ReplayProgress {
  readonly packets: number;
  /** Of the file, all rounds together. */
  readonly fileBytes: number;
  /** From 0. */
  readonly round: number;
}

export interface ReplaySummary {
  readonly format: 'pcap' | 'pcapng' | undefined;
  /** Packets that programs could see. */
  readonly packets: number;
  /** Their bytes on the wire. */
  readonly bytes: number;
  /** Packets that could not be shown to programs, by reason, most frequent first. */
  readonly skipped: readonly { readonly reason: string; readonly packets: number }[];
  readonly programs: readonly ProgramCounts[];
  /** Times that the capture was played, the last one perhaps in part. */
  readonly rounds: number;
  readonly milliseconds: number;
  /** Whether `signal` ended it. */
  readonly aborted: boolean;
  /** Why the capture could not be read to its end. All packets before that place were replayed. */
  readonly problem: SkepError | undefined;
}

/**
 * Plays a capture to the programs attached to a device and to tracepoints, as if its packets arrived now. The loop over
 * the packets runs inside WebAssembly; between batches the event loop gets its turn.
 *
 * Packets of links other than Ethernet get an Ethernet header with zero addresses: see `link-types.ts`. A program may
 * change its packet: it works on a copy.
 *
 * @param attachments Asked before each batch, so that programs may come and go meanwhile; give the same object as long
 * as nothing changed.
 * @throws {SkepError} CAPTURE_UNKNOWN, CAPTURE_COMPRESSED; PROGRAM_TRAP when a program stops by a fault.
 *
 * @example
 * const summary = await replay(memory, () => attachments, bytes, { device: devices.byName('eth0') });
 */
export async function replay(
  memory: EngineMemory,
  attachments: () => ReplayAttachments,
  source: CaptureSource,
  options: ReplayOptions,
): Promise<ReplaySummary> {
  checkRate(options.rate);
  const stage = new ReplayStage(memory, options);
  try {
    return await new Replay(stage, attachments, source, options).run();
  } finally {
    stage.free();
  }
}

class Replay {
  readonly #stage: ReplayStage;
  readonly #attachments: () => ReplayAttachments;
  readonly #source: CaptureSource;
  readonly #options: ReplayOptions;
  readonly #pacer: Pacer;
  readonly #skips = new SkipCounts();
  readonly #started = performance.now();
  #round = 0;
  #fileBytes = 0;
  #reader = new CaptureReader(this.#skips);

  constructor(
    stage: ReplayStage,
    attachments: () => ReplayAttachments,
    source: CaptureSource,
    options: ReplayOptions,
  ) {
    this.#stage = stage;
    this.#attachments = attachments;
    this.#source = source;
    this.#options = options;
    this.#pacer = new Pacer(options.rate);
  }

  async run(): Promise<ReplaySummary> {
    for (;;) {
      const before = this.#stage.packets;
      await this.#playOnce();
      const isEmpty = this.#stage.packets === before;
      if (!this.#options.loop || this.#isAborted || this.#reader.problem !== undefined || isEmpty) break;
      this.#fileBytes += this.#reader.bytesRead;
      this.#round++;
      this.#stage.forget();
      this.#reader = new CaptureReader(this.#skips);
    }
    return {
      format: this.#reader.format,
      packets: this.#stage.packets,
      bytes: this.#stage.bytes,
      skipped: this.#skips.list(),
      programs: this.#stage.finish(),
      rounds: this.#round + 1,
      milliseconds: performance.now() - this.#started,
      aborted: this.#isAborted,
      problem: this.#reader.problem,
    };
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true;
  }

  async #playOnce(): Promise<void> {
    for await (const chunk of openSource(this.#source, this.#round)) {
      for (const batch of this.#reader.push(chunk)) {
        if (this.#isAborted) return;
        this.#stage.attach(this.#attachments());
        this.#stage.load(batch);
        await this.#playBatch(batch.count);
      }
      if (this.#isAborted || this.#reader.problem !== undefined) return;
    }
    this.#reader.end();
  }

  async #playBatch(total: number): Promise<void> {
    for (let first = 0; first < total; ) {
      const granted = await this.#pacer.take(total - first, this.#options.signal);
      if (granted === 0) return;
      this.#stage.attach(this.#attachments());
      this.#stage.run(first, granted);
      first += granted;
      this.#options.onProgress?.({
        packets: this.#stage.packets,
        fileBytes: this.#fileBytes + this.#reader.bytesRead,
        round: this.#round,
      });
      await yieldToEvents();
    }
  }
}

function checkRate(rate: number | undefined): void {
  if (rate === undefined || (Number.isFinite(rate) && rate > 0)) return;
  throw new SkepError('REPLAY_RATE', `a rate of ${rate} packets a second is not possible`, {
    hint: 'Give a number above 0.',
  });
}
