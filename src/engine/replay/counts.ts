import { hookByName } from '../../hooks/registry.js';
import type { EngineMemory } from '../memory.js';
import {
  ENTRY_PROGRAM,
  ENTRY_RUNS,
  ENTRY_SIZE,
  ENTRY_SLOT,
  ENTRY_VERDICTS,
  POINT_SOCKET,
  POINT_TC_EGRESS,
  POINT_TC_INGRESS,
  POINT_TRACEPOINTS,
  POINT_XDP,
  POINTS,
  RP_POINTS,
  VERDICT_OTHER,
  VERDICT_UNSPEC,
  VERDICTS,
} from '../runtime/replay-layout.js';
import { REPLAY_TRACEPOINTS, tracepointTitle } from '../world/tracepoints.js';
import type { AttachedProgram, ReplayAttachments } from './attachments.js';

/** How often a program ran at one place during a replay, and what it decided. */
export interface ProgramCounts {
  readonly programId: number;
  /** `xdp`, `tcx_ingress`, `tcx_egress`, `socket`, `tracepoint tcp/tcp_v4_connect`, `raw_tracepoint …`. */
  readonly point: string;
  readonly runs: number;
  /** By `XDP_PASS`, `TC_ACT_OK`, …; packet sockets: `accept` and `drop`. Empty for tracepoints. */
  readonly verdicts: Readonly<Record<string, number>>;
}

interface Point {
  readonly index: number;
  readonly title: string;
  readonly programs: (attachments: ReplayAttachments) => readonly AttachedProgram[];
  readonly verdict?: (value: number) => string;
}

const wordsOf = (hook: string) => (value: number) => hookByName(hook)?.verdicts?.[value] ?? 'other';

/** Every place where a replay runs programs. */
const POINT_TABLE: readonly Point[] = [
  { index: POINT_XDP, title: 'xdp', programs: ({ xdp }) => xdp, verdict: wordsOf('xdp') },
  {
    index: POINT_TC_INGRESS,
    title: 'tcx_ingress',
    programs: ({ tcIngress }) => tcIngress,
    verdict: wordsOf('sched_cls'),
  },
  {
    index: POINT_TC_EGRESS,
    title: 'tcx_egress',
    programs: ({ tcEgress }) => tcEgress,
    verdict: wordsOf('sched_cls'),
  },
  {
    index: POINT_SOCKET,
    title: 'socket',
    programs: ({ sockets }) => sockets,
    verdict: (value) => (value === 0 ? 'drop' : 'accept'),
  },
  ...REPLAY_TRACEPOINTS.flatMap((tracepoint): Point[] => [
    {
      index: POINT_TRACEPOINTS + 2 * tracepoint.point,
      title: `tracepoint ${tracepointTitle(tracepoint)}`,
      programs: (attachments) => attachments.tracepoint(tracepoint.name),
    },
    {
      index: POINT_TRACEPOINTS + 2 * tracepoint.point + 1,
      title: `raw_tracepoint ${tracepoint.name}`,
      programs: (attachments) => attachments.rawTracepoint(tracepoint.name),
    },
  ]),
];

/** The table of attached programs in the engine's memory, with its counts, which outlive changes of what is attached. */
export class AttachmentTable {
  readonly #memory: EngineMemory;
  readonly #state: number;
  readonly #counts = new Map<string, ProgramCounts>();
  #current: ReplayAttachments | undefined;
  #entries = 0;
  #places: { readonly point: Point; readonly programId: number; readonly address: number }[] = [];

  constructor(memory: EngineMemory, state: number) {
    this.#memory = memory;
    this.#state = state;
  }

  /** Puts in what is attached now; cheap when it is the same object as before. */
  set(attachments: ReplayAttachments): void {
    if (attachments === this.#current) return;
    this.#collect();
    this.#current = attachments;
    const lists = POINT_TABLE.map((point) => ({ point, programs: point.programs(attachments) }));
    const total = lists.reduce((sum, { programs }) => sum + programs.length, 0);
    this.#entries = this.#memory.alloc(Math.max(1, total) * ENTRY_SIZE);
    const { view, bytes } = this.#memory;
    bytes.fill(0, this.#entries, this.#entries + total * ENTRY_SIZE);
    bytes.fill(0, this.#state + RP_POINTS, this.#state + RP_POINTS + POINTS * 8);
    let address = this.#entries;
    for (const { point, programs } of lists) {
      view.setUint32(this.#state + RP_POINTS + point.index * 8, programs.length, true);
      view.setUint32(this.#state + RP_POINTS + point.index * 8 + 4, address, true);
      for (const { slot, programId } of programs) {
        view.setUint32(address + ENTRY_SLOT, slot, true);
        view.setUint32(address + ENTRY_PROGRAM, programId, true);
        this.#places.push({ point, programId, address });
        address += ENTRY_SIZE;
      }
    }
  }

  /** Ends it and frees its memory. @returns what every program did */
  finish(): readonly ProgramCounts[] {
    this.#collect();
    return [...this.#counts.values()];
  }

  #collect(): void {
    if (this.#entries === 0) return;
    for (const { point, programId, address } of this.#places) this.#addUp(point, programId, address);
    this.#places = [];
    this.#memory.free(this.#entries);
    this.#entries = 0;
  }

  #addUp(point: Point, programId: number, address: number): void {
    const { view } = this.#memory;
    const key = `${point.title} ${programId}`;
    const before = this.#counts.get(key);
    const verdicts: Record<string, number> = { ...before?.verdicts };
    for (let index = 0; index < VERDICTS && point.verdict !== undefined; index++) {
      const times = Number(view.getBigUint64(address + ENTRY_VERDICTS + index * 8, true));
      if (times === 0) continue;
      const value = index === VERDICT_UNSPEC ? -1 : index;
      const word = index === VERDICT_OTHER ? 'other' : point.verdict(value);
      verdicts[word] = (verdicts[word] ?? 0) + times;
    }
    const runs = (before?.runs ?? 0) + Number(view.getBigUint64(address + ENTRY_RUNS, true));
    this.#counts.set(key, { programId, point: point.title, runs, verdicts });
  }
}
