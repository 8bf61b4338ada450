import { readFileSync } from 'node:fs';

let text: string | undefined;

function kallsyms(): string {
  try {
    text ??= `\n${readFileSync('/proc/kallsyms', 'latin1')}`;
  } catch {
    text = '';
  }
  return text;
}

/** The address of a kernel symbol; undefined when there is none, or when the kernel hides addresses. */
export function symbolAddress(name: string): bigint | undefined {
  const found = new RegExp(`\\n([0-9a-f]+) \\w ${quoted(name)}(?=[\\t\\n])`).exec(kallsyms());
  const address = found === null ? 0n : BigInt(`0x${found[1]}`);
  return address === 0n ? undefined : address;
}

/** Whether the kernel has one of these symbols. */
export function hasSymbol(...names: readonly string[]): boolean {
  return names.some((name) => new RegExp(` \\w ${quoted(name)}[\\t\\n]`).test(kallsyms()));
}

/** Names of the functions that match a pattern with `*` and `?`. */
export function functionsMatching(pattern: string): string[] {
  const source = quoted(pattern).replaceAll('\\*', '[^\\t\\n]*').replaceAll('\\?', '[^\\t\\n]');
  const found = kallsyms().matchAll(new RegExp(` [tTwW] (${source})(?=[\\t\\n])`, 'g'));
  return [...new Set([...found].map(([, name = '']) => name))];
}

/** The name of what starts at an address. */
export function symbolAt(address: bigint): string | undefined {
  const row = new RegExp(`\\n${address.toString(16).padStart(16, '0')} \\w ([^\\t\\n]+)`).exec(kallsyms());
  return row?.[1];
}

function quoted(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
