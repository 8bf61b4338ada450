import { block } from '../dense.js';
import type { Rich } from './rich.js';

/** Some statements while something is held. */
function between(w: Rich, level: number, depth: number): void {
  if (depth < 2 && w.random.chance(60)) block(w, level, depth + 2);
}

type Held = (w: Rich, level: number, depth: number) => void;

/** Takes something in r0, keeps it in a slot, uses it, and gives it back. */
function hold(
  w: Rich,
  level: number,
  depth: number,
  { take, use, give }: { take: () => void; use: (reg: number) => void; give: () => void },
): void {
  const none = w.label();
  const kept = w.room(8);
  take();
  w.emit(`*(u64 *)(r10 + ${kept}) = r0`);
  if (!w.slip()) w.emit(`if r0 == 0 goto ${none}`);
  if (w.random.chance(70)) use(0);
  between(w, level, depth);
  const times = w.slip() ? w.random.pick([0, 2]) : 1;
  for (let index = 0; index < times; index++) {
    w.emit(`r1 = *(u64 *)(r10 + ${kept})`);
    if (w.slip()) w.emit('r1 += 8');
    give();
  }
  if (w.slip()) {
    w.emit(`r1 = *(u64 *)(r10 + ${kept})`);
    use(1);
  }
  w.emit(`${none}:`);
}

export const record: Held = (w, level, depth) => {
  const size = w.random.pick([8, 16, 24, 64]);
  hold(w, level, depth, {
    take: () => w.emit('r1 = map[ring]', `r2 = ${size}`, 'r3 = 0', 'call bpf_ringbuf_reserve'),
    use: (reg) => {
      const off = w.slip() ? size : size - 8;
      w.emit(w.random.chance(70) ? `*(u64 *)(r${reg} + ${off}) = r7` : `r8 = *(u32 *)(r${reg} + ${off})`);
    },
    give: () => w.emit('r2 = 0', `call bpf_ringbuf_${w.random.pick(['submit', 'discard'])}`),
  });
};

export const socket: Held = (w, level, depth) => {
  const { random } = w;
  const find = random.pick(['bpf_sk_lookup_tcp', 'bpf_skc_lookup_tcp', 'bpf_sk_lookup_udp']);
  hold(w, level, depth, {
    take: () => {
      w.emit('r1 = r6');
      w.point(2, -64);
      w.emit('r3 = 12', 'r4 = -1', 'r5 = 0', `call ${find}`);
    },
    use: (reg) => {
      if (random.chance(60))
        w.emit(`r8 = *(u${random.pick([16, 32, 32])} *)(r${reg} + ${random.pick([0, 4, 8, 24, 48, 72])})`);
      else {
        const none = w.label();
        w.emit(
          `r1 = r${reg}`,
          `call ${random.pick(['bpf_tcp_sock', 'bpf_sk_fullsock', 'bpf_skc_to_tcp_sock', 'bpf_get_listener_sock'])}`,
        );
        if (!w.slip()) w.emit(`if r0 == 0 goto ${none}`);
        w.emit(`r8 = *(u32 *)(r0 + ${random.pick([0, 4, 8])})`, `${none}:`);
      }
    },
    give: () => w.emit('call bpf_sk_release'),
  });
};

export const task: Held = (w, level, depth) => {
  const { random } = w;
  const by = random.pick(['pid', 'acquire', 'acquire']);
  hold(w, level, depth, {
    take: () => {
      if (by === 'pid') w.emit('r1 = 1', 'call bpf_task_from_pid');
      else w.emit('call bpf_get_current_task_btf', 'r1 = r0', 'call bpf_task_acquire');
    },
    use: (reg) => walk(w, reg),
    give: () => w.emit('call bpf_task_release'),
  });
};

export const mask: Held = (w, level, depth) => {
  hold(w, level, depth, {
    take: () => w.emit('call bpf_cpumask_create'),
    use: (reg) => w.emit(...(reg === 1 ? ['r2 = r1'] : ['r2 = r0']), 'r1 = 0', 'call bpf_cpumask_set_cpu'),
    give: () => w.emit('call bpf_cpumask_release'),
  });
};

