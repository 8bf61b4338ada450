import type { Btf, BtfType } from '../../src/btf/types.js';
import type { SubprogramSpec } from '../../src/object/spec.js';

/** Functions of a test program with their types, as the verifier and the kernel take them. */
export interface TestFunctions {
  readonly btf: Btf;
  readonly subprograms: readonly SubprogramSpec[];
}

interface Declared {
  readonly name: string;
  readonly linkage: 'static' | 'global';
  readonly params: readonly string[];
  readonly returns: string;
}

const DIRECTIVE = /^\.func\s+(\w+)\s+(static|global)\s*(.*)$/;
const EXCEPTION_CALLBACK = /^\.exception_cb\s+(\w+)$/;

/**
 * Takes the lines `.func NAME static|global TYPE…` out of a program; TYPE is that of the result, then of each argument:
 * `u64`, `int`, `void`, `ctx`, `dynptr`, `ptr:N` (a struct of N bytes), `struct:NAME` (a pointer to a struct of 8 bytes), `fwd` (a pointer to a struct of unknown size), with `nonnull-` and
 * other argument tags before it. `.exception_cb NAME` says which function makes the result of what is thrown.
 */
export function takeFunctions(source: string): {
  readonly source: string;
  readonly declared: readonly Declared[];
  readonly exceptionCallbacks: readonly string[];
} {
  const exceptionCallbacks: string[] = [];
  const declared: Declared[] = [];
  const kept = source.split('\n').filter((line) => {
    const [, callback] = EXCEPTION_CALLBACK.exec(line.trim()) ?? [];
    if (callback !== undefined) {
      exceptionCallbacks.push(callback);
      return false;
    }
    const [, name, linkage, types] = DIRECTIVE.exec(line.trim()) ?? [];
    if (name === undefined) return true;
    const [returns = 'int', ...params] = (types ?? '').split(/\s+/).filter((word) => word !== '');
    declared.push({ name, linkage: linkage as Declared['linkage'], params, returns });
    return false;
  });
  return { source: kept.join('\n'), declared, exceptionCallbacks };
}

