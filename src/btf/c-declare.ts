import { btfError } from '../errors/btf.js';
import { isPacked } from './align.js';
import { layOutMembers } from './c-layout.js';
import { CNames } from './c-names.js';
import { cycle, resolve, typeAt } from './resolve.js';
import type { Btf, BtfParam, BtfType, BtfTypeId } from './types.js';

/** Deeper than any C that compilers write; keeps hostile types from exhausting the stack. */
export const MAX_C_DEPTH = 256;
/** Anonymous types are written out at each use, so that a few hostile ones could ask for any amount of text. */
const MAX_INLINE = 200_000;

export interface CContext {
  readonly btf: Btf;
  readonly names: CNames;
  /** Write `btf_type_tag` attributes, which only clang knows. */
  readonly typeTags: boolean;
  /** Leave out `const`, `volatile` and `restrict`: user space sets what programs only read. */
  readonly stripQualifiers: boolean;
  inlined: number;
  /** Anonymous enumerations that are written out, whose enumerators exist therefore. */
  readonly spelled: Set<BtfTypeId>;
}

export function cContext(
  btf: Btf,
  { typeTags = false, stripQualifiers = false }: Partial<Pick<CContext, 'typeTags' | 'stripQualifiers'>> = {},
): CContext {
  return { btf, names: new CNames(btf), typeTags, stripQualifiers, inlined: 0, spelled: new Set() };
}

/**
 * A C declaration of `name` with a type: `int (*handler)(struct sk_buff *)`.
 *
 * @param name '' for a bare type name.
 */
export function declare(context: CContext, id: BtfTypeId, name: string, indent = '', depth = 0): string {
  let declarator = name;
  let qualifiers = '';
  let tags = '';
  let at = id;
  for (let step = 0; step <= MAX_C_DEPTH; step++) {
    const type = typeAt(context.btf, at);
    switch (type.kind) {
      case 'const':
      case 'volatile':
      case 'restrict':
        // Those of an array and of its elements say the same.
        if (!context.stripQualifiers && !qualifiers.includes(type.kind))
          qualifiers = `${qualifiers}${type.kind} `;
        at = type.type;
        break;
      case 'type_tag':
        if (context.typeTags && !type.attribute)
          tags = `__attribute__((btf_type_tag("${type.name}"))) ${tags}`;
        at = type.type;
        break;
      case 'ptr': {
        const behind = `${qualifiers}${tags}`;
        const pointer = `*${behind === '' ? '' : ` ${behind}`}${declarator}`.trimEnd();
        const target = behindTags(context.btf, type.type);
        declarator = target === 'array' || target === 'func_proto' ? `(${pointer})` : pointer;
        qualifiers = '';
        tags = '';
        at = type.type;
        break;
      }
      case 'array':
        declarator = `${declarator}[${type.length}]`;
        at = type.type;
        break;
      case 'func_proto':
        declarator = `${declarator}(${parameters(context, type.params, depth)})`;
        // A function has no qualifiers.
        qualifiers = '';
        at = type.returns;
        break;
      default: {
        const base = `${qualifiers}${specifier(context, at, type, indent, depth)} ${tags}`.trimEnd();
        return declarator === '' ? base : `${base} ${declarator}`;
      }
    }
  }
  throw cycle(id);
}

/** What a pointer's target is, to know whether the declarator takes parentheses. */
function behindTags(btf: Btf, id: BtfTypeId): BtfType['kind'] {
  let at = id;
  for (let step = 0; step <= MAX_C_DEPTH; step++) {
    const type = typeAt(btf, at);
    if (
      type.kind !== 'type_tag' &&
      type.kind !== 'const' &&
      type.kind !== 'volatile' &&
      type.kind !== 'restrict'
    )
      return type.kind;
    at = type.type;
  }
  throw cycle(id);
}

