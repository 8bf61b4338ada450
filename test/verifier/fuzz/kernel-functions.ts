import type { Writer } from './generate.js';

/** Stack slots that iterators and interrupt flags may take; spills reach some of them too. */
const SLOTS = [-8, -16, -40, -48];

type Body = (w: Writer) => void;

/** Calls of kernel functions around some statements: sections, iterators; ended wrongly now and then. */
export function kernelFunctions(w: Writer, body: Body): void {
  const { random } = w;
  const kind = random.below(10);
  if (kind < 5) iterate(w, body);
  else if (kind < 7) section(w, 'bpf_rcu_read_lock', 'bpf_rcu_read_unlock', body);
  else if (kind < 9) section(w, 'bpf_preempt_disable', 'bpf_preempt_enable', body);
  else interrupts(w, body);
}

function forget(w: Writer): void {
  for (let index = 0; index <= 5; index++) w.held[index] = 'none';
}

function pointAt(w: Writer, slot: number): void {
  w.emit(`r1 = r10\nr1 += ${w.random.chance(97) ? slot : slot + 4}`);
}

function some(w: Writer, body: Body): void {
  const count = w.random.below(3);
  for (let index = 0; index < count; index++) body(w);
}

function section(w: Writer, begin: string, end: string, body: Body): void {
  if (w.random.chance(97)) w.emit(`call ${begin}`);
  forget(w);
  some(w, body);
  if (w.random.chance(97)) w.emit(`call ${end}`);
  forget(w);
}

function interrupts(w: Writer, body: Body): void {
  const slot = w.random.pick(SLOTS);
  pointAt(w, slot);
  w.emit('call bpf_local_irq_save');
  forget(w);
  some(w, body);
  pointAt(w, slot);
  if (w.random.chance(97)) w.emit('call bpf_local_irq_restore');
  forget(w);
}

/** A counting loop, with what it counts in a register, and sometimes a way out of its middle. */
function iterate(w: Writer, body: Body): void {
  const { random } = w;
  const slot = random.pick(SLOTS);
  const scalar = random.chance(20) ? w.reg('scalar') : undefined;
  const end = scalar === undefined || scalar < 4 ? String(random.pick([0, 1, 4, 10, 100])) : `r${scalar}`;
  pointAt(w, slot);
  w.emit(`r2 = 0\nr3 = ${end}\ncall bpf_iter_num_new`);
  forget(w);
  const [start, out] = [w.label(), w.label()];
  w.emit(`${start}:`);
  for (let index = 6; index <= 9; index++) if (random.chance(70)) w.held[index] = 'none';
  pointAt(w, slot);
  w.emit('call bpf_iter_num_next');
  forget(w);
  if (random.chance(97)) w.emit(`if r0 == 0 goto ${out}`);
  const element = 6 + random.below(4);
  w.emit(`r${element} = *(u32 *)(r0 + ${random.chance(97) ? 0 : 4})`);
  w.held[element] = 'scalar';
  some(w, body);
  if (random.chance(20)) w.emit(`if r${element} == ${random.pick([0, 3, 7])} goto ${out}`);
  w.emit(`goto ${start}`);
  w.emit(`${out}:`);
  for (let index = 0; index <= 9; index++) w.held[index] = 'none';
  pointAt(w, slot);
  if (random.chance(97)) w.emit('call bpf_iter_num_destroy');
  forget(w);
}
