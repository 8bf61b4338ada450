import { type Generated, Random } from './generate.js';

/*
 * Programs that keep what they need: r6 is the context, r7 to r9 are scalars, eight stack slots are written, r0 to r5 are
 * free. So most of them get far, and the depths of the verifier are reached: precision, pruning, partial stack slots.
 */

const CONSTANTS = [
  0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 1000, 65535, -1, -2, -8, -128,
];
const WIDE = ['0x7fffffff ll', '0x80000000 ll', '0xffffffff ll', '0x100000000 ll', '0x7fffffffffffffff ll'];
const COMPARISONS = ['==', '!=', '>', '>=', '<', '<=', 's>', 's>=', 's<', 's<=', '&'];
const OPS = ['+=', '-=', '*=', '&=', '|=', '^=', '/=', '%=', 's/=', 's%='];
const SIZES = ['u8', 'u16', 'u32', 'u64'] as const;
const BYTES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;
const HOOKS = ['socket_filter', 'xdp', 'sched_cls', 'tracepoint'] as const;
const DEEPEST = 3;

/** How often a statement is written, beside the others. */
export type Statement = (w: Dense, level: number, depth: number) => void;
export type Weighted = readonly (readonly [number, Statement])[];

/** A program that is being written. */
export class Dense {
  readonly random: Random;
  readonly hook: string;
  readonly lines: string[] = [];
  /** Callees that were named and have to be written. */
  readonly callees: { name: string; kind: 'stack' | 'scalar'; level: number }[] = [];
  labels = 0;
  /** Statements that may still be written. */
  left: number;
  /** What is written. */
  statements: Weighted = STATEMENTS;
  /** Functions have types, which then all of them must have. */
  readonly typed: boolean;

  constructor(random: Random, hook: string, left: number, typed = false) {
    this.random = random;
    this.hook = hook;
    this.left = left;
    this.typed = typed;
  }
  emit(...lines: string[]): void {
    this.lines.push(...lines);
  }
  label(): string {
    return `d${this.labels++}`;
  }
  constant(): number {
    return this.random.chance(85) ? this.random.pick(CONSTANTS) : this.random.below(4000) - 2000;
  }
  scalar(): number {
    return 7 + this.random.below(3);
  }
  slot(): number {
    return -8 * (1 + this.random.below(8));
  }
}

/** A program of up to some hundred instructions, most of them accepted. */
export function generateDense(seed: number): Generated {
  const random = new Random(seed);
  const hook = random.pick(HOOKS);
  const w = new Dense(random, hook, 6 + random.below(40));
  writeMain(w);
  return { hook, source: w.lines.join('\n') };
}

/** The program itself, and the functions that it calls. */
export function writeMain(w: Dense, result = 'r0 = 0'): void {
  w.emit('r6 = r1');
  for (const reg of [7, 8, 9]) unknown(w, reg);
  for (let slot = 1; slot <= 8; slot++)
    w.emit(`*(u64 *)(r10 - ${slot * 8}) = ${w.random.chance(50) ? 0 : w.constant()}`);
  block(w, 0, 0);
  w.emit(result, 'exit');
  for (let done = 0; done < w.callees.length && done < 6; done++)
    callee(w, w.callees[done] as Dense['callees'][number]);
}

/** A number in the context of hooks that only richer programs are for. */
const CONTEXT_NUMBERS: Readonly<Record<string, string>> = {
  kprobe: '*(u64 *)(r6 + 16)',
  perf_event: '*(u64 *)(r6 + 16)',
  raw_tracepoint: '*(u64 *)(r6 + 8)',
  syscall: '*(u32 *)(r6 + 8)',
  cgroup_skb: '*(u32 *)(r6 + 8)',
  tracing: '*(u64 *)(r6 + 0)',
};

function unknown(w: Dense, reg: number): void {
  const { random } = w;
  switch (random.below(4)) {
    case 0:
      w.emit(`r${reg} = ${w.constant()}`);
      return;
    case 1:
      w.emit(`r${reg} = ${random.pick(WIDE)}`);
      return;
    case 2: {
      const number = CONTEXT_NUMBERS[w.hook];
      if (number !== undefined) {
        w.emit(`r${reg} = ${number}`);
        return;
      }
      w.emit(
        `r${reg} = *(u32 *)(r6 + ${w.hook === 'xdp' ? 16 : w.hook === 'tracepoint' ? 8 : random.pick([0, 8, 16])})`,
      );
      return;
    }
    default:
      w.emit('call bpf_get_prandom_u32', `r${reg} = r0`);
  }
}

