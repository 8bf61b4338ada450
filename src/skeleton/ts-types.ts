import {
  type Btf,
  type BtfMember,
  type BtfType,
  type BtfTypeId,
  nameOf,
  resolvedType,
  skipModifiers,
  typeAt,
} from '../btf/index.js';
import { anonymousComposite, isChar } from '../btf/value.js';
import { objectError } from '../errors/object.js';

/** Names that mean something to TypeScript where a type is named. */
const RESERVED = new Set(
  (
    'any bigint boolean never null number object string symbol undefined unknown void break case catch class const ' +
    'continue debugger default delete do else enum export extends false finally for function if import in instanceof ' +
    'new return super switch this throw true try typeof var while with implements interface let package private ' +
    'protected public static yield await arguments eval'
  ).split(' '),
);
/** Deeper nesting of anonymous types is no C. */
const MAX_DEPTH = 32;

/**
 * The types of an object in TypeScript: what `readValue` makes of their bytes. Named types become declarations of their
 * own, anonymous ones are written where they are used, as in C.
 */
export class TsTypes {
  readonly #btf: Btf;
  readonly #names = new Map<BtfTypeId, string>();
  readonly #used = new Set<string>();
  readonly #declarations: string[] = [];

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /** Declarations of all named types that were asked for, and of those that they name. */
  get declarations(): readonly string[] {
    return this.#declarations;
  }

  /** The names of declared types in TypeScript, by those in C: the first of each name. */
  get named(): ReadonlyMap<string, string> {
    const named = new Map<string, string>();
    for (const [id, name] of this.#names) {
      const inC = nameOf(typeAt(this.#btf, id));
      if (!named.has(inC)) named.set(inC, name);
    }
    return named;
  }

  /**
   * A type where it is used.
   *
   * @param where for the error: `the value of map m`.
   * @throws {SkepError} `OBJECT_NO_TYPE` for types that have no values.
   */
  use(start: BtfTypeId, where: string, depth = 0): string {
    const id = skipModifiers(this.#btf, start);
    const type = typeAt(this.#btf, id);
    if (depth > MAX_DEPTH) throw noType(where, 'it is nested too deeply');
    switch (type.kind) {
      case 'int':
        return type.bool ? 'boolean' : numberOf(type.size > 4);
      case 'float':
        if (type.size > 8) throw noType(where, `its type ${type.name} has no counterpart in JavaScript`);
        return 'number';
      // An address in the kernel or in an arena.
      case 'ptr':
        return 'bigint';
      case 'array':
        return this.#array(type, where, depth);
      case 'typedef':
        return this.#typedef(id, type, where, depth);
      case 'struct':
      case 'union':
        return type.name === ''
          ? this.#composite(type, '', where, depth)
          : this.#declare(id, type.name, where);
      case 'enum':
      case 'enum64':
        return type.name === '' ? enumText(type) : this.#declare(id, type.name, where);
      case 'fwd':
        throw noType(
          where,
          `${type.union ? 'union' : 'struct'} ${type.name} is declared, but nothing defines it`,
        );
      default:
        throw noType(where, type.kind === 'void' ? 'it has none' : `a ${type.kind} is no value`);
    }
  }

  #array(type: Extract<BtfType, { kind: 'array' }>, where: string, depth: number): string {
    const element = this.use(type.type, where, depth + 1);
    // Text, or the bytes when they are none.
    if (isChar(this.#btf, type.type)) return 'string | number[]';
    return /^[\w[\]]+$/.test(element) ? `${element}[]` : `(${element})[]`;
  }

  /** A typedef of a plain number is that number; of anything else, a name worth keeping. */
  #typedef(id: BtfTypeId, type: Extract<BtfType, { kind: 'typedef' }>, where: string, depth: number): string {
    const target = resolvedType(this.#btf, type.type);
    if (target.kind === 'int' || target.kind === 'float' || target.kind === 'ptr')
      return this.use(type.type, where, depth + 1);
    // `typedef struct x x` names nothing new.
    if (nameOf(typeAt(this.#btf, skipModifiers(this.#btf, type.type))) === type.name)
      return this.use(type.type, where, depth + 1);
    return this.#declare(id, type.name, where);
  }

  #declare(id: BtfTypeId, wanted: string, where: string): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = this.#unique(wanted);
    this.#names.set(id, name);
    // Its place is kept, so that what it names comes after it.
    const place = this.#declarations.push('') - 1;
    this.#declarations[place] = this.#declaration(id, name, where);
    return name;
  }

  #unique(wanted: string): string {
    const free = RESERVED.has(wanted) ? `${wanted}_` : wanted;
    let name = free;
    for (let count = 2; this.#used.has(name); count++) name = `${free}_${count}`;
    this.#used.add(name);
    return name;
  }

  #declaration(id: BtfTypeId, name: string, where: string): string {
    const type = typeAt(this.#btf, id);
    switch (type.kind) {
      case 'struct':
      case 'union':
        return `/** \`${type.kind} ${type.name}\`, ${type.size} bytes. */\nexport interface ${name} ${this.#composite(type, '', `${type.kind} ${type.name}`, 0)}\n`;
      case 'typedef':
        return `/** \`${type.name}\`. */\nexport type ${name} = ${this.use(type.type, where, 1)};\n`;
      case 'enum':
      case 'enum64': {
        const rows = type.values.map((row) => `  ${row.name}: ${row.value}${type.size > 4 ? 'n' : ''},\n`);
        return (
          `/** \`enum ${type.name}\`. A value without a name is a number. */\nexport type ${name} = ${enumText(type)};\n` +
          `export const ${name} = {\n${rows.join('')}} as const;\n`
        );
      }
      default:
        throw noType(where, `a ${type.kind} is no value`);
    }
  }

  #composite(
    type: Extract<BtfType, { kind: 'struct' | 'union' }>,
    indent: string,
    where: string,
    depth: number,
  ): string {
    const lines = this.#members(type, where, depth).map(
      (line) => `${indent}  ${line.replaceAll('\n', '\n  ')}\n`,
    );
    return `{\n${lines.join('')}${indent}}`;
  }

  /** A union's members are all there: each is read from the same bytes. Those of anonymous members count as the outer one's. */
  #members(type: Extract<BtfType, { kind: 'struct' | 'union' }>, where: string, depth: number): string[] {
    if (depth > MAX_DEPTH) throw noType(where, 'it is nested too deeply');
    return type.members.flatMap((member) => {
      const inner = anonymousComposite(this.#btf, member);
      if (inner !== undefined) return this.#members(inner, where, depth + 1);
      if (member.name === '') return [];
      return [`${member.name}: ${this.#memberType(member, `${where}, member ${member.name}`, depth)};`];
    });
  }

  #memberType(member: BtfMember, where: string, depth: number): string {
    if (member.bitfieldSize === 0) return this.use(member.type, where, depth + 1);
    const type = resolvedType(this.#btf, member.type);
    const isPlain = type.kind === 'int' && !type.bool;
    return isPlain ? numberOf(member.bitfieldSize > 32) : this.use(member.type, where, depth + 1);
  }
}

function numberOf(isWide: boolean): 'bigint' | 'number' {
  return isWide ? 'bigint' : 'number';
}

function enumText(type: Extract<BtfType, { kind: 'enum' | 'enum64' }>): string {
  return [...type.values.map(({ name }) => `'${name}'`), numberOf(type.size > 4)].join(' | ');
}

export function noType(where: string, reason: string, hint?: string) {
  return objectError('OBJECT_NO_TYPE', `${where} has no type for TypeScript: ${reason}`, {
    facts: { where },
    ...(hint === undefined ? {} : { hint }),
  });
}
