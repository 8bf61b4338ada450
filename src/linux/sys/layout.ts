import { Attr } from './attr.js';

/** A field of a C struct: its offset and how it is read and written. */
type FieldKind = 'u32' | 'i32' | 'u64' | 'pointer' | 'name';
type Field = readonly [offset: number, kind: FieldKind];

export interface Layout {
  readonly size: number;
  readonly fields: Readonly<Record<string, Field>>;
}

type Value<K extends FieldKind> = K extends 'u32' | 'i32'
  ? number
  : K extends 'u64'
    ? bigint | number
    : K extends 'pointer'
      ? Uint8Array
      : string;

/** Values for some fields of a struct; the others are zero. */
export type Values<L extends Layout> = {
  readonly [F in keyof L['fields']]?: Value<L['fields'][F][1]> | undefined;
};

/** A struct with these values. */
export function fill<L extends Layout>(layout: L, values: Values<L>): Attr {
  const attr = new Attr(layout.size);
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    if (value === undefined) continue;
    const [offset, kind] = layout.fields[name] as Field;
    switch (kind) {
      case 'u32':
      case 'i32':
        attr.u32(offset, value as number);
        break;
      case 'u64':
        attr.u64(offset, value as bigint | number);
        break;
      case 'pointer':
        attr.pointer(offset, value as Uint8Array);
        break;
      case 'name':
        attr.name(offset, value as string);
        break;
      default:
        kind satisfies never;
    }
  }
  return attr;
}

/** Names of the fields of a struct that are of a kind. */
type FieldsOf<L extends Layout, K extends FieldKind> = {
  [F in keyof L['fields']]: L['fields'][F][1] extends K ? F : never;
}[keyof L['fields']];

/** Reads the fields of a struct that the kernel filled in. */
export class View<L extends Layout> {
  readonly bytes: Uint8Array;
  readonly #layout: L;
  readonly #view: DataView;

  constructor(layout: L, bytes: Uint8Array) {
    this.#layout = layout;
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  #at(field: keyof L['fields']): number {
    return (this.#layout.fields[field as string] as Field)[0];
  }

  u32(field: FieldsOf<L, 'u32'>): number {
    return this.#view.getUint32(this.#at(field), true);
  }
  i32(field: FieldsOf<L, 'i32'>): number {
    return this.#view.getInt32(this.#at(field), true);
  }
  u64(field: FieldsOf<L, 'u64' | 'pointer'>): bigint {
    return this.#view.getBigUint64(this.#at(field), true);
  }
  name(field: FieldsOf<L, 'name'>): string {
    return cText(this.bytes.subarray(this.#at(field), this.#at(field) + 16));
  }
}

/** The text before the first NUL. */
export function cText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A text with its NUL. */
export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}
