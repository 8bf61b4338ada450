import type { Capability } from '../../../src/verifier/privileges.js';
import { type Generated, Random } from './generate.js';

/*
 * Programs that somebody without privileges could write: no loops, no functions, pointers that move by registers in both
 * directions, spills in whole and in part, comparisons of all kinds. Most get far, so that the ways of wrong guesses, masks
 * and barriers are reached. r6 is the context, r7 and r8 are scalars, r9 is a map's value or a number.
 */

const CONSTANTS = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 17, -1, -8, 64, 255];
const COMPARISONS = ['==', '!=', '>', '>=', '<', '<=', 's>', 's>=', 's<', 's<=', '&'];
const OFFSETS = [0, 4, 8, 16, 48];
const SIZES = [
  ['u8', 1],
  ['u16', 2],
  ['u32', 4],
  ['u64', 8],
] as const;

type Write = (...lines: string[]) => void;
type Statement = (random: Random, write: Write, label: () => string) => void;

const scalar = (random: Random) => random.pick(['r7', 'r8']);

const STATEMENTS: readonly (readonly [weight: number, Statement])[] = [
  [8, unknown],
  [10, bound],
  [14, move],
  [8, access],
  [10, stack],
  [5, pointers],
  [10, branch],
  [5, lookup],
  [4, arithmetic],
  [2, helper],
];
const TOTAL = STATEMENTS.reduce((sum, [weight]) => sum + weight, 0);

/** The program of a seed, for who has these capabilities: some have loops where those are allowed. */
export function generateGuarded(seed: number, capabilities: readonly Capability[]): Generated {
  const random = new Random(seed);
  const lines: string[] = [];
  let labels = 0;
  const write: Write = (...more) => lines.push(...more);
  const label = () => `g${labels++}`;
  write('r6 = r1', 'r7 = *(u32 *)(r6 + 0)', 'r8 = 3', 'r9 = map[data][0]');
  for (let slot = 1; slot <= 4; slot++) if (random.chance(85)) write(`*(u64 *)(r10 - ${slot * 8}) = 0`);
  const open: string[] = [];
  for (let left = 6 + random.below(26); left > 0; left--) {
    let at = random.below(TOTAL);
    for (const [weight, statement] of STATEMENTS) {
      at -= weight;
      if (at >= 0) continue;
      statement(random, write, () => {
        const made = label();
        open.push(made);
        return made;
      });
      break;
    }
    while (open.length > 0 && random.chance(30)) write(`${open.shift()}:`);
    if (capabilities.includes('bpf') && random.chance(2)) loop(random, write, label);
  }
  write(
    ...open.map((name) => `${name}:`),
    random.chance(90) ? 'r0 = 0' : `r0 = ${random.pick(['r6', 'r7', 'r9'])}`,
    'exit',
  );
  return { hook: 'socket_filter', capabilities, source: lines.join('\n') };
}

function unknown(random: Random, write: Write): void {
  const reg = scalar(random);
  if (random.chance(50)) write(`${reg} = *(u32 *)(r6 + ${random.pick(OFFSETS)})`);
  else if (random.chance(49)) write(`${reg} = ${random.pick(CONSTANTS)}`);
  else write(`${reg} = *(u8 *)(r10 - ${1 + random.below(32)})`);
}

function bound(random: Random, write: Write, label: () => string): void {
  const reg = scalar(random);
  switch (random.below(5)) {
    case 0:
      write(`${reg} &= ${random.pick([3, 7, 8, 15, 16, 31])}`);
      return;
    case 1:
      write(`if ${reg} > ${random.pick([4, 8, 15, 40])} goto ${label()}`);
      return;
    case 2:
      write(`${reg} &= ${random.pick([7, 15])}`, `${reg} = -${reg}`);
      return;
    case 3:
      write(`if ${reg} s< ${random.pick([0, -8])} goto ${label()}`, `if ${reg} s> 8 goto ${label()}`);
      return;
    default:
      write(`w${reg.slice(1)} >>= ${random.pick([24, 28, 30])}`);
  }
}

/** A pointer that moves by a register, or a number that a pointer is added to. */
function move(random: Random, write: Write): void {
  const reg = scalar(random);
  const pointer = random.pick(['r9', 'r9', 'r9', 'r9', 'r2', 'r6']);
  if (pointer === 'r2') write('r2 = r10', `r2 += ${random.pick([-8, -16, -24, -32])}`);
  if (random.chance(20)) write(`r3 = ${reg}`, `r3 += ${pointer}`, `r0 = *(u8 *)(r3 + ${random.below(4)})`);
  else if (random.chance(25)) write(`${pointer} += ${random.pick(CONSTANTS)}`);
  else write(`${pointer} ${random.pick(['+=', '+=', '+=', '-='])} ${reg}`);
  if (random.chance(40)) write('r9 = map[data][0]');
}

