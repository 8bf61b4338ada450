import type { Executable } from '../src/engine/abi.js';
import { bindingFor } from '../src/engine/helpers/bindings.js';
import { interpret } from '../src/engine/interp/index.js';
import { compileToWasm, instantiate } from '../src/engine/jit/index.js';
import { EngineMap } from '../src/engine/maps.js';
import { EngineMemory } from '../src/engine/memory.js';
import { XDP_CTX_SIZE, XDP_DATA, XDP_DATA_END, XDP_INGRESS_IFINDEX } from '../src/engine/runtime/layout.js';
import { type ObjectSpec, relocate } from '../src/object/index.js';

/** A program made ready in the engine. */
export interface EngineSide {
  /** Runs it so often in compiled code, the loop in wasm too; nanoseconds per run, and r0. */
  jit(times: number): { readonly nanoseconds: number; readonly r0: number };
  interpreter(times: number): { readonly nanoseconds: number; readonly r0: number };
  readonly compileMilliseconds: number;
  readonly insns: number;
}

const MAXIMUM_PAGES = 1024;

/** Compiles an XDP object and puts a packet behind a context. The loopback device has number 1. */
export function prepareEngine(spec: ObjectSpec, packet: Uint8Array): EngineSide {
  const program = spec.programs[0];
  if (program === undefined) throw new Error('the object holds no program');
  const memory = EngineMemory.create({ maximumPages: MAXIMUM_PAGES });
  const maps = spec.maps.map((map, index) => EngineMap.create(memory, map, { id: index + 1 }));
  const executable: Executable = {
    insns: relocate(program, { mapIndex: (name) => spec.maps.findIndex((map) => map.name === name) }),
    functions: program.subprograms.map(({ start }) => start),
    maps: maps.map(({ binding }) => binding),
    helper: (id, map) => bindingFor(id, { programType: 'xdp', ...(map === undefined ? {} : { map }) }),
    facts: undefined,
    sandbox: false,
  };
  const started = performance.now();
  const compiled = compileToWasm(executable, { sharedMemory: memory.shared, maximumPages: MAXIMUM_PAGES });
  const compileMilliseconds = performance.now() - started;
  const instance = instantiate(compiled, { env: memory.env, runtime: memory.runtime, host: {} });
  const slot = memory.table.grow(1, instance.main);
  const ctx = context(memory, packet);
  return {
    compileMilliseconds,
    insns: executable.insns.length,
    jit: (times) =>
      measure(times, () => Number(BigInt.asUintN(32, memory.runtime.run_repeat(slot, BigInt(ctx), times)))),
    interpreter: (times) =>
      measure(times, () => {
        let r0 = 0n;
        for (let run = 0; run < times; run++) {
          r0 = interpret(executable, {
            memory: memory.memory,
            r1: BigInt(ctx),
            stackTop: memory.stackPointer.value,
            budget: 1_000_000,
            runtime: memory.runtime,
          });
        }
        return Number(BigInt.asUintN(32, r0));
      }),
  };
}

function context(memory: EngineMemory, packet: Uint8Array): number {
  const data = memory.alloc(packet.length);
  memory.write(data, packet);
  const ctx = memory.alloc(XDP_CTX_SIZE);
  memory.bytes.fill(0, ctx, ctx + XDP_CTX_SIZE);
  memory.view.setUint32(ctx + XDP_DATA, data, true);
  memory.view.setUint32(ctx + XDP_DATA_END, data + packet.length, true);
  memory.view.setUint32(ctx + XDP_INGRESS_IFINDEX, 1, true);
  return ctx;
}

function measure(times: number, run: () => number): { nanoseconds: number; r0: number } {
  const start = process.hrtime.bigint();
  const r0 = run();
  return { nanoseconds: Number(process.hrtime.bigint() - start) / times, r0 };
}
