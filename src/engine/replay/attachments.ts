/** A compiled program attached somewhere: its slot in the engine's function table and its id. */
export interface AttachedProgram {
  readonly slot: number;
  readonly programId: number;
}

/** What is attached where, for one device. The engine implements it. Lists run from first to last. */
export interface ReplayAttachments {
  /** At most one. */
  readonly xdp: readonly AttachedProgram[];
  readonly tcIngress: readonly AttachedProgram[];
  readonly tcEgress: readonly AttachedProgram[];
  /** Filters of packet sockets. */
  readonly sockets: readonly AttachedProgram[];
  /** By the tracepoint's name without its category. */
  tracepoint(name: string): readonly AttachedProgram[];
  rawTracepoint(name: string): readonly AttachedProgram[];
}