function access(random: Random, write: Write): void {
  const [size, bytes] = random.pick(SIZES);
  const off = random.below(8) * bytes;
  const base = random.pick(['r9', 'r9', 'r9', 'r6']);
  const into = random.pick(['r7', 'r8', 'r0']);
  if (base === 'r6') write(`${into} = *(u32 *)(r6 + ${random.pick([...OFFSETS, 1000])})`);
  else if (random.chance(60)) write(`${into} = *(${size} *)(r9 + ${off})`);
  else
    write(
      `*(${size} *)(r9 + ${off}) = ${random.chance(85) ? scalar(random) : random.pick(['r6', 'r9', 'r10'])}`,
    );
}

function stack(random: Random, write: Write): void {
  const [size, bytes] = random.pick(SIZES);
  const slot = 8 * (1 + random.below(5));
  const off = -slot + bytes * random.below(8 / bytes);
  switch (random.below(6)) {
    case 0:
      write(`*(u64 *)(r10 - ${slot}) = ${random.pick(['r6', 'r9', 'r10'])}`);
      return;
    case 1:
      write(`${random.pick(['r0', 'r9'])} = *(u64 *)(r10 - ${slot})`);
      return;
    case 2:
    case 3:
      write(`*(${size} *)(r10 + ${off}) = ${random.chance(60) ? scalar(random) : random.pick(CONSTANTS)}`);
      return;
    case 4:
      write('r2 = 1', `lock *(u64 *)(r10 - ${slot}) += r2`);
      return;
    default:
      write(`${scalar(random)} = *(${size} *)(r10 + ${off})`);
  }
}

/** What would show an address. */
function pointers(random: Random, write: Write, label: () => string): void {
  if (random.chance(60)) return;
  const pointer = random.pick(['r6', 'r9', 'r10']);
  switch (random.below(7)) {
    case 0:
      write(`if ${pointer} == ${random.pick(['0', 'r7', 'r9'])} goto ${label()}`);
      return;
    case 1:
      write(`w0 = w${pointer.slice(1)}`);
      return;
    case 2:
      write(`r0 = ${pointer}`, `r0 -= ${random.pick(['r6', 'r10'])}`);
      return;
    case 3:
      write(`r0 = ${pointer}`, random.pick(['r0 = -r0', 'r0 = be64 r0', 'r0 = (s8)r0', 'r0 &= 7']));
      return;
    case 4:
      write('r1 = 1', `lock *(u64 *)(r9 + 0) += ${pointer}`);
      return;
    default:
      write(`*(u32 *)(r6 + 48) = ${pointer}`);
  }
}

function branch(random: Random, write: Write, label: () => string): void {
  const word = random.chance(30) ? 'w' : 'r';
  const left = scalar(random).slice(1);
  const right = random.chance(25) ? `${word}${scalar(random).slice(1)}` : String(random.pick(CONSTANTS));
  write(`if ${word}${left} ${random.pick(COMPARISONS)} ${right} goto ${label()}`);
}

function lookup(random: Random, write: Write, label: () => string): void {
  write(
    `*(u32 *)(r10 - 4) = ${random.chance(50) ? scalar(random) : random.below(6)}`,
    'r2 = r10',
    'r2 += -4',
    `r1 = map[${random.pick(['array', 'hash', 'data'])}]`,
    'call bpf_map_lookup_elem',
    `if r0 == 0 goto ${label()}`,
    random.chance(50) ? 'r9 = r0' : `r8 = *(u32 *)(r0 + ${random.pick([0, 4])})`,
  );
}

function arithmetic(random: Random, write: Write): void {
  const op = random.pick(['+=', '-=', '*=', '&=', '|=', '^=', '<<=', '>>=']);
  const right = random.chance(50) ? scalar(random) : String(random.pick([1, 2, 3, 8]));
  write(`${scalar(random)} ${op} ${right}`);
}

function helper(random: Random, write: Write): void {
  switch (random.below(3)) {
    case 0:
      write('call bpf_get_prandom_u32', `${scalar(random)} = r0`);
      return;
    case 1:
      write('r1 = r10', 'r1 += -16', 'r2 = 8', 'r3 = 0', 'call bpf_trace_printk');
      return;
    default:
      write(
        'r1 = r6',
        `r2 = ${scalar(random)}`,
        'r3 = r10',
        'r3 += -32',
        'r4 = 8',
        'call bpf_skb_load_bytes',
      );
  }
}

function loop(random: Random, write: Write, label: () => string): void {
  const start = label();
  write(
    'r8 = 0',
    `${start}:`,
    `r8 += ${random.pick([1, 3])}`,
    `if r8 < ${random.pick([4, 12])} goto ${start}`,
  );
}
