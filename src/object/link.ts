import type { Btf } from '../btf/types.js';
import { objectError } from '../errors/object.js';
import { CALL, CLASS, type Insn, JMP_CALL, OPCODE_LD_IMM64 } from '../isa/index.js';
import { moved, type SectionInfo } from './debug-info.js';
import { exceptionCallbacks } from './exception-callback.js';
import { type CodeFunction, type CodeSection, functionAt } from './functions.js';
import { PSEUDO } from './pseudo.js';
import type { Reference } from './references.js';
import type { CoreRelocationSpec, LineInfo, Relocation, SubprogramSpec } from './spec.js';

/** Everything known of one code section. */
export interface LinkSection {
  readonly code: CodeSection;
  readonly references: ReadonlyMap<number, Reference>;
  readonly info: SectionInfo;
}

/** One program with all functions that it reaches, in libbpf's order. */
export interface Linked {
  readonly insns: Insn[];
  readonly relocations: Relocation[];
  readonly subprograms: SubprogramSpec[];
  readonly lines: LineInfo[];
  readonly coreRelocations: CoreRelocationSpec[];
}

/** Linux refuses longer programs (BPF_COMPLEXITY_LIMIT_INSNS). */
const MAX_INSNS = 1_000_000;
/** Over all programs of an object: each holds a copy of what it calls, so a small file could ask for any amount. */
const MAX_TOTAL = 8_000_000;

const OPCODE_CALL = CLASS.JMP | JMP_CALL;

/** Counts instructions and records over all programs of an object. */
export interface LinkBudget {
  used: number;
}

/** One function in the program under construction. */
interface Frame {
  readonly fn: CodeFunction;
  readonly section: LinkSection;
  readonly base: number;
  next: number;
}

/**
 * Appends to a program each function that it calls or takes the address of, once, where it is first met, as libbpf
 * does (depth first, in order of instructions), and resolves the calls between them.
 */
export function linkProgram(
  entry: CodeFunction,
  sections: ReadonlyMap<number, LinkSection>,
  budget: LinkBudget,
  btf: Btf | undefined,
): Linked {
  const linked: Linked = { insns: [], relocations: [], subprograms: [], lines: [], coreRelocations: [] };
  const bases = new Map<CodeFunction, number>();
  linkFrom(entry, linked, bases, sections, budget);
  // Nobody calls what makes a program's result of what it throws.
  const [name, ...others] = exceptionCallbacks(btf, linked.subprograms[0]?.funcType ?? 0);
  const callback = name === undefined || others.length > 0 ? undefined : functionNamed(name, sections);
  if (callback !== undefined && !bases.has(callback)) linkFrom(callback, linked, bases, sections, budget);
  linked.relocations.sort((a, b) => a.insn - b.insn);
  return linked;
}

/** A global function that is no program of its own. */
function functionNamed(name: string, sections: ReadonlyMap<number, LinkSection>): CodeFunction | undefined {
  return [...sections.values()]
    .flatMap(({ code }) => code.functions)
    .find((fn) => fn.name === name && !fn.entry && fn.linkage === 'global');
}

function linkFrom(
  entry: CodeFunction,
  linked: Linked,
  bases: Map<CodeFunction, number>,
  sections: ReadonlyMap<number, LinkSection>,
  budget: LinkBudget,
): void {
  const frames = [append(linked, bases, entry, sections, budget)];
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const slot = frame.next++;
    if (slot >= frame.fn.end) {
      frames.pop();
      continue;
    }
    const target = patch(linked, frame, slot);
    if (target === undefined) continue;
    const found = targetOf(target, frame, slot, sections);
    const base = bases.get(found);
    if (base === undefined) frames.push(append(linked, bases, found, sections, budget));
    pointTo(linked, frame, slot, (bases.get(found) ?? 0) + target.slot - found.start);
  }
}

