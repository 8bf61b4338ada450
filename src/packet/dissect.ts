import { checksumOffset } from './build.js';
import type { Addresses } from './checksum.js';
import { bytesOf, showValue, unpack } from './fields.js';
import type { Protocol } from './protocol.js';
import { protocolOf } from './registry.js';

/** One field of a packet, for people. */
export interface ShownField {
  readonly name: string;
  /** Of its first bit, from the start of the packet. */
  readonly bitOffset: number;
  readonly bits: number;
  readonly text: string;
}

/** One header of a packet, or what no header explains: the `payload`, the `trailer` behind a length. */
export interface ShownLayer {
  readonly name: string;
  /** In the packet. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  readonly fields: readonly ShownField[];
}

/** Takes a packet apart. @param first what it begins with; default `ethernet` */
export function dissect(bytes: Uint8Array, first = 'ethernet'): ShownLayer[] {
  const layers: ShownLayer[] = [];
  let protocol = protocolOf({ name: first });
  let at = 0;
  let end = bytes.length;
  let around: Addresses | undefined;
  while (protocol !== undefined) {
    const rest = bytes.subarray(at, end);
    if (rest.length < bytesOf(protocol.fields)) break;
    const values = unpack(protocol.fields, rest);
    const headerBytes = protocol.headerBytes?.(values) ?? bytesOf(protocol.fields);
    if (headerBytes < bytesOf(protocol.fields) || headerBytes > rest.length) break;
    const total = protocol.totalBytes?.(values) ?? rest.length;
    if (total >= headerBytes && total < rest.length) end = at + total;
    layers.push(showLayer(protocol, bytes.subarray(at, end), headerBytes, at, around));
    around = protocol.addresses?.(values);
    at += headerBytes;
    protocol = protocolOf(protocol.next(values));
  }
  if (end > at) layers.push(raw('payload', bytes, at, end));
  if (bytes.length > end) layers.push(raw('trailer', bytes, end, bytes.length));
  return layers;
}

function raw(name: string, bytes: Uint8Array, from: number, to: number): ShownLayer {
  return { name, offset: from, bytes: bytes.subarray(from, to), fields: [] };
}

function showLayer(
  protocol: Protocol,
  whole: Uint8Array,
  headerBytes: number,
  offset: number,
  around: Addresses | undefined,
): ShownLayer {
  const fixed = bytesOf(protocol.fields);
  const values = unpack(protocol.fields, whole);
  let bitOffset = offset * 8;
  const fields = protocol.fields.map((field): ShownField => {
    const value = values[field.name] as bigint;
    const note = field.name === 'checksum' ? checksumNote(protocol, whole, headerBytes, around) : '';
    const shown = { name: field.name, bitOffset, bits: field.bits, text: showValue(field, value) + note };
    bitOffset += field.bits;
    return shown;
  });
  if (headerBytes > fixed) {
    const options = whole.subarray(fixed, headerBytes);
    const text = protocol.options?.(options) ?? hexText(options);
    fields.push({ name: 'options', bitOffset, bits: options.length * 8, text });
  }
  return { name: protocol.name, offset, bytes: whole.subarray(0, headerBytes), fields };
}

/** Says of a wrong checksum which would be right. */
function checksumNote(
  protocol: Protocol,
  whole: Uint8Array,
  headerBytes: number,
  around: Addresses | undefined,
): string {
  const at = checksumOffset(protocol);
  const zeroed = whole.slice();
  zeroed[at] = 0;
  zeroed[at + 1] = 0;
  const right = protocol.checksum?.(zeroed, headerBytes, around);
  const found = new DataView(whole.buffer, whole.byteOffset).getUint16(at);
  if (right === undefined || right === found || (protocol.name === 'udp' && found === 0)) return '';
  return ` (right would be 0x${right.toString(16).padStart(4, '0')})`;
}

/** `de ad be ef` */
export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
