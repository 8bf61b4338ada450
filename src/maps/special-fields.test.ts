import { expect, test } from 'vitest';
import type { Btf } from '../btf/types.js';
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

/** `struct value { int a; struct bpf_spin_lock lock; struct { struct bpf_timer t; } in[2]; }` */
const BTF: Btf = {
  types: [
    { kind: 'void' },
    int,
    { kind: 'struct', name: 'bpf_spin_lock', size: 4, members: [member('val', 1, 0)] },
    { kind: 'struct', name: 'bpf_timer', size: 16, members: [] },
    { kind: 'struct', name: '', size: 16, members: [member('t', 3, 0)] },
    { kind: 'array', type: 4, indexType: 1, length: 2 },
    {
      kind: 'struct',
      name: 'value',
      size: 40,
      members: [member('a', 1, 0), member('lock', 2, 32), member('in', 5, 64)],
    },
    { kind: 'typedef', name: 'value_t', type: 6 },
    { kind: 'struct', name: 'loop', size: 4, members: [member('self', 8, 0)] },
  ],
};

test('locks and timers are found in structs, arrays and behind typedefs', () => {
  expect(specialFields(BTF, 7)).toEqual([
    { name: 'bpf_spin_lock', offset: 4, size: 4 },
    { name: 'bpf_timer', offset: 8, size: 16 },
    { name: 'bpf_timer', offset: 24, size: 16 },
  ]);
});

test('a pointer that is tagged as one to a kernel object is found, another is not', () => {
  const types = [
    { kind: 'void' },
    { kind: 'type_tag', name: 'kptr', type: 0 },
    { kind: 'ptr', type: 1 },
    { kind: 'ptr', type: 0 },
  ] as const;
  expect(specialFields({ types }, 2)).toEqual([{ name: 'kptr', offset: 0, size: 8 }]);
  expect(specialFields({ types }, 3)).toEqual([]);
});

test('a plain type has none, and a type inside itself is not followed for ever', () => {
  expect(specialFields(BTF, 1)).toEqual([]);
  expect(specialFields(BTF, 8)).toEqual([]);
});
