import { expect, test } from 'vitest';
import { formatIpv4, formatIpv6 } from './address.js';

test('an IPv4 address is the same from its bytes and from the number a program holds', () => {
  expect(formatIpv4(Uint8Array.of(10, 0, 1, 255))).toBe('10.0.1.255');
  expect(formatIpv4(0xff01000a)).toBe('10.0.1.255');
});

test.each([
  ['20010db8000000000000000000000001', '2001:db8::1'],
  ['00000000000000000000000000000000', '::'],
  ['00000000000000000000000000000001', '::1'],
  ['20010db8000100000001000100010001', '2001:db8:1:0:1:1:1:1'],
  ['20010000000000010000000000000001', '2001:0:0:1::1'],
  ['fe800000000000000000000000000000', 'fe80::'],
  ['00010002000300040005000600070008', '1:2:3:4:5:6:7:8'],
])('%s is written as RFC 5952 recommends', (hex, text) => {
  expect(formatIpv6(Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)))).toBe(text);
});
