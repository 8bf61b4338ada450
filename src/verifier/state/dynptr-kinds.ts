/** What a dynptr leads to, in the words of Linux's log; the number that states hold is the place here plus one. */
export const DYNPTR_KINDS = ['local', 'ringbuf', 'skb', 'xdp', 'skb_meta'] as const;
export type DynptrKind = (typeof DYNPTR_KINDS)[number];

export function dynptrCode(kind: DynptrKind): number {
  return DYNPTR_KINDS.indexOf(kind) + 1;
}

export function dynptrKind(code: number): DynptrKind | undefined {
  return DYNPTR_KINDS[code - 1];
}

/** It holds a reference, which must be given back. */
export function isReferenced(kind: DynptrKind | undefined): boolean {
  return kind === 'ringbuf';
}

/** It is over a packet: what changes the packet invalidates its slices. */
export function isPacketDynptr(kind: DynptrKind): boolean {
  return kind === 'skb' || kind === 'xdp' || kind === 'skb_meta';
}
