import type { Attribute, AttributeList } from '../ir/attribute.js';
import type { CallFacts } from '../ir/instruction.js';
import type { ValueId } from '../ir/value.js';
import type { FunctionReader } from './function.js';

/** Intrinsics whose first argument must say what it points to. */
const NEED_ELEMENT_TYPE = /^llvm\.preserve\.(array|struct)\.access\.index/;

/**
 * Adds the `elementtype` attributes that calls need once pointers are opaque, and that bitcode with typed
 * pointers did not carry: of CO-RE accesses, and of inline assembly's indirect operands.
 */
export function withElementTypes(
  attributes: AttributeList | undefined,
  fn: FunctionReader,
  callee: ValueId,
  rawFunctionType: number,
): AttributeList | undefined {
  const value = fn.known(callee);
  const name = fn.context.functionName(callee);
  let parameters: number[] = [];
  if (name !== undefined && NEED_ELEMENT_TYPE.test(name)) parameters = [0];
  else if (value?.kind === 'inline-asm') parameters = indirectParameters(value.constraints);
  let result = attributes;
  for (const index of parameters) {
    const type = fn.types.parameterPointee(rawFunctionType, index);
    if (
      type === undefined ||
      result?.parameters[index]?.some((a) => a.kind === 'type' && a.name === 'elementtype')
    )
      continue;
    const attribute: Attribute = { kind: 'type', name: 'elementtype', type };
    const list = [...(result?.parameters ?? [])];
    list[index] = [...(list[index] ?? []), attribute];
    result = {
      function: result?.function ?? [],
      returns: result?.returns ?? [],
      parameters: Array.from(list),
    };
  }
  return result;
}

/** Which arguments inline assembly takes by address: `*m`, `=*m`. */
export function indirectParameters(constraints: string): number[] {
  const found: number[] = [];
  let argument = 0;
  for (const constraint of constraints.split(',')) {
    const output = constraint.startsWith('=');
    const indirect = constraint.includes('*');
    if (constraint.startsWith('~') || constraint.startsWith('!') || (output && !indirect)) continue;
    if (indirect) found.push(argument);
    argument++;
  }
  return found;
}

/**
 * Before LLVM 15 an `asm goto` took its targets as arguments, addresses of blocks; since then they are
 * constraints of their own, `!i`, between the inputs and the clobbers.
 */
export function withLabelConstraints(call: CallFacts, targets: number, fn: FunctionReader): CallFacts {
  const asm = fn.known(call.callee);
  const last = call.arguments.slice(call.arguments.length - targets);
  const addresses = last.filter((id) => typeof id === 'number' && fn.known(id)?.kind === 'block-address');
  if (asm?.kind !== 'inline-asm' || targets === 0 || addresses.length !== targets) return call;
  const type = fn.types.get(call.functionType);
  if (type.kind !== 'function') return call;
  const kept = call.arguments.slice(0, -targets);
  const functionType = fn.types.intern({ ...type, parameters: type.parameters.slice(0, kept.length) });
  // Calls may share one assembly: the first has changed it.
  if (!asm.constraints.includes('!')) {
    const constraints = labelConstraints(asm.constraints, targets);
    fn.replace(call.callee, { ...asm, constraints, functionType });
  }
  return { ...call, functionType, arguments: kept };
}

function labelConstraints(constraints: string, targets: number): string {
  const all = constraints.split(',');
  const clobber = all.findIndex((constraint) => constraint.startsWith('~'));
  const end = clobber < 0 ? all.length : clobber;
  const labels = Array.from({ length: targets }, () => '!i');
  return [...all.slice(0, Math.max(0, end - targets)), ...labels, ...all.slice(end)].join(',');
}
