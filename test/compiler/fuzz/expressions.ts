import type { Writing } from './scope.js';
import { isStruct } from './scope.js';
import { SCALARS } from './shapes.js';

const BINARY = ['+', '-', '*', '&', '|', '^'] as const;
const COMPARE = ['<', '<=', '>', '>=', '==', '!='] as const;
const NUMBERS = [
  0, 1, 2, 3, 7, 8, 31, 63, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x12345678, 0x7fffffff,
];

const MOST_DEPTH = 3;

/** An expression of any integer type. */
export function expression(w: Writing, depth = 0): string {
  const { random } = w;
  if (depth >= MOST_DEPTH || random.once(4)) return operand(w);
  const next = () => expression(w, depth + 1);
  switch (random.below(16)) {
    case 0:
      return division(w, next);
    case 1: {
      const bits = random.pick([32, 64]);
      const type = `${random.pick(['u', 's'])}${bits}`;
      return `((${type})(${next()}) ${random.pick(['<<', '>>'])} ((${next()}) & ${bits - 1}))`;
    }
    case 2:
      return `((${random.pick(SCALARS).name})(${next()}) ${random.pick(['<<', '>>'])} ${random.below(8)})`;
    case 3:
      return `(${condition(w, depth + 1)} ? ${next()} : ${next()})`;
    case 4:
      return `(${random.pick(SCALARS).name})(${next()})`;
    case 5:
      return builtin(w, next);
    case 6:
      return `(${random.pick(['~', '-', '!', '+'])}(${next()}))`;
    case 7:
      return call(w, depth) ?? operand(w);
    case 8:
      return `(${condition(w, depth + 1)})`;
    case 9: {
      const turn = random.between(1, 31);
      const name = w.random.pick(['u32', 'u64']);
      const value = operand(w);
      const bits = name === 'u32' ? 32 : 64;
      return `((${name})${value} << ${turn} | (${name})${value} >> ${bits - turn})`;
    }
    default:
      return `((${next()}) ${random.pick(BINARY)} (${next()}))`;
  }
}

function division(w: Writing, next: () => string): string {
  const { random } = w;
  const op = random.pick(['/', '%']);
  // Signed division needs v4; its divisor is never -1, at which it may overflow.
  if (w.atLeast('v4') && random.once(2)) {
    const type = random.pick(['s32', 's64']);
    return `((${type})(${next()}) ${op} (${type})(((${next()}) & 0x3ff) | 1))`;
  }
  const type = random.pick(['u8', 'u16', 'u32', 'u64']);
  if (random.once(2))
    return `((${type})(${next()}) ${op} (${type})${random.pick([2, 3, 7, 8, 10, 60, 100, 255])})`;
  return `((${type})(${next()}) ${op} (u${random.pick([32, 64])})((${type})(${next()}) | 1))`;
}

function builtin(w: Writing, next: () => string): string {
  const { random } = w;
  const bits = random.pick(['', 'll']);
  const type = bits === '' ? 'u32' : 'u64';
  switch (random.below(7)) {
    case 0:
      return `(u32)__builtin_popcount${bits}((${type})(${next()}))`;
    case 1:
      return `(u32)__builtin_ctz${bits}((${type})(${next()}) | ${random.pick(['1', '0x8000', '0x80000000u'])})`;
    case 2:
      return `(u32)__builtin_clz${bits}((${type})(${next()}) | ${random.pick(['1', '0x100', '2'])})`;
    case 3:
      return `__builtin_expect(!!(${next()}), ${random.below(2)})`;
    default:
      return `${random.pick(['__builtin_bswap16', '__builtin_bswap32', '__builtin_bswap64'])}(${next()})`;
  }
}

