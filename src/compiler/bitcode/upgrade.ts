import type { Attribute, AttributeList } from '../ir/attribute.js';
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
