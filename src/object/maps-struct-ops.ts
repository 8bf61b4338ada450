import { type Btf, type BtfVarSecinfo, findByName, resolve, typeAt } from '../btf/index.js';
import { SECTION } from '../elf/constants.js';
import { type ElfSection, relocationsOf } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { INSN_BYTES } from '../isa/index.js';
import { type ObjectContext, viewOf } from './context.js';
import type { CodeSection } from './functions.js';
import { MAP_FLAGS } from './map-flags.js';
import type { MapSpec, ProgramSpec, StructOpsMember } from './spec.js';

/** libbpf's section names: `?` for maps that are made on demand, `.link` for those that a link registers. */
const SECTION_NAME = /^(\??)\.struct_ops(\.link)?$/;

/** A function that a struct names, by where its pointer stands in the section. */
interface Pointer {
  readonly offset: number;
  readonly program: string;
}

/** The maps of `.struct_ops` sections: each variable is a struct of functions for the kernel to call. */
export function readStructOps(context: ObjectContext, code: ReadonlyMap<number, CodeSection>): MapSpec[] {
  return context.elf.sections.flatMap((section) => {
    const name = section.type === SECTION.PROGBITS ? SECTION_NAME.exec(section.name) : null;
    if (name === null || section.size === 0) return [];
    const { btf } = context;
    const id = btf && findByName(btf, section.name, 'datasec');
    const datasec = btf === undefined || id === undefined ? undefined : typeAt(btf, id);
    if (btf === undefined || datasec?.kind !== 'datasec')
      throw bad(section, 'the object has no BTF that describes its structs', {}, 'compile with -g');
    const pointers = relocationsOf(context.elf, section).map((one) => pointerOf(context, section, one, code));
    return datasec.vars.map((variable) => ({
      ...structMap(btf, section, variable, pointers),
      flags: name[2] === undefined ? 0 : MAP_FLAGS.link,
      ...(name[1] === '?' ? { autocreate: false } : {}),
    }));
  });
}

function structMap(
  btf: Btf,
  section: ElfSection,
  { type, offset, size }: BtfVarSecinfo,
  pointers: readonly Pointer[],
): MapSpec {
  const variable = typeAt(btf, type);
  if (variable.kind !== 'var') throw bad(section, `type ${type} is no variable`, { offset });
  const struct = typeAt(btf, resolve(btf, variable.type));
  if (struct.kind !== 'struct')
    throw bad(section, `${variable.name} is no struct but ${struct.kind}`, { map: variable.name });
  const end = offset + size;
  if (end > section.data.length || size < struct.size)
    throw bad(section, `${variable.name} at offset ${offset} is outside the section`, { map: variable.name });
  const functions = pointers
    .filter((one) => one.offset >= offset && one.offset < end)
    .map((one) => ({ member: memberAt(section, struct.members, one.offset - offset), program: one.program }));
  return {
    name: variable.name,
    type: 'struct_ops',
    keySize: 4,
    valueSize: struct.size,
    maxEntries: 1,
    flags: 0,
    pinning: 'none',
    btf,
    structOps: {
      // A version of a struct for another kernel: `tcp_congestion_ops___new`.
      struct: struct.name.replace(/___.*$/, ''),
      type: resolve(btf, variable.type),
      contents: section.data.slice(offset, offset + struct.size),
      functions,
    },
  };
}

function memberAt(
  section: ElfSection,
  members: readonly { readonly name: string; readonly bitOffset: number }[],
  offset: number,
): string {
  const member = members.find(({ bitOffset }) => bitOffset === offset * 8);
  if (member !== undefined && member.name !== '') return member.name;
  throw bad(section, `a function stands at byte ${offset} of a struct, where no member begins`, { offset });
}

function pointerOf(
  { elf }: ObjectContext,
  section: ElfSection,
  { offset, symbol }: ReturnType<typeof relocationsOf>[number],
  code: ReadonlyMap<number, CodeSection>,
): Pointer {
  const addend =
    offset + 8 <= section.data.length ? viewOf(section).getBigUint64(offset, elf.littleEndian) : 0n;
  const target = typeof symbol.section === 'number' ? code.get(symbol.section) : undefined;
  const found = target?.byStart.get((symbol.value + Number(addend)) / INSN_BYTES);
  if (found?.entry) return { offset, program: found.name };
  throw objectError(
    'OBJECT_BAD_RELOCATION',
    `${section.name}: the pointer at offset ${offset} names no program`,
    {
      facts: { section: section.name, offset, symbol: symbol.name },
      hint: 'members of a struct_ops are functions that are not static, each in a section SEC("struct_ops")',
    },
  );
}

function bad(section: ElfSection, message: string, facts: Record<string, unknown>, hint?: string) {
  return objectError('OBJECT_BAD_MAP', `${section.name}: ${message}`, {
    facts: { section: section.name, offset: section.offset, ...facts },
    ...(hint === undefined ? {} : { hint }),
  });
}

/**
 * Programs that say of which member they are, as libbpf finds out: programs that only maps on demand name are on demand
 * themselves.
 *
 * @throws {SkepError} `OBJECT_BAD_MAP` for a program that is two different members.
 */
export function asMembers(programs: readonly ProgramSpec[], maps: readonly MapSpec[]): ProgramSpec[] {
  const members = new Map<string, { readonly member: StructOpsMember; wanted: boolean }>();
  for (const { name: map, structOps, autocreate } of maps) {
    for (const { member, program } of structOps?.functions ?? []) {
      const own = { struct: structOps?.struct ?? '', member };
      const before = members.get(program);
      if (before !== undefined && (before.member.struct !== own.struct || before.member.member !== member))
        throw objectError(
          'OBJECT_BAD_MAP',
          `map ${map}: program ${program} is ${own.struct}.${member} here and ${before.member.struct}.${before.member.member} elsewhere`,
          { facts: { map, program } },
        );
      const wanted = autocreate !== false || before?.wanted === true;
      members.set(program, { member: own, wanted });
    }
  }
  return programs.map((program) => {
    const found = members.get(program.name);
    if (found === undefined) return program;
    return { ...program, structOps: found.member, ...(found.wanted ? {} : { autoload: false }) };
  });
}