const STATEMENTS: Weighted = [
  [14, arithmetic],
  [12, fork],
  [8, loop],
  [12, stack],
  [8, mapIndex],
  [7, packet],
  [6, atomic],
  [6, helper],
  [6, call],
  [4, refresh],
  [3, legacy],
  [2, tail],
  [6, stackIndex],
  [4, signMask],
  [5, linked],
];

/** Those that need no context: what a function that is called back may do. */
export const CONTEXTLESS: Weighted = [
  [14, arithmetic],
  [10, fork],
  [6, loop],
  [12, stack],
  [8, mapIndex],
  [6, atomic],
  [5, stackIndex],
  [4, signMask],
  [4, linked],
];
export { STATEMENTS };

/** Some statements. */
export function block(w: Dense, level: number, depth: number): void {
  const count = depth === 0 ? w.left : 1 + w.random.below(4);
  for (let index = 0; index < count && w.left > 0; index++) {
    w.left--;
    const total = w.statements.reduce((sum, [weight]) => sum + weight, 0);
    let at = w.random.below(total);
    for (const [weight, statement] of w.statements) {
      at -= weight;
      if (at >= 0) continue;
      statement(w, level, depth);
      break;
    }
  }
}

function arithmetic(w: Dense): void {
  const { random } = w;
  const [a, b] = [w.scalar(), w.scalar()];
  const word = random.chance(40) ? 'w' : 'r';
  switch (random.below(8)) {
    case 0:
      w.emit(`${word}${a} ${random.pick(['<<=', '>>=', 's>>='])} ${random.below(word === 'w' ? 32 : 64)}`);
      return;
    case 1:
      w.emit(`${word}${a} ${random.pick(['<<=', '>>=', 's>>='])} ${word}${b}`);
      return;
    case 2:
      w.emit(
        random.pick([
          `${word}${a} = -${word}${a}`,
          `r${a} = (s8)r${b}`,
          `r${a} = (s16)r${b}`,
          `r${a} = (s32)r${b}`,
          `w${a} = (s8)w${b}`,
          `w${a} = (s16)w${b}`,
          `r${a} = be16 r${a}`,
          `r${a} = be32 r${a}`,
          `r${a} = bswap64 r${a}`,
          `r${a} = le32 r${a}`,
        ]),
      );
      return;
    case 3:
      w.emit(`${word}${a} = ${word}${b}`);
      return;
    case 4:
    case 5:
      w.emit(`${word}${a} ${random.pick(OPS)} ${word}${b}`);
      return;
    default:
      w.emit(`${word}${a} ${random.pick(OPS)} ${w.constant() || 5}`);
  }
}

function condition(w: Dense, reg: number): string {
  const { random } = w;
  const word = random.chance(35) ? 'w' : 'r';
  const right = random.chance(25) ? `${word}${w.scalar()}` : String(w.constant());
  return `if ${word}${reg} ${random.pick(COMPARISONS)} ${right} goto`;
}

function fork(w: Dense, level: number, depth: number): void {
  if (depth >= DEEPEST) return;
  const [other, after] = [w.label(), w.label()];
  w.emit(`${condition(w, w.scalar())} ${other}`);
  block(w, level, depth + 1);
  if (w.random.chance(50)) {
    w.emit(`goto ${after}`, `${other}:`);
    block(w, level, depth + 1);
    w.emit(`${after}:`);
  } else w.emit(`${other}:`);
}

/** A loop whose counter is in a register, or in a stack slot; nested ones too. */
function loop(w: Dense, level: number, depth: number): void {
  if (depth >= 2) return;
  const { random } = w;
  const [start, end] = [w.label(), w.label()];
  const turns = random.pick([2, 3, 4, 7, 16]);
  const step = random.pick([1, 1, 1, 2, 5]);
  if (random.chance(45)) {
    const slot = -72 - 8 * depth;
    w.emit(`*(u64 *)(r10 + ${slot}) = 0`, `${start}:`);
    block(w, level, depth + 1);
    w.emit(`r1 = *(u64 *)(r10 + ${slot})`, `r1 += ${step}`, `*(u64 *)(r10 + ${slot}) = r1`);
    w.emit(`if ${random.pick(['r', 'w'])}1 ${random.pick(['<', 's<', '<='])} ${turns} goto ${start}`);
    return;
  }
  const counter = w.scalar();
  w.emit(`r${counter} = 0`, `${start}:`);
  if (random.chance(40)) w.emit('call bpf_get_prandom_u32', `if r0 == ${w.constant()} goto ${end}`);
  if (random.chance(30)) stack(w);
  if (random.chance(30)) atomic(w);
  w.emit(
    `r${counter} += ${step}`,
    `if r${counter} ${random.pick(['<', 's<', '<='])} ${turns} goto ${start}`,
    `${end}:`,
  );
}

