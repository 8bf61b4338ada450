const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** `01 02 03 04  05 …`: two spaces after eight bytes, a new line after sixteen, as bpftool prints. */
export function hexLines(bytes: Uint8Array): string {
  let out = '';
  bytes.forEach((byte, i) => {
    out += (i === 0 ? '' : i % 16 === 0 ? '\n' : i % 8 === 0 ? '  ' : ' ') + pairs[byte];
  });
  return out;
}

/** bpftool's JSON for bytes: `["0x01","0x02"]`. */
export function hexArray(bytes: Uint8Array): string[] {
  return Array.from(bytes, (byte) => `0x${pairs[byte]}`);
}

/** bpftool's dump of a packet: offset, sixteen bytes in pairs, text. */
export function hexDump(bytes: Uint8Array): string {
  let out = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    let hex = '';
    for (let i = 0; i < 16; i++)
      hex += (row[i] === undefined ? '  ' : pairs[row[i]!]) + (i % 2 === 1 ? ' ' : '');
    const text = Array.from(row, (byte) => (byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'));
    const halves = `${text.slice(0, 8).join('')} ${text.slice(8).join('')}`;
    out += `${at.toString(16).padStart(7, '0')}\t${hex}| ${halves.trimEnd()}\n`;
  }
  return out;
}