function parameters(context: CContext, params: readonly BtfParam[], depth: number): string {
  if (depth > MAX_C_DEPTH) throw cycle(0);
  if (params.length === 0) return 'void';
  return params
    .map(({ name, type }, index) => {
      const isEllipsis = type === 0 && name === '' && index === params.length - 1;
      return isEllipsis ? '...' : declare(context, type, name, '', depth + 1);
    })
    .join(', ');
}

function specifier(context: CContext, id: BtfTypeId, type: BtfType, indent: string, depth: number): string {
  switch (type.kind) {
    case 'void':
      return 'void';
    case 'int':
    case 'float':
      return type.name;
    case 'typedef':
      return context.names.of(id);
    case 'fwd':
      return `${type.union ? 'union' : 'struct'} ${type.name}`;
    case 'struct':
    case 'union':
      if (type.name !== '') return `${type.kind} ${context.names.of(id)}`;
      return compositeBody(context, id, type, indent, depth + 1);
    case 'enum':
    case 'enum64':
      return type.name === '' ? enumBody(context, id, type, indent) : `enum ${context.names.of(id)}`;
    default:
      throw btfError('BTF_UNSUPPORTED', `type ${id} (${type.kind}) has no place in a C declaration`, {
        facts: { type: id },
      });
  }
}

/** `struct name { … } __attribute__((packed))`, without the semicolon. */
export function compositeBody(
  context: CContext,
  id: BtfTypeId,
  type: Extract<BtfType, { kind: 'struct' | 'union' }>,
  indent: string,
  depth: number,
): string {
  context.inlined += type.members.length + 1;
  if (depth > MAX_C_DEPTH || context.inlined > MAX_INLINE + 64 * context.btf.types.length) throw cycle(id);
  const packed = isPacked(context.btf, type);
  const { parts, alignment } = layOutMembers(context.btf, type, packed);
  const inner = `${indent}\t`;
  const lines = parts.map((part) => {
    if (part.kind === 'padding') return `${inner}${part.text};`;
    const { name, type: member, bitfieldSize } = part.member;
    const bits = bitfieldSize > 0 ? `: ${bitfieldSize}` : '';
    return `${inner}${declare(context, member, name, inner, depth)}${bits};`;
  });
  const attributes = [...(packed ? ['packed'] : []), ...(alignment > 1 ? [`aligned(${alignment})`] : [])];
  const suffix = attributes.length === 0 ? '' : ` __attribute__((${attributes.join(', ')}))`;
  const head = [type.kind, context.names.of(id)].filter((word) => word !== '').join(' ');
  return `${head} {\n${lines.map((line) => `${line}\n`).join('')}${indent}}${suffix}`;
}

const ENUM_MODES: Readonly<Record<number, string>> = { 1: 'byte', 2: 'HI' };

/** `enum name { … }`, without the semicolon. */
export function enumBody(
  context: CContext,
  id: BtfTypeId,
  type: Extract<BtfType, { kind: 'enum' | 'enum64' }>,
  indent: string,
): string {
  context.spelled.add(id);
  context.inlined += type.values.length + 1;
  if (context.inlined > MAX_INLINE + 64 * context.btf.types.length) throw cycle(id);
  const lines = type.values.map(({ name, value }) => {
    const suffix = type.kind === 'enum64' ? (type.signed ? 'LL' : 'ULL') : '';
    return `${indent}\t${context.names.enumerator(name)} = ${value}${suffix},\n`;
  });
  const wide = type.values.some(({ value }) => value > 0xffff_ffffn || value < -0x8000_0000n);
  const mode = type.size === 8 && !wide ? 'word' : ENUM_MODES[type.size];
  const head = ['enum', context.names.of(id)].filter((word) => word !== '').join(' ');
  return `${head} {\n${lines.join('')}${indent}}${mode === undefined ? '' : ` __attribute__((mode(${mode})))`}`;
}

/** Whether a type, behind modifiers, is an array: a typedef of one needs its element's definition. */
export function isArray(btf: Btf, id: BtfTypeId): boolean {
  return typeAt(btf, resolve(btf, id)).kind === 'array';
}
