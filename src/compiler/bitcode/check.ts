import { bitcodeError } from '../../errors/bitcode.js';
import type { Value, ValueId } from '../ir/value.js';

/** Constants within constants: real initialisers are some ten deep and unfold to what the source spells out. */
const MAX_DEPTH = 1000;
const MAX_UNFOLDED = 1e8;

/**
 * Refuses constants whose operands do not exist or are no constants, and constants that contain themselves:
 * whoever walks them later need not look again. Checks `values` from `from`; `outer` are the module's when
 * `values` are a function's.
 */
export function checkConstants(values: readonly Value[], from: number, outer: readonly Value[]): void {
  const sizes = new Map<number, number>();
  const visiting = new Set<number>();
  const base = values === outer ? 0 : outer.length;
  const at = (id: number) => (id < base ? outer[id] : values[id - base]);
  const size = (id: number): number => {
    const known = sizes.get(id);
    if (known !== undefined) return known;
    const value = at(id);
    if (value === undefined) refuse(`A constant refers to value ${id}, which does not exist`, id);
    if (value.kind === 'argument' || value.kind === 'result') {
      refuse(`A constant refers to value ${id}, which is no constant`, id);
    }
    // The module's own have been checked before.
    if (id < base) return 1;
    if (visiting.has(id)) refuse('A constant contains itself', id);
    if (visiting.size > MAX_DEPTH) refuse('Constants are nested too deep', id);
    visiting.add(id);
    let total = 1;
    for (const operand of operandsOf(value)) total += size(operand);
    visiting.delete(id);
    if (total > MAX_UNFOLDED) {
      throw bitcodeError('BITCODE_TOO_LARGE', 'A constant unfolds to too many parts', {
        facts: { value: id },
      });
    }
    sizes.set(id, total);
    return total;
  };
  for (let index = from; index < values.length; index++) {
    if (operandsOf(values[index]!).length > 0) size(base + index);
  }
}

function operandsOf(value: Value): readonly ValueId[] {
  switch (value.kind) {
    case 'aggregate':
      return value.elements;
    case 'binary-expression':
    case 'compare-expression':
      return [value.left, value.right];
    case 'cast-expression':
      return [value.operand];
    case 'select-expression':
      return [value.condition, value.whenTrue, value.whenFalse];
    case 'gep-expression':
      return [value.base, ...value.indices];
    case 'block-address':
      return [value.function];
    default:
      return [];
  }
}

function refuse(message: string, value: number): never {
  throw bitcodeError('BITCODE_MALFORMED', message, { facts: { value } });
}
