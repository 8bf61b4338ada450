/** Where the bytes of a file are copied from. */
export interface ByteSource {
  readonly size: number;
  copy(from: number, length: number, into: Uint8Array, at: number): void;
}

/** Bytes of a module to keep, and how many function bodies are left out in front of them. */
export interface Run {
  readonly dropped: number;
  readonly from: number;
  readonly length: number;
}

/** Which functions of a WebAssembly module are kept: byte ranges, so that the others need not even be read. */
export interface ModuleParts {
  /** Bytes of the whole module: others are not the one that this is about. */
  readonly size: number;
  /** Where its code section starts and ends. */
  readonly code: number;
  readonly codeEnd: number;
  readonly bodies: number;
  readonly runs: readonly Run[];
}

const CODE_SECTION = 10;
/** A body of no locals that traps: size, number of locals, `unreachable`, `end`. */
const TRAP = Uint8Array.of(3, 0, 0, 0x0b);
/** LEB128 may have leading zeros: five bytes hold any number of 32 bits. */
const NUMBER_BYTES = 5;

/**
 * The module of which the named functions are kept; the others trap when they are called. Indices, types and data stay.
 *
 * @returns undefined when the source is another module
 */
export function assembleModule(parts: ModuleParts, source: ByteSource): Uint8Array<ArrayBuffer> | undefined {
  if (source.size !== parts.size) return undefined;
  const { code, codeEnd, runs } = parts;
  const body = runs.reduce((sum, run) => sum + run.dropped * TRAP.length + run.length, NUMBER_BYTES);
  const out = new Uint8Array(code + 1 + NUMBER_BYTES + body + (source.size - codeEnd));
  source.copy(0, code, out, 0);
  out[code] = CODE_SECTION;
  let at = writeNumber(out, code + 1, body);
  at = writeNumber(out, at, parts.bodies);
  for (const { dropped, from, length } of runs) {
    for (let trap = 0; trap < dropped; trap++, at += TRAP.length) out.set(TRAP, at);
    source.copy(from, length, out, at);
    at += length;
  }
  source.copy(codeEnd, source.size - codeEnd, out, at);
  return out;
}

/** A file that is in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    copy: (from, length, into, at) => into.set(bytes.subarray(from, from + length), at),
  };
}

function writeNumber(out: Uint8Array, at: number, value: number): number {
  for (let byte = 0; byte < NUMBER_BYTES; byte++) {
    const isLast = byte === NUMBER_BYTES - 1;
    out[at + byte] = ((value >>> (byte * 7)) & 0x7f) | (isLast ? 0 : 0x80);
  }
  return at + NUMBER_BYTES;
}

/** Reads what `encodeParts` wrote: LEB128 numbers, each run's start relative to the end of the one before. */
export function decodeParts(bytes: Uint8Array): ModuleParts {
  let at = 0;
  const number = (): number => {
    let result = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
    }
  };
  const [size, code, codeEnd, bodies] = [number(), number(), number(), number()];
  const runs: Run[] = [];
  for (let end = code; at < bytes.length; ) {
    const dropped = number();
    const from = end + number();
    const length = number();
    end = from + length;
    runs.push({ dropped, from, length });
  }
  return { size, code, codeEnd, bodies, runs };
}

export function encodeParts({ size, code, codeEnd, bodies, runs }: ModuleParts): Uint8Array {
  const bytes: number[] = [];
  const number = (value: number): void => {
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      if (rest < 128) {
        bytes.push(rest);
        return;
      }
      bytes.push((rest % 128) | 0x80);
    }
  };
  for (const value of [size, code, codeEnd, bodies]) number(value);
  let end = code;
  for (const run of runs) {
    number(run.dropped);
    number(run.from - end);
    number(run.length);
    end = run.from + run.length;
  }
  return Uint8Array.from(bytes);
}
