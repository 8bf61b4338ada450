import type { Capability } from '../../../src/verifier/privileges.js';
import { kernelFunctions } from './kernel-functions.js';

/** A small seeded random source (mulberry32): the same programs everywhere from the same seed. */
export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }
  below(count: number): number {
    return this.next() % count;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }
}

const HOOKS = ['socket_filter', 'xdp', 'sched_cls', 'tracepoint', 'raw_tracepoint'] as const;
const CONSTANTS = [
  0, 1, 2, 3, 4, 7, 8, 14, 15, 16, 31, 32, 63, 64, 100, 255, 256, 511, 0xffff, 0x7fffffff, -1, -2, -4, -8,
  -16, -256, -0x80000000,
];
const BRANCHES = ['==', '!=', '>', '>=', '<', '<=', 's>', 's>=', 's<', 's<=', '&'];
const OPS = ['+=', '-=', '*=', '&=', '|=', '^=', '<<=', '>>=', 's>>=', '/=', '%=', 's/=', 's%=', '='];
const SIZES = ['u8', 'u16', 'u32', 'u64'] as const;
const BYTES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

export interface Generated {
  readonly hook: string;
  /** What it is loaded for, and the kernel's function or tracepoint. */
  readonly attachType?: string;
  readonly target?: string;
  /** Of who loads it; all when absent. */
  readonly capabilities?: readonly Capability[];
  readonly source: string;
}

/** What the generator believes a register to hold; wrong now and then, on purpose. */
export type Held = 'none' | 'scalar' | 'ctx' | 'stack' | 'packet' | 'end' | 'value' | 'maybe_value' | 'map';

export class Writer {
  readonly random: Random;
  readonly hook: Generated['hook'];
  readonly lines: string[] = [];
  readonly held: Held[] = Array.from({ length: 10 }, () => 'none');
  #labels = 0;
  readonly subprogram: boolean;
  /** The kind of callback that the program has, if any. */
  callback: 'loop' | 'each' | undefined;
  /** Of labels, when there is more than one subprogram. */
  prefix: string | undefined;
  /** Statements that acquire and release are written too. */
  wide = false;

  constructor(random: Random, hook: Generated['hook'], subprogram: boolean) {
    this.random = random;
    this.hook = hook;
    this.subprogram = subprogram;
  }
  emit(line: string): void {
    this.lines.push(line);
  }
  label(): string {
    return `${this.prefix ?? (this.subprogram ? 's' : 'l')}${this.#labels++}`;
  }
  reg(...kinds: Held[]): number | undefined {
    const found: number[] = [];
    this.held.forEach((held, index) => {
      if (kinds.includes(held)) found.push(index);
    });
    return found.length === 0 ? undefined : this.random.pick(found);
  }
  constant(): number {
    return this.random.chance(80) ? this.random.pick(CONSTANTS) : this.random.below(1000) - 500;
  }
  small(): number {
    return this.random.pick([0, 1, 2, 4, 8, 12, 14, 16, 20]);
  }
  target(): number {
    return this.random.below(10);
  }
}

