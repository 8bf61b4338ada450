import { BINDING, SYMBOL_TYPE } from '../../elf/constants.js';
import type { ElfSymbol, NewSection, NewSymbol } from '../../elf/index.js';
import { combineError } from '../../errors/object.js';
import { type Input, isSectionSymbol, isShared } from './inputs.js';
import type { Placement } from './sections.js';

/** STV_HIDDEN: visible to the objects that are linked, not outside. */
const HIDDEN = 2;

/** A symbol that objects share, and which of them defines it. */
export interface SharedSymbol {
  readonly name: string;
  /** Undefined when no input does: the kernel will, or the loader. */
  readonly definition: { readonly input: Input; readonly symbol: ElfSymbol } | undefined;
  /** No object outside sees it. */
  readonly isHidden: boolean;
  /** All that declare it do without it. */
  readonly isWeak: boolean;
}

export interface Symbols {
  readonly all: readonly NewSymbol[];
  readonly shared: ReadonlyMap<string, SharedSymbol>;
  /** What a relocation against an input's symbol is to name, and what to add to its addend. */
  target(input: Input, symbol: ElfSymbol): { readonly symbol: NewSymbol; readonly delta: number } | undefined;
}

/**
 * Makes one symbol of all that share a name: a definition wins over a declaration, a strong one over weak ones.
 *
 * @throws {SkepError} `OBJECT_COMBINE` for two strong definitions.
 */
export function combineSymbols(inputs: readonly Input[], placement: Placement): Symbols {
  const shared = resolveShared(inputs, placement);
  const ofSection = new Map<NewSection, NewSymbol>();
  const byName = new Map<string, NewSymbol>();
  const locals = new Map<ElfSymbol, NewSymbol>();
  for (const symbol of shared.values()) byName.set(symbol.name, sharedSymbol(symbol, placement));
  for (const input of inputs) {
    for (const symbol of input.elf.symbols) {
      const place = typeof symbol.section === 'number' ? placement.place(input, symbol.section) : undefined;
      if (place === undefined || isShared(symbol)) continue;
      if (isSectionSymbol(symbol)) ofSection.set(place.section, sectionSymbol(place.section));
      else
        locals.set(symbol, {
          ...carried(symbol),
          section: place.section,
          value: symbol.value + place.offset,
        });
    }
  }
  return {
    all: [...ofSection.values(), ...locals.values(), ...byName.values()],
    shared,
    target: (input, symbol) => {
      const place = typeof symbol.section === 'number' ? placement.place(input, symbol.section) : undefined;
      if (isSectionSymbol(symbol)) {
        const own = place && ofSection.get(place.section);
        return own && place && { symbol: own, delta: place.offset };
      }
      const named = isShared(symbol) ? byName.get(symbol.name) : locals.get(symbol);
      return named && { symbol: named, delta: 0 };
    },
  };
}

function carried({ name, size, type, binding, visibility }: ElfSymbol): Omit<NewSymbol, 'section' | 'value'> {
  return { name, size, type, binding, visibility };
}

function sectionSymbol(section: NewSection): NewSymbol {
  return { name: '', section, value: 0, size: 0, type: SYMBOL_TYPE.SECTION, binding: 0, visibility: 0 };
}

function sharedSymbol({ name, definition, isHidden, isWeak }: SharedSymbol, placement: Placement): NewSymbol {
  const visibility = isHidden ? HIDDEN : 0;
  const own = definition?.symbol;
  const place =
    definition === undefined || typeof own?.section !== 'number'
      ? undefined
      : placement.place(definition.input, own.section);
  if (own !== undefined && place !== undefined)
    return { ...carried(own), visibility, section: place.section, value: own.value + place.offset };
  const binding = isWeak ? BINDING.WEAK : BINDING.GLOBAL;
  return { name, section: undefined, value: 0, size: 0, type: SYMBOL_TYPE.NOTYPE, binding, visibility };
}

function resolveShared(inputs: readonly Input[], placement: Placement): Map<string, SharedSymbol> {
  const shared = new Map<string, SharedSymbol>();
  for (const input of inputs) {
    for (const symbol of input.elf.symbols) {
      const { name, section } = symbol;
      if (!isShared(symbol) || name === '') continue;
      // What is in a part that is left out, as a second license, is left out too.
      if (typeof section === 'number' && placement.place(input, section) === undefined) continue;
      const before = shared.get(name);
      shared.set(name, {
        name,
        definition: winner(name, before?.definition, input, symbol),
        isHidden: (before?.isHidden ?? false) || symbol.visibility === HIDDEN,
        isWeak: (before?.isWeak ?? true) && symbol.binding === BINDING.WEAK,
      });
    }
  }
  return shared;
}

function winner(
  name: string,
  before: SharedSymbol['definition'],
  input: Input,
  symbol: ElfSymbol,
): SharedSymbol['definition'] {
  if (symbol.section === 'undefined') return before;
  const isWeak = symbol.binding === BINDING.WEAK;
  if (before === undefined || (before.symbol.binding === BINDING.WEAK && !isWeak)) return { input, symbol };
  if (isWeak) return before;
  throw combineError(
    `${name} is defined in ${before.input.name} and in ${input.name}`,
    { symbol: name, inputs: [before.input.name, input.name] },
    'declare it extern in one of them, or mark one __weak',
  );
}
