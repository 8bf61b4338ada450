/** A number that is written as it is, beyond what a JavaScript number can hold or in another base. */
export class RawNumber {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** An object whose names may come more than once, as bpftool writes anonymous members. */
export class Members {
  readonly entries: readonly (readonly [name: string, value: Json])[];
  constructor(entries: readonly (readonly [name: string, value: Json])[]) {
    this.entries = entries;
  }
}

export type Json =
  | null
  | boolean
  | number
  | bigint
  | string
  | RawNumber
  | Members
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** JSON as bpftool writes it: compact, or with its own way of indenting, where simple elements stay on one line. */
export function formatJson(value: Json, pretty: boolean): string {
  return new Writer(pretty).write(value);
}

class Writer {
  private out = '';
  private depth = 0;
  private readonly pretty: boolean;

  constructor(pretty: boolean) {
    this.pretty = pretty;
  }

  write(value: Json): string {
    this.value(value);
    return this.out;
  }

  private value(value: Json): void {
    if (value instanceof RawNumber) this.out += value.text;
    else if (value instanceof Members) this.object(value.entries);
    else if (typeof value === 'bigint') this.out += value.toString();
    else if (Array.isArray(value)) this.array(value as readonly Json[]);
    else if (typeof value === 'object' && value !== null) {
      this.object(Object.entries(value as { readonly [name: string]: Json | undefined }));
    } else this.out += JSON.stringify(value);
  }

  private array(elements: readonly Json[]): void {
    this.out += '[';
    this.depth++;
    elements.forEach((element, i) => {
      if (i > 0) this.out += ',';
      this.value(element);
    });
    this.depth--;
    if (elements.length > 0) this.newLine();
    this.out += ']';
  }

  private object(members: readonly (readonly [name: string, value: Json | undefined])[]): void {
    const present = members.filter((member): member is readonly [string, Json] => member[1] !== undefined);
    this.out += '{';
    this.depth++;
    present.forEach(([name, value], i) => {
      if (i > 0) this.out += ',';
      this.newLine();
      this.out += JSON.stringify(name) + (this.pretty ? ': ' : ':');
      this.value(value);
    });
    this.depth--;
    if (present.length > 0) this.newLine();
    this.out += '}';
  }

  private newLine(): void {
    if (this.pretty) this.out += `\n${'    '.repeat(this.depth)}`;
  }
}
