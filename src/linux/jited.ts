import { INFO } from './bpf/info-layouts.js';
import { infoOf } from './bpf/object.js';
import { symbolAt } from './probe/kallsyms.js';
import type { LinuxProgram } from './programs.js';
import { fill } from './sys/layout.js';

/** The machine code of one function of a program. */
export interface JitedFunction {
  /** The kernel's name (`bpf_prog_<tag>_<name>`); the address in hex where it tells none. */
  readonly name: string;
  readonly address: bigint;
  readonly code: Uint8Array;
}

/**
 * What the kernel's compiler made of a program, function by function; nothing when it interprets it, or hides addresses
 * from this process (`kernel.kptr_restrict`, `net.core.bpf_jit_harden`).
 *
 * @throws {KernelError}
 */
export function jitedFunctions({ fd }: LinuxProgram): JitedFunction[] {
  const sizes = infoOf('prog', fd);
  const code = new Uint8Array(new ArrayBuffer(sizes.u32('jited_prog_len')));
  const addresses = new BigUint64Array(sizes.u32('nr_jited_ksyms'));
  const lengths = new Uint32Array(sizes.u32('nr_jited_func_lens'));
  const asked = fill(INFO.prog, {
    jited_prog_len: code.length,
    jited_prog_insns: code,
    nr_jited_ksyms: addresses.length,
    jited_ksyms: new Uint8Array(addresses.buffer),
    nr_jited_func_lens: lengths.length,
    jited_func_lens: new Uint8Array(lengths.buffer),
  });
  infoOf('prog', fd, asked.bytes);
  let at = 0;
  return Array.from(lengths, (length, index) => {
    const address = addresses[index] ?? 0n;
    const name = (address === 0n ? undefined : symbolAt(address)) ?? `0x${address.toString(16)}`;
    const part = code.subarray(at, at + length);
    at += length;
    return { name, address, code: part };
  });
}
