import { block } from '../dense.js';
import type { Rich } from './rich.js';

/** A dynptr over memory that is there, over a record, or over the packet; read, written, cut and given back. */
export function dynptr(w: Rich, level: number, depth: number): void {
  const { random } = w;
  const at = w.room(16);
  const kinds = ['mem', 'mem', 'ring'];
  if (w.hook === 'xdp' || w.hook === 'sched_cls') kinds.push('packet', 'packet');
  const kind = random.pick(kinds);
  if (kind === 'mem') {
    w.emit(
      `r1 = map[data][0]+${random.pick([0, 8])}`,
      `r2 = ${w.slip() ? 80 : random.pick([8, 16, 56])}`,
      'r3 = 0',
    );
    w.point(4, at);
    w.emit('call bpf_dynptr_from_mem');
  } else if (kind === 'ring') {
    w.emit('r1 = map[ring]', random.chance(70) ? `r2 = ${random.pick([8, 32])}` : 'r2 = r7', 'r3 = 0');
    w.point(4, at);
    w.emit('call bpf_ringbuf_reserve_dynptr');
  } else {
    w.emit('r1 = r6', 'r2 = 0');
    w.point(3, at);
    w.emit(`call bpf_dynptr_from_${w.hook === 'xdp' ? 'xdp' : 'skb'}`);
  }
  for (let index = random.below(4); index > 0; index--) useDynptr(w, at, kind);
  if (depth < 2 && random.chance(40)) block(w, level, depth + 2);
  if (kind !== 'ring' || w.slip()) return;
  w.point(1, at);
  w.emit('r2 = 0', `call bpf_ringbuf_${random.pick(['submit', 'discard'])}_dynptr`);
  if (w.slip()) useDynptr(w, at, kind);
}

function useDynptr(w: Rich, at: number, kind: string): void {
  const { random } = w;
  const off = random.chance(30) ? `r${w.scalar()}` : String(random.pick([0, 0, 4, 8]));
  switch (random.below(8)) {
    case 0:
      w.emit(`r4 = ${off}`, 'r1 = r10', 'r1 += -64', `r2 = ${random.pick([1, 8, 32])}`);
      w.point(3, at);
      w.emit('r5 = 0', 'call bpf_dynptr_read', `r${w.scalar()} = r0`);
      return;
    case 1:
      w.emit(`r2 = ${off}`);
      w.point(1, at);
      w.emit('r3 = r10', 'r3 += -64', `r4 = ${random.pick([1, 8])}`, 'r5 = 0', 'call bpf_dynptr_write');
      return;
    case 2: {
      const none = w.label();
      const size = random.pick([1, 4, 8]);
      w.emit(`r2 = ${off}`);
      w.point(1, at);
      w.emit(`r3 = ${w.slip() ? 'r7' : size}`, 'call bpf_dynptr_data');
      if (!w.slip()) w.emit(`if r0 == 0 goto ${none}`);
      w.emit(`r8 = *(u8 *)(r0 + ${w.slip() ? size : size - 1})`);
      if (random.chance(50)) w.emit('*(u8 *)(r0 + 0) = r7');
      w.emit(`${none}:`);
      return;
    }
    case 3: {
      const none = w.label();
      const writes = random.chance(40);
      w.emit(`r2 = ${off}`);
      w.point(1, at);
      if (random.chance(80)) w.point(3, -64);
      else w.emit('r3 = 0');
      w.emit('r4 = 8', `call bpf_dynptr_slice${writes ? '_rdwr' : ''}`);
      if (!w.slip()) w.emit(`if r0 == 0 goto ${none}`);
      w.emit(writes || w.slip() ? '*(u32 *)(r0 + 4) = r7' : 'r8 = *(u32 *)(r0 + 4)', `${none}:`);
      return;
    }
    case 4:
      w.point(1, at);
      w.emit(`call bpf_dynptr_${random.pick(['size', 'is_null', 'is_rdonly'])}`, `r${w.scalar()} = r0`);
      return;
    case 5:
      w.point(1, at);
      w.emit('r2 = 1', `r3 = ${random.pick([2, 8])}`, 'call bpf_dynptr_adjust');
      return;
    case 6: {
      const copy = w.room(16);
      w.point(1, at);
      w.point(2, copy);
      w.emit('call bpf_dynptr_clone');
      if (random.chance(60)) useDynptr(w, copy, kind);
      return;
    }
    default:
      if (w.slip())
        w.emit(random.chance(50) ? `*(u64 *)(r10 + ${at}) = 0` : `r8 = *(u64 *)(r10 + ${at + 8})`);
  }
}

