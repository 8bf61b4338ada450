import { describe, expect, test } from 'vitest';
import { asmProgram } from '../../test/support/asm-program.js';
import { Engine } from '../engine/engine.js';
import type { LoadableProgram, RunInput } from '../kernel/kernel.js';
import type { LineInfo } from '../object/spec.js';
import { Debugger, type Stop } from './index.js';

const PACKET = Uint8Array.from({ length: 64 }, (_, at) => at);
const ARRAY = {
  name: 'counts',
  type: 'array',
  keySize: 4,
  valueSize: 8,
  maxEntries: 2,
  flags: 0,
  pinning: 'none',
} as const;
const HASH = { ...ARRAY, name: 'sources', type: 'hash' } as const;

/** Line `n` of the source begins at instruction `starts[n - 1]`. */
const lines = (...starts: number[]): LineInfo[] =>
  starts.map((insn, at) => ({ insn, file: 'a.c', text: `line ${at + 1}`, line: at + 1, column: 1 }));

/** Calls a function twice, counts in a map, stores into the packet. */
const TEXT = `
  r6 = r1
  r1 = 20
  call twice
  r7 = r0
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = m0 ll
  call bpf_map_lookup_elem
  if r0 == 0 goto out
  *(u64 *)(r0 + 0) = r7
  r2 = *(u32 *)(r6 + 0)
  r3 = *(u32 *)(r6 + 4)
  r4 = r2
  r4 += 14
  if r4 > r3 goto out
  *(u8 *)(r2 + 0) = 255
  out:
  r0 = r7
  exit
  twice:
  r0 = r1
  r0 += r1
  exit`;

async function debugging(
  text = TEXT,
  input: RunInput = { data: PACKET },
  extra: Partial<LoadableProgram> = {},
): Promise<{ debug: Debugger; engine: Engine }> {
  const engine = await Engine.create();
  const maps = [await engine.createMap(ARRAY), await engine.createMap(HASH)];
  const program = await engine.loadProgram({
    ...asmProgram('xdp', text, maps),
    lines: lines(0, 1, 3, 9, 12, 18, 20, 21),
    subprograms: [
      { name: 'main', start: 0, funcType: 0, linkage: 'global' },
      { name: 'twice', start: 20, funcType: 0, linkage: 'static' },
    ],
    ...extra,
  });
  return { debug: await Debugger.create(engine, program, input), engine };
}

/** Everything that can be seen of a program. */
const seen = (debug: Debugger) => ({
  location: debug.location,
  registers: debug.registers().map(({ value }) => value),
  stack: debug.stack(),
  packet: debug.packet,
  counts: debug.entries('counts'),
  sources: debug.entries('sources'),
  frames: debug.frames(),
});

