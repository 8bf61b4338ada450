import fc from 'fast-check';
import {
  ALU_OPS,
  ATOMIC_OPS,
  BRANCH_OPS,
  encodeOperation,
  type Insn,
  type Operand,
  type Operation,
  type Reg,
} from '../../src/isa/index.js';

/** Bytes at r9 that generated programs use. */
export const DATA_BYTES = 64;
/** Bytes below r10 that they use. */
const STACK_BYTES = 64;
/** r0 to r6 are free; r7 counts blocks, r8 points into frame or data, r9 at the data. */
const FREE = [0, 1, 2, 3, 4, 5, 6] as const;
const [FUEL, POINTER, DATA_REGISTER, FRAME] = [7, 8, 9, 10] as const;

/** A block in any graph whatever: operations, then a jump to `taken` or `otherwise` (modulo the number of blocks). */
interface RandomBlock {
  readonly body: readonly (readonly Operation[])[];
  readonly branch: { readonly op: (typeof BRANCH_OPS)[number]['name']; readonly width: 32 | 64 } | undefined;
  readonly dst: Reg;
  readonly src: Operand;
  readonly taken: number;
  readonly otherwise: number;
  readonly mayGoto: boolean;
  /** Goes on with the next block instead of `otherwise`. */
  readonly falls: boolean;
}

export interface RandomOptions {
  /** Also accesses of addresses that happen to be in a register. */
  readonly checked?: boolean;
  /** The frame is only used as compilers spill registers: by name, each place with one size. */
  readonly tidy?: boolean;
  /** Blocks of a function at most; default 8. */
  readonly blocks?: number;
}

/**
 * Programs that a verifier would accept, with any control flow (irreducible too): every block takes one from r7 and
 * leaves when it is used up.
 */
export function randomProgram(options: RandomOptions): fc.Arbitrary<Insn[]> {
  const blocks = (calls: number): fc.Arbitrary<RandomBlock[]> =>
    fc.array(randomBlock(options, calls), { minLength: 1, maxLength: options.blocks ?? 8 });
  return fc
    .tuple(blocks(2), blocks(1), blocks(0))
    .map((functions) => link(functions.map((list, nth) => writeFunction(list, nth, options.tidy === true))));
}

const reg = fc.constantFrom<Reg[]>(...FREE);
const width = fc.constantFrom<(32 | 64)[]>(32, 64);
const imm = fc.oneof(
  fc.integer({ min: -4, max: 70 }),
  fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  fc.constantFrom(-0x80000000, 0x7fffffff, 0xffff, 0x80, 0x8000),
);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  imm.map((value): Operand => ({ kind: 'imm', imm: value })),
  reg.map((value): Operand => ({ kind: 'reg', reg: value })),
);
const bytes = fc.constantFrom<(1 | 2 | 4 | 8)[]>(1, 2, 4, 8);

const SLOT_SIZES = [8, 4, 2, 1, 8, 4, 8, 2] as const;

/** A base register and an offset that stay within what the program has. */
const anyPlace = (tidy: boolean) =>
  fc
    .tuple(
      bytes,
      fc.constantFrom<Reg[]>(DATA_REGISTER, FRAME, tidy ? FRAME : POINTER),
      fc.nat(63),
      tidy ? fc.constant(true) : fc.boolean(),
    )
    .map(([size, base, spread, aligned]) => {
      const room = base === POINTER ? 16 : STACK_BYTES;
      if (base === FRAME && aligned) {
        // As compilers do: one size for each place.
        const slot = spread % SLOT_SIZES.length;
        return { bytes: SLOT_SIZES[slot]!, base, off: slot * 8 - STACK_BYTES };
      }
      const step = aligned ? 8 : 1;
      const off = Math.floor((spread % (room - size + 1)) / step) * step;
      return { bytes: size, base, off: base === FRAME ? off - STACK_BYTES : off };
    });