/** Stores and loads of all sizes, odd offsets and overlaps among them. */
function stack(w: Dense): void {
  const { random } = w;
  const size = random.chance(45) ? 'u64' : random.pick(SIZES);
  const bytes = BYTES[size];
  const off = w.slot() + (random.chance(60) ? 0 : bytes * random.below(8 / bytes));
  const reg = w.scalar();
  switch (random.below(6)) {
    case 0:
      w.emit(`*(${size} *)(r10 + ${off}) = ${w.constant()}`);
      return;
    case 1:
    case 2:
      w.emit(`*(${size} *)(r10 + ${off}) = r${reg}`);
      return;
    case 3: {
      const slot = w.slot();
      const part = random.pick(['u8', 'u16', 'u32'] as const);
      w.emit(`*(u64 *)(r10 + ${slot}) = r${reg}`);
      if (random.chance(50))
        w.emit(`*(${part} *)(r10 + ${slot + BYTES[part] * random.below(8 / BYTES[part])}) = ${w.constant()}`);
      w.emit(`r${w.scalar()} = *(${random.pick(SIZES)} *)(r10 + ${slot})`);
      return;
    }
    default:
      w.emit(
        `r${reg} = *(${random.chance(20) && size !== 'u64' ? size.replace('u', 's') : size} *)(r10 + ${off})`,
      );
  }
}

/** Bounds a copy of a scalar in r1, mostly well enough. */
export function bounded(w: Dense, limit: number): string | undefined {
  const { random } = w;
  const reg = w.scalar();
  w.emit(`${random.chance(30) ? 'w1 = w' : 'r1 = r'}${reg}`);
  const skip = w.label();
  const top = random.chance(96) ? limit : limit + 1;
  switch (random.below(5)) {
    case 0:
      w.emit(`r1 &= ${limit & (limit + 1) ? 7 : limit}`);
      return undefined;
    case 1:
      w.emit(`if r1 > ${top} goto ${skip}`);
      return skip;
    case 2:
      w.emit(`if r1 s< 0 goto ${skip}`, `if r1 s> ${top} goto ${skip}`);
      return skip;
    case 3:
      w.emit(`if w1 > ${top} goto ${skip}`, random.chance(85) ? 'w1 = w1' : 'r1 += 0');
      return skip;
    default:
      w.emit(`if r${reg} > ${top} goto ${skip}`);
      return skip;
  }
}

function mapIndex(w: Dense): void {
  const { random } = w;
  const size = random.pick(SIZES);
  const skip = bounded(w, 64 - BYTES[size] - random.pick([0, 1, 8, 33]));
  w.emit('r2 = map[data][0]+0', 'r2 += r1');
  const reg = w.scalar();
  w.emit(random.chance(50) ? `*(${size} *)(r2 + 0) = r${reg}` : `r${reg} = *(${size} *)(r2 + 0)`);
  if (skip !== undefined) w.emit(`${skip}:`);
}

function stackIndex(w: Dense): void {
  const { random } = w;
  const size = random.chance(70) ? 'u8' : 'u64';
  const skip = bounded(w, size === 'u8' ? 31 : 24);
  if (size === 'u64' && random.chance(90)) w.emit('r1 &= 24');
  w.emit('r2 = r10', 'r2 += -64', 'r2 += r1');
  const reg = w.scalar();
  w.emit(
    random.pick([
      `*(${size} *)(r2 + 0) = r${reg}`,
      `*(${size} *)(r2 + 0) = 0`,
      `r${reg} = *(${size} *)(r2 + 0)`,
    ]),
  );
  if (skip !== undefined) w.emit(`${skip}:`);
}

