import { dissect, hexText, type ShownLayer } from './dissect.js';

/** Columns of a field's name. */
const NAME_WIDTH = 15;
const BYTES_PER_LINE = 16;

/** One line of a layer: a field, or bytes that no field explains. */
export interface LayerLine {
  /** What it is about: a field's name, or an offset in the layer. */
  readonly key: string;
  readonly text: string;
}

/** A packet as text, header by header and field by field. Stable: for snapshots. */
export function packetText(bytes: Uint8Array, first = 'ethernet'): string {
  if (bytes.length === 0) return '(empty)\n';
  return dissect(bytes, first)
    .map((layer) => [layerTitle(layer), ...layerLines(layer).map(({ text }) => `  ${text}`), ''].join('\n'))
    .join('');
}

export function layerTitle({ name, bytes, fields }: ShownLayer): string {
  return fields.length > 0 ? name : `${name} (${bytes.length} bytes)`;
}

export function layerLines({ bytes, fields }: ShownLayer): LayerLine[] {
  if (fields.length > 0)
    return fields.map(({ name, text }) => ({ key: name, text: `${name.padEnd(NAME_WIDTH)} ${text}` }));
  const lines: LayerLine[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const row = bytes.subarray(at, at + BYTES_PER_LINE);
    const offset = at.toString(16).padStart(4, '0');
    lines.push({
      key: offset,
      text: `${offset}  ${hexText(row).padEnd(BYTES_PER_LINE * 3 - 1)}  ${printable(row)}`,
    });
  }
  return lines;
}

function printable(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(
    '',
  );
}
