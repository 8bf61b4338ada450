import { alignOf, type Btf, type BtfTypeId, resolvedType, sizeOf, typeAt } from '../btf/index.js';
import { BINDING } from '../elf/constants.js';
import type { ObjectContext } from './context.js';
import type { KconfigExtern, MapSpec } from './spec.js';

/** What an undefined symbol stands for. */
export type Extern =
  | { readonly kind: 'kconfig'; readonly map: string; readonly offset: number }
  | { readonly kind: 'ksym'; readonly typed: boolean; readonly weak: boolean }
  | { readonly kind: 'kfunc'; readonly weak: boolean };

export interface Externs {
  /** By symbol name. */
  readonly bySymbol: ReadonlyMap<string, Extern>;
  /** The map that holds the `__kconfig` variables, when there are any. */
  readonly kconfig: MapSpec | undefined;
}

const KCONFIG = '.kconfig';

/** Finds out from BTF what each undefined symbol is: a kernel symbol or function, or a configuration value. */
export function readExterns(context: ObjectContext, mapName: string): Externs {
  const bySymbol = new Map<string, Extern>();
  const { btf, elf } = context;
  if (btf === undefined) return { bySymbol, kconfig: undefined };
  const declared = declarations(btf);
  const settings: Omit<KconfigExtern, 'offset'>[] = [];
  for (const symbol of elf.symbols) {
    const found = symbol.section === 'undefined' ? declared.get(symbol.name) : undefined;
    if (found === undefined || bySymbol.has(symbol.name)) continue;
    const weak = symbol.binding === BINDING.WEAK;
    if (found.section === KCONFIG) {
      if (settings.every((setting) => setting.name !== symbol.name))
        settings.push({ name: symbol.name, size: sizeOf(btf, found.type), type: found.type, weak });
    } else if (found.isFunction) bySymbol.set(symbol.name, { kind: 'kfunc', weak });
    else {
      const typed = resolvedType(btf, found.type).kind !== 'void';
      bySymbol.set(symbol.name, { kind: 'ksym', typed, weak });
    }
  }
  if (settings.length === 0) return { bySymbol, kconfig: undefined };
  const kconfig = kconfigMap(btf, settings, mapName);
  for (const setting of kconfig.externs ?? [])
    bySymbol.set(setting.name, { kind: 'kconfig', map: mapName, offset: setting.offset });
  return { bySymbol, kconfig };
}

interface Declaration {
  readonly section: string;
  readonly isFunction: boolean;
  readonly type: BtfTypeId;
}

function declarations(btf: Btf): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const type of btf.types) {
    if (type.kind !== 'datasec') continue;
    for (const variable of type.vars) {
      const target = typeAt(btf, variable.type);
      if ((target.kind === 'var' || target.kind === 'func') && target.linkage === 'extern')
        found.set(target.name, {
          section: type.name,
          isFunction: target.kind === 'func',
          type: target.type,
        });
    }
  }
  return found;
}

/** libbpf's layout: by alignment, widest first, then by size, then by name. */
function kconfigMap(btf: Btf, settings: readonly Omit<KconfigExtern, 'offset'>[], name: string): MapSpec {
  const sorted = [...settings].sort(
    (a, b) => alignOf(btf, b.type) - alignOf(btf, a.type) || a.size - b.size || (a.name < b.name ? -1 : 1),
  );
  let end = 0;
  const externs = sorted.map((setting) => {
    const align = alignOf(btf, setting.type);
    const offset = Math.ceil(end / align) * align;
    end = offset + setting.size;
    return { ...setting, offset };
  });
  return {
    name,
    type: 'array',
    keySize: 4,
    valueSize: end,
    maxEntries: 1,
    flags: READ_ONLY_FOR_PROGRAMS,
    pinning: 'none',
    contents: new Uint8Array(end),
    frozen: true,
    section: KCONFIG,
    btf,
    externs,
  };
}

/** BPF_F_RDONLY_PROG */
export const READ_ONLY_FOR_PROGRAMS = 1 << 7;
