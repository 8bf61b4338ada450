import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { expression } from './expressions.js';
import { isStruct, type Object_, type Scope, Writing } from './scope.js';
import { randomStruct, SCALARS, type Scalar, type Struct } from './shapes.js';
import { localStruct, statements } from './statements.js';

/** A random program: what it defines, and the name of its function. */
export interface RandomProgram {
  readonly name: string;
  readonly text: string;
}

/**
 * A random C program for BPF without undefined behaviour (with -fwrapv -fno-strict-aliasing): structs, unions,
 * bit-fields, arrays and pointers to them, all kinds of variables, branches, bounded loops, calls, callbacks, maps,
 * packets, atomics, assembly. It ends with a hash of all that it can see.
 *
 * All its names are its own, so that several can be in one file, after {@link PRELUDE}.
 */
export function randomProgram(seed: number, cpu: BpfCpu): RandomProgram {
  const w = new Writing(seed, cpu);
  const { random } = w;
  for (let count = random.below(4); count > 0; count--) {
    const struct = randomStruct(random, w.outer('t'), w.structs);
    w.structs.push(struct);
    w.definitions.push(struct.definition);
  }
  for (let count = random.below(3); count > 0; count--) addMap(w);
  const outside: Scope = { variables: [], objects: [], arrays: [] };
  for (let count = random.between(2, 7); count > 0; count--) addGlobal(w, outside);
  for (let count = random.below(4); count > 0; count--) w.function(outside, () => addFunction(w));
  if (w.structs.length > 0 && random.once(2)) w.function(outside, () => addCallback(w));
  const name = `prog${seed}`;
  const main = w.function(outside, () => mainText(w, name, outside));
  return { name, text: `${w.definitions.join('\n')}\n${main}\n` };
}

function addMap(w: Writing): void {
  const { random } = w;
  const kind = random.pick(['array', 'hash'] as const);
  // What is in a map is compared with all its bytes.
  const whole = w.structs.filter(({ padded }) => !padded);
  const value: Scalar | Struct =
    whole.length > 0 && random.once(2)
      ? random.pick(whole)
      : random.pick(SCALARS.filter(({ bits }) => bits > 16));
  const text = w.outer('m');
  w.maps.push({ text, kind, value, entries: 4 });
  w.definitions.push(
    `struct { __uint(type, ${kind === 'array' ? 2 : 1}); __uint(max_entries, 4); __type(key, u32); __type(value, ${value.name}); } ${text} SEC(".maps");`,
  );
}

function addGlobal(w: Writing, { variables, objects, arrays }: Scope): void {
  const { random } = w;
  const type = random.pick(SCALARS);
  const name = w.outer('g');
  const number = () => String(random.pick([1, 3, 77, 200, 1000, 0x1234, 0x7fffffff]) % 2 ** (type.bits - 1));
  switch (random.below(9)) {
    case 0:
      w.definitions.push(`const volatile ${type.name} ${name} = ${number()};`);
      variables.push({ text: name, type, writable: false });
      return;
    case 1: {
      const length = random.pick([4, 8]);
      const values = Array.from({ length }, number).join(', ');
      w.definitions.push(`static const ${type.name} ${name}[${length}] = { ${values} };`);
      arrays.push({ text: name, element: type, length, writable: false });
      return;
    }
    case 2:
    case 3: {
      const length = random.pick([2, 4, 8]);
      const values = random.once(2) ? ` = { ${number()}, ${number()} }` : '';
      w.definitions.push(`${random.pick(['', 'static '])}${type.name} ${name}[${length}]${values};`);
      arrays.push({ text: name, element: type, length, writable: true });
      return;
    }
    case 4:
    case 5: {
      if (w.structs.length === 0) break;
      const struct = random.pick(w.structs);
      w.definitions.push(`${struct.name} ${name};`);
      objects.push({ text: name, struct, writable: true, owned: true });
      return;
    }
    case 6: {
      const text = random.pick(['', 'a', 'kernel', 'bpf_prog', 'zz top', 'abcdefghijk']);
      w.definitions.push(`${random.pick(['static const ', ''])}char ${name}[16] = "${text}";`);
      w.strings.push({ text: name, length: random.between(3, 16) });
      return;
    }
    default:
  }
  const kind = random.pick(['', '', 'static ', 'volatile ', 'static volatile ']);
  w.definitions.push(`${kind}${type.name} ${name}${random.once(2) ? ` = ${number()}` : ''};`);
  variables.push({ text: name, type, writable: true });
}

const FUNCTIONS = [
  'static __attribute__((noinline))',
  'static inline',
  'static inline __attribute__((always_inline))',
  '__attribute__((noinline))',
] as const;

