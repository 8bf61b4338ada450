import { type Btf, type BtfTypeId, resolvedType, typeAt, typeText } from '../../btf/index.js';

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

/** The type of a function without a name: `u32 (struct sock *, int)`. Undefined when it is none. */
export function functionText(btf: Btf, id: BtfTypeId): string | undefined {
  const proto = resolvedType(btf, id);
  if (proto.kind !== 'func_proto') return undefined;
  const params = proto.params.map(({ type }) => typeText(btf, type).trimEnd());
  return `${typeText(btf, proto.returns)}(${params.length === 0 ? 'void' : params.join(', ')})`;
}
