import type { Btf, BtfType, BtfTypeId } from '../../btf/index.js';
import type { Json } from './json.js';

/** A type as bpftool's raw dump shows it: what one line says, and the lines below it. */
interface RawType {
  readonly kind: string;
  readonly name: string;
  readonly members: readonly (readonly [name: string, value: string | number])[];
  readonly list?: RawList;
}
interface RawList {
  /** Its name in JSON. */
  readonly name: string;
  readonly rows: readonly RawRow[];
}
interface RawRow {
  readonly json: Json;
  readonly text: string;
}

const ANONYMOUS = '(anon)';

/** bpftool's `[2] INT 'int' size=4 …`, with a line for each member. */
export function rawText(btf: Btf, id: BtfTypeId): string {
  const { kind, name, members, list } = rawType(btf, id);
  const words = members.map(([key, value]) => `${key}=${value}`);
  const lines = (list?.rows ?? []).map(({ text }) => `\t${text}\n`);
  // bpftool writes a comma here and nowhere else.
  const rest = kind === 'VAR' ? words.join(', ') : words.join(' ');
  return `[${id}] ${kind} '${name}'${rest === '' ? '' : ` ${rest}`}\n${lines.join('')}`;
}

/** The same as bpftool's JSON. */
export function rawJson(btf: Btf, id: BtfTypeId): Json {
  const { kind, name, members, list } = rawType(btf, id);
  const pairs = members.map(([key, value]) => [key, value] as const);
  return {
    id,
    kind,
    name,
    ...Object.fromEntries(pairs),
    ...(list === undefined ? {} : { [list.name]: list.rows.map(({ json }) => json) }),
  };
}

function rawType(btf: Btf, id: BtfTypeId): RawType {
  const type = btf.types.at(id) as BtfType;
  const name = ('name' in type ? type.name : '') || ANONYMOUS;
  const raw = (members: RawType['members'], list?: RawList): RawType => ({
    kind: type.kind.toUpperCase(),
    name,
    members,
    ...(list === undefined ? {} : { list }),
  });
  switch (type.kind) {
    case 'void':
      return raw([]);
    case 'int':
      return raw([
        ['size', type.size],
        ['bits_offset', type.bitOffset],
        ['nr_bits', type.bits],
        ['encoding', type.bool ? 'BOOL' : type.char ? 'CHAR' : type.signed ? 'SIGNED' : '(none)'],
      ]);
    case 'ptr':
    case 'typedef':
    case 'volatile':
    case 'const':
    case 'restrict':
    case 'type_tag':
      return raw([['type_id', type.type]]);
    case 'array':
      return raw([
        ['type_id', type.type],
        ['index_type_id', type.indexType],
        ['nr_elems', type.length],
      ]);
    case 'struct':
    case 'union':
      return raw(
        [
          ['size', type.size],
          ['vlen', type.members.length],
        ],
        members(type),
      );
    case 'enum':
    case 'enum64':
      return raw(
        [
          ['encoding', type.signed ? 'SIGNED' : 'UNSIGNED'],
          ['size', type.size],
          ['vlen', type.values.length],
        ],
        enumerators(type),
      );
    case 'fwd':
      return raw([['fwd_kind', type.union ? 'union' : 'struct']]);
    case 'func':
      return raw([
        ['type_id', type.type],
        ['linkage', type.linkage],
      ]);
    case 'func_proto':
      return raw(
        [
          ['ret_type_id', type.returns],
          ['vlen', type.params.length],
        ],
        {
          name: 'params',
          rows: type.params.map(({ name: param, type: of }) => ({
            json: { name: param || ANONYMOUS, type_id: of },
            text: `'${param || ANONYMOUS}' type_id=${of}`,
          })),
        },
      );
    case 'var':
      return raw([
        ['type_id', type.type],
        ['linkage', type.linkage],
      ]);
    case 'datasec':
      return raw(
        [
          ['size', type.size],
          ['vlen', type.vars.length],
        ],
        variables(btf, type),
      );
    case 'float':
      return raw([['size', type.size]]);
    case 'decl_tag':
      return raw([
        ['type_id', type.type],
        ['component_idx', type.componentIndex],
      ]);
    default:
      return type satisfies never;
  }
}

function members(type: Extract<BtfType, { kind: 'struct' | 'union' }>): RawList {
  return {
    name: 'members',
    rows: type.members.map((member) => {
      const name = member.name || ANONYMOUS;
      const bits = member.bitfieldSize > 0 ? ` bitfield_size=${member.bitfieldSize}` : '';
      return {
        json: {
          name,
          type_id: member.type,
          bits_offset: member.bitOffset,
          bitfield_size: member.bitfieldSize || undefined,
        },
        text: `'${name}' type_id=${member.type} bits_offset=${member.bitOffset}${bits}`,
      };
    }),
  };
}

function enumerators(type: Extract<BtfType, { kind: 'enum' | 'enum64' }>): RawList {
  const suffix = type.kind === 'enum' ? '' : type.signed ? 'LL' : 'ULL';
  return {
    name: 'values',
    rows: type.values.map(({ name, value }) => ({
      json: { name, val: value },
      text: `'${name}' val=${value}${suffix}`,
    })),
  };
}

function variables(btf: Btf, type: Extract<BtfType, { kind: 'datasec' }>): RawList {
  return {
    name: 'vars',
    rows: type.vars.map(({ type: of, offset, size }) => {
      const target = btf.types.at(of);
      const shown =
        target !== undefined && 'name' in target ? ` (${target.kind.toUpperCase()} '${target.name}')` : '';
      return {
        json: { type_id: of, offset, size },
        text: `type_id=${of} offset=${offset} size=${size}${shown}`,
      };
    }),
  };
}
