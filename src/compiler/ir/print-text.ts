/** Text as LLVM assembly quotes it: what is not plain ASCII becomes `\XX`. */
export function quoted(text: string): string {
  return `"${escaped(new TextEncoder().encode(text))}"`;
}

export function escaped(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
    out += plain ? String.fromCharCode(byte) : `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** A name after `@`, `%`, `$` or `!`, quoted where it must be. */
export function named(sigil: string, name: string): string {
  return /^[-a-zA-Z$._][-a-zA-Z$._0-9]*$/.test(name) ? sigil + name : sigil + quoted(name);
}
