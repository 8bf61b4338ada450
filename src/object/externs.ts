import {
  alignOf,
  type Btf,
  type BtfTypeId,
  findByName,
  nameOf,
  resolvedType,
  sizeOf,
  typeAt,
  typesOfKind,
} from '../btf/index.js';
import { BINDING } from '../elf/constants.js';
import type { ElfFile } from '../elf/index.js';
import { MAP_FLAGS } from './map-flags.js';
import type { KconfigExtern, MapSpec } from './spec.js';

/** What an undefined symbol stands for. */
export type Extern =
  | { readonly kind: 'kconfig'; readonly map: string; readonly offset: number }
  | { readonly kind: 'ksym'; readonly typed: boolean; readonly weak: boolean }
  | { readonly kind: 'kfunc'; readonly weak: boolean };

export interface Externs {
  /** By symbol name. */
  readonly bySymbol: ReadonlyMap<string, Extern>;
  /** The `__kconfig` variables, laid out. */
  readonly kconfig: readonly KconfigExtern[];
}

const KCONFIG = '.kconfig';

/** Finds out from BTF what each undefined symbol is: a kernel symbol or function, or a configuration value. */
export function readExterns(elf: ElfFile, btf: Btf | undefined, mapName: string): Externs {
  const bySymbol = new Map<string, Extern>();
  if (btf === undefined) return { bySymbol, kconfig: [] };
  const declared = declarations(btf);
  const settings = new Map<string, Omit<KconfigExtern, 'offset'>>();
  for (const symbol of elf.symbols) {
    const found = symbol.section === 'undefined' ? declared.get(symbol.name) : undefined;
    if (found === undefined) continue;
    const { name } = symbol;
    const weak = symbol.binding === BINDING.WEAK;
    if (found.section === KCONFIG)
      settings.set(name, { name, size: sizeOf(btf, found.type), type: found.type, weak });
    else if (found.isFunction) bySymbol.set(name, { kind: 'kfunc', weak });
    else bySymbol.set(name, { kind: 'ksym', typed: resolvedType(btf, found.type).kind !== 'void', weak });
  }
  const kconfig = layOut(btf, [...settings.values()]);
  for (const { name, offset } of kconfig) bySymbol.set(name, { kind: 'kconfig', map: mapName, offset });
  return { bySymbol, kconfig };
}

interface Declaration {
  readonly section: string;
  readonly isFunction: boolean;
  readonly type: BtfTypeId;
}

function declarations(btf: Btf): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const [, type] of typesOfKind(btf, 'datasec')) {
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
function layOut(btf: Btf, settings: readonly Omit<KconfigExtern, 'offset'>[]): KconfigExtern[] {
  const sorted = [...settings].sort(
    (a, b) => alignOf(btf, b.type) - alignOf(btf, a.type) || a.size - b.size || (a.name < b.name ? -1 : 1),
  );
  let end = 0;
  return sorted.map((setting) => {
    const align = alignOf(btf, setting.type);
    const offset = Math.ceil(end / align) * align;
    end = offset + setting.size;
    return { ...setting, offset };
  });
}

/** Gives the variables of DATASEC `.kconfig` the places that they have in its map. */
export function completeKconfig(btf: Btf, kconfig: readonly KconfigExtern[]): Btf {
  if (kconfig.length === 0) return btf;
  const places = new Map(kconfig.map(({ name, offset }) => [name, offset]));
  const types = Array.from(btf.types, (type) => {
    if (type.kind !== 'datasec' || type.name !== KCONFIG) return type;
    const vars = type.vars.flatMap((variable) => {
      const offset = places.get(nameOf(typeAt(btf, variable.type)));
      return offset === undefined ? [] : [{ ...variable, offset }];
    });
    return { ...type, size: sizeOfAll(kconfig), vars: vars.sort((a, b) => a.offset - b.offset) };
  });
  return { types };
}

function sizeOfAll(kconfig: readonly KconfigExtern[]): number {
  return Math.max(0, ...kconfig.map(({ offset, size }) => offset + size));
}

/** The map that holds the `__kconfig` variables; undefined when there are none. */
export function kconfigMap(
  btf: Btf | undefined,
  kconfig: readonly KconfigExtern[],
  name: string,
): MapSpec | undefined {
  const valueType = btf && findByName(btf, KCONFIG, 'datasec');
  if (btf === undefined || valueType === undefined || kconfig.length === 0) return undefined;
  const valueSize = sizeOfAll(kconfig);
  return {
    name,
    type: 'array',
    keySize: 4,
    valueSize,
    maxEntries: 1,
    flags: MAP_FLAGS.readOnlyForPrograms | MAP_FLAGS.mmapable,
    pinning: 'none',
    contents: new Uint8Array(valueSize),
    frozen: true,
    section: KCONFIG,
    btf,
    valueType,
    externs: kconfig,
  };
}
