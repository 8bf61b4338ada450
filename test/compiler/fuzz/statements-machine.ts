import { condition, expression, index, target } from './expressions.js';
import { isStruct, type Map_, type Object_, type Writing } from './scope.js';
import { SCALARS } from './shapes.js';
import { statements } from './statements.js';

/** What BPF has besides C: packets, maps, atomics, assembly, callbacks, overflow. Undefined when it cannot be here. */
export function machineStatement(w: Writing): string[] | undefined {
  const { random } = w;
  switch (random.below(9)) {
    case 0:
    case 1:
      return packetAccess(w);
    case 2:
    case 3:
      return w.maps.length === 0 ? undefined : mapAccess(w, random.pick(w.maps));
    case 4:
      return atomic(w);
    case 5:
      return assembly(w);
    case 6:
      return byHelper(w);
    case 7:
      return overflow(w);
    default:
      return stringWalk(w);
  }
}

function packetAccess(w: Writing): string[] | undefined {
  const { random } = w;
  const place = target(w);
  if (!w.packet || place === undefined) return undefined;
  const type = random.pick(SCALARS);
  const bytes = type.bits / 8;
  if (random.once(2)) {
    const at = random.below(64 - bytes);
    const text = `*(${type.name} *)(p + ${at})`;
    return [random.once(2) ? `${place} = ${text};` : `${text} = ${expression(w, 1)};`];
  }
  const name = w.inner('k');
  const body = w.within(() => {
    w.scope.variables.push({ text: `*(${type.name} *)${name}`, type, writable: true });
    return [`${place} ^= *(${type.name} *)${name};`, ...statements(w, 1)];
  });
  const start = `u8 *${name} = p + ((u32)(${index(w)}) & ${random.pick([7, 31, 63])});`;
  return ['{', start, `if (${name} + ${bytes} <= end) {`, ...body, '}', '}'];
}

function mapAccess(w: Writing, map: Map_): string[] {
  const { random } = w;
  const [key, value] = [w.inner('k'), w.inner('e')];
  const type = map.value;
  const start = ['{', `u32 ${key} = (${index(w)}) & ${map.entries - 1};`];
  if (map.kind === 'hash' && random.once(3)) {
    if (random.once(3)) return [...start, `bpf_map_delete_elem(&${map.text}, &${key});`, '}'];
    const first = isStruct(type) ? '' : ` = ${expression(w, 1)}`;
    const clear = isStruct(type)
      ? [`__builtin_memset(&${value}, ${random.below(3)}, sizeof(${value}));`]
      : [];
    const update = `bpf_map_update_elem(&${map.text}, &${key}, &${value}, ${random.pick([0, 0, 1, 2])});`;
    return [...start, `${type.name} ${value}${first};`, ...clear, update, '}'];
  }
  const body = w.within(() => {
    if (isStruct(type))
      w.scope.objects.push({ text: `(*${value})`, struct: type, writable: true, owned: false });
    else w.scope.variables.push({ text: `*${value}`, type, writable: true });
    return statements(w, random.between(1, 3));
  });
  const lookup = `${type.name} *${value} = bpf_map_lookup_elem(&${map.text}, &${key});`;
  return [...start, lookup, `if (${value}) {`, ...body, '}', '}'];
}

function atomic(w: Writing): string[] | undefined {
  const { random, scope } = w;
  const wide = scope.variables.filter(
    ({ text, writable, type }) =>
      writable && type.bits >= (w.atLeast('v3') ? 32 : 64) && text.startsWith(w.prefix),
  );
  if (wide.length === 0) return undefined;
  const { text, type } = random.pick(wide);
  const value = `(${type.name})(${expression(w, 1)})`;
  // Adding nothing becomes another operation, which those have not.
  if (!w.atLeast('v3')) return [`__sync_fetch_and_add(&${text}, ${value} | 1);`];
  const place = target(w);
  const kind = random.pick(['add', 'sub', 'and', 'or', 'xor']);
  if (place === undefined || random.once(2)) return [`__sync_fetch_and_${kind}(&${text}, ${value});`];
  switch (random.below(4)) {
    case 0:
      return [`${place} = __sync_lock_test_and_set(&${text}, ${value});`];
    case 1:
      return [
        `${place} = __sync_val_compare_and_swap(&${text}, (${type.name})(${expression(w, 2)}), ${value});`,
      ];
    case 2:
      return [`${place} = __sync_bool_compare_and_swap(&${text}, ${text}, ${value});`];
    default:
      return [`${place} = __sync_fetch_and_${kind}(&${text}, ${value});`];
  }
}