/** A program that is valid or nearly so. @param wide with references and callbacks, which the engine does not run yet. */
export function generate(seed: number, wide = false): Generated {
  const random = new Random(seed);
  const hook = random.pick(HOOKS);
  const main = new Writer(random, hook, false);
  main.held[1] = 'ctx';
  main.wide = wide && random.chance(60);
  if (wide && random.chance(40)) main.callback = random.pick(['loop', 'each']);
  if (random.chance(80)) {
    main.emit('r6 = r1');
    main.held[6] = 'ctx';
  }
  for (const scalar of [7, 8, 9].slice(random.below(3))) {
    main.emit(`r${scalar} = ${main.constant()}`);
    main.held[scalar] = 'scalar';
  }
  if (hook === 'xdp' || hook === 'sched_cls') {
    const [data, end] = hook === 'xdp' ? [0, 4] : [76, 80];
    main.emit(`r2 = *(u32 *)(r1 + ${data})`);
    main.emit(`r3 = *(u32 *)(r1 + ${end})`);
    main.held[2] = 'packet';
    main.held[3] = 'end';
  }
  const withSubprogram = random.chance(25);
  const steps = 3 + random.below(22);
  if (withSubprogram) call(main);
  const callsBackAt = random.below(steps);
  for (let step = 0; step < steps; step++) {
    if (main.callback !== undefined && step === callsBackAt) callBack(main);
    statement(main, withSubprogram, 0);
  }
  if (main.held[0] !== 'scalar' || random.chance(60)) main.emit('r0 = 0');
  main.emit('exit');
  if (withSubprogram) {
    const callee = new Writer(random, hook, true);
    callee.emit('callee:');
    callee.held[1] = main.random.chance(50) ? 'ctx' : 'scalar';
    callee.held[2] = 'scalar';
    const length = 1 + random.below(10);
    for (let step = 0; step < length; step++) statement(callee, false, 0);
    if (callee.held[0] === 'none' || random.chance(50)) callee.emit('r0 = 1');
    callee.emit('exit');
    main.lines.push(...callee.lines);
  }
  if (main.callback !== undefined) appendCallback(main, withSubprogram);
  return { hook, source: main.lines.join('\n') };
}

/** The callback and the types of all functions, without which Linux takes no callback. */
function appendCallback(main: Writer, withSubprogram: boolean): void {
  const { random, hook } = main;
  const writer = new Writer(random, hook, true);
  writer.prefix = 'c';
  writer.emit('cb:');
  writer.wide = main.wide;
  const held: Held[] =
    main.callback === 'loop' ? ['none', 'scalar', 'stack'] : ['none', 'map', 'value', 'value', 'stack'];
  held.forEach((each, index) => {
    writer.held[index] = each;
  });
  const length = 1 + random.below(8);
  for (let step = 0; step < length; step++) {
    const counter = writer.reg('stack');
    if (counter !== undefined && random.chance(40)) useCallbackContext(writer, counter);
    else statement(writer, false, 1);
  }
  if (random.chance(90)) writer.emit(`r0 = ${random.pick([0, 0, 0, 1, 1, 2])}`);
  writer.emit('exit');
  const params = main.callback === 'loop' ? 'u64 pvoid' : 'pvoid pvoid pvoid pvoid';
  main.lines.push(...writer.lines, `.func cb static int ${params}`);
  if (withSubprogram) main.lines.push('.func callee static int pvoid u64');
}

function useCallbackContext(w: Writer, pointer: number): void {
  const { random } = w;
  const value = 6 + random.below(3);
  w.emit(`r${value} = *(u64 *)(r${pointer} + 0)`);
  if (random.chance(70)) w.emit(`r${value} += ${random.pick([1, 1, 8, -1])}`);
  if (random.chance(80)) w.emit(`*(u64 *)(r${pointer} + 0) = r${value}`);
  w.held[value] = 'scalar';
}

function callBack(w: Writer): void {
  const { random } = w;
  if (random.chance(85)) w.emit(`*(u64 *)(r10 - 24) = ${random.pick([0, 1, 5])}`);
  if (w.callback === 'loop') {
    const scalar = w.reg('scalar');
    if (scalar !== undefined && random.chance(40)) {
      if (scalar !== 1) w.emit(`r1 = r${scalar}`);
    } else w.emit(`r1 = ${random.pick([0, 1, 2, 4, 10, 100])}`);
  } else w.emit(`r1 = map[${random.pick(['hash', 'array', 'percpu', 'progs'])}]`);
  w.emit('r2 = cb ll');
  w.emit(random.chance(80) ? 'r3 = r10' : 'r3 = 0');
  if (random.chance(90)) w.emit('r3 += -24');
  w.emit('r4 = 0');
  w.emit(`call ${w.callback === 'loop' ? 'bpf_loop' : 'bpf_for_each_map_elem'}`);
  afterCall(w, 'scalar');
  if (random.chance(50)) {
    w.emit('r7 = *(u64 *)(r10 - 24)');
    w.held[7] = 'scalar';
  }
}

