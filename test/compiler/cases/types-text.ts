import type { Btf, BtfTypeId } from '../../../src/btf/types.js';
import type { ObjectSpec } from '../../../src/object/spec.js';

/** Every type of an object's BTF as a line of text without ids, in alphabetical order. */
export function typesText({ btf }: Pick<ObjectSpec, 'btf'>): string[] {
  if (btf === undefined) return [];
  const lines = Array.from(btf.types, (_, id) => definition(btf, id));
  return [...new Set(lines)].filter((line) => line !== '').sort();
}

/** What a type is, with the types in it by name, or spelled out where they have none. */
function definition(btf: Btf, id: BtfTypeId): string {
  const type = btf.types.at(id);
  switch (type?.kind) {
    case 'struct':
    case 'union':
      return `${type.kind} ${type.name} ${body(btf, id)}`;
    case 'enum':
    case 'enum64':
      return `${type.kind} ${type.name} ${body(btf, id)}`;
    case 'typedef':
      return `typedef ${type.name} ${reference(btf, type.type)}`;
    case 'func':
      return `func ${type.linkage} ${type.name} ${reference(btf, type.type)}`;
    case 'var':
      return `var ${type.linkage} ${type.name} ${reference(btf, type.type)}`;
    case 'datasec': {
      const vars = type.vars.map((each) => `${reference(btf, each.type)}:${each.size}`);
      return `datasec ${type.name} ${vars.sort().join(' ')}`;
    }
    case 'decl_tag':
      return `decl_tag ${type.name} ${type.componentIndex} ${reference(btf, type.type)}`;
    case 'int':
    case 'float':
    case 'fwd':
      return reference(btf, id);
    default:
      return '';
  }
}

function body(btf: Btf, id: BtfTypeId): string {
  const type = btf.types.at(id);
  if (type?.kind === 'struct' || type?.kind === 'union') {
    const members = type.members.map(
      ({ name, type: of, bitOffset, bitfieldSize }) =>
        `${name}@${bitOffset}:${bitfieldSize} ${reference(btf, of)}`,
    );
    return `${type.size} {${members.join('; ')}}`;
  }
  if (type?.kind === 'enum' || type?.kind === 'enum64') {
    return `${type.size} ${type.signed} {${type.values.map(({ name, value }) => `${name}=${value}`).join(' ')}}`;
  }
  return '';
}

function reference(btf: Btf, id: BtfTypeId): string {
  const type = btf.types.at(id);
  switch (type?.kind) {
    case undefined:
    case 'void':
      return 'void';
    case 'struct':
    case 'union':
    case 'enum':
    case 'enum64':
      return type.name === '' ? `${type.kind} ${body(btf, id)}` : `${type.kind} ${type.name}`;
    case 'int':
      return `${type.name}:${type.size}${type.signed ? 's' : ''}${type.char ? 'c' : ''}${type.bool ? 'b' : ''}`;
    case 'float':
      return `float ${type.name}:${type.size}`;
    case 'fwd':
      return `fwd ${type.union ? 'union' : 'struct'} ${type.name}`;
    case 'ptr':
      return `*${reference(btf, type.type)}`;
    case 'array':
      return `[${type.length}]${reference(btf, type.type)}`;
    case 'const':
    case 'volatile':
    case 'restrict':
      return `${type.kind} ${reference(btf, type.type)}`;
    case 'type_tag':
      return `tag(${type.name}) ${reference(btf, type.type)}`;
    case 'func_proto': {
      const params = type.params.map(({ name, type: of }) => `${name} ${reference(btf, of)}`);
      return `(${params.join(', ')}) ${reference(btf, type.returns)}`;
    }
    case 'typedef':
    case 'func':
    case 'var':
      return `${type.kind} ${type.name}`;
    case 'decl_tag':
      return `decl_tag ${type.name}`;
    case 'datasec':
      return `datasec ${type.name}`;
    default:
      return type satisfies never;
  }
}
