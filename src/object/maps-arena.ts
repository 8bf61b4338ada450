import { objectError } from '../errors/object.js';
import type { ObjectContext } from './context.js';
import type { MapSpec } from './spec.js';

/** The variables of an object that lie in its arena. */
export interface ArenaVariables {
  /** The section's index. */
  readonly section: number;
  /** The name of the arena. */
  readonly map: string;
  readonly bytes: Uint8Array;
}

const SECTION_NAME = '.addr_space.1';
const PAGE_BYTES = 4096;
/** A section of zeros takes no bytes in the file. */
const MAX_BYTES = 64 << 20;

/** The variables with `__arena`, for which clang has a section of their own; undefined when there are none. */
export function readArenaVariables(
  { elf }: ObjectContext,
  maps: readonly MapSpec[],
): ArenaVariables | undefined {
  const section = elf.sections.find(({ name, size }) => name === SECTION_NAME && size > 0);
  if (section === undefined) return undefined;
  const facts = { section: SECTION_NAME, offset: section.offset, length: section.size };
  const [map, ...others] = maps.filter(({ type }) => type === 'arena');
  if (map === undefined || others.length > 0)
    throw objectError(
      'OBJECT_BAD_MAP',
      `${SECTION_NAME}: variables of an arena need one map of type arena; the object has ${others.length + (map === undefined ? 0 : 1)}`,
      { facts },
    );
  if (section.size > map.maxEntries * PAGE_BYTES)
    throw objectError(
      'OBJECT_BAD_MAP',
      `${SECTION_NAME}: ${section.size} bytes do not fit the ${map.maxEntries} pages of arena ${map.name}`,
      { facts },
    );
  if (section.size > MAX_BYTES)
    throw objectError(
      'OBJECT_TOO_LARGE',
      `${SECTION_NAME}: ${section.size} bytes of variables; at most ${MAX_BYTES} are possible`,
      { facts },
    );
  // Without initial values the section has a size alone.
  const bytes = new Uint8Array(section.size);
  bytes.set(section.data.subarray(0, section.size));
  return { section: section.index, map: map.name, bytes };
}