/** Instruction indexes of the labels of a program without `.func` lines. */
export function labelPlaces(source: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let index = 0;
  for (const line of source.split('\n')) {
    let text = line.trim();
    for (let match = /^(\w+):\s*/.exec(text); match !== null; match = /^(\w+):\s*/.exec(text)) {
      places.set(match[1] as string, index);
      text = text.slice(match[0].length);
    }
    text = text.replace(/\s*(#|;|\/\/).*$/, '');
    if (text !== '') index += /map\[|\bll\b/.test(text) ? 2 : 1;
  }
  return places;
}

const member = (name: string, type: number, offset: number) => ({
  name,
  type,
  bitOffset: offset * 8,
  bitfieldSize: 0,
});

/** A struct of so many 64-bit words that only the kernel knows. */
const opaque = (name: string, words: number): BtfType => ({
  kind: 'struct',
  name,
  size: words * 8,
  members: Array.from({ length: words }, (_, index) => member(`word${index}`, 2, index * 8)),
});

/**
 * The types that every test program's BTF begins with: of the values of `objects`, a `struct { u32 count; struct
 * bpf_spin_lock lock; struct bpf_timer timer; u64 data; }`, of `work`, a `struct { u64 data; struct bpf_wq work; }`, and of
 * `resilient`, a `struct { u64 data; struct bpf_res_spin_lock lock; u32 count; }`; and of objects to allocate: 11 is
 * counted, 12 two numbers, 27 can be in a list, 28 in a tree. Behind them lie the values of `kptrs`, a `struct { u64 data;
 * struct task_struct __kptr *task; struct task_struct __kptr_untrusted *seen; struct plain __kptr *own; struct plain
 * __percpu_kptr *each; }`, and of `lists`, a `struct { struct bpf_spin_lock lock; struct bpf_list_head head; struct
 * bpf_rb_root root; }`.
 */
export const OBJECT_TYPES: readonly BtfType[] = [
  { kind: 'void' },
  {
    kind: 'int',
    name: 'unsigned int',
    size: 4,
    bits: 32,
    bitOffset: 0,
    signed: false,
    char: false,
    bool: false,
  },
  {
    kind: 'int',
    name: 'unsigned long long',
    size: 8,
    bits: 64,
    bitOffset: 0,
    signed: false,
    char: false,
    bool: false,
  },
  { kind: 'struct', name: 'bpf_spin_lock', size: 4, members: [member('val', 1, 0)] },
  { kind: 'struct', name: 'bpf_timer', size: 16, members: [member('low', 2, 0), member('high', 2, 8)] },
  {
    kind: 'struct',
    name: 'objects_value',
    size: 32,
    members: [member('count', 1, 0), member('lock', 3, 4), member('timer', 4, 8), member('data', 2, 24)],
  },
  { kind: 'struct', name: 'bpf_wq', size: 16, members: [member('low', 2, 0), member('high', 2, 8)] },
  { kind: 'struct', name: 'work_value', size: 24, members: [member('data', 2, 0), member('work', 6, 8)] },
  { kind: 'struct', name: 'bpf_res_spin_lock', size: 4, members: [member('val', 1, 0)] },
  {
    kind: 'struct',
    name: 'resilient_value',
    size: 16,
    members: [member('data', 2, 0), member('lock', 8, 8), member('count', 1, 12)],
  },
  { kind: 'struct', name: 'bpf_refcount', size: 4, members: [member('val', 1, 0)] },
  {
    kind: 'struct',
    name: 'counted',
    size: 16,
    members: [member('key', 2, 0), member('count', 10, 8), member('flags', 1, 12)],
  },
  { kind: 'struct', name: 'plain', size: 16, members: [member('first', 2, 0), member('second', 2, 8)] },
  { kind: 'struct', name: 'task_struct', size: 4, members: [] },
  { kind: 'type_tag', name: 'kptr', type: 13 },
  { kind: 'ptr', type: 14 },
  { kind: 'type_tag', name: 'kptr_untrusted', type: 13 },
  { kind: 'ptr', type: 16 },
  { kind: 'type_tag', name: 'kptr', type: 12 },
  { kind: 'ptr', type: 18 },
  { kind: 'type_tag', name: 'percpu_kptr', type: 12 },
  { kind: 'ptr', type: 20 },
  {
    kind: 'struct',
    name: 'kptrs_value',
    size: 40,
    members: [
      member('data', 2, 0),
      member('task', 15, 8),
      member('seen', 17, 16),
      member('own', 19, 24),
      member('each', 21, 32),
    ],
  },
  opaque('bpf_list_head', 2),
  opaque('bpf_list_node', 3),
  opaque('bpf_rb_root', 2),
  opaque('bpf_rb_node', 4),
  { kind: 'struct', name: 'linked', size: 32, members: [member('key', 2, 0), member('node', 24, 8)] },
  { kind: 'struct', name: 'sorted', size: 40, members: [member('key', 2, 0), member('node', 26, 8)] },
  {
    kind: 'struct',
    name: 'lists_value',
    size: 40,
    members: [member('lock', 3, 0), member('head', 23, 8), member('root', 25, 24)],
  },
  { kind: 'decl_tag', name: 'contains:linked:node', type: 29, componentIndex: 1 },
  { kind: 'decl_tag', name: 'contains:sorted:node', type: 29, componentIndex: 2 },
];
/** The type of keys, and of the values of the maps that have types, by their names. */
export const OBJECT_TYPE = {
  key: 1,
  objects: 5,
  work: 7,
  resilient: 9,
  kptrs: 22,
  lists: 29,
  of_tasks: 2,
  of_cgroups: 2,
  of_files: 2,
  of_sockets: 2,
} as const;

/** BTF for a program with declared functions. @param context the hook's context struct. */
export function functionTypes(
  declared: readonly Declared[],
  places: ReadonlyMap<string, number>,
  context: string,
  exceptionCallbacks: readonly string[] = [],
): TestFunctions {
  const types: BtfType[] = [...OBJECT_TYPES];
  const add = (type: BtfType): number => types.push(type) - 1;
  const int = (name: string, size: number, signed: boolean): number =>
    add({ kind: 'int', name, size, bits: size * 8, bitOffset: 0, signed, char: false, bool: false });
  const u64 = int('unsigned long long', 8, false);
  const int32 = int('int', 4, true);
  const byte = int('unsigned char', 1, false);
  const typeOf = (word: string): number => {
    const [kind, size] = word.slice(word.lastIndexOf('-') + 1).split(':');
    switch (kind) {
      case 'u64':
        return u64;
      case 'int':
        return int32;
      case 'void':
        return 0;
      case 'pvoid':
        return add({ kind: 'ptr', type: 0 });
      case 'ctx':
        return add({ kind: 'ptr', type: add({ kind: 'struct', name: context, size: 4, members: [] }) });
      case 'dynptr':
        return add({ kind: 'ptr', type: add({ kind: 'struct', name: 'bpf_dynptr', size: 16, members: [] }) });
      case 'struct':
        return add({
          kind: 'ptr',
          type: add({ kind: 'struct', name: size as string, size: 8, members: [] }),
        });
      case 'fwd':
        return add({ kind: 'ptr', type: add({ kind: 'fwd', name: 'unknown', union: false }) });
      default: {
        const length = Number(size);
        const array = add({ kind: 'array', type: byte, indexType: int32, length });
        const members = [{ name: 'bytes', type: array, bitOffset: 0, bitfieldSize: 0 }];
        return add({ kind: 'ptr', type: add({ kind: 'struct', name: `s${length}`, size: length, members }) });
      }
    }
  };
  const main: Declared = { name: 'test', linkage: 'global', params: ['ctx'], returns: 'int' };
  const subprograms: SubprogramSpec[] = [];
  for (const { name, linkage, params, returns } of [main, ...declared]) {
    const proto = add({
      kind: 'func_proto',
      returns: typeOf(returns),
      params: params.map((word, index) => ({ name: `a${index}`, type: typeOf(word) })),
    });
    const funcType = add({ kind: 'func', name, type: proto, linkage });
    params.forEach((word, componentIndex) => {
      for (const tag of word.split('-').slice(0, -1))
        add({ kind: 'decl_tag', name: `arg:${tag}`, type: funcType, componentIndex });
    });
    if (name === 'test')
      for (const callback of exceptionCallbacks)
        add({
          kind: 'decl_tag',
          name: `exception_callback:${callback}`,
          type: funcType,
          componentIndex: -1,
        });
    const start = name === 'test' ? 0 : (places.get(name) ?? 0);
    subprograms.push({ name, start, funcType, linkage });
  }
  subprograms.sort((a, b) => a.start - b.start);
  return { btf: { types }, subprograms };
}

/** `struct bpf_func_info` records. */
export function funcInfo(subprograms: readonly SubprogramSpec[]): Uint8Array {
  return new Uint8Array(
    new Uint32Array(subprograms.flatMap(({ start, funcType }) => [start, funcType])).buffer,
  );
}
