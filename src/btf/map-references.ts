import type { BtfType, BtfTypeId } from './types.js';

/** The same type with other ids: each reference is what `to` makes of it. */
export function mapReferences<T extends BtfType>(type: T, to: (id: BtfTypeId) => BtfTypeId): T;
export function mapReferences(type: BtfType, to: (id: BtfTypeId) => BtfTypeId): BtfType {
  switch (type.kind) {
    case 'void':
    case 'int':
    case 'float':
    case 'fwd':
    case 'enum':
    case 'enum64':
      return type;
    case 'array':
      return { ...type, type: to(type.type), indexType: to(type.indexType) };
    case 'struct':
    case 'union':
      return { ...type, members: type.members.map((member) => ({ ...member, type: to(member.type) })) };
    case 'func_proto':
      return {
        ...type,
        returns: to(type.returns),
        params: type.params.map((param) => ({ ...param, type: to(param.type) })),
      };
    case 'datasec':
      return { ...type, vars: type.vars.map((variable) => ({ ...variable, type: to(variable.type) })) };
    case 'ptr':
    case 'typedef':
    case 'volatile':
    case 'const':
    case 'restrict':
    case 'func':
    case 'var':
    case 'decl_tag':
    case 'type_tag':
      return { ...type, type: to(type.type) };
    default:
      return type satisfies never;
  }
}
