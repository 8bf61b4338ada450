import { ALU_OPS, BRANCH_OPS, CLASS, type Insn, MODE, SIZE, SOURCE } from '../../src/isa/index.js';

/** A small seeded generator (xorshift), so that a failing program can be made again from its seed. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
    for (let i = 0; i < 4; i++) this.below(2);
  }
  below(limit: number): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state % limit;
  }
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}

const insn = (opcode: number, dst: number, src: number, off: number, imm: number): Insn => ({
  opcode,
  dst,
  src,
  off,
  imm,
});

/** Scalar registers that random programs use; r9 points to a map value of 64 bytes, r1 is the context. */
const SCALARS = [2, 3, 4, 5, 6, 7] as const;
const EDGES = [0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 100, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff];
const WIDE_EDGES = [0x10000, 0x7ffffffe, 0x7fffffff, -0x80000000, -0x7fffffff];

function immediate(random: Random): number {
  const kind = random.below(10);
  if (kind < 5) return random.pick(EDGES);
  if (kind < 7) return -random.pick(EDGES) | 0;
  if (kind < 8) return random.pick(WIDE_EDGES);
  if (kind < 9) return random.below(2) === 0 ? 1 << random.below(32) : ((1 << random.below(31)) - 1) | 0;
  return random.below(0xffffffff) | 0;
}

function loadOf(random: Random, dst: number): Insn[] {
  const size = random.pick([SIZE.B, SIZE.H, SIZE.W, SIZE.DW]);
  const signed = size !== SIZE.DW && random.below(4) === 0;
  const bytes = { [SIZE.B]: 1, [SIZE.H]: 2, [SIZE.W]: 4, [SIZE.DW]: 8 }[size];
  return [insn(CLASS.LDX | (signed ? MODE.MEMSX : MODE.MEM) | size, dst, 9, bytes * random.below(8), 0)];
}

function constantOf(random: Random, dst: number): Insn[] {
  if (random.below(3) === 0) {
    return [
      insn(CLASS.LD | MODE.IMM | SIZE.DW, dst, 0, 0, immediate(random)),
      insn(0, 0, 0, 0, immediate(random)),
    ];
  }
  return [insn((random.below(2) ? CLASS.ALU64 : CLASS.ALU) | 0xb0, dst, 0, 0, immediate(random))];
}

function aluOf(random: Random, dst: number): Insn[] {
  const wide = random.below(2) === 0;
  const width = wide ? 64 : 32;
  const cls = wide ? CLASS.ALU64 : CLASS.ALU;
  const special = random.below(15);
  if (special === 0) return [insn(cls | 0x80, dst, 0, 0, 0)];
  if (special === 1) {
    const end = random.pick([CLASS.ALU | SOURCE.K, CLASS.ALU | SOURCE.X, CLASS.ALU64 | SOURCE.K]);
    return [insn(end | 0xd0, dst, 0, 0, random.pick([16, 32, 64]))];
  }
  if (special === 2) {
    return [
      insn(cls | SOURCE.X | 0xb0, dst, random.pick(SCALARS), random.pick(wide ? [8, 16, 32] : [8, 16]), 0),
    ];
  }
  if (special === 3) return signMaskOf(random, dst);
  const op = random.pick(ALU_OPS);
  const isShift = op.name === 'lsh' || op.name === 'rsh' || op.name === 'arsh';
  const isDivision = op.name.endsWith('div') || op.name.endsWith('mod');
  if (isDivision && random.below(3) !== 0) return aluOf(random, dst);
  if (random.below(2) === 0) return [insn(cls | SOURCE.X | op.code, dst, random.pick(SCALARS), op.off, 0)];
  let imm = isShift ? random.below(width) : immediate(random);
  if (isDivision && imm === 0) imm = 1;
  return [insn(cls | op.code, dst, 0, op.off, imm)];
}

/** What compilers make of a conditional value: the sign spread over all bits, then AND or OR with a constant. */
function signMaskOf(random: Random, dst: number): Insn[] {
  const wide = random.below(2) === 0;
  const mask = random.pick([0x50, 0x40]);
  return [
    insn((wide ? CLASS.ALU64 : CLASS.ALU) | 0xc0, dst, 0, 0, wide ? 63 : 31),
    insn((random.below(4) > 0 ? CLASS.ALU64 : CLASS.ALU) | mask, dst, 0, 0, immediate(random)),
  ];
}

