import type { HelperBinding } from '../abi.js';
import type { EngineMemory } from '../memory.js';
import type { HostHelpers } from './host.js';

/** A helper for the interpreter: r1 to r5 in, r0 out, all unsigned 64-bit. */
export type CallableHelper = (r1: bigint, r2: bigint, r3: bigint, r4: bigint, r5: bigint) => bigint;

/** The function behind a binding; undefined for tail calls, which the caller does itself. */
export function callableFor(
  binding: HelperBinding,
  memory: EngineMemory,
  host: HostHelpers,
): CallableHelper | undefined {
  switch (binding.kind) {
    case 'runtime':
      return callRuntime(binding, memory);
    case 'host': {
      const call = host[binding.name];
      if (call === undefined) return undefined;
      return (...registers) => BigInt.asUintN(64, call(...registers.slice(0, binding.args)));
    }
    case 'tail_call':
      return undefined;
    default:
      return binding satisfies never;
  }
}

function callRuntime(
  binding: Extract<HelperBinding, { kind: 'runtime' }>,
  memory: EngineMemory,
): CallableHelper | undefined {
  const call = memory.runtime[binding.name] as
    | ((...args: (number | bigint)[]) => number | bigint | undefined)
    | undefined;
  if (call === undefined) return undefined;
  const { params, signed } = binding;
  return (...registers) => {
    const args = params.map((type, i) =>
      type === 'i32' ? Number(BigInt.asIntN(32, registers[i]!)) : BigInt.asIntN(64, registers[i]!),
    );
    const result = call(...args);
    if (typeof result === 'bigint') return BigInt.asUintN(64, result);
    if (result === undefined) return 0n;
    return BigInt.asUintN(64, BigInt(signed ? result | 0 : result >>> 0));
  };
}