describe('a debugger', () => {
  test('goes forward by instructions, and back to exactly where it was', async () => {
    const { debug } = await debugging();
    const states = [seen(debug)];
    while (debug.stepInsn().reason === 'step') states.push(seen(debug));
    expect(debug.outcome?.returnValue).toBe(40);
    expect(debug.outcome?.packet[0]).toBe(255);
    expect(debug.executed).toBe(states.length);
    for (const state of states.toReversed()) {
      expect(debug.stepInsnBack()).toEqual({ reason: 'step' });
      expect(seen(debug)).toEqual(state);
    }
    expect(debug.stepInsnBack()).toEqual({ reason: 'start', forgotten: 0 });
    expect(debug.continue().reason).toBe('end');
    expect(debug.outcome?.returnValue).toBe(40);
  });

  const path = (debug: Debugger, move: () => Stop): (number | undefined)[] => {
    const visited = [debug.location?.line?.line];
    while (move().reason === 'step') visited.push(debug.location?.line?.line);
    return visited;
  };

  test('goes by lines, into functions or over them', async () => {
    const into = (await debugging()).debug;
    expect(path(into, () => into.stepLine())).toEqual([1, 2, 7, 8, 3, 4, 5, 6]);
    expect(path(into, () => into.stepBack())).toEqual([undefined, 6, 5, 4, 3, 8, 7, 2, 1]);
    const over = (await debugging()).debug;
    expect(path(over, () => over.nextLine())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(path(over, () => over.nextBack())).toEqual([undefined, 6, 5, 4, 3, 2, 1]);
    over.stepInsn();
    over.nextLine();
    over.stepInsn();
    over.stepBack();
    expect(over.location?.insn).toBe(3);
  });

  test('leaves functions, and shows which are active', async () => {
    const { debug } = await debugging();
    debug.break('twice');
    expect(debug.continue()).toEqual({ reason: 'breakpoint', id: 1 });
    expect(debug.frames().map(({ function: name, insn, depth }) => [name, insn, depth])).toEqual([
      ['twice', 20, 1],
      ['main', 3, 0],
    ]);
    debug.stepInsn();
    expect(debug.stepOut()).toEqual({ reason: 'step' });
    expect(debug.location?.insn).toBe(3);
    expect(debug.stepOut()).toEqual({ reason: 'end' });
    expect(debug.frames()).toEqual([]);
  });

  test('stops at instructions, lines and functions, in both directions', async () => {
    const { debug } = await debugging();
    const insn = debug.break('*12');
    const line = debug.break('a.c:6');
    debug.break('4');
    expect([debug.continue(), debug.location?.insn]).toEqual([{ reason: 'breakpoint', id: 3 }, 9]);
    expect([debug.continue(), debug.location?.insn]).toEqual([{ reason: 'breakpoint', id: insn }, 12]);
    expect([debug.continue(), debug.location?.insn]).toEqual([{ reason: 'breakpoint', id: line }, 18]);
    expect([debug.continueBack(), debug.location?.insn]).toEqual([{ reason: 'breakpoint', id: insn }, 12]);
    expect(debug.breakpoints.remove(3)).toBe(true);
    expect(debug.continueBack()).toEqual({ reason: 'start', forgotten: 0 });
  });

  test.each([
    ['*99', 'test has 23 instructions: there is no 99'],
    ['99', 'a.c has no code at or after line 99'],
    ['b.c:1', 'test has no lines of b.c'],
    ['twise', 'test has no function twise'],
  ])('has no place %s to stop at', async (place, message) => {
    const { debug } = await debugging();
    expect(() => debug.break(place)).toThrow(message);
  });

  test('watches an entry of a map, forward and back', async () => {
    const { debug } = await debugging();
    const id = debug.watch('counts', new Uint8Array(4));
    const stop = debug.continue();
    expect(stop).toMatchObject({ reason: 'watch', change: { id, watch: { map: 'counts' } } });
    expect(stop.reason === 'watch' && [stop.change.before?.[0], stop.change.after?.[0]]).toEqual([0, 40]);
    expect(debug.location?.insn).toBe(12);
    expect(debug.continueBack()).toMatchObject({ reason: 'watch', change: { id } });
    expect(debug.location?.insn).toBe(11);
    expect(() => debug.watch('nothing', new Uint8Array(4))).toThrow('there is no map nothing');
  });

  test('tells what registers are, by the verifier, and where they point', async () => {
    const { debug } = await debugging();
    const register = (index: number) => debug.registers()[index];
    expect(register(1)).toMatchObject({ types: ['ctx'], points: 'ctx' });
    debug.break('*9');
    debug.continue();
    expect(register(1)?.types).toEqual(['map_ptr(counts)']);
    expect(register(2)).toMatchObject({ types: ['fp'], points: 'fp-4' });
    expect(register(3)?.types).toEqual([]);
    debug.stepInsn();
    expect(register(0)?.types).toEqual(['map_value(counts)']);
    debug.break('*16');
    debug.continue();
    expect(register(4)).toMatchObject({ types: ['pkt'], points: 'packet+14' });
    expect(register(3)).toMatchObject({ types: ['pkt_end'], points: 'packet+64' });
    expect(register(7)).toMatchObject({ value: 40n, types: ['scalar'] });
  });

  test('takes back what helpers changed', async () => {
    const update = `
      *(u32 *)(r10 - 4) = 7
      *(u64 *)(r10 - 16) = 9
      r1 = m1 ll
      r2 = r10
      r2 += -4
      r3 = r10
      r3 += -16
      r4 = 0
      call bpf_map_update_elem
      r1 = m1 ll
      r2 = r10
      r2 += -4
      call bpf_map_delete_elem
      r0 = 1
      exit`;
    const { debug } = await debugging(update, undefined, { lines: [], subprograms: [] });
    debug.break('*10');
    debug.continue();
    const [entry] = debug.entries('sources');
    expect(entry).toMatchObject({
      key: Uint8Array.of(7, 0, 0, 0),
      value: Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0),
    });
    debug.stepInsnBack();
    expect(debug.entries('sources')).toEqual([]);
    debug.continue();
    debug.continue();
    expect(debug.entries('sources')).toEqual([]);
    debug.continueBack();
    expect(debug.entries('sources')).toEqual([entry]);
    debug.restart();
    expect(debug.location?.insn).toBe(0);
  });

  test('follows a tail call into the other program and back', async () => {
    const engine = await Engine.create();
    const programs = await engine.createMap({ ...ARRAY, type: 'prog_array', valueSize: 4 });
    const other = await engine.loadProgram({ ...asmProgram('xdp', 'r0 = 3\nexit', []), name: 'other' });
    await programs.update(new Uint8Array(4), Uint8Array.of(other.id, 0, 0, 0));
    const jump = 'r2 = m0 ll\nr3 = 0\ncall bpf_tail_call\nr0 = 1\nexit';
    const program = await engine.loadProgram(asmProgram('xdp', jump, [programs]));
    const debug = await Debugger.create(engine, program, { data: PACKET });
    for (let nth = 0; nth < 3; nth++) debug.stepInsn();
    expect(debug.location).toMatchObject({ program: 'other', insn: 0, text: 'r0 = 3' });
    debug.stepInsnBack();
    expect(debug.location).toMatchObject({ program: 'test', insn: 3 });
    debug.continue();
    expect(debug.outcome?.returnValue).toBe(3);
  });
});
