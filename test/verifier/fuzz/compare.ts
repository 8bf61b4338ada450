import { availableParallelism } from 'node:os';
import { writeBtf } from '../../../src/btf/index.js';
import type { Insn } from '../../../src/isa/index.js';
import { type BpfFd, btfLoad } from '../../../src/linux/bpf.js';
import { verify } from '../../../src/verifier/verify.js';
import { loadWith } from '../../support/capabilities.js';
import { loadAs } from '../../support/kernel-verifier.js';
import { funcInfo } from '../../support/verifier-btf.js';
import {
  assembleTest,
  loaderOf,
  makeKernelMaps,
  mapsWithTypes,
  type TestLoad,
  testFunctions,
  testProgram,
} from '../../support/verifier-program.js';
import { lastWords } from '../last-words.js';
import type { Generated } from './generate.js';
import { programOf } from './programs.js';

/** How our verdict on one program compares with the kernel's. */
export interface Comparison {
  readonly seed: number;
  readonly program: Generated;
  readonly outcome:
    | 'same'
    | 'kernel_bug'
    | 'message'
    | 'false_reject'
    | 'unsound'
    | 'unsupported'
    | 'invalid';
  readonly ok: boolean;
  readonly ours: string;
  readonly kernel: string;
  readonly oursProcessed: number;
  readonly kernelProcessed: number;
}

const CPUS = availableParallelism();

/** A program array belongs to the first type of program that uses it: each type has maps of its own. */
const mapsOf = new Map<string, BpfFd[]>();

/** The kernel's verdict; its maps are made once, since that is the slow part. */
export function askKernel(
  insns: readonly Insn[],
  hook: string,
  load: Omit<TestLoad, 'license'> = {},
): { ok: boolean; log: string } {
  const kind = `${hook} ${load.attachType ?? ''}`;
  const maps = mapsOf.get(kind) ?? makeKernelMaps();
  mapsOf.set(kind, maps);
  const functions = testFunctions(insns, hook);
  const btf = functions === undefined ? undefined : btfLoad(writeBtf(functions.btf));
  const types =
    functions === undefined || btf === undefined ? {} : { btf, funcInfo: funcInfo(functions.subprograms) };
  const own = btf === undefined ? undefined : mapsWithTypes(maps, btf, insns);
  const result = loadWith(load.capabilities, {
    ...loadAs(hook, load),
    insns,
    license: 'GPL',
    logLevel: 4,
    maps: own?.maps ?? maps,
    ...types,
  });
  own?.close();
  btf?.close();
  if (!result.ok) return result;
  result.program.close();
  return { ok: true, log: result.log };
}

/** Verifies the program of a seed here and in the kernel. */
export function compare(seed: number, program = programOf(seed)): Comparison {
  let insns: Insn[];
  try {
    insns = assembleTest(program.source);
  } catch (error) {
    return {
      seed,
      program,
      outcome: 'invalid',
      ok: false,
      ours: String(error),
      kernel: '',
      oursProcessed: 0,
      kernelProcessed: 0,
    };
  }
  const ours = verify(testProgram(insns, program.hook, program), { cpus: CPUS, ...loaderOf(program) });
  const kernel = askKernel(insns, program.hook, program);
  const oursMessage = ours.ok ? '' : ours.rejection.message;
  const kernelMessage = kernel.ok ? '' : lastWords(kernel.log);
  const outcome = kernelMessage.includes('verifier bug: ')
    ? 'kernel_bug'
    : ours.ok && !kernel.ok
      ? 'unsound'
      : !ours.ok && ours.rejection.rule === 'unsupported'
        ? 'unsupported'
        : !ours.ok && kernel.ok
          ? 'false_reject'
          : oursMessage === kernelMessage
            ? 'same'
            : 'message';
  return {
    seed,
    program,
    outcome,
    ok: kernel.ok,
    ours: oursMessage,
    kernel: kernelMessage,
    oursProcessed: ours.stats.processedInsns,
    kernelProcessed: Number(/processed (\d+) insns/.exec(kernel.log)?.[1] ?? 0),
  };
}
