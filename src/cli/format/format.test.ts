import { describe, expect, test } from 'vitest';
import type { Btf, BtfType } from '../../btf/types.js';
import { BtfFormatter } from './btf-value.js';
import { hexDump, hexLines } from './hex.js';
import { formatJson, RawNumber } from './json.js';
import { entryTable } from './table.js';

const int = (name: string, size: number, more: Partial<Extract<BtfType, { kind: 'int' }>> = {}): BtfType => ({
  kind: 'int',
  name,
  size,
  bits: size * 8,
  bitOffset: 0,
  signed: false,
  char: false,
  bool: false,
  ...more,
});
const btf: Btf = {
  types: [
    { kind: 'void' },
    int('unsigned int', 4),
    { kind: 'typedef', name: '__be32', type: 1 },
    int('char', 1, { signed: true }),
    { kind: 'array', type: 3, indexType: 1, length: 4 },
    { kind: 'enum', name: 'color', size: 4, signed: false, values: [{ name: 'GREEN', value: 5n }] },
    int('_Bool', 1, { bool: true }),
    int('unsigned char', 1),
    { kind: 'array', type: 7, indexType: 1, length: 16 },
    {
      kind: 'struct',
      name: 'key',
      size: 32,
      members: [
        { name: 'saddr', type: 2, bitOffset: 0, bitfieldSize: 0 },
        { name: 'count', type: 2, bitOffset: 32, bitfieldSize: 0 },
        { name: 'daddr', type: 8, bitOffset: 64, bitfieldSize: 0 },
        { name: 'a', type: 1, bitOffset: 192, bitfieldSize: 3 },
        { name: 'b', type: 1, bitOffset: 195, bitfieldSize: 7 },
      ],
    },
    int('long', 8, { signed: true }),
    { kind: 'ptr', type: 0 },
  ],
};
const bytes = (...list: number[]): Uint8Array => Uint8Array.from(list);

describe('values by their types, as bpftool 7.1 prints them', () => {
  test.each<[string, number, Uint8Array, string, string]>([
    ['unsigned', 1, bytes(255, 255, 255, 255), '4294967295', '4294967295'],
    ['signed', 10, bytes(255, 255, 255, 255, 255, 255, 255, 255), '-1', '-1'],
    ['a string', 4, bytes(97, 98, 99, 0), '"abc"', '"abc"'],
    ['chars that are no string', 4, bytes(97, 98, 99, 4), '[97,98,99,4]', '[97,98,99,4\n]'],
    ['an unterminated string', 4, bytes(97, 98, 99, 100), '[97,98,99,100]', '[97,98,99,100\n]'],
    ['an enumerator', 5, bytes(5, 0, 0, 0), '"GREEN"', '"GREEN"'],
    ['no enumerator', 5, bytes(6, 0, 0, 0), '6', '6'],
    ['a bool', 6, bytes(1), 'true', 'true'],
    ['a pointer', 11, bytes(1, 2, 3, 4, 5, 6, 7, 8), '578437695752307201', '0x807060504030201'],
  ])('%s', (_, id, value, json, plain) => {
    expect(formatJson(new BtfFormatter(btf, false).value(id, value), false)).toBe(json);
    expect(formatJson(new BtfFormatter(btf, true).value(id, value), true)).toBe(plain);
  });

  const key = new Uint8Array(32);
  key.set([10, 0, 0, 1, 10, 0, 0, 2]);
  key[23] = 1;
  key.set([0x2b, 0x02], 24);

  test('show addresses to people, beside the numbers, where names and types say so', () => {
    const shown = new BtfFormatter(btf, true).value(9, key);
    expect(shown).toMatchObject({ saddr: 16777226n, 'saddr (addr)': '10.0.0.1', 'daddr (addr)': '::1' });
    expect(shown).not.toHaveProperty('count (addr)');
    expect(new BtfFormatter(btf, true).named('key', 2, key.subarray(0, 4))).toHaveProperty(
      'key (addr)',
      '10.0.0.1',
    );
  });

  test('show nothing but numbers in JSON, and bit-fields in hex', () => {
    const shown = formatJson(new BtfFormatter(btf, false).value(9, key), false);
    expect(shown).toBe(
      '{"saddr":16777226,"count":33554442,"daddr":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1],"a":"0x3","b":"0x45"}',
    );
  });
});

describe('text', () => {
  test('of bytes has two spaces after eight and a new line after sixteen', () => {
    expect(hexLines(Uint8Array.from({ length: 18 }, (_, i) => i))).toBe(
      '00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f\n10 11',
    );
  });

  test('of a packet shows what is printable', () => {
    expect(hexDump(new TextEncoder().encode('GET / HTTP/1.1\r\nab'))).toBe(
      '0000000\t4745 5420 2f20 4854 5450 2f31 2e31 0d0a | GET./.HT TP/1.1..\n' +
        `0000010\t6162 ${'     '.repeat(7)}| ab\n`,
    );
  });

  test('of entries is a table, addresses in place of their numbers', () => {
    const entries = [
      { key: { saddr: 16777226n, 'saddr (addr)': '10.0.0.1', port: 80 }, value: 7n },
      { key: { saddr: 33554442n, 'saddr (addr)': '10.0.0.12', port: 8080 }, value: 12345n },
    ];
    expect(entryTable(entries)).toBe(
      '\u001b[1mkey.saddr  key.port  value\u001b[22m\n10.0.0.1         80      7\n10.0.0.12      8080  12345\n',
    );
  });

  test('of pretty JSON is laid out as bpftool does', () => {
    expect(
      formatJson([{ id: 1, key: ['0x01', '0x02'], none: undefined, raw: new RawNumber('0x3') }, {}], true),
    ).toBe(
      '[{\n        "id": 1,\n        "key": ["0x01","0x02"\n        ],\n        "raw": 0x3\n    },{}\n]',
    );
  });
});
