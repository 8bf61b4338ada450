// Which functions of the bundled clang compile BPF: those that were compiled while clang compiled many programs. Others
// are loaded only when a program needs one of them.
//
//   node --trace-wasm-compilation-times SCRIPT > trace.txt     compiles programs through skep/compile
//   SKEP_CLANG_TRACE=trace.txt node scripts/generate.mjs --clang
//
// What is kept already stays, unless clang is another one.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { decodeParts, encodeParts, type ModuleParts, type Run } from '../src/compiler/front/parts.js';

const MODULE = 'node_modules/@yowasp/clang/gen/llvm.core.wasm';
const OUTPUT = 'src/compiler/front/clang-parts.bin';
/** Bodies between two kept ones are kept too when they are smaller than this together: reading in one go is cheaper. */
const GAP_BYTES = 256;

const wasm = readFileSync(MODULE);
const { code, codeEnd, imports, bodies } = sections();
const kept = new Set<number>([...before(), ...traced()]);
const parts: ModuleParts = { size: wasm.length, code, codeEnd, bodies: bodies.length, runs: runs() };
writeFileSync(OUTPUT, encodeParts(parts));
const bytes = parts.runs.reduce((sum, run) => sum + run.length, 0);
process.stdout.write(
  `${kept.size} of ${bodies.length} functions, ${bytes} bytes in ${parts.runs.length} runs\n`,
);

/** Numbers of bodies in a trace; functions are numbered after the imported ones. */
function traced(): number[] {
  const file = process.env['SKEP_CLANG_TRACE'];
  if (file === undefined) throw new Error('SKEP_CLANG_TRACE names no file');
  return [...readFileSync(file, 'utf8').matchAll(/#(\d+) using/g)].flatMap(([, number]) => {
    const body = Number(number) - imports;
    return body >= 0 && body < bodies.length ? [body] : [];
  });
}

function before(): number[] {
  if (!existsSync(OUTPUT)) return [];
  const old = decodeParts(readFileSync(OUTPUT));
  if (old.size !== wasm.length) return [];
  const starts = new Map(bodies.map(({ start }, index) => [start, index]));
  return old.runs.flatMap(({ from, length }) => {
    const found: number[] = [];
    for (let index = starts.get(from); index !== undefined; index = index + 1) {
      const body = bodies[index];
      if (body === undefined || body.start >= from + length) break;
      found.push(index);
    }
    return found;
  });
}

function runs(): Run[] {
  const found: { dropped: number; from: number; length: number }[] = [];
  let dropped = 0;
  for (const [index, { start, end }] of bodies.entries()) {
    const last = found.at(-1);
    if (!kept.has(index)) dropped++;
    else if (last !== undefined && start - (last.from + last.length) < GAP_BYTES) {
      last.length = end - last.from;
      dropped = 0;
    } else {
      found.push({ dropped, from: start, length: end - start });
      dropped = 0;
    }
  }
  return [...found, { dropped, from: codeEnd, length: 0 }];
}

function sections() {
  let at = 8;
  const number = (): number => {
    let result = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = wasm[at++] ?? 0;
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) return result;
    }
  };
  let importedFunctions = 0;
  while (at < wasm.length) {
    const start = at;
    const id = wasm[at++];
    const size = number();
    const end = at + size;
    if (id === 2) importedFunctions = countImportedFunctions(number);
    if (id === 10) {
      const list = Array.from({ length: number() }, () => {
        const bodyStart = at;
        const length = number();
        at += length;
        return { start: bodyStart, end: at };
      });
      return { code: start, codeEnd: end, imports: importedFunctions, bodies: list };
    }
    at = end;
  }
  throw new Error('the module has no code');

  function countImportedFunctions(next: () => number): number {
    let functions = 0;
    for (let left = next(); left > 0; left--) {
      for (const _ of ['module', 'name']) {
        const length = next();
        at += length;
      }
      const kind = wasm[at++];
      if (kind === 0) functions++;
      if (kind === 1) at++;
      if (kind === 4) at++;
      if (kind === 1 || kind === 2) {
        const flags = wasm[at++] ?? 0;
        next();
        if ((flags & 1) === 1) next();
      } else if (kind === 3) at += 2;
      else next();
    }
    return functions;
  }
}
