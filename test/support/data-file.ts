/** One case of the public bpf_conformance suite: a `.data` file. */
export interface DataFile {
  /** The assembly, '' when there is only raw code. */
  readonly asm: string;
  /** Instruction words, little-endian, when the file has them: they count instead of the assembly. */
  readonly raw: readonly bigint[];
  /** What r1 points to; r2 is its length. */
  readonly mem: Uint8Array;
  readonly result: bigint | undefined;
  readonly error: string | undefined;
}

/** Reads a `.data` file: sections that start with `-- NAME`, comments from `#` to the end of the line. */
export function parseDataFile(text: string): DataFile {
  const sections = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of text.split(/\r?\n/).map((whole) => whole.replace(/#.*/, ''))) {
    const name = /^--\s+(.*?)\s*$/.exec(line)?.[1];
    if (name === undefined) {
      lines.push(line);
      continue;
    }
    lines = sections.get(name) ?? [];
    sections.set(name, lines);
  }
  const words = (name: string): string[] => sections.get(name)?.join(' ').split(/\s+/).filter(Boolean) ?? [];
  return {
    asm: sections.get('asm')?.join('\n') ?? '',
    raw: words('raw').map(BigInt),
    mem: Uint8Array.from(words('mem'), (word) => Number.parseInt(word, 16)),
    result: words('result')[0] === undefined ? undefined : BigInt(words('result')[0] as string),
    error: sections.has('error') ? words('error').join(' ') : undefined,
  };
}