function addFunction(w: Writing): void {
  const { random } = w;
  const kind = random.pick(FUNCTIONS);
  const isGlobal = kind.startsWith('__');
  const checks: string[] = [];
  const types = Array.from({ length: random.between(1, 5) }, (): Scalar | Struct =>
    w.structs.length > 0 && random.once(4) ? random.pick(w.structs) : random.pick(SCALARS),
  );
  const parameters = types.map((type) => {
    const name = w.inner('a');
    if (!isStruct(type)) {
      w.scope.variables.push({ text: name, type, writable: true });
      return `${type.name} ${name}`;
    }
    w.scope.objects.push({ text: `(*${name})`, struct: type, writable: true, owned: false });
    if (isGlobal) checks.push(`if (!${name})`, '\treturn 0;');
    return `${type.name} *${name}`;
  });
  // The kernel wants global functions to return numbers.
  const returns = isGlobal
    ? random.pick(SCALARS.filter(({ bits }) => bits >= 32))
    : random.once(5)
      ? undefined
      : random.pick(SCALARS);
  const body = statements(w, random.between(1, 4));
  const last = returns === undefined ? [] : [`return ${expression(w)};`];
  const text = w.outer('f');
  w.definitions.push(
    `${kind} ${returns?.name ?? 'void'} ${text}(${parameters.join(', ')})\n{`,
    ...indented([...checks, ...body, ...last]),
    '}',
  );
  w.functions.push({ text, parameters: types, returns, global: isGlobal });
}

function addCallback(w: Writing): void {
  const struct = w.random.pick(w.structs);
  const text = w.outer('c');
  w.scope.objects.push({ text: '(*c)', struct, writable: true, owned: false });
  w.scope.variables.push({ text: 'at', type: SCALARS[4]!, writable: false });
  const body = statements(w, w.random.between(1, 3));
  const last = w.random.once(2) ? 'return 0;' : `return (${expression(w, 2)}) & 1;`;
  w.definitions.push(`static long ${text}(u32 at, ${struct.name} *c)\n{`, ...indented([...body, last]), '}');
  w.callbacks.push({ text, struct });
}

function mainText(w: Writing, name: string, outside: Scope): string {
  const { random } = w;
  w.packet = true;
  const lines: string[] = [];
  for (let count = random.between(2, 6); count > 0; count--) {
    const type = random.pick(SCALARS);
    const variable = w.inner('v');
    lines.push(`${type.name} ${variable} = *(${type.name} *)(p + ${random.below(56)});`);
    w.scope.variables.push({ text: variable, type, writable: true });
  }
  if (w.structs.length > 0 && random.once(2)) lines.push(...localStruct(w));
  lines.push(...statements(w, random.between(3, 9)));
  const { variables, objects, arrays } = w.scope;
  const all = [...new Set([...variables, ...outside.variables])];
  for (const { text } of all) lines.push(`hash = hash * 31 + (u64)${text};`);
  for (const object of new Set([...objects, ...outside.objects])) lines.push(...hashOfObject(object));
  for (const { text, length, writable } of new Set([...arrays, ...outside.arrays]))
    if (writable) for (let at = 0; at < length; at++) lines.push(`hash = hash * 31 + (u64)${text}[${at}];`);
  return `SEC("xdp") int ${name}(struct xdp_md *ctx)
{
	u8 *p = (u8 *)(long)ctx->data, *end = (u8 *)(long)ctx->data_end;
	u64 hash = 7;
	if (p + 64 > end)
		return 0;
${indented(lines).join('\n')}
	RESULT(hash);
	return (u32)hash ^ (u32)(hash >> 32);
}`;
}

function hashOfObject({ text, struct }: Object_): string[] {
  return struct.leaves.flatMap((leaf) => {
    const zero = leaf.text(text, () => '0');
    const places =
      zero === leaf.text(text, () => '1') ? [zero] : [0, 1].map((at) => leaf.text(text, () => String(at)));
    return places.map((place) => `hash = hash * 31 + (u64)${place};`);
  });
}

/** Tabs by the blocks that lines are in. */
function indented(lines: readonly string[]): string[] {
  let depth = 1;
  return lines.map((line) => {
    if (line.startsWith('}')) depth--;
    const text = `${'\t'.repeat(Math.max(depth, 1))}${line}`;
    if (line.endsWith('{')) depth++;
    return text;
  });
}

/** What programs share: types, helpers, and the map that their hashes go to. */
export const PRELUDE = `typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char s8; typedef short s16; typedef int s32; typedef long long s64;
struct xdp_md { u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex; };
#define SEC(name) __attribute__((section(name), used))
#define __uint(name, value) int (*name)[value]
#define __type(name, value) typeof(value) *name
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static long (*const bpf_loop)(u32 count, void *callback, void *ctx, u64 flags) = (void *)181;
struct { __uint(type, 2); __uint(max_entries, 1); __type(key, u32); __type(value, u64); } outcome SEC(".maps");
#define RESULT(hash) do { u32 zero = 0; u64 *slot = bpf_map_lookup_elem(&outcome, &zero); if (slot) *slot = hash; } while (0)
char _license[] SEC("license") = "GPL";
`;
