import { type Btf, readBtf, readBtfExt } from '../btf/index.js';
import { MACHINE } from '../elf/constants.js';
import { type ElfFile, type ElfSection, readElf } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { type ObjectContext, viewOf } from './context.js';
import { completeDatasecs } from './datasecs.js';
import { infoBySection } from './debug-info.js';
import { completeKconfig, type Externs, kconfigMap, readExterns } from './externs.js';
import { type CodeFunction, readCode } from './functions.js';
import { type LinkSection, linkProgram } from './link.js';
import { readMaps } from './maps.js';
import { asMembers } from './maps-struct-ops.js';
import { dataMapName } from './names.js';
import { readReferences } from './references.js';
import { sectionMeaning } from './sections.js';
import type { ObjectSpec, ProgramSpec } from './spec.js';

export interface ParseObjectOptions {
  /**
   * The object's name, which libbpf puts before the names of global-data maps (`tcp_syn_.rodata`): give
   * `objectNameOf(path)`. Without it those maps are named as their sections.
   */
  readonly name?: string;
}

/**
 * Reads a BPF object file: its maps, and its programs with all functions that they call, ready to be relocated. Pure:
 * the same bytes give the same spec on every machine.
 *
 * Little- and big-endian objects are read; instructions, BTF and map definitions are decoded, the bytes of data
 * sections stay as they are.
 *
 * @param bytes the whole file, as clang writes it (`-target bpf -O2 -g -c`). The spec keeps no view of it.
 * @throws {SkepError} `ELF_*`, `BTF_*` or `OBJECT_*`, naming section and offset.
 */
export function parseObject(bytes: Uint8Array, options: ParseObjectOptions = {}): ObjectSpec {
  const elf = readElf(bytes);
  const kconfigName = dataMapName('.kconfig', options.name);
  const { context, externs } = readContext(elf, options.name, kconfigName);
  const code = readCode(context);
  if (elf.machine === MACHINE.NONE && code.size === 0)
    throw objectError(
      'OBJECT_MALFORMED',
      'the file is for no machine and holds no code: it is no BPF object',
      {
        facts: { section: 'ELF header', offset: 18 },
      },
    );
  const maps = readMaps(context, kconfigMap(context.btf, externs.kconfig, kconfigName), code);
  const targets = { code, maps: maps.bySection, data: maps.data, externs };
  const infoOf = infoBySection(context.ext);
  const sections = new Map(
    [...code].map(([index, section]): [number, LinkSection] => [
      index,
      {
        code: section,
        references: readReferences(context, section, targets),
        info: infoOf(section.section.name),
      },
    ]),
  );
  const shared = {
    license: readLicense(elf),
    kernelVersion: readVersion(elf),
    btf: context.btf,
  };
  const budget = { used: 0 };
  const linked = [...code.values()].flatMap((section) =>
    section.functions
      .filter((fn) => fn.entry)
      .map(
        (fn): ProgramSpec => ({
          ...describe(fn),
          ...shared,
          ...linkProgram(fn, sections, budget, context.btf),
        }),
      ),
  );
  const complete = maps.complete(linked);
  return {
    littleEndian: elf.littleEndian,
    ...shared,
    maps: complete,
    programs: asMembers(linked, complete),
    ...(context.notes.length === 0 ? {} : { notes: context.notes }),
  };
}

function readContext(
  elf: ElfFile,
  objectName: string | undefined,
  kconfigName: string,
): { context: ObjectContext; externs: Externs } {
  const btfSection = elf.sections.find((section) => section.name === '.BTF');
  const extSection = elf.sections.find((section) => section.name === '.BTF.ext');
  const btf = btfSection && checkOrder(elf, btfSection, readBtf(btfSection.data));
  const ext = btfSection && extSection && readBtfExt(extSection.data, btfSection.data);
  const externs = readExterns(elf, btf, kconfigName);
  const completed = btf && completeKconfig(completeDatasecs(btf, elf), externs.kconfig);
  return { context: { elf, btf: completed, ext, objectName, notes: [] }, externs };
}

/** BTF's own magic number decides its byte order; it has to be the file's. */
function checkOrder(elf: ElfFile, section: ElfSection, btf: Btf): Btf {
  if ((viewOf(section).getUint16(0, true) === 0xeb9f) === elf.littleEndian) return btf;
  throw objectError('OBJECT_MALFORMED', '.BTF is of the other byte order than the file', {
    facts: { section: '.BTF', offset: section.offset },
  });
}

function describe(fn: CodeFunction) {
  const autoload = !fn.code.name.startsWith('?');
  const section = autoload ? fn.code.name : fn.code.name.slice(1);
  const meaning = sectionMeaning(section);
  return {
    name: fn.name,
    section,
    type: meaning?.type,
    sleepable: meaning?.sleepable ?? false,
    ...(meaning?.attachType === undefined ? {} : { attachType: meaning.attachType }),
    ...(meaning?.attachTo === undefined ? {} : { attachTo: meaning.attachTo }),
    ...(meaning?.xdpFrags ? { xdpFrags: true } : {}),
    ...(autoload ? {} : { autoload: false }),
  };
}

/** libbpf keeps 63 bytes; kernels compare the whole string. */
function readLicense(elf: ElfFile): string {
  const data = elf.sections.find((section) => section.name === 'license')?.data ?? new Uint8Array(0);
  const end = data.indexOf(0);
  return new TextDecoder().decode(data.subarray(0, Math.min(end < 0 ? data.length : end, 127)));
}

function readVersion(elf: ElfFile): number {
  const section = elf.sections.find(({ name }) => name === 'version');
  if (section === undefined || section.size === 0) return 0;
  if (section.data.length !== 4)
    throw objectError('OBJECT_MALFORMED', `version: ${section.data.length} bytes; a kernel version has 4`, {
      facts: { section: 'version', offset: section.offset, length: section.size },
    });
  return viewOf(section).getUint32(0, elf.littleEndian);
}
