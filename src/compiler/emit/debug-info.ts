import { CORE_KINDS } from '../../btf/index.js';
import type { BtfTypeId, BtfVarSecinfo } from '../../btf/types.js';
import { type ExtRecords, writeBtfExt } from '../../btf/write-ext.js';
import type { Attachment } from '../ir/instruction.js';
import type { GlobalVariableNode, MetadataId, SourceLocation, Subprogram } from '../ir/metadata.js';
import type { GlobalFacts, IrModule } from '../ir/module.js';
import type { CompiledFunction } from '../machine/function.js';
import { BtfTypes } from './btf-types.js';

/** A function in its place. */
export interface PlacedFunction {
  readonly compiled: CompiledFunction;
  readonly section: string;
  /** In bytes from the start of the section. */
  readonly offset: number;
}

/** A global variable in its place; an extern one has no offset and belongs to the section it names, if it names one. */
export interface PlacedVariable {
  readonly index: number;
  readonly section: string | undefined;
  readonly offset: number;
  readonly size: number;
}

/** The text of a line (from 1) of a source file, or '' when it is not known. */
export type SourceLines = (path: string, line: number) => string;

/** An instruction that loads the number of a type of the object. */
export interface TypeIdPlace {
  readonly section: string;
  readonly offset: number;
  readonly type: number;
}

export interface DebugSections {
  readonly btf: Uint8Array;
  readonly ext: Uint8Array;
  readonly typeIds: readonly TypeIdPlace[];
  /** How many have records in `ext`. */
  readonly functions: number;
}

/** CO-RE's kinds `local_type_id` and `target_type_id`. */
const TYPE_ID_KINDS = new Set(
  CORE_KINDS.flatMap(({ name }, kind) => (name.endsWith('_type_id') ? [kind] : [])),
);

/** Makes `.BTF` and `.BTF.ext`: types of functions, variables and CO-RE records; lines. None without `-g`. */
export function debugSections(
  module: IrModule,
  functions: readonly PlacedFunction[],
  variables: readonly PlacedVariable[],
  sourceLines: SourceLines,
  littleEndian: boolean,
): DebugSections | undefined {
  if (!module.namedMetadata.has('llvm.dbg.cu')) return undefined;
  const types = new BtfTypes(module);
  const records: ExtRecords = { functions: [], lines: [], coreRelocations: [] };
  for (const placed of functions) {
    const fn = module.functions[placed.compiled.index];
    const subprogram = attached(module, fn?.attachments, 'subprogram');
    if (fn !== undefined && subprogram !== undefined) {
      const type = functionType(types, subprogram, linkageOf(fn));
      records.functions.push({ section: placed.section, offset: placed.offset, type });
    }
    new CodeRecords(module, types, records, sourceLines).add(placed);
  }
  addVariables(module, types, variables);
  addExternFunctions(module, types);
  types.finish();
  const typeIds = records.coreRelocations.filter(({ kind }) => TYPE_ID_KINDS.has(kind));
  const sections = writeBtfExt({ types: types.types }, records, littleEndian);
  return { ...sections, typeIds, functions: records.functions.length };
}

function linkageOf(facts: GlobalFacts): 'static' | 'global' {
  return facts.linkage === 'internal' || facts.linkage === 'private' ? 'static' : 'global';
}

type Found<Kind> = Kind extends 'subprogram' ? Subprogram : GlobalVariableNode;

/** The debug information that a global carries. */
function attached<Kind extends 'subprogram' | 'global-variable'>(
  module: IrModule,
  attachments: readonly Attachment[] | undefined,
  kind: Kind,
): Found<Kind> | undefined {
  const node = attachments?.find((attachment) => attachment.kind === 'dbg')?.node;
  if (node === undefined) return undefined;
  const found = module.metadata[node];
  if (found?.kind === kind) return found as Found<Kind>;
  if (found?.kind !== 'global-variable-expression' || found.variable === undefined) return undefined;
  const variable = module.metadata[found.variable];
  return variable?.kind === kind ? (variable as Found<Kind>) : undefined;
}

function functionType(
  types: BtfTypes,
  subprogram: Subprogram,
  linkage: 'static' | 'global' | 'extern',
): BtfTypeId {
  const parameters = types.list(subprogram.retainedNodes).flatMap((id) => {
    const node = types.node(id);
    return node?.kind === 'local-variable' && node.argument > 0 ? [node] : [];
  });
  const names: string[] = [];
  for (const { argument, name } of parameters) names[argument - 1] = name ?? '';
  const signature = types.node(subprogram.type);
  const proto = types.add(
    signature?.kind === 'subroutine-type'
      ? types.prototype(signature, names)
      : { kind: 'func_proto', returns: 0, params: [] },
  );
  const func = types.add({ kind: 'func', name: subprogram.name ?? '', type: proto, linkage });
  types.tags(subprogram.annotations, func);
  for (const { annotations, argument } of parameters) types.tags(annotations, func, argument - 1);
  return func;
}

