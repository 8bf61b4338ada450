import { helperId } from '../../src/helpers/registry.js';
import { assemble } from '../../src/isa/index.js';
import type { BpfMap, LoadableProgram } from '../../src/kernel/kernel.js';

/** A loadable program from assembly text, in which map `i` is `mI` (`r1 = m0 ll`) and helpers have their names. */
export function asmProgram(type: string, text: string, maps: readonly BpfMap[]): LoadableProgram {
  const insns = assemble(text, {
    helper: helperId,
    symbol: (name) => (/^m\d+$/.test(name) ? { pseudo: 'map_idx', low: Number(name.slice(1)) } : undefined),
  });
  return {
    name: 'test',
    type,
    license: 'GPL',
    kernelVersion: 0,
    insns,
    maps,
    subprograms: [{ name: 'test', start: 0, funcType: 0, linkage: 'global' }],
    lines: [],
    btf: undefined,
  };
}
