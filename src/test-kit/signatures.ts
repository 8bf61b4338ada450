import type { C_SIGNATURES } from '../helpers/c-signatures.js';

type Signatures = typeof C_SIGNATURES;

/** A helper by its full name: `bpf_map_lookup_elem`. */
export type HelperName = `bpf_${keyof Signatures & string}`;

type SignatureOf<Name extends HelperName> =
  Name extends `bpf_${infer Short extends keyof Signatures & string}` ? Signatures[Short] : never;

/**
 * What a mock of a helper gives back: nothing when it returns nothing, an address (or null) when it returns a pointer,
 * else a number.
 */
export type HelperResult<Name extends HelperName> =
  SignatureOf<Name> extends `void (${string}`
    ? undefined
    : SignatureOf<Name> extends `${string} *(${string}`
      ? bigint | null
      : number | bigint;
