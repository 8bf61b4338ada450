import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { findByName, readBtf } from '../../src/btf/index.js';
import type { Btf } from '../../src/btf/types.js';
import type { AsmSymbol } from '../../src/isa/asm/index.js';
import { kfuncByName } from '../../src/kfuncs/registry.js';

const RUNNING = '/sys/kernel/btf/vmlinux';
const KEPT = join(import.meta.dirname, '../../src/btf/linux/linux.btf.gz');

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

/** A variable or function of the kernel, or the id of one of its structs as a number. */
export function kernelSymbol(name: string): AsmSymbol | undefined {
  const variable = findByName(kernelTypes(), name, 'var', 'func');
  if (variable !== undefined) return { pseudo: 'btf_id', low: variable };
  const struct = findByName(kernelTypes(), name, 'struct');
  return struct === undefined ? undefined : { pseudo: 'imm', low: struct };
}
