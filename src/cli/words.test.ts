import { describe, expect, test } from 'vitest';
import { UsageError } from './usage.js';
import { takeBytes, Words } from './words.js';

const words = (text: string): Words => new Words(text.split(' ').filter(Boolean));

describe('words', () => {
  test('match keywords by their beginnings, the first in order winning', () => {
    expect(words('p').keyword(['pin', 'pinned'])).toBe('pin');
    expect(words('pinned').keyword(['pin', 'pinned'])).toBe('pinned');
    expect(() => words('x').keyword(['id', 'name'])).toThrow("expected 'id' or 'name', got 'x'");
    expect(() => words('').keyword(['id'])).toThrow("expected 'id', but the command ends here");
  });

  test.each([
    ['12', 12],
    ['0x1F', 31],
    ['4294967295', 0xffff_ffff],
  ])('read %s as a number', (text, value) => {
    expect(words(text).number('flags')).toBe(value);
  });

  test.each(['-1', '1.5', '1e3', '', '0x', '12abc', '4294967296', '99999999999999999999999'])(
    'do not read %j as a number',
    (text) => {
      expect(() => words(text).number('flags')).toThrow(UsageError);
    },
  );
});

describe('bytes', () => {
  test.each([
    ['10 0 0 1', [10, 0, 0, 1]],
    ['0x0a 0X1 0 255', [10, 1, 0, 255]],
    ['hex 0a 00 00 01', [10, 0, 0, 1]],
    ['hex a 0xff 1 01', [10, 255, 1, 1]],
  ])('%s are read', (text, expected) => {
    const list = words(`${text} value 1`);
    expect([...takeBytes(list, 4, 'key')]).toEqual(expected);
    expect(list.peek()).toBe('value');
  });

  test.each([
    ['1 2 3', 'key expected 4 bytes got 3'],
    ['1 2 3 value 5', 'key expected 4 bytes got 3'],
    ['1 2 3 256', 'error parsing byte: 256'],
    ['1 2 3 -1', 'error parsing byte: -1'],
    ['hex 1 2 3 100', 'error parsing byte: 100'],
    ['1 2 3 4 5', "key expected 4 bytes got more: '5'"],
  ])('%s are refused', (text, message) => {
    expect(() => takeBytes(words(text), 4, 'key')).toThrow(message);
  });
});
