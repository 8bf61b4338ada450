import { SECTION } from '../../elf/constants.js';
import type { ElfSection, NewSection } from '../../elf/index.js';
import { combineError } from '../../errors/object.js';
import type { Input } from './inputs.js';

/** Where each section of the inputs lies in the output. */
export interface Placement {
  readonly sections: readonly NewSection[];
  /** Of an input's section; undefined for one that is left out. */
  place(input: Input, section: number): Place | undefined;
}
export interface Place {
  readonly section: NewSection;
  readonly offset: number;
}

/** Sections that say one thing for the whole object: all inputs have to say the same, and the first is kept. */
const SAID_ONCE = new Set(['license', 'version']);

/** Joins the sections of one name, one after the other, each aligned as it asks. */
export function placeSections(inputs: readonly Input[]): Placement {
  const growing = new Map<string, Growing>();
  const places = new Map<ElfSection, Place>();
  for (const input of inputs) {
    for (const section of input.sections) {
      const known = growing.get(section.name);
      const into = known ?? start(input, section);
      growing.set(section.name, into);
      if (known !== undefined && SAID_ONCE.has(section.name)) requireSame(known, input, section);
      else places.set(section, { section: into.section, offset: append(into, input, section) });
    }
  }
  for (const into of growing.values()) into.section.data = bytesOf(into);
  return {
    sections: [...growing.values()].map(({ section }) => section),
    place: (input, index) => {
      const section = input.elf.sections[index];
      return section && places.get(section);
    },
  };
}

/** A section of the output while it is made. */
interface Growing {
  readonly section: NewSection;
  readonly first: Input;
  readonly parts: { readonly at: number; readonly data: Uint8Array }[];
  size: number;
}

function start(first: Input, { name, type, flags, entrySize }: ElfSection): Growing {
  const section: NewSection = {
    name,
    type,
    flags,
    align: 1,
    ...(entrySize > 0 ? { entrySize } : {}),
    data: new Uint8Array(0),
    relocations: [],
  };
  return { section, first, parts: [], size: 0 };
}

function append(into: Growing, input: Input, section: ElfSection): number {
  const { name, type, flags } = into.section;
  if (section.type !== type || section.flags !== flags)
    throw combineError(`${name} of ${input.name} is of another kind than that of ${into.first.name}`, {
      section: name,
      inputs: [input.name, into.first.name],
    });
  const align = Math.max(1, section.alignment);
  into.section.align = Math.max(into.section.align, align);
  const at = Math.ceil(into.size / align) * align;
  if (type !== SECTION.NOBITS) into.parts.push({ at, data: section.data });
  into.size = at + section.size;
  return at;
}

function bytesOf({ parts, size }: Growing): Uint8Array {
  // Sections without bytes have their size as the length of their data too.
  const bytes = new Uint8Array(size);
  for (const { at, data } of parts) bytes.set(data, at);
  return bytes;
}

function requireSame({ parts, first, section: { name } }: Growing, input: Input, other: ElfSection): void {
  const mine = parts[0]?.data ?? new Uint8Array(0);
  if (mine.length === other.data.length && mine.every((byte, index) => byte === other.data[index])) return;
  const text = (bytes: Uint8Array) => (name === 'license' ? `'${textOf(bytes)}'` : String(versionOf(bytes)));
  throw combineError(
    `${name} is ${text(mine)} in ${first.name} and ${text(other.data)} in ${input.name}; an object has one`,
    { section: name, inputs: [first.name, input.name] },
  );
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function versionOf(bytes: Uint8Array): number {
  return bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
}