function append(
  linked: Linked,
  bases: Map<CodeFunction, number>,
  fn: CodeFunction,
  sections: ReadonlyMap<number, LinkSection>,
  budget: LinkBudget,
): Frame {
  const section = sections.get(fn.code.index);
  if (section === undefined) throw new Error(`section ${fn.code.index} holds no code`);
  const base = linked.insns.length;
  const length = fn.end - fn.start;
  const { info } = section;
  const lines = moved(info.lines, fn.start, fn.end, base);
  const cores = moved(info.coreRelocations, fn.start, fn.end, base);
  budget.used += length + lines.length + cores.length;
  if (base + length > MAX_INSNS || budget.used > MAX_TOTAL)
    throw objectError(
      'OBJECT_TOO_LARGE',
      `${fn.code.name}: with function ${fn.name} a program has ${base + length} instructions; Linux takes ${MAX_INSNS}, and ${MAX_TOTAL} are read of one object`,
      {
        facts: { section: fn.code.name, offset: fn.start * 8, function: fn.name },
      },
    );
  bases.set(fn, base);
  for (let slot = fn.start; slot < fn.end; slot++) linked.insns.push(insnAt(section.code, slot));
  for (const line of lines) linked.lines.push(line);
  for (const core of cores) linked.coreRelocations.push(core);
  const funcType = info.functionTypes.get(fn.start) ?? 0;
  linked.subprograms.push({ name: fn.name, start: base, funcType, linkage: fn.linkage });
  return { fn, section, base, next: fn.start };
}

function insnAt(code: CodeSection, slot: number): Insn {
  const insn = code.insns[slot];
  if (insn === undefined) throw new Error(`no instruction ${slot} in ${code.section.name}`);
  return insn;
}

/** Puts one instruction in order; answers the function place that it leads to, if any. */
function patch(linked: Linked, frame: Frame, slot: number): { section: number; slot: number } | undefined {
  const insn = insnAt(frame.section.code, slot);
  const reference = frame.section.references.get(slot);
  const at = frame.base + slot - frame.fn.start;
  if (reference === undefined) {
    // The assembler itself resolves calls within a section.
    const isLocalCall = insn.opcode === OPCODE_CALL && insn.src === CALL.LOCAL;
    return isLocalCall ? { section: frame.fn.code.index, slot: slot + insn.imm + 1 } : undefined;
  }
  switch (reference.kind) {
    case 'call':
    case 'function':
      return reference;
    case 'map':
      linked.relocations.push({ kind: 'map', insn: at, map: reference.map });
      linked.insns[at] = { ...insn, src: PSEUDO.map_fd, imm: 0 };
      return undefined;
    case 'map_value':
      linked.relocations.push({ ...reference, insn: at });
      linked.insns[at] = { ...insn, src: PSEUDO.map_value, imm: 0 };
      return undefined;
    case 'ksym':
      linked.relocations.push({ ...reference, insn: at });
      linked.insns[at] = { ...insn, src: reference.typed ? PSEUDO.btf_id : 0, imm: 0 };
      return undefined;
    case 'kfunc':
      linked.relocations.push({ ...reference, insn: at });
      linked.insns[at] = { ...insn, src: CALL.KFUNC, imm: 0 };
      return undefined;
    default:
      return reference satisfies never;
  }
}

function targetOf(
  place: { section: number; slot: number },
  frame: Frame,
  slot: number,
  sections: ReadonlyMap<number, LinkSection>,
): CodeFunction {
  const target = sections.get(place.section);
  const found = target && functionAt(target.code, place.slot);
  if (found !== undefined) return found;
  const name = frame.fn.code.name;
  throw objectError(
    'OBJECT_BAD_RELOCATION',
    `${name}: function ${frame.fn.name} calls byte ${place.slot * 8} of ${target?.code.section.name}, where no function is`,
    {
      facts: { section: name, offset: slot * 8, target: place.slot * 8 },
    },
  );
}

function pointTo(linked: Linked, frame: Frame, slot: number, target: number): void {
  const at = frame.base + slot - frame.fn.start;
  const insn = insnAt(frame.section.code, slot);
  const src = insn.opcode === OPCODE_LD_IMM64 ? PSEUDO.func : CALL.LOCAL;
  linked.insns[at] = { ...insn, src, imm: target - at - 1 };
}