function randomOperations({ checked, tidy }: RandomOptions, calls: number): fc.Arbitrary<Operation[]> {
  const place = anyPlace(tidy === true);
  const one = <T extends Operation>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Operation[]> =>
    arbitrary.map((operation) => [operation]);
  const alu = fc
    .record({ op: fc.constantFrom(...ALU_OPS.map(({ name }) => name)), width, dst: reg, src: operand })
    .filter(({ op, src, width: bits }) => {
      if (src.kind === 'reg') return true;
      // The verifier refuses these.
      if (['div', 'sdiv', 'mod', 'smod'].includes(op)) return src.imm !== 0;
      return !['lsh', 'rsh', 'arsh'].includes(op) || (src.imm >= 0 && src.imm < bits);
    })
    .map((fields): Operation => ({ kind: 'alu', ...fields }));
  const unary = fc.oneof(
    fc.record({ width, dst: reg }).map((fields): Operation => ({ kind: 'neg', ...fields })),
    fc
      .record({ to: fc.constantFrom('le', 'be', 'bswap'), bits: fc.constantFrom(16, 32, 64), dst: reg })
      .map((fields) => ({ kind: 'end', ...fields }) as Operation),
    fc
      .record({ width, bits: fc.constantFrom(8, 16, 32), dst: reg, src: reg })
      .filter(({ width: to, bits }) => bits < to)
      .map((fields) => ({ kind: 'movsx', ...fields }) as Operation),
    fc
      .record({ dst: reg, low: imm, high: imm })
      .map((fields): Operation => ({ kind: 'ld_imm64', pseudo: 'imm', ...fields })),
  );
  const load = fc
    .tuple(place, reg, fc.boolean())
    .map(([at, dst, signed]): Operation => ({ kind: 'load', ...at, dst, signed: signed && at.bytes < 8 }));
  const store = fc.tuple(place, operand).map(([at, src]): Operation => ({ kind: 'store', ...at, src }));
  const atomic = fc
    .tuple(place, fc.constantFrom(...ATOMIC_OPS), fc.boolean(), reg)
    .filter(([at, row]) => at.bytes >= 4 || row.fetch === 'never')
    .map(([at, row, wantsFetch, src]): Operation => {
      const fetch = row.fetch === 'always' || (row.fetch === 'optional' && wantsFetch);
      return { kind: 'atomic', op: row.name, fetch, ...at, off: Math.floor(at.off / 8) * 8, src };
    });
  const pointer = fc
    .constantFrom(-64, -48, -24, -16, 8, 24)
    .map((off): Operation[] => [move(POINTER, off < 0 ? FRAME : DATA_REGISTER), add(POINTER, off)]);
  const all = [one(alu), one(unary), one(load), one(store), one(load), one(store)];
  if (tidy !== true) all.push(one(atomic), pointer);
  if (calls > 0)
    all.push(fc.nat(calls - 1).map((nth): Operation[] => afterCall({ kind: 'call_local', offset: nth })));
  all.push(fc.constant(afterCall({ kind: 'call_helper', id: 1 })));
  if (checked) {
    const anywhere = fc.record({ bytes, base: reg, off: fc.integer({ min: -32768, max: 32767 }) });
    all.push(
      anywhere.map((at): Operation[] => [{ kind: 'load', ...at, dst: 0, signed: false }]),
      anywhere.map((at): Operation[] => [{ kind: 'store', ...at, src: { kind: 'reg', reg: 2 } }]),
    );
  }
  return fc.oneof(...all);
}

function move(dst: Reg, src: Reg): Operation {
  return { kind: 'alu', op: 'mov', width: 64, dst, src: { kind: 'reg', reg: src } };
}
function set(dst: Reg, value: number): Operation {
  return { kind: 'alu', op: 'mov', width: 64, dst, src: { kind: 'imm', imm: value } };
}
function add(dst: Reg, value: number): Operation {
  return { kind: 'alu', op: 'add', width: 64, dst, src: { kind: 'imm', imm: value } };
}
/** A call loses r1 to r5: nothing may read them before they are set anew. */
function afterCall(call: Operation): Operation[] {
  return [call, ...([1, 2, 3, 4, 5] as const).map((lost) => set(lost, lost * 1000 - 2000))];
}

