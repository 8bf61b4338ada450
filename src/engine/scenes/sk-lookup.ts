import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import { givenCtx, NOTHING, refuseCtx, type Scene, Stage } from './scene.js';

/** Of `struct bpf_sk_lookup`. */
const LOOKUP = { size: 72, sk: 0, family: 8, localPort: 60, ingressIfindex: 64 } as const;
const AF_INET = 2;
const AF_INET6 = 10;
const MAX_PORT = 0xffff;

/** What is looked for; the cookie of the socket that the program chose comes back in place of it. */
export function skLookupScene(memory: EngineMemory, input: RunInput): Scene {
  const bytes = checkedCtx(input);
  const stage = new Stage(memory);
  const ctx = stage.block(LOOKUP.size);
  memory.write(ctx, bytes);
  return {
    ctx,
    packetAfter: () => NOTHING,
    ctxAfter() {
      const chosen = memory.u32(ctx + LOOKUP.sk);
      const after = bytes.slice();
      if (chosen !== 0)
        new DataView(after.buffer).setBigUint64(LOOKUP.sk, memory.runtime.sock_cookie(chosen), true);
      return after;
    },
    close: () => stage.close(),
  };
}

function checkedCtx(input: RunInput): Uint8Array {
  if (input.ctx === undefined) refuseCtx('a socket lookup needs a context: struct bpf_sk_lookup');
  const bytes = givenCtx(input, 'bpf_sk_lookup', LOOKUP.size);
  const view = new DataView(bytes.buffer);
  if (view.getBigUint64(LOOKUP.sk, true) !== 0n) refuseCtx('no socket is chosen yet: sk must be 0');
  if (bytes.subarray(LOOKUP.ingressIfindex).some((byte) => byte !== 0))
    refuseCtx('ingress_ifindex cannot be set in a test run');
  const port = view.getUint32(LOOKUP.localPort, true);
  if (port > MAX_PORT) throw new KernelError('ERANGE', `local_port ${port} is more than ${MAX_PORT}`);
  const family = view.getUint32(LOOKUP.family, true);
  if (family !== AF_INET && family !== AF_INET6)
    throw new KernelError('EAFNOSUPPORT', `family ${family} is neither AF_INET nor AF_INET6`);
  return bytes;
}
