import { type AccessBytes, ALU_OPS, ATOMIC_OPS, type AtomicOp, BRANCH_OPS, SIZES } from '../opcodes.js';
import type { Operand, Width } from '../operation.js';
import type { Cursor } from './cursor.js';
import { parseImm64 } from './imm64.js';
import { place } from './memory-operand.js';
import { comma, imm32, register, target, tryRegister } from './operands.js';
import { parseLocked } from './pseudo-c.js';
import { jumping, type Statement, type StatementParser } from './statement.js';

/** Widths as suffixes: without one, 64 bits. */
const WIDTHS: readonly (readonly [suffix: string, width: Width])[] = [
  ['', 64],
  ['32', 32],
  ['64', 64],
];

/** Registers have no width in the mnemonic syntax: the mnemonic has it. */
function anyOperand(cursor: Cursor): Operand {
  const found = tryRegister(cursor);
  return found === undefined ? { kind: 'imm', imm: imm32(cursor) } : { kind: 'reg', reg: found.reg };
}

function aluMnemonics(): [string, StatementParser][] {
  return ALU_OPS.flatMap(({ name }) =>
    WIDTHS.map(([suffix, width]): [string, StatementParser] => [
      name + suffix,
      (cursor) => {
        const dst = register(cursor).reg;
        comma(cursor);
        return { operation: { kind: 'alu', op: name, width, dst, src: anyOperand(cursor) } };
      },
    ]),
  );
}

function oneRegisterMnemonics(): [string, StatementParser][] {
  const negations = WIDTHS.map(([suffix, width]): [string, StatementParser] => [
    `neg${suffix}`,
    (cursor) => ({ operation: { kind: 'neg', width, dst: register(cursor).reg } }),
  ]);
  const words = [
    ['le', 'le'],
    ['be', 'be'],
    ['swap', 'bswap'],
    ['bswap', 'bswap'],
  ] as const;
  const swaps = words.flatMap(([word, to]) =>
    ([16, 32, 64] as const).map((bits): [string, StatementParser] => [
      `${word}${bits}`,
      (cursor) => ({ operation: { kind: 'end', to, bits, dst: register(cursor).reg } }),
    ]),
  );
  return [...negations, ...swaps];
}

/** `movsx832`, `movsx1664`, …: how many bits, and the width that they are extended to. */
function moveMnemonics(): [string, StatementParser][] {
  const forms = [
    [8, 32],
    [16, 32],
    [8, 64],
    [16, 64],
    [32, 64],
  ] as const;
  return forms.map(([bits, width]): [string, StatementParser] => [
    `movsx${bits}${width}`,
    (cursor) => {
      const dst = register(cursor).reg;
      comma(cursor);
      return { operation: { kind: 'movsx', width, bits, dst, src: register(cursor).reg } };
    },
  ]);
}

function branchMnemonics(): [string, StatementParser][] {
  return BRANCH_OPS.flatMap(({ name }) =>
    WIDTHS.map(([suffix, width]): [string, StatementParser] => [
      name + suffix,
      (cursor) => {
        const dst = register(cursor).reg;
        comma(cursor);
        const src = anyOperand(cursor);
        comma(cursor);
        return jumping({ kind: 'branch', op: name, width, dst, src, offset: 0 }, target(cursor, 16));
      },
    ]),
  );
}

function memoryMnemonics(): [string, StatementParser][] {
  return SIZES.flatMap(({ name, bytes }) => {
    const forms: [string, StatementParser][] = [
      [`ldx${name}`, (cursor) => load(cursor, bytes, false)],
      [`st${name}`, (cursor) => store(cursor, bytes, () => ({ kind: 'imm', imm: imm32(cursor) }))],
      [`stx${name}`, (cursor) => store(cursor, bytes, () => ({ kind: 'reg', reg: register(cursor).reg }))],
      [`ldacq${name}`, (cursor) => loadAcquire(cursor, bytes)],
      [`strel${name}`, (cursor) => atomic(cursor, 'store_release', bytes, false)],
    ];
    if (bytes === 8) return forms;
    return [
      ...forms,
      [`ldxs${name}`, (cursor) => load(cursor, bytes, true)],
      [`ldabs${name}`, (cursor) => ({ operation: { kind: 'ld_abs', bytes, imm: imm32(cursor) } })],
      [`ldind${name}`, (cursor) => loadIndirect(cursor, bytes)],
    ];
  });
}

function load(cursor: Cursor, bytes: AccessBytes, signed: boolean): Statement {
  const dst = register(cursor).reg;
  comma(cursor);
  return { operation: { kind: 'load', bytes, signed, dst, ...place(cursor, '[') } };
}

function store(cursor: Cursor, bytes: AccessBytes, source: () => Operand): Statement {
  const to = place(cursor, '[');
  comma(cursor);
  return { operation: { kind: 'store', bytes, ...to, src: source() } };
}

function loadIndirect(cursor: Cursor, bytes: AccessBytes): Statement {
  const src = register(cursor).reg;
  comma(cursor);
  return { operation: { kind: 'ld_ind', bytes, src, imm: imm32(cursor) } };
}

function loadAcquire(cursor: Cursor, bytes: AccessBytes): Statement {
  const src = register(cursor).reg;
  comma(cursor);
  return {
    operation: { kind: 'atomic', op: 'load_acquire', fetch: false, bytes, ...place(cursor, '['), src },
  };
}

function atomic(cursor: Cursor, op: AtomicOp, bytes: AccessBytes, fetch: boolean): Statement {
  const to = place(cursor, '[');
  comma(cursor);
  return { operation: { kind: 'atomic', op, fetch, bytes, ...to, src: register(cursor).reg } };
}

/** `lock [fetch|fetch_]OP[32] [r1+0], r2`, and `lock *(u64 *)(r1 + 0) += r2` of the other syntax. */
function parseLock(cursor: Cursor): Statement {
  if (cursor.peek(/\*/y) !== undefined) return parseLocked(cursor);
  const fetched = cursor.take(/fetch(?:_|\s+)/y) !== undefined;
  const start = cursor.at;
  const word = cursor.expect(/([a-z]+?)(32|64)?\b/y, 'an atomic operation');
  const row = ATOMIC_OPS.find(({ name, fetch }) => name === word[1] && fetch !== 'never');
  if (row === undefined || (fetched && row.fetch === 'always')) {
    cursor.at = start;
    if (row === undefined) throw cursor.fail(`there is no atomic operation "${word[0]}"`);
    throw cursor.fail(`${row.name} always fetches: leave "fetch" out`);
  }
  return atomic(cursor, row.name, word[2] === '32' ? 4 : 8, fetched || row.fetch === 'always');
}

/** Statements of the mnemonic syntax by their mnemonic. `call`, `exit` and `may_goto` are the same in both. */
export const MNEMONICS: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ...aluMnemonics(),
  ...oneRegisterMnemonics(),
  ...moveMnemonics(),
  ...branchMnemonics(),
  ...memoryMnemonics(),
  [
    'lddw',
    (cursor, context) => {
      const dst = register(cursor).reg;
      comma(cursor);
      return parseImm64(cursor, dst, context);
    },
  ],
  ['ja', (cursor) => jumping({ kind: 'goto', wide: false, offset: 0 }, target(cursor, 16))],
  ['ja32', (cursor) => jumping({ kind: 'goto', wide: true, offset: 0 }, target(cursor, 32))],
  ['lock', parseLock],
]);