function randomBlock(options: RandomOptions, calls: number): fc.Arbitrary<RandomBlock> {
  return fc.record({
    body: fc.array(randomOperations(options, calls), { maxLength: 8 }),
    branch: fc.option(fc.record({ op: fc.constantFrom(...BRANCH_OPS.map(({ name }) => name)), width }), {
      nil: undefined,
      freq: 8,
    }),
    dst: reg,
    src: operand,
    taken: fc.nat((options.blocks ?? 8) - 1),
    otherwise: fc.nat((options.blocks ?? 8) - 1),
    mayGoto: fc.boolean(),
    falls: fc.boolean(),
  });
}

/** A slot that may still be a jump to a block or a call of a function of the program. */
type Pending = Insn & { readonly toBlock?: number; readonly callee?: number };

function writeFunction(blocks: readonly RandomBlock[], nth: number, tidy: boolean): Insn[] {
  const out: Pending[] = [];
  const emit = (operation: Operation): void => {
    for (const insn of encodeOperation(operation)) {
      out.push(operation.kind === 'call_local' ? { ...insn, callee: operation.offset } : insn);
    }
  };
  // The callers' r1 is the data, always.
  emit(move(DATA_REGISTER, 1));
  emit(set(FUEL, nth === 0 ? 40 : 6));
  emit(move(POINTER, FRAME));
  emit(add(POINTER, -16));
  for (const free of FREE) if (free !== 1) emit(set(free, free * 0x1357 - nth));
  // What a frame held before is anyone's guess.
  if (nth > 0) {
    for (let off = -STACK_BYTES; off < 0; off += 8) {
      const bytes = tidy ? SLOT_SIZES[(off + STACK_BYTES) / 8]! : 8;
      emit({ kind: 'store', bytes, base: FRAME, off, src: { kind: 'imm', imm: off } });
    }
  }
  const starts: number[] = [];
  for (const block of blocks) {
    starts.push(out.length);
    emit(add(FUEL, -1));
    const leave = {
      kind: 'branch',
      op: 'jslt',
      width: 64,
      dst: FUEL,
      src: { kind: 'imm', imm: 0 },
      offset: 0,
    } as const;
    out.push({ ...encodeOperation(leave)[0]!, toBlock: -1 });
    for (const operation of block.body.flat()) {
      if (operation.kind === 'call_local') emit(move(1, DATA_REGISTER));
      emit(operation);
    }
    const jump = (target: number, operation: Operation): void => {
      out.push({ ...encodeOperation(operation)[0]!, toBlock: target % blocks.length });
    };
    if (block.branch !== undefined) {
      const { dst, src } = block;
      jump(block.taken, { kind: 'branch', ...block.branch, dst, src, offset: 0 });
    } else if (block.mayGoto) jump(block.taken, { kind: 'may_goto', offset: 0 });
    if (!block.falls) jump(block.otherwise, { kind: 'goto', wide: false, offset: 0 });
  }
  const exit = out.length;
  emit({ kind: 'exit' });
  return out.map((insn, at) => {
    const { toBlock, ...rest } = insn;
    if (toBlock === undefined) return rest;
    return { ...rest, off: (toBlock < 0 ? exit : starts[toBlock]!) - at - 1 };
  });
}

/** Puts functions one after the other; a callee is counted from the function after the caller. */
function link(functions: readonly Insn[][]): Insn[] {
  const starts: number[] = [];
  let length = 0;
  for (const list of functions) {
    starts.push(length);
    length += list.length;
  }
  return functions.flatMap((list, nth) =>
    list.map((insn: Pending, at) => {
      const { callee, ...rest } = insn;
      if (callee === undefined) return rest;
      return { ...rest, imm: starts[nth + 1 + callee]! - (starts[nth]! + at) - 1 };
    }),
  );
}
