import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SkepError } from '../../errors/base.js';
import { pack, unpack } from './pack.js';

const data = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('node'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom('$n', '$b', '$o'),
        fc.string({ maxLength: 3 }).filter((k) => k !== '__proto__'),
      ),
      tie('node'),
      {
        maxKeys: 4,
        noNullPrototype: true,
      },
    ),
  ),
})).node;

test('what was packed is unpacked', () => {
  fc.assert(
    fc.property(data, (value) => {
      expect(unpack(pack(value))).toEqual(value);
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('mutated bytes give a value or a typed error, never anything else', () => {
  fc.assert(
    fc.property(data, fc.nat(), fc.nat(255), fc.nat(40), (value, at, byte, cut) => {
      const bytes = pack(value);
      bytes[at % bytes.length] = byte;
      try {
        unpack(bytes.subarray(0, Math.max(0, bytes.length - (cut > 20 ? cut - 20 : 0))));
      } catch (error) {
        expect(error).toBeInstanceOf(SkepError);
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});
