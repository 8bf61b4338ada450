import { type Btf, readValue, resolvedType, sizeOf, typeText } from '../btf/index.js';
import type { BtfValue } from '../btf/value.js';
import type { TypedMap } from '../kernel/typed-map.js';
import type { SubprogramSpec } from '../object/spec.js';

/** A variable as the source declares it. */
export interface Variable {
  readonly name: string;
  /** In C. */
  readonly type: string;
  readonly value: BtfValue;
}

/** A function's arguments as it was called with them; none where BTF does not tell. */
export function argumentsOf(
  btf: Btf | undefined,
  { funcType }: Pick<SubprogramSpec, 'funcType'>,
  registers: readonly bigint[],
): Variable[] {
  const func = btf?.types.at(funcType);
  const proto = func?.kind === 'func' ? btf?.types.at(func.type) : undefined;
  if (btf === undefined || proto?.kind !== 'func_proto') return [];
  return proto.params.slice(0, 5).map(({ name, type }, index) => ({
    name,
    type: typeText(btf, type).trim(),
    value: argumentValue(btf, type, registers[index] ?? 0n),
  }));
}

function argumentValue(btf: Btf, type: number, register: bigint): BtfValue {
  const { kind } = resolvedType(btf, type);
  if (kind === 'struct' || kind === 'union' || kind === 'void') return register;
  const bytes = new Uint8Array(new BigUint64Array([register]).buffer);
  return readValue(btf, type, bytes.subarray(0, sizeOf(btf, type)));
}

/** The variables of a section: what a map like `.data` holds. */
export function globalsOf(map: TypedMap, value: Uint8Array): Variable[] {
  const { btf, valueType } = map.info;
  const section = btf === undefined || !valueType ? undefined : resolvedType(btf, valueType);
  if (btf === undefined || section?.kind !== 'datasec') return [];
  return section.vars.flatMap(({ type, offset, size }) => {
    const variable = btf.types.at(type);
    if (variable?.kind !== 'var') return [];
    const bytes = value.subarray(offset, offset + size);
    return [
      {
        name: variable.name,
        type: typeText(btf, variable.type).trim(),
        value: readValue(btf, variable.type, bytes),
      },
    ];
  });
}
