import type { InsnIndex, Operation, Reg } from '../../../isa/index.js';
import type { HelperBinding } from '../../abi.js';
import { CPU_TAIL_CALLS, MAP_MAX_ENTRIES, MAP_VALUES, PROG_SLOT, PROG_STRIDE } from '../../runtime/layout.js';
import { WASM } from '../wasm/opcodes.js';
import { type FunctionContext, getLow, getRegister, setFromLow, setRegister, trap } from './context.js';
import type { ImportedBinding } from './environment.js';
import { inlineLookup } from './lookup.js';

/** Linux: MAX_TAIL_CALL_CNT. */
const MAX_TAIL_CALLS = 33;

/** The binding of a helper call, made for the type of the map where that is known. */
export function bindingAt(
  { environment, plan }: Pick<FunctionContext, 'environment' | 'plan'>,
  at: InsnIndex,
  id: number,
): HelperBinding | undefined {
  const map = plan.calls.get(at)?.map;
  const { executable } = environment;
  return executable.helper(id, map === undefined ? undefined : executable.maps[map]?.facts);
}

export function lowerHelperCall(context: FunctionContext, at: InsnIndex, id: number): void {
  const binding = bindingAt(context, at, id);
  if (binding === undefined) trap(context, 'badCall');
  else if (binding.kind === 'tail_call') lowerTailCall(context);
  else if (!inlineLookup(context, at, binding)) callImported(context, binding);
}

function callImported(context: FunctionContext, binding: ImportedBinding): void {
  const { code, environment } = context;
  const types = binding.kind === 'host' ? Array.from({ length: binding.args }, () => 'i64') : binding.params;
  types.forEach((type, index) => {
    const reg = (index + 1) as Reg;
    if (type === 'i32') getLow(context, reg);
    else getRegister(context, reg);
  });
  code.call(environment.helper(binding));
  if (binding.kind === 'runtime') {
    if (binding.result === 'void') code.i64(0);
    else if (binding.result === 'i32')
      code.op(binding.signed ? WASM.i64_extend_i32_s : WASM.i64_extend_i32_u);
  }
  setRegister(context, 0);
}

/** `callx`: only a sandbox can allow it. */
export function lowerRegisterCall(context: FunctionContext, reg: Reg): void {
  const { code, environment } = context;
  const binding = environment.executable.callByNumber;
  if (binding === undefined) {
    trap(context, 'badCall');
    return;
  }
  for (const argument of [reg, 1, 2, 3, 4, 5] as const) getRegister(context, argument);
  code.call(environment.helper(binding));
  setRegister(context, 0);
}

/**
 * bpf_tail_call(ctx, map, index). On success nothing of this program is left; on failure (no such slot, an empty one,
 * 33 tail calls made already) the program goes on behind the call with r0 as it was, as in Linux's interpreter.
 */
function lowerTailCall(context: FunctionContext): void {
  const { code, environment } = context;
  if (environment.sandbox) {
    trap(context, 'badCall');
    return;
  }
  const slot = context.scratch('i32');
  const count = context.scratch('i32', 1);
  code.globalGet(environment.cpuArea).memory(WASM.i32_load, CPU_TAIL_CALLS).tee(count);
  code.i32(MAX_TAIL_CALLS).op(WASM.i32_lt_u);
  getLow(context, 3);
  getLow(context, 2);
  code.memory(WASM.i32_load, MAP_MAX_ENTRIES).op(WASM.i32_lt_u, WASM.i32_and).if();
  getLow(context, 2);
  code.memory(WASM.i32_load, MAP_VALUES);
  getLow(context, 3);
  code.i32(PROG_STRIDE).op(WASM.i32_mul, WASM.i32_add).memory(WASM.i32_load, PROG_SLOT).tee(slot).if();
  code.globalGet(environment.cpuArea).get(count).i32(1).op(WASM.i32_add);
  code.memory(WASM.i32_store, CPU_TAIL_CALLS);
  context.leave();
  getRegister(context, 1);
  code.get(slot).callIndirect(environment.builder.type(environment.mainSignature), true);
  code.end().end();
}

export function lowerLocalCall(context: FunctionContext, target: InsnIndex): void {
  for (let reg = 1; reg <= 5; reg++) getRegister(context, reg as Reg);
  context.code.call(context.environment.local(target));
  setRegister(context, 0);
}

/** LD_ABS and LD_IND: r0 becomes a number of the packet, or the function ends with r0 = 0. */
export function lowerPacketLoad(
  context: FunctionContext,
  operation: Extract<Operation, { kind: 'ld_abs' | 'ld_ind' }>,
): void {
  const { code, environment } = context;
  const loaded = context.scratch('i64');
  getLow(context, 6);
  if (operation.kind === 'ld_ind') {
    getLow(context, operation.src);
    code.i32(operation.imm).op(WASM.i32_add);
  } else code.i32(operation.imm);
  code.i32(operation.bytes).call(environment.packetLoad).tee(loaded);
  code.i64(0).op(WASM.i64_lt_s).if();
  context.leave();
  code.i64(0).op(WASM.return).end();
  code.get(loaded);
  setRegister(context, 0);
}

export function lowerImm64(
  context: FunctionContext,
  at: InsnIndex,
  operation: Extract<Operation, { kind: 'ld_imm64' }>,
): void {
  const { code, environment } = context;
  const { pseudo, dst, low, high } = operation;
  const map = environment.executable.maps[low];
  switch (pseudo) {
    case 'imm':
      code.i64((BigInt(high) << 32n) | BigInt(low >>> 0));
      break;
    case 'map_idx':
      code.i64(map === undefined ? 0 : map.address >>> 0);
      break;
    case 'map_idx_value':
      code.i64(map === undefined ? 0 : (map.valueAddress >>> 0) + (high >>> 0));
      break;
    case 'func':
      code.globalGet(environment.callback(at + 1 + low));
      setFromLow(context, dst);
      return;
    case 'map_fd':
    case 'map_value':
    case 'btf_id':
      trap(context, 'badCall');
      return;
    default:
      pseudo satisfies never;
  }
  setRegister(context, dst);
}