function addVariables(module: IrModule, types: BtfTypes, variables: readonly PlacedVariable[]): void {
  const sections = new Map<string, { end: number; vars: BtfVarSecinfo[] }>();
  for (const placed of variables) {
    const global = module.globals[placed.index];
    const variable = attached(module, global?.attachments, 'global-variable');
    // Literals have no name in C.
    if (global === undefined || variable === undefined || global.linkage === 'private') continue;
    if (isPart(module, global.attachments)) continue;
    const linkage = global.initializer === undefined ? 'extern' : linkageOf(global);
    const type = types.add({
      kind: 'var',
      name: global.name,
      type: placed.section === '.maps' ? types.mapType(variable.type) : types.typeOf(variable.type),
      linkage,
    });
    types.tags(variable.annotations, type);
    if (placed.section === undefined) continue;
    const section = sections.get(placed.section) ?? { end: 0, vars: [] };
    sections.set(placed.section, section);
    section.vars.push({ type, offset: placed.offset, size: placed.size });
    section.end = Math.max(section.end, placed.offset + placed.size);
  }
  for (const [name, { vars }] of sections) {
    vars.sort((a, b) => a.offset - b.offset);
    // The loader takes the size from the section itself.
    types.add({ kind: 'datasec', name, size: 0, vars });
  }
}

/** `DW_OP_LLVM_fragment`. */
const FRAGMENT = 0x1000n;

/** Whether a variable is a piece of one that was taken apart: it is smaller than its type, which Linux refuses. */
function isPart(module: IrModule, attachments: readonly Attachment[]): boolean {
  const node = attachments.find(({ kind }) => kind === 'dbg')?.node;
  const found = node === undefined ? undefined : module.metadata[node];
  if (found?.kind !== 'global-variable-expression' || found.expression === undefined) return false;
  const expression = module.metadata[found.expression];
  return expression?.kind === 'expression' && expression.elements.includes(FRAGMENT);
}

/** Functions that are only declared, and called or named: kfuncs, which the loader looks up. */
function addExternFunctions(module: IrModule, types: BtfTypes): void {
  const sections = new Map<string, BtfVarSecinfo[]>();
  for (const fn of module.functions) {
    // Intrinsics are instructions, whatever name C gives them.
    if (fn.blocks.length > 0 || fn.name.startsWith('llvm.')) continue;
    const subprogram = attached(module, fn.attachments, 'subprogram');
    if (subprogram === undefined) continue;
    const type = functionType(types, subprogram, 'extern');
    if (fn.section === undefined) continue;
    const vars = sections.get(fn.section) ?? [];
    sections.set(fn.section, vars);
    vars.push({ type, offset: 0, size: 0 });
  }
  for (const [name, vars] of sections) {
    const place = types.types.findIndex((type) => type.kind === 'datasec' && type.name === name);
    const known = types.types[place];
    if (known?.kind === 'datasec') types.types[place] = { ...known, vars: [...known.vars, ...vars] };
    else types.add({ kind: 'datasec', name, size: 0, vars });
  }
}

/** Lines and CO-RE records of one function. */
class CodeRecords {
  readonly #module: IrModule;
  readonly #types: BtfTypes;
  readonly #records: ExtRecords;
  readonly #sourceLines: SourceLines;

  constructor(module: IrModule, types: BtfTypes, records: ExtRecords, sourceLines: SourceLines) {
    this.#module = module;
    this.#types = types;
    this.#records = records;
    this.#sourceLines = sourceLines;
  }

  add({ compiled, section, offset }: PlacedFunction): void {
    let at = offset;
    let last: SourceLocation | undefined;
    let first = true;
    for (const { operation, location, core } of compiled.instructions) {
      const usable = location !== undefined && location.line > 0 ? location : undefined;
      if (usable !== undefined && (last === undefined || differs(usable, last))) {
        this.#line(section, at, usable);
        last = usable;
      } else if (first) this.#firstLine(section, at, compiled.index);
      first = false;
      if (core !== undefined) {
        const type = this.#types.typeOf(core.type);
        this.#records.coreRelocations.push({
          section,
          offset: at,
          type,
          access: core.access,
          kind: core.kind,
        });
      }
      at += operation.kind === 'ld_imm64' ? 16 : 8;
    }
  }

  #line(section: string, offset: number, { line, column, scope }: SourceLocation): void {
    const file = pathOf(this.#module, scope);
    const text = this.#sourceLines(file, line);
    this.#records.lines.push({ section, offset, file, text, line, column });
  }

  /** Linux wants a line for the first instruction of every function. */
  #firstLine(section: string, offset: number, index: number): void {
    const subprogram = attached(this.#module, this.#module.functions[index]?.attachments, 'subprogram');
    if (subprogram?.file === undefined) return;
    const file = pathOf(this.#module, subprogram.file);
    const text = this.#sourceLines(file, subprogram.line);
    this.#records.lines.push({ section, offset, file, text, line: subprogram.line, column: 0 });
  }
}

function differs(a: SourceLocation, b: SourceLocation): boolean {
  return a.line !== b.line || a.column !== b.column || a.scope !== b.scope || a.inlinedAt !== b.inlinedAt;
}

/** The path of the file that a scope, or a file node itself, is in. */
export function pathOf(module: IrModule, scope: MetadataId): string {
  const node = module.metadata[scope];
  if (node?.kind === 'file') {
    const { filename, directory } = node;
    if (filename.startsWith('/') || directory === '') return filename;
    return `${directory.replace(/\/$/, '')}/${filename}`;
  }
  const file = node !== undefined && 'file' in node ? node.file : undefined;
  return file === undefined ? '' : pathOf(module, file);
}
