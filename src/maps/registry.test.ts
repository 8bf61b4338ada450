import { expect, test } from 'vitest';
import { smallShape } from '../../test/support/map-shapes.js';
import { KernelError } from '../errors/errno.js';
import { bpfAvailability, mapCreate } from '../linux/bpf.js';
import type { MapShape, MapType } from './map-type.js';
import { findMapType, LINUX_MAP_TYPES, MAP_TYPES, mapType, mapTypeName } from './registry.js';

const { available, reason } = bpfAvailability();

const FLAGS = [0, ...Array.from({ length: 17 }, (_, bit) => 2 ** bit), 3, 24, 128 + 256, 8 + 16, 65];
// Nothing here may make Linux take much memory.
const SIZES: readonly (readonly [number, number, number])[] = [
  [4, 4, 1],
  [4, 4, 0],
  [4, 0, 1],
  [0, 4, 1],
  [8, 4, 1],
  [3, 4, 1],
  [1, 1, 1],
  [4, 5, 1],
  [512, 8, 1],
  [513, 8, 1],
  [4, 32768, 1],
  [4, 32761, 1],
  [4, 32769, 1],
  [4, 4194304 - 48 - 5, 1],
  [4, 4194304 - 48 - 4, 1],
  [4, 0x80000000, 1],
  [0, 8, 3],
  [0, 4194304 - 1, 1],
  [0, 4194304, 1],
  [0, 4194305, 1],
  [0, 0, 4096],
  [0, 0, 65536],
  [0, 0, 12288],
  [0, 0, 2048],
  [0, 8, 4096],
  [5, 1, 1],
  [260, 1, 1],
  [261, 1, 1],
  [8, 4194304 - 256 - 24, 1],
  [8, 4194304 - 256 - 23, 1],
  [8, 0, 1],
];

/** Every flag with a shape that the type can have, every shape with the flags that it needs. */
function shapesFor(type: MapType): MapShape[] {
  const small = smallShape(type);
  return [
    ...FLAGS.map((flags) => ({ ...small, flags: small.flags ^ flags })),
    ...SIZES.map(([keySize, valueSize, maxEntries]) => ({ ...small, keySize, valueSize, maxEntries })),
  ];
}

const INNER = { type: 2, keySize: 4, valueSize: 4, maxEntries: 1 };

/** What Linux answers: an errno, or undefined when it made the map. */
function linuxAnswer(type: MapType, shape: MapShape): string | undefined {
  using inner = type.lookup === 'inner_map' ? mapCreate(INNER) : undefined;
  try {
    mapCreate({ type: type.id, ...shape, ...(inner === undefined ? {} : { inner }) }).close();
    return undefined;
  } catch (error) {
    if (error instanceof KernelError) return error.errno;
    throw error;
  }
}

const describe = (shape: MapShape): string =>
  `key ${shape.keySize} value ${shape.valueSize} entries ${shape.maxEntries} flags ${shape.flags}`;

test.skipIf(!available).each(MAP_TYPES.map((type) => [type.name, type] as const))(
  `%s is refused exactly where Linux refuses it ${reason}`,
  (_name, type) => {
    const shapes = shapesFor(type);
    const answers = shapes.map((shape) => [describe(shape), type.checkCreate(shape)?.errno]);
    // Linux may be short of memory where the shape itself is fine.
    const linux = shapes.map((shape, i) => {
      const answer = linuxAnswer(type, shape);
      return [describe(shape), answer === 'ENOMEM' ? answers[i]![1] : answer];
    });
    expect(answers).toEqual(linux);
  },
);

test('every map type of Linux has a name, and those that skep runs agree with them', () => {
  expect(LINUX_MAP_TYPES.map((row) => row.id)).toEqual(Array.from({ length: 33 }, (_, i) => i + 1));
  for (const type of MAP_TYPES) expect(mapTypeName(type.id)).toBe(type.name);
  expect(findMapType(1)?.name).toBe('hash');
});

test('a type that is not supported yet is told from one that does not exist', () => {
  expect(() => mapType('sockhash')).toThrow('Maps of type sockhash are not supported yet.');
  expect(() => mapType('hahs')).toThrow('There is no map type "hahs".');
});