/** Acquires a record or a socket, uses it and gives it back; a step is left out or done twice now and then. */
function reference(w: Writer): void {
  const { random } = w;
  const isSocket = (w.hook === 'sched_cls' || w.hook === 'xdp') && random.chance(50);
  const ctx = w.reg('ctx');
  if (isSocket && ctx !== undefined) {
    if (ctx !== 1) w.emit(`r1 = r${ctx}`);
    w.emit('r2 = r10\nr2 += -16\nr3 = 12\nr4 = 0\nr5 = 0');
    w.emit(`call ${random.pick(['bpf_sk_lookup_tcp', 'bpf_skc_lookup_tcp', 'bpf_sk_lookup_udp'])}`);
  } else {
    w.emit(`r1 = map[ring]\nr2 = ${random.pick([8, 16, 64])}\nr3 = 0`);
    w.emit('call bpf_ringbuf_reserve');
  }
  const label = w.label();
  const keep = 6 + random.below(4);
  afterCall(w, 'none');
  w.held[keep] = 'none';
  w.emit(`r${keep} = r0`);
  if (random.chance(30)) w.emit(`*(u64 *)(r10 - 8) = r${keep}`);
  const before = w.held.slice();
  if (random.chance(93)) w.emit(`if r${random.pick([0, keep])} == 0 goto ${label}`);
  if (random.chance(60)) {
    if (isSocket)
      w.emit(
        `r1 = *(u${random.pick([8, 16, 32, 32, 32])} *)(r${keep} + ${random.pick([0, 4, 8, 24, 48, 72])})`,
      );
    else w.emit(`*(u64 *)(r${keep} + ${random.pick([0, 0, 8, 56])}) = 1`);
  }
  if (random.chance(25)) statement(w, false, 3);
  const times = random.chance(90) ? 1 : random.below(3);
  for (let index = 0; index < times; index++) {
    w.emit(random.chance(10) ? 'r1 = *(u64 *)(r10 - 8)' : `r1 = r${keep}`);
    if (random.chance(4)) w.emit('r1 += 8');
    w.emit('r2 = 0');
    w.emit(
      `call ${isSocket ? 'bpf_sk_release' : random.pick(['bpf_ringbuf_submit', 'bpf_ringbuf_discard'])}`,
    );
  }
  afterCall(w, 'none');
  w.emit(`${label}:`);
  join(w, before);
  w.held[keep] = 'none';
  if (random.chance(30)) w.emit(`r${keep} = 0`);
}

function statement(w: Writer, calls: boolean, depth: number): void {
  const { random } = w;
  if (w.wide && random.chance(12)) {
    reference(w);
    return;
  }
  if (w.wide && depth === 0 && random.chance(8)) {
    kernelFunctions(w, (inner) => statement(inner, calls, depth + 1));
    return;
  }
  if (w.callback !== undefined && random.chance(10)) {
    callBack(w);
    return;
  }
  const kind = random.chance(96) ? random.below(95) : 95 + random.below(5);
  if (kind < 8) setScalar(w);
  else if (kind < 30) arithmetic(w);
  else if (kind < 38) spillOrFill(w);
  else if (kind < 46) loadCtx(w);
  else if (kind < 58) branch(w, calls, depth);
  else if (kind < 66) packet(w);
  else if (kind < 74) mapLookup(w);
  else if (kind < 80) mapValue(w);
  else if (kind < 84) move(w);
  else if (kind < 88) loop(w, calls, depth);
  else if (kind < 92) helper(w);
  else if (kind < 95) stackIndex(w);
  else if (kind < 97 && calls) call(w);
  else wild(w);
}