/** A condition: comparisons of all widths, together and alone. */
export function condition(w: Writing, depth = 0): string {
  const { random } = w;
  const one = () => {
    if (random.once(5)) return `(${operand(w)} & ${1 << random.below(16)})`;
    const type = random.once(2) ? `(${random.pick(SCALARS).name})` : '';
    return `${type}(${expression(w, depth + 1)}) ${random.pick(COMPARE)} ${type}(${expression(w, depth + 1)})`;
  };
  switch (random.below(5)) {
    case 0:
      return `(${one()}) ${random.pick(['&&', '||'])} (${one()})`;
    case 1:
      return `((${one()}) ${random.pick(['&&', '||'])} (${one()})) ${random.pick(['&&', '||'])} !(${one()})`;
    default:
      return one();
  }
}

/** A call of a function that is there already. */
export function call(w: Writing, depth: number): string | undefined {
  const { random } = w;
  const callable = w.functions.filter(
    ({ parameters, global, returns }) =>
      returns !== undefined &&
      parameters.every((type) => !isStruct(type) || objectsFor(w, type.name, global).length > 0),
  );
  if (callable.length === 0 || w.loops > 1) return undefined;
  return callText(w, random.pick(callable), depth);
}

export function callText(
  w: Writing,
  { text, parameters, global }: Writing['functions'][number],
  depth: number,
): string {
  const values = parameters.map((type) => {
    if (!isStruct(type)) return expression(w, Math.max(depth + 1, MOST_DEPTH - 1));
    return `&${w.random.pick(objectsFor(w, type.name, global)).text}`;
  });
  return `${text}(${values.join(', ')})`;
}

export function objectsFor(w: Writing, struct: string, owned: boolean) {
  return w.scope.objects.filter(
    (each) => each.writable && each.struct.name === struct && (each.owned || !owned),
  );
}

/** Something to index with. */
export function index(w: Writing): string {
  return w.random.once(3) ? String(w.random.below(8)) : `(u32)(${expression(w, MOST_DEPTH - 1)})`;
}

export function operand(w: Writing): string {
  const { random, scope } = w;
  const { variables, objects, arrays } = scope;
  const kind = random.below(10);
  if (kind < 5 && variables.length > 0) return random.pick(variables).text;
  if (kind < 7 && objects.length > 0) {
    const object = random.pick(objects);
    return random.pick(object.struct.leaves).text(object.text, () => simpleIndex(w));
  }
  if (kind === 7 && arrays.length > 0) {
    const { text, length } = random.pick(arrays);
    return `${text}[(${simpleIndex(w)}) & ${length - 1}]`;
  }
  if (kind === 8 && w.packet) return `p[${random.below(64)}]`;
  if (kind === 8) return `(u32)(${literal(w)})`;
  return literal(w);
}

function simpleIndex(w: Writing): string {
  const { variables } = w.scope;
  return variables.length === 0 || w.random.once(2)
    ? String(w.random.below(8))
    : w.random.pick(variables).text;
}

function literal(w: Writing): string {
  const { random } = w;
  const number = random.pick(NUMBERS);
  if (random.once(8)) return `0x${(number * 0x10001 + 0xabc).toString(16)}${random.pick(['', 'ull'])}`;
  if (random.once(12))
    return `0x${(0x1e3779b9 + number).toString(16)}${random.pick(['7f4a7c15', '00000000'])}ull`;
  return random.once(5) ? `-${number}` : `${number}`;
}

/** Somewhere that can be assigned to. */
export function target(w: Writing): string | undefined {
  const { random, scope } = w;
  const variables = scope.variables.filter(({ writable }) => writable);
  const objects = scope.objects.filter(({ writable }) => writable);
  const arrays = scope.arrays.filter(({ writable }) => writable);
  const kinds = [variables, variables, objects, arrays].filter((list) => list.length > 0);
  const kind = kinds.length === 0 ? undefined : random.pick(kinds);
  if (kind === variables) return random.pick(variables).text;
  if (kind === objects) {
    const object = random.pick(objects);
    return random.pick(object.struct.leaves).text(object.text, () => index(w));
  }
  if (kind === undefined) return undefined;
  const { text, length } = random.pick(arrays);
  return `${text}[(${index(w)}) & ${length - 1}]`;
}
