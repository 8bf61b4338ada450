import { callText, condition, expression, objectsFor, operand, target } from './expressions.js';
import { isStruct, type Writing } from './scope.js';
import { SCALARS } from './shapes.js';
import { machineStatement } from './statements-machine.js';

/** Lines of a number of statements. */
export function statements(w: Writing, count: number): string[] {
  return Array.from({ length: count }, () => statement(w)).flat();
}

/** Lines of statements in a block of their own. */
export function block(w: Writing, most = 3): string[] {
  return w.within(() => statements(w, w.random.between(1, most)));
}

const SIMPLE = [assignment, compound, compound, copy, assignment];
const BRANCHING = [ifElse, ifElse, ifElse, switchOver, forward];
const LOOPS = [counted, counted, whileLoop, doWhile, walk];

function statement(w: Writing): string[] {
  const { random } = w;
  const kind = random.below(20);
  if (kind < 8 || w.depth > 3) return random.pick(SIMPLE)(w);
  if (kind < 12) return random.pick(BRANCHING)(w);
  if (kind < 14) return w.loops < 2 && w.depth < 3 ? random.pick(LOOPS)(w) : random.pick(SIMPLE)(w);
  if (kind < 16) return declaration(w);
  if (kind === 16) return callStatement(w) ?? assignment(w);
  return machineStatement(w) ?? assignment(w);
}

function assignment(w: Writing): string[] {
  const place = target(w);
  return place === undefined ? declaration(w) : [`${place} = ${expression(w)};`];
}

function compound(w: Writing): string[] {
  const { random } = w;
  const place = target(w);
  if (place === undefined) return declaration(w);
  switch (random.below(10)) {
    case 0:
      return [`${place}${random.pick(['++', '--'])};`];
    case 1:
      return [`${place} ${random.pick(['<<=', '>>='])} (${operand(w)}) & 7;`];
    case 2:
      return [`${place} = (${random.pick(SCALARS).name})${operand(w)};`];
    default:
      return [`${place} ${random.pick(['+', '-', '*', '&', '|', '^'])}= ${expression(w)};`];
  }
}

/** Whole objects: assigned, copied, filled, and moved within an array. */
function copy(w: Writing): string[] {
  const { random, scope } = w;
  const arrays = scope.arrays.filter(({ writable, length }) => writable && length > 2);
  if (random.once(3) && arrays.length > 0) {
    const { text, element, length } = random.pick(arrays);
    const count = random.between(1, length - 1);
    const [to, from] = random.pick([
      [1, 0],
      [0, 1],
    ]) as [number, number];
    return [`__builtin_memmove(&${text}[${to}], &${text}[${from}], ${count * (element.bits / 8)});`];
  }
  const objects = scope.objects.filter(({ writable, struct }) => writable && !struct.padded);
  if (objects.length === 0) return assignment(w);
  const to = random.pick(objects);
  const from = scope.objects.filter(({ struct, text }) => struct === to.struct && text !== to.text);
  if (from.length > 0 && random.once(2)) {
    const other = random.pick(from).text;
    // They may be one and the same, which a copy of memory must not be.
    return [
      random.once(2)
        ? `${to.text} = ${other};`
        : `__builtin_memmove(&${to.text}, &${other}, ${to.struct.bytes});`,
    ];
  }
  if (w.packet && random.once(2) && to.struct.bytes <= 32)
    return [`__builtin_memcpy(&${to.text}, p + ${random.below(64 - to.struct.bytes)}, ${to.struct.bytes});`];
  return [`__builtin_memset(&${to.text}, ${random.once(2) ? 0 : random.below(256)}, ${to.struct.bytes});`];
}

function ifElse(w: Writing): string[] {
  const head = `if (${condition(w)}) {`;
  const first = block(w);
  if (w.random.once(2)) return [head, ...first, '}'];
  if (w.random.once(3)) {
    const second = `} else if (${condition(w)}) {`;
    return [head, ...first, second, ...block(w), '} else {', ...block(w), '}'];
  }
  return [head, ...first, '} else {', ...block(w), '}'];
}

function switchOver(w: Writing): string[] {
  const { random } = w;
  const sparse = random.once(3);
  const step = sparse ? random.pick([3, 17, 0x101, 0x10001]) : 1;
  const value = sparse ? `(u32)(${expression(w, 1)}) % ${step * 5}u` : `(${expression(w, 1)}) & 7`;
  const cases = Array.from({ length: random.between(2, 6) }, (_, at) => [
    `case ${at * step}: {`,
    ...block(w, 2),
    random.once(5) ? '} /* falls through */' : '} break;',
  ]);
  const last = random.once(4) ? [] : ['default: {', ...block(w, 2), '}'];
  return [`switch ((u32)(${value})) {`, ...cases.flat(), ...last, '}'];
}

/** Jumps over some statements. */
function forward(w: Writing): string[] {
  const label = w.inner('l');
  return [`if (${condition(w)})`, `\tgoto ${label};`, '{', ...block(w), '}', `${label}: ;`];
}

function loop(w: Writing, write: () => string[]): string[] {
  w.loops++;
  const lines = w.within(write);
  w.loops--;
  return lines;
}

const leaving = (w: Writing): string[] =>
  w.random.once(4) ? [`if (${condition(w, 1)})`, `\t${w.random.pick(['break', 'continue'])};`] : [];