function packet(w: Dense): void {
  const { random } = w;
  if (w.hook !== 'xdp' && w.hook !== 'sched_cls') return;
  const [data, end] = w.hook === 'xdp' ? [0, 4] : [76, 80];
  const out = w.label();
  w.emit(`r3 = *(u32 *)(r6 + ${end})`, `r2 = *(u32 *)(r6 + ${data})`);
  if (random.chance(50)) {
    const skip = bounded(w, random.pick([15, 60, 255, 65535]));
    w.emit('r2 += r1');
    if (skip !== undefined) {
      const late = w.label();
      w.emit(`goto ${late}`, `${skip}:`, `goto ${out}`, `${late}:`);
    }
  }
  const need = random.pick([1, 4, 8, 14, 20]);
  w.emit('r4 = r2', `r4 += ${need}`);
  w.emit(random.pick([`if r4 > r3 goto ${out}`, `if r3 < r4 goto ${out}`, `if r4 >= r3 goto ${out}`]));
  const size = random.pick(SIZES);
  const reg = w.scalar();
  const off = Math.max(0, need - BYTES[size]);
  if (random.chance(60)) w.emit(`r${reg} = *(${size} *)(r2 + ${off})`);
  if (random.chance(50)) w.emit(`*(${size} *)(r2 + ${off}) = r${reg}`);
  w.emit(`${out}:`);
}

function atomic(w: Dense): void {
  const { random } = w;
  const wide = random.chance(60);
  const type = wide ? 'u64' : 'u32';
  const family = wide ? 'atomic64' : 'atomic';
  const reg = w.scalar();
  const place = random.chance(60) ? `r10 + ${w.slot() + (wide ? 0 : random.pick([0, 4]))}` : 'r2 + 8';
  if (place.startsWith('r2')) w.emit('r2 = map[data][0]+8');
  const op = random.pick(['+', '|', '&', '^']);
  const name = { '+': 'add', '|': 'or', '&': 'and', '^': 'xor' }[op];
  switch (random.below(4)) {
    case 0:
      w.emit(`lock *(${type} *)(${place}) ${op}= r${reg}`);
      return;
    case 1:
      w.emit(`r${reg} = ${family}_fetch_${name}((${type} *)(${place}), r${reg})`);
      return;
    case 2:
      w.emit(`r${reg} = ${family}_xchg((${type} *)(${place}), r${reg})`);
      return;
    default:
      w.emit(`r0 = ${w.constant()}`, `r0 = ${family}_cmpxchg((${type} *)(${place}), r0, r${reg})`);
      if (random.chance(50)) w.emit(`r${w.scalar()} = r0`);
  }
}

function helper(w: Dense): void {
  const { random } = w;
  switch (random.below(4)) {
    case 0: {
      const skip = w.label();
      w.emit(`*(u32 *)(r10 - 4) = ${random.chance(50) ? `r${w.scalar()}` : random.below(5)}`);
      w.emit(
        'r2 = r10',
        'r2 += -4',
        `r1 = map[${random.pick(['hash', 'array', 'percpu'])}]`,
        'call bpf_map_lookup_elem',
      );
      w.emit(`if r0 == 0 goto ${skip}`, `r${w.scalar()} = *(u64 *)(r0 + 0)`);
      if (random.chance(40)) w.emit(`*(u64 *)(r0 + 0) = r${w.scalar()}`);
      w.emit(`${skip}:`);
      return;
    }
    case 1:
      w.emit(
        'r4 = 0',
        'r3 = r10',
        'r3 += -16',
        'r2 = r10',
        'r2 += -20',
        'r1 = map[hash]',
        'call bpf_map_update_elem',
      );
      w.emit(`r${w.scalar()} = r0`);
      return;
    default: {
      if (w.hook !== 'socket_filter' && w.hook !== 'sched_cls') return;
      const skip = bounded(w, random.pick([8, 16, 32]));
      w.emit('r4 = r1');
      const none = w.label();
      if (random.chance(90)) w.emit(`if r4 == 0 goto ${none}`);
      w.emit(
        'r1 = r6',
        'r2 = 0',
        'r3 = r10',
        'r3 += -64',
        'call bpf_skb_load_bytes',
        `r${w.scalar()} = r0`,
        `${none}:`,
      );
      if (skip !== undefined) w.emit(`${skip}:`);
    }
  }
}

