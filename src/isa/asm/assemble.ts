import { decodeInsns } from '../decode.js';
import type { Insn } from '../insn.js';
import { Cursor } from './cursor.js';
import { encodeOperation } from './encode-operation.js';
import { AsmError } from './error.js';
import { MNEMONICS } from './mnemonic.js';
import { integer, tryName } from './operands.js';
import type { AsmOptions } from './options.js';
import { PSEUDO_C_WORDS, parseAssignment } from './pseudo-c.js';
import type { Statement } from './statement.js';

/** A comment: `//`, `;`, or a `#` that is not the number of a call as in `call name#1`. */
const COMMENT = /\/\/|;|(?<!\w)#|#(?!\d)/;
const LABEL = /([A-Za-z_.$][\w.$]*)\s*:/y;
/** What `bpftool prog dump xlated` writes before an instruction: its index and its opcode. */
const INDEX = /\d+:(?=\s)/y;
const OPCODE = /\(([0-9a-f]{2})\)/y;

interface Placed {
  readonly index: number;
  readonly statement: Statement;
}

/**
 * Reads BPF assembly in either syntax, line by line: the pseudo-C of Linux and LLVM (`r0 = *(u32 *)(r1 + 4)`) and
 * the mnemonics of uBPF (`ldxw r0, [r1+4]`). Labels end in `:`; comments start with `#`, `;` or `//`; `exit` as a
 * jump target is the first exit unless a label has that name. The output of `disassemble` and of
 * `bpftool prog dump xlated` without source lines is read back.
 *
 * @example
 * ```ts
 * import { assemble } from 'skep/isa';
 * const insns = assemble('r0 = 1\nexit');
 * if (insns.length !== 2) throw new Error('two instructions');
 * ```
 * @throws {AsmError} with line and column.
 */
export function assemble(text: string, options: AsmOptions = {}): Insn[] {
  const labels = new Map<string, number>();
  const placed: Placed[] = [];
  let index = 0;
  text.split(/\r?\n/).forEach((line, lineIndex) => {
    const end = line.search(COMMENT);
    const cursor = new Cursor(end < 0 ? line : line.slice(0, end), lineIndex + 1);
    cursor.take(INDEX);
    takeLabels(cursor, labels, index);
    if (cursor.atEnd) return;
    const statement = parseStatement(cursor, options);
    if (!cursor.atEnd) throw cursor.expected('the end of the line');
    placed.push({ index, statement });
    index += statement.operation.kind === 'ld_imm64' ? 2 : 1;
  });
  const firstExit = placed.find(({ statement }) => statement.operation.kind === 'exit');
  if (firstExit !== undefined && !labels.has('exit')) labels.set('exit', firstExit.index);
  return placed.flatMap((item) => encode(item, labels));
}

function takeLabels(cursor: Cursor, labels: Map<string, number>, index: number): void {
  for (let match = cursor.peek(LABEL); match !== undefined; match = cursor.peek(LABEL)) {
    const label = match[1] as string;
    if (labels.has(label)) throw cursor.fail(`the label "${label}" is there already`, 'ASM_SYMBOL');
    labels.set(label, index);
    cursor.take(LABEL);
  }
}

function parseStatement(cursor: Cursor, options: AsmOptions): Statement {
  const opcode = cursor.take(OPCODE)?.[1];
  const context = { options, opcode: opcode === undefined ? undefined : Number.parseInt(opcode, 16) };
  const assignment = parseAssignment(cursor, context);
  if (assignment !== undefined) return assignment;
  const start = cursor.at;
  const word = tryName(cursor);
  if (word === undefined) throw cursor.expected('an instruction');
  if (word === '.insn') return parseRaw(cursor);
  const parse = MNEMONICS.get(word) ?? PSEUDO_C_WORDS.get(word);
  if (parse !== undefined) return parse(cursor, context);
  cursor.at = start;
  throw cursor.fail(`there is no instruction "${word}"`);
}

/** `.insn 0x…`: one slot as a little-endian number of 64 bits, whatever it means. */
function parseRaw(cursor: Cursor): Statement {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, integer(cursor, 64), true);
  return { operation: { kind: 'raw', insn: decodeInsns(bytes)[0] as Insn } };
}

function encode({ index, statement }: Placed, labels: ReadonlyMap<string, number>): Insn[] {
  const { operation, target } = statement;
  if (operation.kind === 'raw') return [operation.insn];
  if (target === undefined) return encodeOperation(operation);
  const to = labels.get(target.label);
  if (to === undefined) {
    throw new AsmError('ASM_SYMBOL', target.line, target.column, `there is no label "${target.label}"`);
  }
  const offset = to - index - 1;
  const wide = operation.kind === 'call_local' || (operation.kind === 'goto' && operation.wide);
  if (!wide && (offset < -32768 || offset > 32767)) {
    const hint = 'use gotol (ja32), which reaches further';
    throw new AsmError(
      'ASM_RANGE',
      target.line,
      target.column,
      `"${target.label}" is ${offset} slots away`,
      hint,
    );
  }
  return encodeOperation({ ...operation, offset } as typeof operation);
}
