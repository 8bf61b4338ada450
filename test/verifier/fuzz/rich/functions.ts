import { block } from '../dense.js';
import type { Rich } from './rich.js';

/** What every function begins with, so that statements find what they need; r1 to r5 are kept in slots. */
function prologue(w: Rich, args: number): void {
  for (let arg = 1; arg <= args; arg++) w.emit(`*(u64 *)(r10 - ${72 + 8 * arg}) = r${arg}`);
  w.emit('r6 = 0', `r7 = ${w.constant()}`, 'r8 = 0', `r9 = ${w.constant()}`);
  for (let slot = 1; slot <= 8; slot++)
    w.emit(`*(u64 *)(r10 - ${slot * 8}) = ${w.random.chance(60) ? 0 : 'r9'}`);
}

function body(w: Rich): void {
  w.left = 1 + w.random.below(6);
  block(w, 3, 1);
}

/** `r2 = *(u64 *)(r10 - place of argument)` */
const argument = (arg: number, into = 1) => `r${into} = *(u64 *)(r10 - ${72 + 8 * arg})`;

/** Counts in what the program lent, at the end of the arguments. */
function useLent(w: Rich, arg: number): void {
  const { random } = w;
  const none = w.label();
  w.emit(argument(arg));
  if (!w.slip()) w.emit(`if r1 == 0 goto ${none}`);
  w.emit('r2 = *(u64 *)(r1 + 0)', `r2 ${random.pick(['+=', '+=', '^=', '&='])} ${random.pick([1, 1, 2, 8])}`);
  if (random.chance(30)) w.emit('r2 &= 63');
  if (random.chance(80)) w.emit('*(u64 *)(r1 + 0) = r2');
  if (random.chance(30))
    w.emit('r3 = map[data][0]+0', 'if r2 > 56 goto +2', 'r3 += r2', 'r4 = *(u8 *)(r3 + 0)');
  w.emit(`${none}:`);
}

function finish(w: Rich): void {
  w.emit(`r0 = ${w.slip() ? 2 : w.random.pick([0, 0, 1])}`, 'exit');
}

/** bpf_loop, bpf_for_each_map_elem, bpf_user_ringbuf_drain, bpf_find_vma. */
export function calledBack(w: Rich): void {
  const { random } = w;
  const kinds = ['loop', 'loop', 'each', 'drain'];
  if (w.hook === 'tracing' || w.hook === 'kprobe') kinds.push('vma');
  const kind = random.pick(kinds);
  const slot = w.slot();
  const lend = random.chance(85);
  const pass = (reg: number) =>
    w.emit(lend ? `r${reg} = r10` : `r${reg} = 0`, ...(lend ? [`r${reg} += ${slot}`] : []));
  switch (kind) {
    case 'loop': {
      const name = w.function('static int u64 pvoid', (f) => {
        prologue(f, 2);
        body(f);
        useLent(f, 2);
        finish(f);
      });
      const times = random.chance(30) ? `r${w.scalar()}` : String(random.pick([0, 1, 3, 10, 1000]));
      w.emit(`r1 = ${times}`, `r2 = ${name} ll`);
      pass(3);
      w.emit(`r4 = ${w.slip() ? 1 : 0}`, 'call bpf_loop', `r${w.scalar()} = r0`);
      return;
    }
    case 'each': {
      const name = w.function('static int pvoid pvoid pvoid pvoid', (f) => {
        prologue(f, 4);
        f.emit(argument(3), `r7 = *(u${random.pick([8, 32, 64])} *)(r1 + 0)`);
        if (random.chance(30)) f.emit(argument(2), 'r8 = *(u32 *)(r1 + 0)');
        body(f);
        useLent(f, 4);
        finish(f);
      });
      w.emit(`r1 = map[${random.pick(['hash', 'array', 'percpu', 'hash'])}]`, `r2 = ${name} ll`);
      pass(3);
      w.emit('r4 = 0', 'call bpf_for_each_map_elem');
      return;
    }
    case 'drain': {
      const name = w.function('static int pvoid pvoid', (f) => {
        // A dynptr of this kind does not survive on the stack.
        f.emit(
          '*(u64 *)(r10 - 96) = r2',
          f.slip() ? '*(u64 *)(r10 - 88) = r1\nr3 = *(u64 *)(r10 - 88)' : 'r3 = r1',
        );
        f.emit('r1 = r10', 'r1 += -64', 'r2 = 8', 'r4 = 0', 'r5 = 0', 'call bpf_dynptr_read');
        f.emit('r1 = 0', 'r2 = *(u64 *)(r10 - 96)');
        prologue(f, 2);
        body(f);
        useLent(f, 2);
        finish(f);
      });
      w.emit('r1 = map[user_ring]', `r2 = ${name} ll`);
      pass(3);
      w.emit('r4 = 0', 'call bpf_user_ringbuf_drain');
      return;
    }
    default: {
      const name = w.function('static u64 pvoid pvoid pvoid', (f) => {
        prologue(f, 3);
        f.emit(argument(2), 'r7 = *(u64 *)(r1 + 0)');
        body(f);
        useLent(f, 3);
        finish(f);
      });
      w.emit('call bpf_get_current_task_btf', 'r1 = r0', 'r2 = 0', `r3 = ${name} ll`);
      pass(4);
      w.emit('r5 = 0', 'call bpf_find_vma');
    }
  }
}

