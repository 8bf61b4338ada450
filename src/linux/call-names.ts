import type { Insn } from '../isa/index.js';
import { INFO } from './bpf/info-layouts.js';
import { infoOf } from './bpf/object.js';
import { symbolAt } from './probe/kallsyms.js';
import type { LinuxProgram } from './programs.js';
import { fill } from './sys/layout.js';

/** What local calls in a loaded program's instructions lead to, where the kernel tells addresses. */
export interface CallNames {
  /** Of a function of the program: its distance and the name of its compiled code. */
  localCall(insn: Insn): string;
}

/** @throws {KernelError} */
export function callNames(program: LinuxProgram): CallNames {
  const functions = compiledFunctions(program);
  return {
    localCall: ({ imm, off }) => {
      const name = symbolAt(functions[imm] ?? 0n);
      return `${off < 0 ? '' : '+'}${off}${name === undefined ? '' : `#${name}`}`;
    },
  };
}

/** Addresses of the program's compiled functions, which local calls count. */
function compiledFunctions({ fd }: LinuxProgram): BigUint64Array {
  const addresses = new BigUint64Array(infoOf('prog', fd).u32('nr_jited_ksyms'));
  const asked = fill(INFO.prog, {
    nr_jited_ksyms: addresses.length,
    jited_ksyms: new Uint8Array(addresses.buffer),
  });
  infoOf('prog', fd, asked.bytes);
  return addresses;
}
