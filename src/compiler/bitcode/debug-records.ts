import type { DebugRecord, Operand } from '../ir/instruction.js';
import type { Cursor } from './cursor.js';
import type { Draft, FunctionReader, ModuleContext } from './function.js';

const CODE = { value: 61, declare: 62, assign: 63, valueSimple: 64, label: 65, declareValue: 66 } as const;

/** Whether a record of a function says where a variable lives. */
export function isDebugRecord(code: number): boolean {
  return code >= CODE.value && code <= CODE.declareValue;
}

/** Reads a debug record. In bitcode it follows the instruction that it takes effect before. */
export function readDebugRecord(cursor: Cursor, fn: FunctionReader): DebugRecord {
  const { metadata } = fn.context;
  const { code } = cursor.record;
  const node = () => metadata.existing(cursor.next(), cursor);
  const location = metadata.location(cursor.next(), cursor);
  if (code === CODE.label) return { kind: 'label', label: node(), location };
  const common = { variable: node(), expression: node(), location };
  if (code === CODE.valueSimple) return { kind: 'value', ...common, place: fn.typed(cursor).id };
  const place: Operand = { metadata: node() };
  if (code === CODE.assign) {
    const assignment = node();
    const addressExpression = node();
    return { kind: 'assign', ...common, place, assignment, addressExpression, address: { metadata: node() } };
  }
  const kind = code === CODE.value ? 'value' : code === CODE.declare ? 'declare' : 'declare-value';
  return { kind, ...common, place };
}

/** Makes debug records of the calls that LLVM before 19 used instead. */
export function liftDebugCalls(drafts: readonly Draft[], context: ModuleContext): Draft[] {
  const kept: Draft[] = [];
  let waiting: DebugRecord[] = [];
  for (const draft of drafts) {
    const name = draft.kind === 'call' ? context.functionName(draft.callee) : undefined;
    if (name?.startsWith('llvm.dbg.')) {
      waiting.push(...draft.debugRecords, ...recordOf(draft, name));
      continue;
    }
    draft.debugRecords.unshift(...waiting);
    waiting = [];
    kept.push(draft);
  }
  return kept;
}

function recordOf(draft: Draft, name: string): DebugRecord[] {
  const { location } = draft;
  if (draft.kind !== 'call' || location === undefined) return [];
  const nodes = draft.arguments.map((argument) =>
    typeof argument === 'object' ? argument.metadata : undefined,
  );
  const [first, variable, expression, assignment, address, addressExpression] = nodes;
  if (first === undefined) return [];
  if (name === 'llvm.dbg.label') return [{ kind: 'label', label: first, location }];
  if (variable === undefined || expression === undefined) return [];
  const common = { place: { metadata: first }, variable, expression, location };
  if (name === 'llvm.dbg.value') return [{ kind: 'value', ...common }];
  if (name === 'llvm.dbg.declare') return [{ kind: 'declare', ...common }];
  if (assignment === undefined || address === undefined || addressExpression === undefined) return [];
  return [{ kind: 'assign', ...common, assignment, address: { metadata: address }, addressExpression }];
}
