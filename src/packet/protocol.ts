import type { Addresses } from './checksum.js';
import type { Field, FieldValues } from './fields.js';

/** A number that names what follows a header: an EtherType, an IP protocol, a UDP port. */
export interface ProtocolNumber {
  readonly space: 'ethertype' | 'ip' | 'udp';
  readonly number: number;
}

/** A header format: building and taking apart derive from it. One file each; `registry.ts` lists them. */
export interface Protocol {
  readonly name: string;
  /** What the headers in front of it call it. */
  readonly numbers: readonly ProtocolNumber[];
  /** The part that every header has. */
  readonly fields: readonly Field[];
  /** Bytes of the header with its options; default: those of `fields`. */
  readonly headerBytes?: (values: FieldValues) => number;
  /** Bytes of header and payload, where the header says it. */
  readonly totalBytes?: (values: FieldValues) => number;
  /** The options behind the fixed part, for people. */
  readonly options?: (bytes: Uint8Array) => string;
  /** What follows. A name for what has no number. */
  readonly next: (values: FieldValues) => ProtocolNumber | { readonly name: string } | undefined;
  /** Of an IP header: what the checksums inside it cover. */
  readonly addresses?: (values: FieldValues) => Addresses;
  /**
   * What the `checksum` field should hold; undefined when nothing says it. `whole` is the header and its payload with a
   * checksum of 0.
   */
  readonly checksum?: (
    whole: Uint8Array,
    headerBytes: number,
    around: Addresses | undefined,
  ) => number | undefined;
}

/** A header that is to be written in front of a payload. */
export interface Layer {
  readonly protocol: Protocol;
  /** The header, its `checksum` still 0 unless the caller gave one. */
  readonly header: (payload: Uint8Array, next: Protocol | undefined) => Uint8Array;
  /** The caller's own checksum stays as it is. */
  readonly keepsChecksum: boolean;
}

/** The number of `next` in a space, when it has one. */
export function numberIn(space: ProtocolNumber['space'], next: Protocol | undefined): number | undefined {
  return next?.numbers.find((one) => one.space === space)?.number;
}