function counted(w: Writing): string[] {
  const { random } = w;
  const name = w.inner('i');
  const type = random.pick(['u32', 'u64', 's32', 'u8']);
  const most = random.between(1, w.loops > 0 ? 4 : 8);
  const start = random.once(4) ? `(${operand(w)}) & 1` : '0';
  const also = random.once(5) ? ` && (${condition(w, 2)})` : '';
  const head = random.once(5)
    ? `for (${type} ${name} = ${most}; ${name} > 0; ${name}--) {`
    : `for (${type} ${name} = ${start}; ${name} < ${most}${also}; ${name} += ${random.pick([1, 1, 1, 2])}) {`;
  const body = loop(w, () => {
    const scalar = SCALARS.find((each) => each.name === type) ?? SCALARS[0]!;
    w.scope.variables.push({ text: name, type: scalar, writable: false });
    return [...leaving(w), ...statements(w, random.between(1, 3)), ...leaving(w)];
  });
  return [head, ...body, '}'];
}

function whileLoop(w: Writing): string[] {
  const name = w.inner('n');
  const most = w.random.pick([3, 7]);
  const body = loop(w, () => [...statements(w, w.random.between(1, 2)), ...leaving(w)]);
  return ['{', `u32 ${name} = (${expression(w, 2)}) & ${most};`, `while (${name}--) {`, ...body, '}', '}'];
}

function doWhile(w: Writing): string[] {
  const name = w.inner('n');
  const body = loop(w, () => statements(w, w.random.between(1, 2)));
  const also = w.random.once(2) ? ` && (${condition(w, 2)})` : '';
  return [
    '{',
    `u32 ${name} = 0;`,
    'do {',
    ...body,
    `} while (++${name} < ${w.random.between(1, 5)}${also});`,
    '}',
  ];
}

/** A pointer that goes through an array. */
function walk(w: Writing): string[] {
  const { random, scope } = w;
  const place = target(w);
  if (scope.arrays.length === 0 || place === undefined) return counted(w);
  const { text, element, length, writable } = random.pick(scope.arrays);
  const name = w.inner('q');
  const constant = writable ? '' : 'const ';
  const head = `for (${constant}${element.name} *${name} = ${text}; ${name} < ${text} + ${length}; ${name}++) {`;
  const body = loop(w, () => {
    w.scope.variables.push({ text: `*${name}`, type: element, writable });
    return [`${place} ${random.pick(['+', '^', '-'])}= *${name};`, ...statements(w, 1)];
  });
  return [head, ...body, '}'];
}

/** A variable, an array, a struct or a pointer to one, with a value at once. */
function declaration(w: Writing): string[] {
  const { random, scope } = w;
  const kind = random.below(10);
  if (kind === 0 && w.structs.length > 0 && w.depth < 2) return [...localStruct(w)];
  if (kind === 1 && w.depth < 2) return localArray(w);
  if (kind < 4 && scope.objects.length > 1) return pointer(w);
  const type = random.pick(SCALARS);
  const name = w.inner('v');
  const value = expression(w);
  scope.variables.push({ text: name, type, writable: true });
  return [`${random.once(10) ? 'volatile ' : ''}${type.name} ${name} = ${value};`];
}

export function localStruct(w: Writing): string[] {
  const small = w.structs.filter(({ bytes }) => bytes <= 40);
  if (small.length === 0) return assignment(w);
  const struct = w.random.pick(small);
  const name = w.inner('st');
  w.scope.objects.push({ text: name, struct, writable: true, owned: true });
  return [`${struct.name} ${name};`, `__builtin_memset(&${name}, 0, sizeof(${name}));`];
}

function localArray(w: Writing): string[] {
  const { random } = w;
  const element = random.pick(SCALARS);
  const length = random.pick(element.bits === 64 ? [2, 4] : [4, 8]);
  const name = w.inner('b');
  w.scope.arrays.push({ text: name, element, length, writable: true });
  const first = Array.from({ length: random.below(3) }, () => expression(w, 2));
  return [`${element.name} ${name}[${length}] = { ${first.join(', ')} };`];
}

function pointer(w: Writing): string[] {
  const { random, scope } = w;
  const { struct, writable } = random.pick(scope.objects);
  const same = scope.objects.filter((each) => each.struct === struct && each.writable === writable);
  const name = w.inner('q');
  const one = () => `&${random.pick(same).text}`;
  const value = same.length > 1 && random.once(2) ? `(${condition(w, 2)}) ? ${one()} : ${one()}` : one();
  scope.objects.push({ text: `(*${name})`, struct, writable, owned: false });
  return [`${writable ? '' : 'const '}${struct.name} *${name} = ${value};`];
}

function callStatement(w: Writing): string[] | undefined {
  const { random } = w;
  const callable = w.functions.filter(({ parameters, global }) =>
    parameters.every((type) => !isStruct(type) || objectsFor(w, type.name, global).length > 0),
  );
  if (callable.length === 0 || w.loops > 1) return undefined;
  const chosen = random.pick(callable);
  const text = callText(w, chosen, 1);
  const place = target(w);
  return [chosen.returns === undefined || place === undefined ? `${text};` : `${place} = ${text};`];
}
