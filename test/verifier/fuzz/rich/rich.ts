import { CONTEXTLESS, Dense, STATEMENTS, type Weighted, writeMain } from '../dense.js';
import { type Generated, Random } from '../generate.js';

/** The hooks of rich programs, what they are loaded for, and what they return. */
const HOOKS = [
  { hook: 'sched_cls', weight: 6 },
  { hook: 'xdp', weight: 4 },
  { hook: 'socket_filter', weight: 2 },
  { hook: 'tracepoint', weight: 2 },
  { hook: 'kprobe', weight: 2 },
  { hook: 'perf_event', weight: 1 },
  { hook: 'raw_tracepoint', weight: 1 },
  { hook: 'cgroup_skb', weight: 2, attachType: 'cgroup_inet_ingress' },
  { hook: 'syscall', weight: 4 },
  { hook: 'tracing', weight: 5, attachType: 'trace_raw_tp', target: 'sched_switch' },
] as const;

/** A function that is called back, or a global one, to be written behind the program. */
export interface Written {
  readonly name: string;
  /** After `.func`. */
  readonly type: string;
  readonly write: (w: Rich) => void;
}

/** A program that uses what the kernel gives: objects on the stack, references, locks, functions called back. */
export class Rich extends Dense {
  readonly functions: Written[] = [];
  /** How often, in percent, something is done wrongly. */
  readonly wrong: number;
  #deepest = 104;

  constructor(random: Random, hook: string, left: number) {
    super(random, hook, left, true);
    this.wrong = random.pick([0, 0, 0, 1, 3, 8]);
  }
  /** Whether the next step is taken wrongly. */
  slip(): boolean {
    return this.random.chance(this.wrong);
  }
  /** Bytes of stack of one's own, now and then those of another. @returns the offset from r10. */
  room(bytes: number): number {
    if (this.#deepest + bytes > 240 || this.random.chance(8)) return -104 - bytes - 8 * this.random.below(8);
    this.#deepest += bytes;
    return -this.#deepest;
  }
  /** `rN = r10 + off` */
  point(reg: number, off: number): void {
    this.emit(`r${reg} = r10`, `r${reg} += ${this.slip() ? off + 4 : off}`);
  }
  /** A pointer to a value of a map in r0, or a jump to the label. */
  lookup(map: string, none: string): void {
    this.emit(`*(u32 *)(r10 - 4) = ${this.random.below(3)}`, 'r2 = r10', 'r2 += -4', `r1 = map[${map}]`);
    this.emit('call bpf_map_lookup_elem');
    if (!this.slip()) this.emit(`if r0 == 0 goto ${none}`);
  }
  /** A function of this kind: one that is there already, or a new one. */
  function(type: string, write: (w: Rich) => void): string {
    const there = this.functions.filter((each) => each.type === type);
    if (this.functions.length >= 3 && there.length > 0) return this.random.pick(there).name;
    const name = `g${this.functions.length}`;
    this.functions.push({ name, type, write });
    return name;
  }
}

/** A program of a seed. @param rich what it does beside the statements of dense programs. */
export function generateRich(seed: number, rich: Weighted): Generated {
  const random = new Random(seed ^ 0x51c4);
  const { hook, ...load } = pickHook(random);
  const w = new Rich(random, hook, 4 + random.below(24));
  w.statements = [...rich, ...STATEMENTS.map(([weight, each]) => [Math.ceil(weight / 2), each] as const)];
  writeMain(w, random.chance(90) ? 'r0 = 0' : 'r0 = r7');
  for (let done = 0; done < w.functions.length && done < 6; done++)
    writeFunction(w, w.functions[done] as Written);
  const { attachType, target } = load as { attachType?: string; target?: string };
  return {
    hook,
    ...(attachType === undefined ? {} : { attachType }),
    ...(target === undefined ? {} : { target }),
    source: w.lines.join('\n'),
  };
}

function pickHook(random: Random): (typeof HOOKS)[number] {
  let at = random.below(HOOKS.reduce((sum, { weight }) => sum + weight, 0));
  return HOOKS.find(({ weight }) => {
    at -= weight;
    return at < 0;
  }) as (typeof HOOKS)[number];
}

function writeFunction(w: Rich, { name, type, write }: Written): void {
  w.statements = CONTEXTLESS;
  w.emit(`.func ${name} ${type}`, `${name}:`);
  write(w);
}
