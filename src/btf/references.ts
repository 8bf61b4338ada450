import type { BtfType, BtfTypeId } from './types.js';

/** The ids of all types that a type names directly, in the order of its record. */
export function referencesOf(type: BtfType): readonly BtfTypeId[] {
  switch (type.kind) {
    case 'void':
    case 'int':
    case 'float':
    case 'fwd':
    case 'enum':
    case 'enum64':
      return [];
    case 'array':
      return [type.type, type.indexType];
    case 'struct':
    case 'union':
      return type.members.map((member) => member.type);
    case 'func_proto':
      return [type.returns, ...type.params.map((param) => param.type)];
    case 'datasec':
      return type.vars.map((variable) => variable.type);
    case 'ptr':
    case 'typedef':
    case 'volatile':
    case 'const':
    case 'restrict':
    case 'func':
    case 'var':
    case 'decl_tag':
    case 'type_tag':
      return [type.type];
    default:
      return type satisfies never;
  }
}