/** Assembly on whole registers, which every cpu has; and barriers. */
function assembly(w: Writing): string[] | undefined {
  const { random } = w;
  const place = target(w);
  if (place === undefined) return undefined;
  const [name, other] = [w.inner('x'), w.inner('y')];
  const begin = ['{', `u64 ${name} = ${expression(w, 1)}, ${other} = ${expression(w, 2)};`];
  const op = random.pick(['+=', '-=', '^=', '&=', '|=', '*=']);
  const lines = [
    `asm volatile("%0 ${op} %1" : "+r"(${name}) : "r"(${other}));`,
    `asm volatile("%0 ${op} %1" : "+r"(${name}) : "i"(${random.below(1000)}));`,
    `asm volatile("" : "+r"(${name}));`,
    `asm volatile("r1 = %1; %0 += r1" : "+r"(${name}) : "r"(${other}) : "r1");`,
    `asm volatile("if %1 == 0 goto 1f; %0 += 5; 1:" : "+r"(${name}) : "r"(${other}));`,
    `asm volatile("*(u64 *)(%0 + 0) = %1" :: "r"(&${name}), "r"(${other}) : "memory");`,
    'asm volatile("" ::: "memory");',
  ];
  return [...begin, random.pick(lines), `${place} += ${name};`, '}'];
}

function byHelper(w: Writing): string[] | undefined {
  const { random, scope } = w;
  const fitting = w.callbacks.flatMap((callback) =>
    scope.objects.flatMap((object) =>
      isLocal(w, object) && object.struct === callback.struct ? [{ callback, object }] : [],
    ),
  );
  const place = target(w);
  if (fitting.length === 0 || place === undefined || w.loops > 0) return undefined;
  const { callback, object } = random.pick(fitting);
  return [`${place} += bpf_loop(${random.between(1, 6)}, ${callback.text}, &${object.text}, 0);`];
}

function overflow(w: Writing): string[] | undefined {
  const { random } = w;
  const place = target(w);
  if (place === undefined) return undefined;
  const op = random.pick(['add', 'sub', 'mul']);
  const type = random.pick(op === 'mul' ? ['u16', 'u32'] : ['u8', 'u16', 'u32', 'u64', 's32', 's64']);
  const name = w.inner('o');
  const call = `__builtin_${op}_overflow((${type})(${expression(w, 1)}), (${type})(${expression(w, 1)}), &${name})`;
  return ['{', `${type} ${name};`, `if (${call})`, `\t${place} += 3;`, `${place} ^= ${name};`, '}'];
}

function stringWalk(w: Writing): string[] | undefined {
  const { random } = w;
  const place = target(w);
  if (w.strings.length === 0 || place === undefined || w.loops > 0) return undefined;
  const { text, length } = random.pick(w.strings);
  const name = w.inner('i');
  const what = random.pick([
    `${place} = ${place} * 31 + ${text}[${name}];`,
    `if (${text}[${name}] == '${random.pick(['a', 'k', 'z'])}')\n\t\t${place} += ${name};`,
  ]);
  const stop = random.once(2) ? ` && ${text}[${name}]` : '';
  if (random.once(3))
    return [`${place} ^= ${text}[(${index(w)}) & 3];`, `if (${condition(w, 2)})`, `\t${place}++;`];
  return [`for (u32 ${name} = 0; ${name} < ${length}${stop}; ${name}++)`, `\t${what}`];
}

/** Whether an object is on the stack of the function: helpers take nothing else for a callback. */
function isLocal(w: Writing, { owned, text }: Object_): boolean {
  return owned && !text.startsWith(w.prefix);
}
