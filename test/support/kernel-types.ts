import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findByName, readBtf } from '../../src/btf/index.js';
import type { Btf } from '../../src/btf/types.js';
import type { AsmSymbol } from '../../src/isa/asm/index.js';
import type { Insn } from '../../src/isa/index.js';
import { kfuncByName } from '../../src/kfuncs/registry.js';

const RUNNING = '/sys/kernel/btf/vmlinux';
const KEPT = join(import.meta.dirname, '../../src/btf/linux/linux.btf.gz');
const CALL = 0x85;
const KFUNC = 2;
const LD_IMM64 = 0x18;
const PSEUDO_BTF_ID = 3;

let types: Btf | undefined;

/** The types of the kernel that tests are compared with: this machine's, or those that skep keeps where it has none. */
export function kernelTypes(): Btf {
  types ??= readBtf(existsSync(RUNNING) ? readFileSync(RUNNING) : gunzipSync(readFileSync(KEPT)));
  return types;
}

/** The id of a kernel function that skep knows, for the assembler. */
export function kfuncId(name: string): number | undefined {
  return kfuncByName(name) === undefined ? undefined : findByName(kernelTypes(), name, 'func');
}

/** A variable of the kernel, or the id of one of its structs as a number. */
export function kernelSymbol(name: string): AsmSymbol | undefined {
  const variable = findByName(kernelTypes(), name, 'var');
  if (variable !== undefined) return { pseudo: 'btf_id', low: variable };
  const struct = findByName(kernelTypes(), name, 'struct');
  return struct === undefined ? undefined : { pseudo: 'imm', low: struct };
}

/** Reading the kernel's types takes a moment: only programs that name some have them. */
export function needsKernelTypes(insns: readonly Insn[], target: string | undefined): boolean {
  return (
    target !== undefined ||
    insns.some(
      ({ opcode, src }) =>
        (opcode === CALL && src === KFUNC) || (opcode === LD_IMM64 && src === PSEUDO_BTF_ID),
    )
  );
}
