import { type Btf, type BtfTypeId, typeAt } from '../../btf/index.js';

/** A function of BTF in C, with bpftool's spaces: `int prog(struct xdp_md * ctx)`. Undefined when it is none. */
export function prototype(btf: Btf, func: BtfTypeId): string | undefined {
  const type = func > 0 && func < btf.types.length ? typeAt(btf, func) : undefined;
  if (type?.kind !== 'func') return undefined;
  const proto = typeAt(btf, type.type);
  if (proto.kind !== 'func_proto') return undefined;
  const params = proto.params.map((param) =>
    param.type === 0 && param.name === '' ? '...' : typeText(btf, param.type) + param.name,
  );
  return `${typeText(btf, proto.returns)}${type.name}(${params.length === 0 ? 'void' : params.join(', ')})`;
}

/** Ends with a space, as long as nothing follows a name. */
function typeText(btf: Btf, id: BtfTypeId, depth = 0): string {
  const type = typeAt(btf, id);
  if (depth > 16) return '… ';
  switch (type.kind) {
    case 'void':
      return 'void ';
    case 'ptr':
      return `${typeText(btf, type.type, depth + 1)}* `;
    case 'const':
    case 'volatile':
    case 'restrict':
      return `${type.kind} ${typeText(btf, type.type, depth + 1)}`;
    case 'struct':
    case 'union':
      return `${type.kind} ${type.name} `;
    case 'enum':
    case 'enum64':
      return `enum ${type.name} `;
    case 'fwd':
      return `${type.union ? 'union' : 'struct'} ${type.name} `;
    case 'array':
      return `${typeText(btf, type.type, depth + 1)}[${type.length}] `;
    case 'func_proto':
      return `${typeText(btf, type.returns, depth + 1)}(…) `;
    default:
      return 'name' in type ? `${type.name} ` : '';
  }
}
