import { type Btf, type BtfType, type BtfVarSecinfo, typeAt, typesOfKind } from '../btf/index.js';
import type { ElfFile, ElfSection } from '../elf/index.js';

/**
 * Gives each DATASEC its section's size and its global variables' offsets. Compilers leave both to the linker, which a
 * single object never meets; libbpf does the same before it loads BTF.
 */
export function completeDatasecs(btf: Btf, elf: ElfFile): Btf {
  if (typesOfKind(btf, 'datasec').next().done === true) return btf;
  const sections = new Map(elf.sections.map((section) => [section.name, section]));
  const values = new Map<string, number>();
  for (const symbol of elf.symbols) {
    if (typeof symbol.section === 'number') values.set(`${symbol.section}:${symbol.name}`, symbol.value);
  }
  const types = Array.from(btf.types, (type) => {
    const section = type.kind === 'datasec' ? sections.get(type.name) : undefined;
    return type.kind === 'datasec' && section !== undefined ? complete(btf, type, section, values) : type;
  });
  return { types };
}

function complete(
  btf: Btf,
  datasec: Extract<BtfType, { kind: 'datasec' }>,
  section: ElfSection,
  values: ReadonlyMap<string, number>,
): BtfType {
  const vars = datasec.vars.map((variable): BtfVarSecinfo => {
    const type = typeAt(btf, variable.type);
    if (type.kind !== 'var' || type.linkage === 'static') return variable;
    return { ...variable, offset: values.get(`${section.index}:${type.name}`) ?? variable.offset };
  });
  vars.sort((a, b) => a.offset - b.offset);
  return { ...datasec, size: datasec.size === 0 ? section.size : datasec.size, vars };
}
