import type { Executable } from '../../src/engine/abi.js';
import { bindingFor } from '../../src/engine/helpers/bindings.js';
import { interpret } from '../../src/engine/interp/index.js';
import { compileToWasm, instantiate } from '../../src/engine/jit/index.js';
import type { EngineMap } from '../../src/engine/maps.js';
import type { EngineMemory } from '../../src/engine/memory.js';
import { asmProgram } from './asm-program.js';

const MOST_PAGES = 65536;

/** A program that only Linux verifies, made ready in the engine: each call runs it and gives r0. */
export function trustedProgram(
  memory: EngineMemory,
  text: string,
  maps: readonly EngineMap[],
  engine: 'jit' | 'interpreter',
): (repeat?: number) => bigint {
  const executable: Executable = {
    insns: asmProgram('xdp', text, []).insns,
    functions: [0],
    maps: maps.map(({ binding }) => binding),
    helper: (id, map) => bindingFor(id, { programType: 'xdp', ...(map === undefined ? {} : { map }) }),
    facts: undefined,
    sandbox: false,
  };
  if (engine === 'interpreter') {
    const stackTop = memory.stackPointer.value;
    const options = { memory: memory.memory, r1: 0n, stackTop, budget: 1_000_000, runtime: memory.runtime };
    return () => interpret(executable, options);
  }
  const compiled = compileToWasm(executable, { sharedMemory: memory.shared, maximumPages: MOST_PAGES });
  const { main } = instantiate(compiled, { env: memory.env, runtime: memory.runtime, host: {} });
  const slot = memory.table.grow(1, main);
  return (repeat = 1) => BigInt.asUintN(64, memory.runtime.run_repeat(slot, 0n, repeat));
}
