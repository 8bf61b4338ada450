import { join } from 'node:path';
import { compileObject } from '../src/compiler/node/index.js';
import { helperId } from '../src/helpers/registry.js';
import { hookByName } from '../src/hooks/registry.js';
import { assemble } from '../src/isa/asm/index.js';
import type { Insn } from '../src/isa/index.js';
import { type BpfFd, mapCreate, progLoad } from '../src/linux/bpf.js';
import type { MapFacts } from '../src/maps/map-type.js';
import { mapType } from '../src/maps/registry.js';
import { parseObject, relocate } from '../src/object/index.js';
import { type VerifierProgram, verify } from '../src/verifier/verify.js';
import { threadTime } from './thread-clock.js';

/** One measured verification. Times are milliseconds of the thread's processor time. */
export interface VerificationRow {
  readonly title: string;
  readonly processed: number;
  readonly ours: number;
  readonly kernel: number | undefined;
}

const ROUNDS = 12;
/** No measurement starts after this many milliseconds for one program. */
const PATIENCE = 15_000;

interface Subject {
  readonly title: string;
  readonly program: VerifierProgram;
  readonly type: number;
}

/**
 * Verifies large programs here and in the kernel (a whole BPF_PROG_LOAD without a log) in turns, and keeps the best rounds.
 * Processor time of the thread, not the clock's: what else runs on the machine then counts for little.
 */
export async function measureVerification(folder: string, withKernel: boolean): Promise<VerificationRow[]> {
  const subjects = [
    await compiled('tools/syn', join(folder, '../tools/syn/syn.bpf.c')),
    await compiled('gateway: 1000 instructions', join(folder, 'programs/gateway.bpf.c')),
    await compiled('arguments of execve: 2000 instructions', join(folder, 'programs/arguments.bpf.c')),
    assembled('loop of 20,000 turns over 8 spilled scalars', spilledLoop(20_000)),
    assembled('12 open branches in a row, then a loop', branchesAndLoop()),
    assembled('1,000,000 instructions, then too complex', '  r0 = 0\nl: r0 += 3\nif r0 != 10 goto l\nexit'),
    assembled('8192 jumps set aside: too many', complexLoop()),
  ];
  return subjects.map((subject) => measure(subject, withKernel));
}

function measure({ title, program, type }: Subject, withKernel: boolean): VerificationRow {
  const maps = withKernel ? program.maps.map(kernelMap) : [];
  const times: number[] = [];
  const kernelTimes: number[] = [];
  let processed = 0;
  const end = performance.now() + PATIENCE;
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < end); round++) {
    const started = threadTime(withKernel);
    processed = verify(program).stats.processedInsns;
    times.push(threadTime(withKernel) - started);
    if (withKernel) kernelTimes.push(kernelLoad(program, type, maps));
  }
  for (const map of maps) map.close();
  return {
    title,
    processed,
    ours: Math.min(...times),
    kernel: withKernel ? Math.min(...kernelTimes) : undefined,
  };
}

function kernelMap({ type, keySize, valueSize, maxEntries, flags }: MapFacts): BpfFd {
  return mapCreate({ type: type.id, keySize, valueSize, maxEntries, flags });
}

function kernelLoad({ insns, license }: VerifierProgram, type: number, maps: readonly BpfFd[]): number {
  const started = threadTime(true);
  const result = progLoad({ type, insns, license, maps });
  const milliseconds = threadTime(true) - started;
  if (result.ok) result.program.close();
  return milliseconds;
}

/** The only program of a C file. */
async function compiled(title: string, file: string): Promise<Subject> {
  const spec = parseObject(await compileObject(file));
  const [program] = spec.programs;
  const hook = hookByName(program?.type ?? '');
  if (program === undefined || hook === undefined) throw new Error(`${file} holds no program`);
  const maps = spec.maps.map(
    ({ name, type, keySize, valueSize, maxEntries, flags }): MapFacts => ({
      name,
      type: mapType(type),
      keySize,
      valueSize,
      maxEntries,
      flags,
      frozen: false,
    }),
  );
  const insns = relocate(program, { mapIndex: (name) => spec.maps.findIndex((map) => map.name === name) });
  const { license, name, subprograms } = program;
  return {
    title,
    type: hook.id,
    program: { name, insns, hook, license, maps, subprograms, lines: [], btf: undefined },
  };
}

function assembled(title: string, source: string): Subject {
  const hook = hookByName('socket_filter');
  if (hook === undefined) throw new Error('there is no hook socket_filter');
  const insns: Insn[] = assemble(source, { helper: helperId });
  const rest = { license: 'GPL', maps: [], subprograms: [], lines: [], btf: undefined };
  return { title, type: hook.id, program: { name: 'bench', insns, hook, ...rest } };
}

function spilledLoop(turns: number): string {
  const lines: string[] = [];
  for (let slot = 1; slot <= 8; slot++)
    lines.push('call bpf_get_prandom_u32', `*(u64 *)(r10 - ${slot * 8}) = r0`);
  lines.push('r6 = 0', 'l:');
  for (let slot = 1; slot <= 8; slot++)
    lines.push(`r1 = *(u64 *)(r10 - ${slot * 8})`, 'r1 += r6', `*(u64 *)(r10 - ${slot * 8}) = r1`);
  lines.push('r6 += 1', `if r6 < ${turns} goto l`, 'r0 = 0', 'exit');
  return lines.join('\n');
}

function branchesAndLoop(): string {
  const lines = ['r7 = 0'];
  for (let branch = 0; branch < 12; branch++)
    lines.push(
      'call bpf_get_prandom_u32',
      `if r0 > ${branch + 5} goto b${branch}`,
      `r7 += ${1 << branch}`,
      `b${branch}:`,
    );
  lines.push(
    'r6 = 0',
    'l: r6 += 1',
    'r7 += 1',
    'if r6 < 12 goto l',
    'if r7 == 77777 goto +1',
    'r0 = 0',
    'exit',
  );
  return lines.join('\n');
}

function complexLoop(): string {
  const lines = [
    'r6 = 0',
    '*(u64 *)(r10 - 8) = r6',
    'l:',
    'call bpf_get_prandom_u32',
    'r7 = *(u64 *)(r10 - 8)',
  ];
  lines.push('if r0 > 10 goto a', 'r7 += 1', 'a:', 'r7 += 2', '*(u64 *)(r10 - 8) = r7', 'r6 += 1');
  lines.push('*(u64 *)(r10 - 16) = r6', 'if r6 != 10000000 goto l', 'if r7 == 5 goto +1', 'r0 = 0', 'exit');
  return lines.join('\n');
}
