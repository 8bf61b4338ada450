import { EngineMemory } from '../../src/engine/memory.js';
import type { AttachedProgram, ReplayAttachments } from '../../src/engine/replay/attachments.js';
import { type ReplayOptions, type ReplaySummary, replay } from '../../src/engine/replay/replay.js';
import type { CaptureSource } from '../../src/engine/replay/source.js';
import { wasmCallback } from './wasm-callback.js';

export const DEVICE = { ifindex: 2, name: 'eth0', mtu: 1500 };

type StageProgram = (ctx: number, memory: EngineMemory) => number;

/** An engine's memory with programs in TypeScript, by the point that they are attached to. */
export function stageWith(programs: Readonly<Record<string, StageProgram>>) {
  const memory = EngineMemory.create();
  const attached = new Map<string, AttachedProgram[]>();
  Object.entries(programs).forEach(([point, program], index) => {
    const slot = memory.table.grow(
      1,
      wasmCallback((ctx) => BigInt(program(Number(ctx), memory))),
    );
    attached.set(point, [{ slot, programId: index + 1 }]);
  });
  const at = (point: string): AttachedProgram[] => attached.get(point) ?? [];
  const attachments: ReplayAttachments = {
    xdp: at('xdp'),
    tcIngress: at('tc'),
    tcEgress: at('egress'),
    sockets: at('socket'),
    tracepoint: at,
    rawTracepoint: (name) => at(`raw:${name}`),
  };
  return (source: CaptureSource, options: Partial<ReplayOptions> = {}): Promise<ReplaySummary> =>
    replay(memory, () => attachments, source, { device: DEVICE, ...options });
}