function setScalar(w: Writer): void {
  const target = w.target();
  w.emit(`r${target} = ${w.constant()}`);
  w.held[target] = 'scalar';
}

function arithmetic(w: Writer): void {
  const { random } = w;
  const target = w.reg('scalar') ?? w.target();
  if (w.held[target] !== 'scalar') {
    setScalar(w);
    return;
  }
  const word = random.chance(35) ? 'w' : 'r';
  const op = random.pick(OPS);
  const source = w.reg('scalar');
  if (random.chance(6)) {
    w.emit(
      random.pick([
        `${word}${target} = -${word}${target}`,
        `r${target} = be16 r${target}`,
        `r${target} = (s8)r${target}`,
        `r${target} = (s32)r${target}`,
        `w${target} = (s16)w${target}`,
      ]),
    );
    return;
  }
  if (source !== undefined && random.chance(45)) w.emit(`${word}${target} ${op} ${word}${source}`);
  else if (op.endsWith('<<=') || op.endsWith('>>='))
    w.emit(`${word}${target} ${op} ${random.below(word === 'w' ? 32 : 64)}`);
  else if (op.includes('/') || op.includes('%')) w.emit(`${word}${target} ${op} ${w.constant() || 3}`);
  else w.emit(`${word}${target} ${op} ${w.constant()}`);
}

function move(w: Writer): void {
  const source = w.random.chance(90)
    ? (w.reg('scalar', 'packet', 'value', 'maybe_value', 'stack', 'ctx', 'end') ?? 10)
    : w.target();
  const target = w.target();
  w.emit(`r${target} = r${source}`);
  w.held[target] = w.held[source] ?? 'stack';
}

function spillOrFill(w: Writer): void {
  const { random } = w;
  const size = random.chance(60) ? 'u64' : random.pick(SIZES);
  const bytes = BYTES[size];
  const slot = -8 * (1 + random.below(4));
  const off = random.chance(70) ? slot : slot + bytes * random.below(8 / bytes);
  const loose = random.chance(4) ? random.pick([-1, 1, 4, 600]) : 0;
  const base = random.chance(96) ? 10 : (w.reg('stack') ?? 10);
  if (random.chance(50)) {
    const source =
      size === 'u64' || random.chance(4)
        ? (w.reg('scalar', 'packet', 'value', 'maybe_value', 'ctx', 'stack') ?? 10)
        : undefined;
    if (random.chance(20)) w.emit(`*(${size} *)(r${base} + ${off}) = ${w.constant()}`);
    else
      w.emit(
        `*(${size} *)(r${base} + ${off + loose}) = ${source === undefined || random.chance(75) ? storable(w) : `r${source}`}`,
      );
  } else {
    const target = w.target();
    w.emit(`r${target} = *(${size} *)(r${base} + ${off})`);
    w.held[target] = 'scalar';
  }
}

function loadCtx(w: Writer): void {
  const ctx = w.reg('ctx');
  if (ctx === undefined) {
    setScalar(w);
    return;
  }
  const target = w.target();
  const packetHook = w.hook === 'xdp' || w.hook === 'sched_cls';
  if (packetHook && w.random.chance(40)) {
    const [data, end] = w.hook === 'xdp' ? [0, 4] : [76, 80];
    const isData = w.random.chance(55);
    w.emit(`r${target} = *(u32 *)(r${ctx} + ${isData ? data : end})`);
    w.held[target] = isData ? 'packet' : 'end';
    return;
  }
  const size = w.hook === 'raw_tracepoint' ? 'u64' : w.random.chance(92) ? 'u32' : w.random.pick(SIZES);
  const off =
    w.hook === 'xdp'
      ? w.random.pick([12, 16, 16])
      : w.random.pick(w.hook === 'tracepoint' ? [8, 16, 24, 48, 56] : [0, 8, 16, 24, 48, 56]);
  w.emit(`r${target} = *(${size} *)(r${ctx} + ${off})`);
  w.held[target] = 'scalar';
}

