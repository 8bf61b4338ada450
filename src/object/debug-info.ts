import type { BtfExt, BtfTypeId } from '../btf/index.js';
import { INSN_BYTES } from '../isa/index.js';
import type { CoreRelocationSpec, LineInfo } from './spec.js';

/** What BTF.ext says of one code section, ascending by instruction slot of the section. */
export interface SectionInfo {
  readonly functionTypes: ReadonlyMap<number, BtfTypeId>;
  readonly lines: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocationSpec[];
}

const NOTHING: SectionInfo = { functionTypes: new Map(), lines: [], coreRelocations: [] };

/** Sorts the records of BTF.ext by code section. Records between instructions are dropped, as libbpf does. */
export function infoBySection(ext: BtfExt | undefined): (section: string) => SectionInfo {
  if (ext === undefined) return () => NOTHING;
  const functions = groupBySection(ext.functions);
  const lines = groupBySection(ext.lines);
  const cores = groupBySection(ext.coreRelocations);
  const known = new Map<string, SectionInfo>();
  const collect = (section: string): SectionInfo => ({
    functionTypes: new Map((functions.get(section) ?? []).map(({ slot, record }) => [slot, record.type])),
    lines: (lines.get(section) ?? []).map(({ slot, record: { file, text, line, column } }) => ({
      insn: slot,
      file,
      text,
      line,
      column,
    })),
    coreRelocations: (cores.get(section) ?? []).map(({ slot, record: { type, access, kind } }) => ({
      insn: slot,
      type,
      access,
      kind,
    })),
  });
  return (section) => {
    const info = known.get(section) ?? collect(section);
    known.set(section, info);
    return info;
  };
}

interface Placed<T> {
  readonly slot: number;
  readonly record: T;
}

function groupBySection<T extends { readonly section: string; readonly offset: number }>(
  records: readonly T[],
): Map<string, Placed<T>[]> {
  const groups = new Map<string, Placed<T>[]>();
  for (const record of records) {
    if (record.offset % INSN_BYTES !== 0) continue;
    const placed = { slot: record.offset / INSN_BYTES, record };
    const group = groups.get(record.section);
    if (group === undefined) groups.set(record.section, [placed]);
    else group.push(placed);
  }
  for (const group of groups.values()) group.sort((a, b) => a.slot - b.slot);
  return groups;
}

/** The part of an ascending list that lies in `[start, end)`, moved so that `start` becomes `base`. */
export function moved<T extends { readonly insn: number }>(
  records: readonly T[],
  start: number,
  end: number,
  base: number,
): T[] {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.insn ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found: T[] = [];
  for (let at = low; at < records.length; at++) {
    const record = records[at];
    if (record === undefined || record.insn >= end) break;
    found.push({ ...record, insn: record.insn - start + base });
  }
  return found;
}
