import { expect, test } from 'vitest';
import type { Btf, BtfMember, BtfType } from '../btf/types.js';
import { specialFields } from './special-fields.js';

const int = {
  kind: 'int',
  name: 'int',
  size: 4,
  bits: 32,
  bitOffset: 0,
  signed: true,
  char: false,
  bool: false,
} as const;
const member = (name: string, type: number, bitOffset: number) => ({
  name,
  type,
  bitOffset,
  bitfieldSize: 0,
});

/** Types 1 to 4 are the same in each test: int, a lock, a timer, and a struct around the timer. */
const types = (...more: readonly BtfType[]): Btf => ({
  types: [
    { kind: 'void' },
    int,
    { kind: 'struct', name: 'bpf_spin_lock', size: 4, members: [member('val', 1, 0)] },
    { kind: 'struct', name: 'bpf_timer', size: 16, members: [] },
    { kind: 'struct', name: '', size: 16, members: [member('t', 3, 0)] },
    ...more,
  ],
});
const struct = (size: number, ...members: BtfMember[]): BtfType => ({
  kind: 'struct',
  name: 'value',
  size,
  members,
});

test('locks and timers are found in structs and behind typedefs, by offset', () => {
  const btf = types(struct(24, member('in', 4, 64), member('a', 1, 0), member('lock', 2, 32)), {
    kind: 'typedef',
    name: 'value_t',
    type: 5,
  });
  expect(specialFields(btf, 6)).toEqual([
    { name: 'bpf_spin_lock', offset: 4, size: 4 },
    { name: 'bpf_timer', offset: 8, size: 16 },
  ]);
});

test('a type with two locks, or a lock at an unaligned place, is refused', () => {
  expect(specialFields(types(struct(8, member('a', 2, 0), member('b', 2, 32))), 5)).toBeUndefined();
  expect(specialFields(types(struct(6, member('a', 2, 16))), 5)).toBeUndefined();
  expect(
    specialFields(
      types({ kind: 'array', type: 2, indexType: 1, length: 2 }, struct(8, member('a', 5, 0))),
      6,
    ),
  ).toBeUndefined();
});

test('a pointer that is tagged as one to a kernel object is found, another is not', () => {
  const btf = types(
    { kind: 'type_tag', name: 'kptr', type: 4 },
    { kind: 'ptr', type: 5 },
    { kind: 'ptr', type: 4 },
    struct(16, member('held', 6, 0), member('plain', 7, 64)),
  );
  const pointer = { target: 4, kind: 'ref' };
  expect(specialFields(btf, 8)).toEqual([{ name: 'kptr', offset: 0, size: 8, pointer }]);
});

test('the head of a list tells what it holds, and one that does not is refused', () => {
  const list = [
    { kind: 'struct', name: 'bpf_list_head', size: 16, members: [] },
    { kind: 'struct', name: 'bpf_list_node', size: 24, members: [] },
    { kind: 'struct', name: 'item', size: 32, members: [member('data', 1, 0), member('node', 6, 64)] },
    struct(24, member('head', 5, 0), member('lock', 2, 128)),
  ] as const;
  const tag = { kind: 'decl_tag', name: 'contains:item:node', type: 8, componentIndex: 0 } as const;
  const holds = { value: 7, node: 8 };
  expect(specialFields(types(...list, tag), 8)).toEqual([
    { name: 'bpf_list_head', offset: 0, size: 16, holds },
    { name: 'bpf_spin_lock', offset: 16, size: 4 },
  ]);
  expect(specialFields(types(...list), 8)).toBeUndefined();
});

test('a type that holds itself ends', () => {
  const btf = types({ kind: 'struct', name: 'loop', size: 4, members: [member('self', 5, 0)] });
  expect(specialFields(btf, 5)).toEqual([]);
});
