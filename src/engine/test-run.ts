import { KernelError } from '../errors/errno.js';
import type { RunInput, RunResult } from '../kernel/kernel.js';
import type { EngineMemory } from './memory.js';
import { openScene } from './scenes/index.js';

/** A program as a test run sees it. */
export interface Runnable {
  /** bpftool's word for its type. */
  readonly type: string;
  /** Its place in the function table. */
  readonly slot: number;
}

const MAX_REPEAT = 0xffffffff;

/**
 * BPF_PROG_TEST_RUN: runs a program on a packet or a context of the caller's, `repeat` times without resetting it in
 * between, as Linux does.
 * @throws {KernelError} EINVAL for a packet shorter than an Ethernet header or a context that does not fit,
 * EOPNOTSUPP for program types without test runs.
 */
export function testRun(
  memory: EngineMemory,
  program: Runnable,
  input: RunInput,
  now: () => number,
): RunResult {
  const repeat = input.repeat ?? 1;
  if (!Number.isInteger(repeat) || repeat < 0 || repeat > MAX_REPEAT)
    throw new KernelError('EINVAL', `repeat ${repeat} is no 32-bit count`);
  const times = repeat || 1;
  const scene = openScene(memory, program.type, input);
  try {
    const started = now();
    const r0 = memory.runtime.run_repeat(program.slot, BigInt(scene.ctx), times);
    const duration = (now() - started) / times;
    return {
      returnValue: Number(BigInt.asUintN(32, r0)),
      data: scene.packetAfter(),
      ctx: scene.ctxAfter(),
      duration,
    };
  } finally {
    scene.close();
  }
}
