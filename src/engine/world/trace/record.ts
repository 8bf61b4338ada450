import { resolveTracepoint, type TracepointField } from '../tracepoints.js';

/** Members of a tracepoint's record. A text in a `__data_loc` member goes behind the fixed part. */
export type RecordValues = Readonly<Record<string, number | bigint | string | Uint8Array>>;

interface Member {
  readonly field: TracepointField;
  readonly name: string;
  readonly dynamic: boolean;
}

const layouts = new Map<string, { readonly members: readonly Member[]; readonly size: number }>();

/** A record of a tracepoint as programs get it. What `values` does not name is zero. */
export function writeRecord(tracepoint: string, values: RecordValues): Uint8Array {
  const { members, size } = layoutOf(tracepoint);
  const texts = members.map(({ name, dynamic }) => {
    const value = values[name];
    return dynamic && typeof value === 'string' ? new TextEncoder().encode(`${value}\0`) : new Uint8Array(0);
  });
  const bytes = new Uint8Array(texts.reduce((sum, { length }) => sum + length, size));
  const view = new DataView(bytes.buffer);
  let end = size;
  members.forEach(({ field, name, dynamic }, index) => {
    const value = values[name];
    const text = texts[index] as Uint8Array;
    if (dynamic) {
      view.setUint32(field.offset, end | (text.length << 16), true);
      bytes.set(text, end);
      end += text.length;
    } else if (value !== undefined) write(view, field, value);
  });
  return bytes;
}

function write(
  view: DataView,
  { offset, size }: TracepointField,
  value: number | bigint | string | Uint8Array,
): void {
  const bytes = new Uint8Array(view.buffer, offset, size);
  if (typeof value === 'string') bytes.set(new TextEncoder().encode(value).subarray(0, size - 1));
  else if (value instanceof Uint8Array) bytes.set(value.subarray(0, size));
  else {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let at = 0; at < size; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  }
}

function layoutOf(tracepoint: string): { readonly members: readonly Member[]; readonly size: number } {
  let layout = layouts.get(tracepoint);
  if (layout === undefined) {
    const members = resolveTracepoint(tracepoint).fields.map((field): Member => {
      const { declaration } = field;
      const name = /(\w+)(\[\d*\])?$/.exec(declaration)?.[1] ?? declaration;
      return { field, name, dynamic: declaration.startsWith('__data_loc') };
    });
    const size = Math.max(8, ...members.map(({ field }) => field.offset + field.size));
    layout = { members, size: (size + 3) & ~3 };
    layouts.set(tracepoint, layout);
  }
  return layout;
}
