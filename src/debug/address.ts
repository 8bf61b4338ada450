/** Where the things are that a register may point to. */
export interface Surroundings {
  readonly ctx: number;
  /** Of the packet's first byte; undefined without one. */
  readonly packet: number | undefined;
  readonly framePointer: bigint;
  readonly frameBytes: number;
}

/** Where an address points, for a register that the verifier takes for a pointer; undefined for all else. */
export function describeAddress(
  value: bigint,
  types: readonly string[],
  { ctx, packet, framePointer, frameBytes }: Surroundings,
): string | undefined {
  const is = (word: string): boolean => types.some((type) => type.startsWith(word));
  if (types.some((type) => type.includes('or_null')) && value === 0n) return 'null';
  if (is('ctx')) return at('ctx', value - BigInt(ctx));
  if (is('pkt') && packet !== undefined) return at('packet', value - BigInt(packet));
  if (!is('fp')) return undefined;
  // A pointer to a caller's stack lies above this frame.
  const distance = value - framePointer;
  const up = distance <= 0n ? 0n : (distance + BigInt(frameBytes) - 1n) / BigInt(frameBytes);
  const offset = at('fp', distance - up * BigInt(frameBytes));
  return up === 0n ? offset : `${offset} of frame ${up}`;
}

function at(what: string, offset: bigint): string {
  return offset === 0n ? what : `${what}${offset > 0n ? '+' : ''}${offset}`;
}
