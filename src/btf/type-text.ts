import { typeAt } from './resolve.js';
import type { Btf, BtfTypeId } from './types.js';

/** A type in C with bpftool's spaces: `struct xdp_md * `. Ends with a space, as long as nothing follows a name. */
export function typeText(btf: Btf, id: BtfTypeId, depth = 0): string {
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
