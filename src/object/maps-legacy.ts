import { type Btf, type BtfTypeId, findByName, sizeOf, typeAt } from '../btf/index.js';
import { SYMBOL_TYPE } from '../elf/constants.js';
import type { ElfSection, ElfSymbol } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { type ObjectContext, viewOf } from './context.js';
import { MAP_FLAGS } from './map-flags.js';
import { mapTypeName } from './map-types.js';
import type { PlacedMap } from './maps-btf.js';
import type { MapSpec } from './spec.js';

/** The five words that every `bpf_map_def` starts with. */
const MINIMUM_BYTES = 20;
/** iproute2's `bpf_elf_map`: nine words, the first four like `bpf_map_def`'s. */
const IPROUTE2_BYTES = 36;
/** gobpf's definition: six words (the sixth is pinning) and a namespace of 256 bytes. */
const GOBPF_BYTES = 280;

interface Entry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly words: readonly number[];
}

/** iproute2 names maps by number, for inner maps and for tail calls. */
export interface LegacyMaps {
  readonly maps: PlacedMap[];
  /** iproute2's map id to the map's name. */
  readonly byId: ReadonlyMap<number, string>;
}

/** Whether a section holds definitions of the kinds before BTF: `maps`, or `maps/NAME`. */
export function isLegacyMaps(section: ElfSection): boolean {
  return (section.name === 'maps' || section.name.startsWith('maps/')) && section.size > 0;
}

/**
 * Reads a section of map definitions, one for each symbol: `bpf_map_def` of any size (the kernel samples' has
 * `inner_map_idx` and `numa_node`), iproute2's `bpf_elf_map`, which is told by its size of 36 bytes, and gobpf's.
 */
export function readLegacyMaps(context: ObjectContext, section: ElfSection): LegacyMaps {
  const entries = readEntries(context, section);
  const specs: MapSpec[] = entries.map((entry) => baseSpec(entry, section, context.btf));
  const byId = new Map<number, string>();
  const specById = new Map<number, MapSpec>();
  entries.forEach((entry, index) => {
    const [id, spec] = [entry.words[5], specs[index]];
    if (entry.size !== IPROUTE2_BYTES || id === undefined || spec === undefined) return;
    byId.set(id, entry.name);
    specById.set(id, spec);
  });
  const maps = entries.map((entry, index): PlacedMap => {
    const spec = specs[index];
    if (spec === undefined) throw new Error('every entry has its spec');
    const inner = innerOf(entry, spec, specs, specById);
    return {
      spec: inner === undefined ? spec : { ...spec, inner: { ...inner, name: `${spec.name}.inner` } },
      section: section.index,
      offset: entry.offset,
      size: entry.size,
    };
  });
  return { maps, byId };
}

function readEntries({ elf }: ObjectContext, section: ElfSection): Entry[] {
  const symbols = elf.symbols.filter(
    (symbol) => symbol.section === section.index && symbol.name !== '' && isDataSymbol(symbol),
  );
  const byOffset = [...new Map(symbols.map((symbol) => [symbol.value, symbol])).values()].sort(
    (a, b) => a.value - b.value,
  );
  if (byOffset.length === 0)
    throw objectError('OBJECT_BAD_MAP', `${section.name}: no symbol names the maps in it`, {
      facts: { section: section.name, offset: section.offset, length: section.size },
    });
  return byOffset.map((symbol, index) => {
    const end = byOffset[index + 1]?.value ?? section.size;
    const size = symbol.size === 0 ? end - symbol.value : symbol.size;
    return readEntry(section, symbol, size, byOffset.length === 1, elf.littleEndian);
  });
}

function isDataSymbol(symbol: ElfSymbol): boolean {
  return symbol.type === SYMBOL_TYPE.OBJECT || symbol.type === SYMBOL_TYPE.NOTYPE;
}