function branchOf(random: Random, left: number): Insn[] {
  const cls = random.below(2) === 0 ? CLASS.JMP : CLASS.JMP32;
  const op = random.pick(BRANCH_OPS);
  const dst = random.pick(SCALARS);
  const off = random.below(Math.max(1, Math.min(6, left)));
  if (random.below(2) === 0) return [insn(cls | SOURCE.X | op.code, dst, random.pick(SCALARS), off, 0)];
  return [insn(cls | op.code, dst, 0, off, immediate(random))];
}

/** A pointer moved by bounded scalars and constants, as far as Linux lets it; r8 is the moving one, r9 the base. */
function pointerMoveOf(random: Random): Insn[] {
  const kind = random.below(8);
  const imm = random.pick([1, 4, 8, -1, -4, 14, 100, 0x7fff, 0x10000, -0x10000]);
  const scalar = random.pick(SCALARS);
  const bounded = insn(
    CLASS.ALU64 | 0x50,
    scalar,
    0,
    0,
    random.pick([0, 1, 7, 0xff, 0xf0, 0x3c, 0xffff, 0x3fffc]),
  );
  if (kind === 0) return [insn(CLASS.ALU64 | SOURCE.X | 0xb0, 8, 9, 0, 0)];
  if (kind === 1) return [insn(CLASS.ALU64, 8, 0, 0, imm)];
  if (kind === 2) return [insn(CLASS.ALU64 | 0x10, 8, 0, 0, imm)];
  if (kind < 6) return [bounded, insn(CLASS.ALU64 | SOURCE.X, 8, scalar, 0, 0)];
  if (kind < 7) return [bounded, insn(CLASS.ALU64 | SOURCE.X | 0x10, 8, scalar, 0, 0)];
  // The scalar's register becomes the pointer, and moves back.
  return [
    bounded,
    insn(CLASS.ALU64 | SOURCE.X, scalar, 8, 0, 0),
    insn(CLASS.ALU64 | SOURCE.X | 0xb0, 8, scalar, 0, 0),
    ...loadOf(random, scalar),
  ];
}

/** How a random program differs from plain arithmetic on 14 instructions. */
export interface ProgramShape {
  readonly length?: number;
  /** Also move a pointer, r8, into a map value or (in an XDP program) the packet. */
  readonly pointer?: 'map_value' | 'packet';
}

/**
 * A random program over scalars: loads of unknown bytes from a map value, arithmetic, forward branches.
 * It needs one array map with a value of 64 bytes as map 0.
 */
export function randomScalarProgram(seed: number, { length = 14, pointer }: ProgramShape = {}): Insn[] {
  const random = new Random(seed);
  const body: Insn[][] = [];
  for (const dst of SCALARS) body.push(random.below(4) === 0 ? constantOf(random, dst) : loadOf(random, dst));
  for (let left = length; left > 0; left--) {
    const kind = random.below(20);
    const dst = random.pick(SCALARS);
    if (pointer !== undefined && random.below(3) === 0) body.push(pointerMoveOf(random));
    else if (kind < 1) body.push(loadOf(random, dst));
    else if (kind < 2) body.push(constantOf(random, dst));
    else if (kind < 12) body.push(aluOf(random, dst));
    else body.push(branchOf(random, left));
  }
  const insns = [
    insn(CLASS.LD | MODE.IMM | SIZE.DW, 9, 6, 0, 0),
    insn(0, 0, 0, 0, 0),
    ...startOf(pointer),
    ...body.flat(),
    insn(CLASS.ALU64 | 0xb0, 0, 0, 0, 0),
    insn(CLASS.JMP | 0x90, 0, 0, 0, 0),
  ];
  return insns.map((item, index) => awayFromSecondHalf(insns, item, index));
}

function startOf(pointer: ProgramShape['pointer']): Insn[] {
  if (pointer === undefined) return [];
  if (pointer === 'map_value') return [insn(CLASS.ALU64 | SOURCE.X | 0xb0, 8, 9, 0, 0)];
  return [insn(CLASS.LDX | MODE.MEM | SIZE.W, 8, 1, 0, 0)];
}

/** A jump into the second half of a 64-bit immediate would be refused: it goes one further. */
function awayFromSecondHalf(insns: readonly Insn[], item: Insn, index: number): Insn {
  const isJump = (item.opcode & 7) === CLASS.JMP || (item.opcode & 7) === CLASS.JMP32;
  const isHalf = insns[index + 1 + item.off]?.opcode === 0;
  return isJump && isHalf ? { ...item, off: item.off + 1 } : item;
}
