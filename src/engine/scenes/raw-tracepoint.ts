import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import { NOTHING, type Scene, Stage } from './scene.js';

const MAX_ARGS = 12;

/** Raw tracepoints: the context is an array of 64-bit arguments. */
export function rawTracepointScene(memory: EngineMemory, input: RunInput): Scene {
  const given = input.ctx ?? NOTHING;
  if (given.length > MAX_ARGS * 8) {
    throw new KernelError(
      'EINVAL',
      `a raw tracepoint takes at most ${MAX_ARGS} arguments of 8 bytes, not ${given.length} bytes`,
    );
  }
  const stage = new Stage(memory);
  const ctx = stage.block(MAX_ARGS * 8);
  memory.write(ctx, given);
  return {
    ctx,
    packetAfter: () => NOTHING,
    ctxAfter: () => memory.read(ctx, given.length),
    close: () => stage.close(),
  };
}