function readEntry(
  section: ElfSection,
  symbol: ElfSymbol,
  size: number,
  alone: boolean,
  littleEndian: boolean,
): Entry {
  if (size < MINIMUM_BYTES || symbol.value + size > section.data.length)
    throw objectError(
      'OBJECT_BAD_MAP',
      `${section.name}: the definition of map ${symbol.name} at offset ${symbol.value} has ${size} bytes; at least ${MINIMUM_BYTES} within the section's ${section.size} are needed`,
      {
        facts: { section: section.name, offset: symbol.value, length: size, map: symbol.name },
      },
    );
  const view = viewOf(section);
  const count = Math.min(Math.floor(size / 4), IPROUTE2_BYTES / 4);
  const words = Array.from({ length: count }, (_, index) =>
    view.getUint32(symbol.value + index * 4, littleEndian),
  );
  const suffix = section.name.slice('maps/'.length);
  const name = alone && suffix !== '' ? suffix : symbol.name;
  return { name, offset: symbol.value, size, words };
}

function baseSpec(entry: Entry, section: ElfSection, btf: Btf | undefined): MapSpec {
  const [typeId = 0, keySize = 0, valueSize = 0, maxEntries = 0, flags = 0] = entry.words;
  const type = mapTypeName(typeId);
  if (type === undefined || type === 'unspec')
    throw objectError(
      'OBJECT_BAD_MAP',
      `${section.name}: map ${entry.name} is of type ${typeId}, which is unknown`,
      {
        facts: { section: section.name, offset: entry.offset, map: entry.name, type: typeId },
      },
    );
  // The kernel's old samples leave the size of what names an inner map to the loader.
  const held = valueSize === 0 && isMapOfMaps(type) ? 4 : valueSize;
  const spec = { name: entry.name, type, keySize, valueSize: held, maxEntries, flags };
  const numa = numaNode(entry, flags);
  return {
    ...spec,
    pinning: isPinned(entry) ? 'by_name' : 'none',
    ...(numa === undefined ? {} : { numaNode: numa }),
    ...annotated(btf, entry.name, keySize, valueSize),
  };
}

function isPinned(entry: Entry): boolean {
  if (entry.size === IPROUTE2_BYTES) return entry.words[6] === 1 || entry.words[6] === 2;
  return entry.size === GOBPF_BYTES && (entry.words[5] === 1 || entry.words[5] === 2);
}

function numaNode(entry: Entry, flags: number): number | undefined {
  if ((flags & MAP_FLAGS.numaNode) === 0 || entry.size === IPROUTE2_BYTES || entry.size === GOBPF_BYTES)
    return undefined;
  return entry.words[6];
}

function isMapOfMaps(type: string): boolean {
  return type === 'array_of_maps' || type === 'hash_of_maps';
}

function innerOf(
  entry: Entry,
  spec: MapSpec,
  specs: readonly MapSpec[],
  byId: ReadonlyMap<number, MapSpec>,
): MapSpec | undefined {
  if (!isMapOfMaps(spec.type)) return undefined;
  const inner = entry.size === IPROUTE2_BYTES ? byId.get(entry.words[7] || -1) : specs[entry.words[5] ?? -1];
  return inner === spec ? undefined : inner;
}

/** BPF_ANNOTATE_KV_PAIR leaves a struct named after the map, with a member `key` and a member `value`. */
function annotated(
  btf: Btf | undefined,
  name: string,
  keySize: number,
  valueSize: number,
): { keyType?: BtfTypeId; valueType?: BtfTypeId; btf?: Btf } {
  const id = btf && findByName(btf, `____btf_map_${name}`, 'struct');
  const struct = btf && id !== undefined ? typeAt(btf, id) : undefined;
  if (btf === undefined || struct?.kind !== 'struct') return {};
  const key = struct.members.find((member) => member.name === 'key')?.type;
  const value = struct.members.find((member) => member.name === 'value')?.type;
  if (key === undefined || value === undefined) return {};
  if (sizeOf(btf, key) !== keySize || sizeOf(btf, value) !== valueSize) return {};
  return { btf, keyType: key, valueType: value };
}