function branch(w: Writer, calls: boolean, depth: number): void {
  const { random } = w;
  if (depth > 2) return;
  const a = random.chance(92) ? (w.reg('scalar') ?? w.reg('maybe_value', 'value')) : w.target();
  if (a === undefined) return;
  const label = w.label();
  const word = random.chance(30) ? 'w' : 'r';
  const b = w.reg('scalar');
  const right = b !== undefined && random.chance(30) ? `${word}${b}` : String(w.constant());
  w.emit(`if ${word}${a} ${random.pick(BRANCHES)} ${right} goto ${label}`);
  const before = w.held.slice();
  const count = 1 + random.below(3);
  for (let index = 0; index < count; index++) statement(w, calls, depth + 1);
  if (random.chance(25)) {
    const after = w.label();
    w.emit(`goto ${after}`);
    w.emit(`${label}:`);
    const held = w.held.slice();
    before.forEach((each, index) => {
      w.held[index] = each;
    });
    statement(w, calls, depth + 1);
    w.emit(`${after}:`);
    join(w, held);
    return;
  }
  w.emit(`${label}:`);
  join(w, before);
}

function join(w: Writer, other: readonly Held[]): void {
  other.forEach((held, index) => {
    if (w.held[index] !== held && !w.random.chance(1)) w.held[index] = 'none';
  });
}

function packet(w: Writer): void {
  const { random } = w;
  const pointer = w.reg('packet');
  if (pointer === undefined) {
    loadCtx(w);
    return;
  }
  const end = w.reg('end');
  const choice = random.below(4);
  if (choice === 0) {
    const scalar = w.reg('scalar');
    if (scalar !== undefined && random.chance(50)) {
      if (random.chance(85)) w.emit(`r${scalar} &= ${random.pick([3, 7, 15, 60, 255])}`);
      w.emit(`r${pointer} ${random.chance(90) ? '+=' : '-='} r${scalar}`);
    } else w.emit(`r${pointer} += ${w.small()}`);
    return;
  }
  if (choice <= 2 && end !== undefined) {
    let probe = w.target();
    if (probe === pointer || probe === end) probe = (probe + 1) % 10;
    if (probe === pointer || probe === end) probe = (probe + 1) % 10;
    const label = w.label();
    const need = w.small();
    w.emit(`r${probe} = r${pointer}`);
    w.emit(`r${probe} += ${need}`);
    w.held[probe] = 'packet';
    const good = random.chance(75);
    w.emit(
      good
        ? `if r${probe} > r${end} goto ${label}`
        : random.chance(50)
          ? `if r${end} ${random.pick(['<', '<=', '>', '>='])} r${probe} goto ${label}`
          : `if r${probe} ${random.pick(['<', '<=', '>=', '=='])} r${end} goto ${label}`,
    );
    const before = w.held.slice();
    accessPacket(w, pointer, need);
    if (random.chance(50)) statement(w, false, 2);
    w.emit(`${label}:`);
    join(w, before);
    return;
  }
  accessPacket(w, pointer, 4);
}

function accessPacket(w: Writer, pointer: number, need: number): void {
  const size = w.random.pick(SIZES);
  const off = w.random.chance(85) ? Math.max(0, need - BYTES[size] - w.random.below(3)) : w.small();
  if (w.random.chance(70)) {
    let target = w.target();
    if (target === pointer) target = (target + 1) % 10;
    w.emit(`r${target} = *(${size} *)(r${pointer} + ${off})`);
    w.held[target] = 'scalar';
  } else w.emit(`*(${size} *)(r${pointer} + ${off}) = ${storable(w)}`);
}

/** A scalar register, or a constant when there is none. */
function storable(w: Writer): string {
  const scalar = w.reg('scalar');
  return scalar === undefined ? String(w.constant()) : `r${scalar}`;
}

