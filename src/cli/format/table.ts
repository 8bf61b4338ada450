import { formatJson, type Json, Members } from './json.js';

type PlainObject = { readonly [name: string]: Json | undefined };

/**
 * Entries as an aligned table for a terminal: a column for each member of key and value, and an address in place of
 * its number. Structures inside structures are shown as JSON.
 */
export function entryTable(entries: readonly Json[]): string {
  const rows = entries.map((entry) => columnsOf(entry));
  const names = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const cells = rows.map((row) => names.map((name) => row.get(name) ?? ''));
  const widths = names.map((name, i) => Math.max(name.length, ...cells.map((row) => row[i]!.length)));
  const isNumber = names.map((_, i) => cells.every((row) => /^-?\d*$/.test(row[i]!)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (isNumber[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  const heading = `\u001b[1m${line(names)}\u001b[22m`;
  return `${[heading, ...cells.map(line)].join('\n')}\n`;
}

/** Members of anonymous structs stand under their own names. */
function flattened(value: Json): Json {
  if (!(value instanceof Members)) return value;
  const rows = value.entries.flatMap(([name, member]): (readonly [string, Json])[] => {
    const inner = flattened(member);
    return name === '' && isPlainObject(inner)
      ? Object.entries(inner).flatMap(([key, one]) => (one === undefined ? [] : [[key, one] as const]))
      : [[name, inner]];
  });
  return Object.fromEntries(rows);
}

function columnsOf(entry: Json): Map<string, string> {
  const columns = new Map<string, string>();
  for (const [name, value] of membersOf(entry)) {
    const plain = flattened(value);
    if (!isPlainObject(plain)) columns.set(name, cell(plain));
    else for (const [inner, text] of membersOf(plain)) columns.set(`${name}.${inner}`, cell(text));
  }
  return columns;
}

/** Members, where `NAME (addr)` has taken the place of `NAME`. */
function membersOf(value: Json): (readonly [string, Json])[] {
  if (!isPlainObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]): (readonly [string, Json])[] => {
    if (member === undefined || name.endsWith(' (addr)')) return [];
    return [[name, value[`${name} (addr)`] ?? member]];
  });
}

function isPlainObject(value: Json): value is PlainObject {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function cell(value: Json): string {
  return typeof value === 'string' ? value : formatJson(value, false);
}