/** A function that is verified on its own. */
export function global(w: Rich): void {
  const { random } = w;
  const size = random.pick([4, 8, 16, 32]);
  const tag = random.chance(40) ? 'nonnull-' : '';
  const name = w.function(`global int u64 ${tag}ptr:${size}`, (f) => {
    const none = f.label();
    prologue(f, 2);
    f.emit(argument(1, 7), argument(2));
    if (tag === '' && !f.slip()) f.emit(`if r1 == 0 goto ${none}`);
    f.emit(`r8 = *(u${random.pick([8, 16, 32])} *)(r1 + ${f.slip() ? size : 0})`);
    if (random.chance(50)) f.emit(`*(u32 *)(r1 + ${size - 4}) = ${f.constant()}`);
    f.emit(`${none}:`);
    body(f);
    f.emit(random.chance(50) ? 'r0 = r7' : 'r0 = 0', 'exit');
  });
  w.emit(`r1 = r${w.scalar()}`);
  if (random.chance(70)) w.point(2, -64);
  else w.emit(random.chance(60) ? 'r2 = map[data][0]+0' : 'r2 = 0');
  w.emit(`call ${name}`, `r${w.scalar()} = r0`);
}

/** A timer of a map's value. */
export function timer(w: Rich): void {
  const { random } = w;
  const none = w.label();
  const kept = w.room(8);
  w.lookup('objects', none);
  w.emit(`*(u64 *)(r10 + ${kept}) = r0`);
  const self = () => w.emit(`r1 = *(u64 *)(r10 + ${kept})`, `r1 += ${w.slip() ? 16 : 8}`);
  if (random.chance(70)) {
    self();
    w.emit(
      `r2 = map[${w.slip() ? 'hash' : 'objects'}]`,
      `r3 = ${random.pick([0, 1, 7])}`,
      'call bpf_timer_init',
    );
  }
  if (random.chance(70)) {
    const name = w.function('static int pvoid pvoid pvoid', (f) => {
      prologue(f, 3);
      f.emit(argument(3), 'r7 = *(u64 *)(r1 + 24)');
      body(f);
      f.emit(`r0 = ${f.slip() ? 1 : 0}`, 'exit');
    });
    self();
    w.emit(`r2 = ${name} ll`, 'call bpf_timer_set_callback');
  }
  if (random.chance(50)) {
    self();
    w.emit('r2 = 1000', 'r3 = 0', 'call bpf_timer_start');
  }
  if (random.chance(30)) {
    self();
    w.emit('call bpf_timer_cancel');
  }
  w.emit(`${none}:`);
}
