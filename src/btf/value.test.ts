import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SkepError } from '../errors/base.js';
import { parseObject } from '../object/index.js';
import { type BtfValue, findByName, readValue, sizeOf, writeValue } from './index.js';

function load(name: string) {
  const spec = parseObject(new Uint8Array(readFileSync(`test/cases/objects/${name}.o`)));
  const data = spec.maps.find(({ section }) => section === '.data');
  if (spec.btf === undefined || data?.contents === undefined || data.valueType === undefined)
    throw new Error(`${name} has no data with types`);
  return { btf: spec.btf, bytes: data.contents, type: data.valueType, littleEndian: spec.littleEndian };
}

const SAMPLE = {
  color: 'BLUE',
  wide: 'HUGE',
  bits: { a: 5, b: -3, c: 0xbeef, d: 0x123456789an, e: 'GREEN', f: true },
  comm: 'swapper/0',
  mac: [1, 2, 3, 4, 5, 255],
  yes: true,
  small: -7,
  negative: -1234567890123n,
  pointer: 0n,
  ratio: 0.5,
  packed: [
    { a: 1, b: 2, c: 3n },
    { a: 4, b: -5, c: 6n },
  ],
};

function code(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof SkepError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe.each(['types', 'types_big_endian'])('values of %s', (name) => {
  const { btf, bytes, type, littleEndian } = load(name);

  it('are read as JavaScript values, the same for both byte orders', () => {
    const { sample } = readValue(btf, type, bytes, littleEndian) as { sample: Record<string, BtfValue> };
    expect(sample).toMatchObject(SAMPLE);
    expect(sample['either']).toMatchObject({ text: 'hello' });
  });

  it('are written back to the same bytes', () => {
    const value = readValue(btf, type, bytes, littleEndian);
    expect(writeValue(btf, type, value, littleEndian)).toEqual(bytes);
  });

  it('are zero where nothing is given', () => {
    const id = findByName(btf, 'sample', 'struct') ?? 0;
    const written = writeValue(btf, id, { bits: { b: -3 } }, littleEndian);
    expect(readValue(btf, id, written, littleEndian)).toMatchObject({
      color: 'RED',
      bits: { a: 0, b: -3, c: 0 },
    });
  });

  it('that do not fit are refused with the place and the limits', () => {
    const id = findByName(btf, 'sample', 'struct') ?? 0;
    const refuse = (value: BtfValue) => code(() => writeValue(btf, id, value, littleEndian));
    expect(refuse({ bits: { a: 8 } })).toBe('BTF_VALUE: .bits.a is 8, but 3 bits hold 0 to 7');
    expect(refuse({ mac: [1, 2, 3, 4, 5, 6, 7] })).toBe('BTF_VALUE: .mac has 7 elements; 6 fit');
    expect(refuse({ mac: [256] })).toBe('BTF_VALUE: .mac[0] is 256, but 8 bits hold 0 to 255');
    expect(refuse({ color: 'PINK' })).toBe(
      'BTF_VALUE: .color has no enumerator PINK; it has RED, GREEN, BLUE',
    );
    expect(refuse({ comm: 'a name of more than 16' })).toBe('BTF_VALUE: .comm has 22 bytes; 16 fit');
    expect(refuse({ nothing: 1 })).toContain(
      'BTF_VALUE: the value has no member nothing; it has color, wide',
    );
    expect(refuse({ ratio: '1' })).toBe('BTF_VALUE: .ratio has to be a number');
    expect(refuse(7)).toBe('BTF_VALUE: the value has to be an object');
  });

  it('of too few bytes are refused', () => {
    const id = findByName(btf, 'sample', 'struct') ?? 0;
    const size = sizeOf(btf, id);
    expect(code(() => readValue(btf, id, new Uint8Array(size - 1), littleEndian))).toBe(
      `BTF_VALUE: ${size} bytes of type ${id} at offset 0 reach beyond the value's ${size - 1}`,
    );
  });
});
