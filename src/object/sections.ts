import { HOOKS, type SectionRule } from '../hooks/index.js';

/**
 * Section names: which program type, attach type and flags each means. Each hook says so in its own file
 * (`Hook.sections`). Source: libbpf 1.6 `section_defs`, and for older objects the prefix matching of libbpf 0.x and
 * iproute2.
 */

/** What a section name says of the programs in it. Words are bpftool's. */
export interface SectionMeaning {
  readonly type: string;
  readonly attachType?: string;
  readonly sleepable: boolean;
  readonly xdpFrags: boolean;
  /** What follows the slash after the prefix. */
  readonly attachTo?: string;
}

export interface SectionRow extends SectionRule {
  readonly type: string;
}

export const SECTIONS: readonly SectionRow[] = HOOKS.flatMap((hook) =>
  hook.sections.map((rule) => ({ ...rule, type: hook.name })),
);

/** The rows of one program type, longest prefix first. */
export function sectionsOf(type: string): readonly SectionRow[] {
  return SECTIONS.filter((row) => row.type === type).sort((a, b) => b.prefix.length - a.prefix.length);
}

/** XDP programs that take packets in several buffers say so in their section's name. */
const FRAGS = 'xdp.frags';

const BY_PREFIX = new Map(SECTIONS.map((row) => [row.prefix, row]));

/**
 * What a section name means, or undefined when it says nothing. libbpf 1.x's rule comes first; then, for older
 * objects, the longest prefix that a `_`, `/`, `-` or digit follows (`xdp_pass`, `socket1`, `classifier/ingress`), and
 * iproute2's `3/0` (map id and slot of a tail call), which are classifiers.
 *
 * @param name without libbpf's leading `?`.
 */
export function sectionMeaning(name: string): SectionMeaning | undefined {
  const exact = BY_PREFIX.get(name);
  if (exact !== undefined && exact.rest !== 'required') return meaning(exact);
  for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
    const row = BY_PREFIX.get(name.slice(0, at));
    if (row !== undefined && row.rest !== 'none') return meaning(row, name.slice(at + 1));
  }
  if (tailCallSlot(name) !== undefined) return { type: 'sched_cls', sleepable: false, xdpFrags: false };
  return byOldPrefix(name);
}

function byOldPrefix(name: string): SectionMeaning | undefined {
  const rows = SECTIONS.filter(
    ({ prefix }) => name.startsWith(prefix) && /[_/\-0-9]/.test(name[prefix.length] ?? ''),
  );
  const row = rows.sort((a, b) => b.prefix.length - a.prefix.length)[0];
  return row && meaning(row);
}

function meaning(row: SectionRow, attachTo?: string): SectionMeaning {
  return {
    type: row.type,
    sleepable: row.sleepable === true,
    xdpFrags: row.type === 'xdp' && row.prefix.startsWith(FRAGS),
    ...(row.attachType === undefined ? {} : { attachType: row.attachType }),
    ...(attachTo === undefined || attachTo === '' ? {} : { attachTo }),
  };
}

/** iproute2's section name of a tail-call target: `MAP_ID/SLOT`, both decimal or 0x-hexadecimal. */
export function tailCallSlot(name: string): { readonly mapId: number; readonly slot: number } | undefined {
  const found = /^(0x[0-9a-f]+|\d+)\/(0x[0-9a-f]+|\d+)$/i.exec(name);
  return found === null ? undefined : { mapId: Number(found[1]), slot: Number(found[2]) };
}