function call(w: Dense, level: number): void {
  if (level >= 3 || w.callees.length >= 6) return;
  const name = `f${w.callees.length}`;
  const kind = w.random.chance(60) ? 'stack' : 'scalar';
  w.callees.push({ name, kind, level: level + 1 });
  if (kind === 'stack') w.emit('r1 = r10', `r1 += ${w.random.pick([-64, -64, -32])}`);
  else w.emit(`r1 = r${w.scalar()}`);
  w.emit(`r2 = r${w.scalar()}`, 'r3 = r6', `call ${name}`, `r${w.scalar()} = r0`);
}

/** A subprogram: r1 points to the caller's stack, or is a scalar; r2 is a scalar, r3 the context. */
function callee(w: Dense, { name, kind, level }: Dense['callees'][number]): void {
  const { random } = w;
  if (w.typed) w.emit(`.func ${name} static int pvoid u64 pvoid`);
  w.emit(`${name}:`, 'r6 = r3', 'r7 = r2', 'r8 = 0', `r9 = ${w.constant()}`);
  if (kind === 'stack') {
    w.emit('*(u64 *)(r10 - 72) = r1');
    for (let index = random.below(5); index >= 0; index--) {
      const size = random.pick(SIZES);
      const off = BYTES[size] * random.below(32 / BYTES[size]);
      w.emit('r1 = *(u64 *)(r10 - 72)');
      if (random.chance(25))
        w.emit('r2 = r7', 'r2 &= 7', 'r1 += r2', `*(u8 *)(r1 + ${random.below(16)}) = r9`);
      else if (random.chance(50)) w.emit(`*(${size} *)(r1 + ${off}) = r${7 + random.below(3)}`);
      else w.emit(`r${7 + random.below(3)} = *(${size} *)(r1 + ${off})`);
    }
  } else w.emit('r9 = r1');
  for (let slot = 1; slot <= 8; slot++)
    w.emit(`*(u64 *)(r10 - ${slot * 8}) = ${random.chance(50) ? 0 : 'r9'}`);
  w.left = random.below(8);
  block(w, level, 1);
  w.emit(random.chance(60) ? `r0 = r${7 + random.below(3)}` : `r0 = ${w.constant()}`, 'exit');
}

function refresh(w: Dense): void {
  unknown(w, w.scalar());
}

function legacy(w: Dense, level: number): void {
  if (level > 0 || (w.hook !== 'socket_filter' && w.hook !== 'sched_cls')) return;
  w.emit(`r0 = *(${w.random.pick(['u8', 'u16', 'u32'])} *)skb[${w.random.below(20)}]`, `r${w.scalar()} = r0`);
}

function tail(w: Dense): void {
  w.emit(
    'r1 = r6',
    'r2 = map[progs]',
    w.random.chance(50) ? 'r3 = 2' : `r3 = r${w.scalar()}`,
    'call bpf_tail_call',
  );
}

/** What compilers make of a comparison: 0 or -1, then a mask. */
function signMask(w: Dense): void {
  const { random } = w;
  const [a, b] = [w.scalar(), w.scalar()];
  const word = random.chance(50) ? 'w' : 'r';
  w.emit(`${word}${a} s>>= ${word === 'w' ? 31 : 63}`);
  const half = random.chance(85) ? word : 'r';
  w.emit(`${half}${a} ${random.pick(['&=', '|='])} ${random.chance(80) ? w.constant() : `${half}${b}`}`);
}

/** Copies at a distance, one of which is compared. */
function linked(w: Dense): void {
  const { random } = w;
  const [a, b] = [w.scalar(), w.scalar()];
  w.emit(
    `${random.chance(75) ? 'r' : 'w'}${a} = ${random.chance(75) ? 'r' : 'w'}${b}`
      .replace(/^r(\d) = w/, 'r$1 = r')
      .replace(/^w(\d) = r/, 'w$1 = w'),
  );
  if (random.chance(60))
    w.emit(`${random.pick(['r', 'r', 'w'])}${a} ${random.pick(['+=', '-='])} ${w.constant()}`);
  if (random.chance(30)) w.emit(`*(u64 *)(r10 + ${w.slot()}) = r${a}`);
  const skip = w.label();
  w.emit(`${condition(w, random.pick([a, b]))} ${skip}`);
  mapIndex(w);
  w.emit(`${skip}:`);
}
