import { type Hook, hookByName } from '../../hooks/index.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import { givenCtx, NOTHING, refuseCtx, type Scene, type SceneMaker, Stage } from './scene.js';

/** Room for the engine's own fields behind a context. */
const PRIVATE = 64;
/** Members that hold addresses: of the context's socket, and of the first byte of the data and the one behind the last. */
const SOCKETS: ReadonlySet<string> = new Set(['sk', 'migrating_sk']);
const STARTS: ReadonlySet<string> = new Set(['data', 'optval', 'skb_data']);
const ENDS: ReadonlySet<string> = new Set(['data_end', 'optval_end', 'skb_data_end']);

/**
 * A context that is a struct of the uapi, given by the caller as its bytes, with a socket and data of its own where it
 * has them. Linux has no test run for most of these types.
 */
export function structScene(type: string): SceneMaker {
  return (memory, input) => {
    const hook = hookByName(type) as Hook;
    const pointers = pointersOf(hook);
    const bytes = givenCtx(input, hook.ctx.struct, hook.ctx.size);
    for (const { offset } of pointers) {
      if (bytes.subarray(offset, offset + 8).some((byte) => byte !== 0))
        refuseCtx(`the address at offset ${offset} of struct ${hook.ctx.struct} is the engine's to say`, {
          offset,
        });
    }
    const stage = new Stage(memory);
    const ctx = stage.block(hook.ctx.size + PRIVATE);
    memory.write(ctx, bytes);
    const places = layOutPointers(stage, ctx, pointers, input.data ?? NOTHING);
    return {
      ctx,
      packetAfter: () => places.dataAfter(),
      ctxAfter: () =>
        input.ctx === undefined ? NOTHING : withoutPointers(memory, ctx, hook.ctx.size, pointers),
      close: () => stage.close(),
    };
  };
}

interface PointerField {
  readonly name: string;
  readonly offset: number;
}

function pointersOf({ ctx }: Hook): PointerField[] {
  if (typeof ctx.fields === 'string') return [];
  return ctx.fields.filter(
    ({ name, size }) => size === 8 && (SOCKETS.has(name) || STARTS.has(name) || ENDS.has(name)),
  );
}

function layOutPointers(
  stage: Stage,
  ctx: number,
  pointers: readonly PointerField[],
  data: Uint8Array,
): { dataAfter(): Uint8Array } {
  const { memory } = stage;
  const start = pointers.find(({ name }) => STARTS.has(name));
  const end = pointers.find(({ name }) => ENDS.has(name));
  if (pointers.some(({ name }) => name === 'sk')) {
    const socket = stage.block(L.SOCK_SIZE);
    memory.runtime.sock_init(socket);
    for (const { name, offset } of pointers) if (name === 'sk') stage.set(ctx, [[offset, socket]]);
  }
  if (start === undefined || end === undefined) return { dataAfter: () => NOTHING };
  const at = stage.block(Math.max(data.length, 8));
  memory.write(at, data);
  stage.set(ctx, [
    [start.offset, at],
    [end.offset, at + data.length],
  ]);
  return {
    dataAfter() {
      const from = memory.u32(ctx + start.offset);
      return memory.read(from, memory.u32(ctx + end.offset) - from);
    },
  };
}

function withoutPointers(
  memory: EngineMemory,
  ctx: number,
  size: number,
  pointers: readonly PointerField[],
): Uint8Array {
  const bytes = memory.read(ctx, size);
  for (const { offset } of pointers) bytes.fill(0, offset, offset + 8);
  return bytes;
}

/** A context of bytes whose length the caller chooses, at most `most`: a syscall program's, a tracepoint's record. */
export function bytesScene(most: number, gives: boolean): SceneMaker {
  return (memory: EngineMemory, input: RunInput): Scene => {
    const given = input.ctx ?? NOTHING;
    if (given.length > most)
      refuseCtx(`a context of ${given.length} bytes; at most ${most} are possible`, { size: given.length });
    const stage = new Stage(memory);
    // What a program may read is there, given or not.
    const ctx = stage.block(most);
    memory.write(ctx, given);
    return {
      ctx,
      packetAfter: () => NOTHING,
      ctxAfter: () => (gives ? memory.read(ctx, given.length) : NOTHING),
      close: () => stage.close(),
    };
  };
}