function afterCall(w: Writer, result: Held): void {
  for (let index = 1; index <= 5; index++) w.held[index] = 'none';
  w.held[0] = result;
}

function mapLookup(w: Writer): void {
  const { random } = w;
  const map = random.pick(['hash', 'array', 'array', 'percpu', 'readonly']);
  const scalar = w.reg('scalar');
  if (scalar !== undefined && random.chance(40)) w.emit(`*(u32 *)(r10 + -4) = r${scalar}`);
  else if (random.chance(85)) w.emit(`*(u32 *)(r10 + -4) = ${random.below(6)}`);
  w.emit('r2 = r10');
  w.emit('r2 += -4');
  w.emit(`r1 = map[${map}]`);
  w.emit('call bpf_map_lookup_elem');
  afterCall(w, 'maybe_value');
  if (random.chance(80)) {
    const label = w.label();
    const keep = 6 + random.below(4);
    if (random.chance(50)) w.emit(`r${keep} = r0`);
    const before = w.held.slice();
    w.emit(`if r0 == 0 goto ${label}`);
    w.held[0] = 'value';
    const count = 1 + random.below(3);
    for (let index = 0; index < count; index++) mapValue(w);
    w.emit(`${label}:`);
    before[0] = 'none';
    join(w, before);
    if (random.chance(30)) {
      w.emit('r0 = 0');
      w.held[0] = 'scalar';
    }
  }
}

function mapValue(w: Writer): void {
  const { random } = w;
  let pointer = w.reg('value');
  if (pointer === undefined) {
    pointer = w.target();
    w.emit(`r${pointer} = map[data][0]+${random.pick([0, 0, 4, 8, 32])}`);
    w.held[pointer] = 'value';
    return;
  }
  const size = random.pick(SIZES);
  const off = random.chance(85) ? 0 : random.pick([4, 8, 7, 12]);
  const scalar = w.reg('scalar');
  if (scalar !== undefined && random.chance(30)) {
    if (random.chance(90)) w.emit(`r${scalar} &= ${random.pick([1, 3, 7])}`);
    w.emit(`r${pointer} += r${scalar}`);
  }
  switch (random.below(4)) {
    case 0:
      w.emit(`*(${size} *)(r${pointer} + ${off}) = ${storable(w)}`);
      return;
    case 1:
      if (scalar !== undefined)
        w.emit(
          random.chance(50)
            ? `lock *(u64 *)(r${pointer} + ${off}) += r${scalar}`
            : `r${scalar} = atomic_fetch_add((u64 *)(r${pointer} + ${off}), r${scalar})`,
        );
      return;
    default: {
      let target = w.target();
      if (target === pointer) target = (target + 1) % 10;
      w.emit(`r${target} = *(${size} *)(r${pointer} + ${off})`);
      w.held[target] = 'scalar';
    }
  }
}

function loop(w: Writer, calls: boolean, depth: number): void {
  const { random } = w;
  if (depth > 1) return;
  const counter = 6 + random.below(4);
  const start = w.label();
  w.emit(`r${counter} = 0`);
  w.emit(`${start}:`);
  w.held[counter] = 'none';
  const count = random.below(3);
  for (let index = 0; index < count; index++) statement(w, calls, depth + 2);
  w.emit(`r${counter} += ${random.pick([1, 1, 1, 2, 3])}`);
  w.emit(
    `if r${counter} ${random.pick(['<', '<', '<', 's<', '<='])} ${random.pick([3, 5, 6, 12])} goto ${start}`,
  );
  w.held[counter] = 'scalar';
}