export const object: Held = (w, level, depth) => {
  const { random } = w;
  const counted = random.chance(50);
  hold(w, level, depth, {
    take: () => w.emit(`r1 = ${counted ? 11 : 12}`, 'r2 = 0', 'call bpf_obj_new_impl'),
    use: (reg) => {
      if (counted && random.chance(30)) {
        const none = w.label();
        w.emit(`r1 = r${reg}`, 'r2 = 0', 'call bpf_refcount_acquire_impl');
        if (random.chance(10)) w.emit(`if r0 == 0 goto ${none}`);
        w.emit('r1 = r0', 'r2 = 0', 'call bpf_obj_drop_impl', `${none}:`);
      } else w.emit(`*(u64 *)(r${reg} + ${w.slip() ? 8 : 0}) = r7`);
    },
    give: () => w.emit('r2 = 0', 'call bpf_obj_drop_impl'),
  });
};

/** Members of tasks on the way to others, and of numbers. */
const TASK_OFFSETS = [
  0, 8, 16, 24, 1024, 1040, 1232, 1240, 1248, 1256, 1264, 1272, 1400, 1416, 1424, 1800, 2000,
];

/** Reads through kernel pointers from a register on. */
export function walk(w: Rich, reg: number): void {
  const { random } = w;
  w.emit(`r1 = r${reg}`);
  for (let step = random.below(3); step >= 0; step--) {
    const none = w.label();
    const off = random.chance(60) ? random.pick(TASK_OFFSETS) : 8 * random.below(300);
    w.emit(`r1 = *(u64 *)(r1 + ${off})`);
    if (random.chance(50))
      w.emit(`if r1 == 0 goto ${none}`, `r8 = *(u32 *)(r1 + ${4 * random.below(16)})`, `${none}:`);
    if (random.chance(40)) return;
  }
  if (random.chance(10)) w.emit('call bpf_task_acquire');
}

export const current: Held = (w) => {
  w.emit('call bpf_get_current_task_btf');
  walk(w, 0);
};

/** The arguments of the tracepoint. */
export const argument: Held = (w) => {
  if (w.hook !== 'tracing') return;
  w.emit(`r1 = *(u64 *)(r6 + ${w.slip() ? 4 : w.random.pick([0, 8, 8, 16, 16, 24])})`);
  if (w.random.chance(80)) walk(w, 1);
};

/** Sections that have to be left. */
export const section: Held = (w, level, depth) => {
  const { random } = w;
  const [enter, leave] = random.pick([
    ['bpf_rcu_read_lock', 'bpf_rcu_read_unlock'],
    ['bpf_rcu_read_lock', 'bpf_rcu_read_unlock'],
    ['bpf_preempt_disable', 'bpf_preempt_enable'],
  ] as const);
  if (!w.slip()) w.emit(`call ${enter}`);
  if (random.chance(40)) current(w, level, depth);
  between(w, level, depth);
  if (!w.slip()) w.emit(`call ${leave}`);
};

export const interrupts: Held = (w, level, depth) => {
  const slot = w.room(8);
  w.point(1, slot);
  w.emit('call bpf_local_irq_save');
  between(w, level, depth);
  if (w.slip()) return;
  w.point(1, slot);
  w.emit('call bpf_local_irq_restore');
};

/** The lock of a map's value, plain or resilient. */
export const lock: Held = (w) => {
  const { random } = w;
  const resilient = random.chance(30);
  const none = w.label();
  const kept = w.room(8);
  const at = resilient ? 8 : 4;
  const data = resilient ? 0 : 24;
  w.lookup(resilient ? 'resilient' : 'objects', none);
  w.emit(`*(u64 *)(r10 + ${kept}) = r0`, 'r1 = r0', `r1 += ${w.slip() ? at + 4 : at}`);
  w.emit(`call ${resilient ? 'bpf_res_spin_lock' : 'bpf_spin_lock'}`);
  if (resilient && !w.slip()) w.emit(`if r0 != 0 goto ${none}`);
  w.emit(`r2 = *(u64 *)(r10 + ${kept})`, `r8 = *(u64 *)(r2 + ${w.slip() ? at : data})`);
  if (random.chance(50)) w.emit('r8 += r7', `*(u64 *)(r2 + ${data}) = r8`);
  if (w.slip()) w.emit('call bpf_get_prandom_u32');
  if (!w.slip()) {
    w.emit(`r1 = *(u64 *)(r10 + ${kept})`, `r1 += ${at}`);
    w.emit(`call ${resilient ? 'bpf_res_spin_unlock' : 'bpf_spin_unlock'}`);
  }
  w.emit(`${none}:`);
};
