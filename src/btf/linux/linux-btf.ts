import { embeddedBytes } from '../embedded.js';
import { readBtf } from '../read.js';
import type { Btf } from '../types.js';

let kept: Promise<Btf> | undefined;

/**
 * The types and functions of Linux 6.18 (x86-64), as its own `/sys/kernel/btf/vmlinux` tells them: what
 * programs are compiled and verified against where no kernel is at hand. Read once, when first asked for
 * (some 0.2 s).
 */
export function linuxBtf(): Promise<Btf> {
  kept ??= linuxBtfBytes().then(readBtf);
  return kept;
}

/** The same as the bytes of a BTF file. */
export async function linuxBtfBytes(): Promise<Uint8Array> {
  const { base64 } = await import('./linux-btf.text.js');
  const unpacked = new Blob([embeddedBytes(base64)]).stream().pipeThrough(new DecompressionStream('gzip'));
  // Not by a `Response`: Node loads its whole HTTP client for one.
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of unpacked as AsyncIterable<Uint8Array> & ReadableStream) {
    parts.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