/** A counting loop, or one over the bits of a word. */
export function iterate(w: Rich, level: number, depth: number): void {
  const { random } = w;
  if (depth > 1) return;
  const [start, end] = [w.label(), w.label()];
  const bits = random.chance(25);
  const name = bits ? 'bits' : 'num';
  const at = w.room(bits ? 16 : 8);
  const limit = random.chance(25) ? `r${w.scalar()}` : String(random.pick([0, 1, 4, 10, 100, 1000000]));
  if (bits) {
    w.point(2, w.slot());
    w.emit('r3 = 1');
  } else w.emit('r2 = 0', `r3 = ${limit}`);
  w.point(1, at);
  w.emit(`call bpf_iter_${name}_new`, `${start}:`);
  w.point(1, at);
  w.emit(`call bpf_iter_${name}_next`);
  if (!w.slip()) w.emit(`if r0 == 0 goto ${end}`);
  const element = w.scalar();
  w.emit(`r${element} = *(u32 *)(r0 + ${w.slip() ? 4 : 0})`);
  block(w, level, depth + 1);
  if (random.chance(25)) w.emit(`if r${w.scalar()} == ${w.constant()} goto ${end}`);
  w.emit(`goto ${start}`, `${end}:`);
  if (w.slip()) return;
  w.point(1, at);
  w.emit(`call bpf_iter_${name}_destroy`);
}

/** A loop that the kernel counts. */
export function mayGoto(w: Rich, level: number, depth: number): void {
  if (depth > 1) return;
  const [start, end] = [w.label(), w.label()];
  w.emit(`${start}:`, `may_goto ${end}`);
  block(w, level, depth + 1);
  if (w.random.chance(40))
    w.emit(`if r${w.scalar()} ${w.random.pick(['==', '>', 's<'])} ${w.constant()} goto ${end}`);
  w.emit(`goto ${start}`, `${end}:`);
}

/** A value of a map in a map. */
export function inner(w: Rich): void {
  const none = w.label();
  w.lookup('outer', none);
  w.emit('r1 = r0', 'r2 = r10', 'r2 += -4', 'call bpf_map_lookup_elem');
  if (!w.slip()) w.emit(`if r0 == 0 goto ${none}`);
  w.emit(
    w.random.chance(50) ? `r${w.scalar()} = *(u64 *)(r0 + ${w.slip() ? 16 : 8})` : '*(u64 *)(r0 + 0) = r7',
  );
  w.emit(`${none}:`);
}

/** Loads and stores in order. */
export function ordered(w: Rich): void {
  const { random } = w;
  const size = random.pick(['u8', 'u16', 'u32', 'u64']);
  const onStack = random.chance(60);
  if (!onStack) w.emit('r2 = map[data][0]+8');
  const place = onStack ? `r10 + ${w.slot()}` : 'r2 + 0';
  if (random.chance(50)) w.emit(`r${w.scalar()} = load_acquire((${size} *)(${place}))`);
  else w.emit(`store_release((${size} *)(${place}), r${w.scalar()})`);
}

/** A load that is sign-extended, of the stack or a map's value. */
export function signed(w: Rich): void {
  const { random } = w;
  const size = random.pick(['s8', 's16', 's32']);
  const reg = w.scalar();
  if (random.chance(50)) w.emit(`r${reg} = *(${size} *)(r10 + ${w.slot()})`);
  else w.emit('r2 = map[data][0]+8', `r${reg} = *(${size} *)(r2 + 4)`);
  if (random.chance(60)) w.emit(`if r${reg} s> ${w.constant()} goto +1`, `r${reg} = 0`);
}

/** Helpers that fill memory, or read what they are told to. */
export function copy(w: Rich): void {
  const { random } = w;
  const size = random.chance(40) ? `r${w.scalar()}` : String(random.pick([1, 8, 16, w.slip() ? 80 : 32]));
  w.emit(`r2 = ${size}`);
  if (size.startsWith('r') && !w.slip()) w.emit('r2 &= 31');
  w.point(1, -64);
  switch (random.below(4)) {
    case 0:
      w.emit('r3 = r9', 'call bpf_probe_read_kernel');
      return;
    case 1:
      w.emit(
        'r3 = r9',
        'call bpf_probe_read_kernel_str',
        'if r0 s<= 0 goto +3',
        'r3 = map[data][0]+0',
        'r3 += r0',
      );
      if (!w.slip()) w.emit('r8 = *(u8 *)(r3 + 0)');
      else w.emit('r8 = *(u64 *)(r3 + 40)');
      return;
    case 2:
      w.emit('call bpf_get_current_comm');
      return;
    default:
      w.emit('r3 = r2', 'r2 = r1', 'r1 = r6', 'r4 = 0', 'call bpf_get_stack', `r${w.scalar()} = r0`);
  }
}

/** Ends the program at once. */
export function throwNow(w: Rich): void {
  if (w.random.chance(60)) w.emit(`if r${w.scalar()} != ${w.constant()} goto +2`, 'r1 = 0', 'call bpf_throw');
}
