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
  const packed = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