function helper(w: Writer): void {
  const { random } = w;
  switch (random.below(4)) {
    case 0:
      w.emit('call bpf_get_prandom_u32');
      afterCall(w, 'scalar');
      return;
    case 1:
      w.emit('call bpf_ktime_get_ns');
      afterCall(w, 'scalar');
      return;
    case 2: {
      const ctx = w.reg('ctx');
      const size = w.reg('scalar');
      if (ctx === undefined || (w.hook !== 'socket_filter' && w.hook !== 'sched_cls')) return;
      const by = size !== undefined && random.chance(60) ? `r${size}` : String(w.small());
      w.emit(`r4 = ${by}`);
      if (random.chance(90)) w.emit(`r4 &= ${random.pick([7, 15, 31])}`);
      if (random.chance(80)) w.emit(`if r4 == 0 goto +6`);
      if (ctx !== 1) w.emit(`r1 = r${ctx}`);
      else w.emit('r5 = 0');
      w.emit(`r2 = 0`);
      w.emit('r3 = r10');
      w.emit(`r3 += ${random.pick([-16, -32, -32])}`);
      w.emit('call bpf_skb_load_bytes');
      w.emit('r0 += 0');
      afterCall(w, 'scalar');
      return;
    }
    default: {
      w.emit(`*(u32 *)(r10 + -4) = 1`);
      if (random.chance(80)) w.emit(`*(u64 *)(r10 + -16) = ${w.constant()}`);
      w.emit('r2 = r10');
      w.emit('r2 += -4');
      w.emit('r3 = r10');
      w.emit('r3 += -16');
      w.emit(`r1 = map[${random.pick(['hash', 'hash', 'array', 'readonly'])}]`);
      w.emit('r4 = 0');
      w.emit('call bpf_map_update_elem');
      afterCall(w, 'scalar');
    }
  }
}

function stackIndex(w: Writer): void {
  const { random } = w;
  const scalar = w.reg('scalar');
  if (scalar === undefined) return;
  let pointer = w.target();
  if (pointer === scalar) pointer = (pointer + 1) % 10;
  if (random.chance(85)) w.emit(`r${scalar} &= ${random.pick([7, 8, 15, 24])}`);
  w.emit(`r${pointer} = r10`);
  w.emit(`r${pointer} += ${random.pick([-16, -32, -32, -40])}`);
  w.emit(`r${pointer} += r${scalar}`);
  w.held[pointer] = 'stack';
  const size = random.pick(['u8', 'u8', 'u64'] as const);
  if (random.chance(50)) w.emit(`*(${size} *)(r${pointer} + 0) = ${random.chance(50) ? 0 : w.constant()}`);
  else {
    w.emit(`r${scalar} = *(${size} *)(r${pointer} + 0)`);
  }
}

function call(w: Writer): void {
  const ctx = w.reg('ctx');
  if (ctx !== undefined && ctx !== 1 && w.random.chance(70)) w.emit(`r1 = r${ctx}`);
  else if (ctx === undefined) w.emit('r1 = 0');
  const scalar = w.reg('scalar');
  w.emit(scalar === undefined || scalar === 2 ? 'r2 = 3' : `r2 = r${scalar}`);
  w.emit('call callee');
  afterCall(w, 'scalar');
}

/** Something that is probably wrong. */
function wild(w: Writer): void {
  const a = w.target();
  const b = w.target();
  const size = w.random.pick(SIZES);
  switch (w.random.below(6)) {
    case 0:
      w.emit(`r${a} += r${b}`);
      return;
    case 1:
      w.emit(`r${a} = *(${size} *)(r${b} + ${w.small()})`);
      w.held[a] = 'scalar';
      return;
    case 2:
      w.emit(`r${a} -= r${b}`);
      w.held[a] = 'scalar';
      return;
    case 3:
      w.emit(`*(${size} *)(r${a} + ${w.small()}) = r${b}`);
      return;
    case 4:
      w.emit(`w${a} = w${b}`);
      w.held[a] = 'scalar';
      return;
    default:
      w.emit(`r${a} = r${b}`);
      w.held[a] = w.held[b] as Held;
  }
}
