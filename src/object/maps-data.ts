import { type Btf, findByName, typeAt } from '../btf/index.js';
import { FLAG, SECTION } from '../elf/constants.js';
import type { ElfSection } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { isSectionOf, type ObjectContext } from './context.js';
import { MAP_FLAGS } from './map-flags.js';
import { dataMapName } from './names.js';
import type { MapSpec } from './spec.js';

/** `.bss` takes no bytes in the file, so a few header bytes could ask for any amount of memory. */
const MAX_ZERO_BYTES = 64 << 20;

/** The maps that stand for `.data*`, `.rodata*` and `.bss*`, by section index. */
export function readDataMaps(context: ObjectContext): Map<number, MapSpec> {
  const maps = new Map<number, MapSpec>();
  let zeroBytes = 0;
  for (const section of context.elf.sections) {
    if (!isData(section)) continue;
    if (section.type === SECTION.NOBITS) zeroBytes += section.size;
    if (zeroBytes > MAX_ZERO_BYTES)
      throw objectError(
        'OBJECT_TOO_LARGE',
        `${section.name}: ${section.size} bytes of zeros; at most ${MAX_ZERO_BYTES} are possible`,
        {
          facts: { section: section.name, offset: section.offset, length: section.size },
        },
      );
    maps.set(section.index, dataMap(section, context));
  }
  return maps;
}

function isData(section: ElfSection): boolean {
  if (section.size === 0 || (section.flags & FLAG.EXEC) !== 0) return false;
  if (section.type === SECTION.NOBITS) return isSectionOf('.bss', section);
  return (
    section.type === SECTION.PROGBITS && (isSectionOf('.data', section) || isSectionOf('.rodata', section))
  );
}

function dataMap(section: ElfSection, { btf, objectName }: ObjectContext): MapSpec {
  const readOnly = isSectionOf('.rodata', section);
  const valueType = btf && findByName(btf, section.name, 'datasec');
  const mmapable = btf !== undefined && valueType !== undefined && hasGlobal(btf, valueType);
  return {
    name: dataMapName(section.name, objectName),
    type: 'array',
    keySize: 4,
    valueSize: section.size,
    maxEntries: 1,
    flags: (readOnly ? MAP_FLAGS.readOnlyForPrograms : 0) | (mmapable ? MAP_FLAGS.mmapable : 0),
    pinning: 'none',
    contents: section.type === SECTION.NOBITS ? new Uint8Array(section.size) : section.data.slice(),
    section: section.name,
    ...(readOnly ? { frozen: true } : {}),
    ...(btf === undefined ? {} : { btf }),
    ...(valueType === undefined ? {} : { valueType }),
  };
}

/** libbpf lets user space map a section's memory when something in it is visible outside. */
function hasGlobal(btf: Btf, datasec: number): boolean {
  const type = typeAt(btf, datasec);
  return (
    type.kind === 'datasec' &&
    type.vars.some((variable) => {
      const target = typeAt(btf, variable.type);
      return target.kind === 'var' && target.linkage !== 'static';
    })
  );
}
