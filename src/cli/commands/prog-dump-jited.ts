import type { Context } from '../context.js';
import { CommandError } from '../failure.js';
import { writeOutput } from '../files.js';
import { hexArray } from '../format/hex.js';
import type { Json } from '../format/json.js';
import { requireLinux } from '../only-linux.js';
import { takePrograms } from '../select.js';

/** Machine code in hex, function by function: bpftool disassembles it where it was built with a library for that. */
export async function dumpJited(context: Context): Promise<undefined> {
  const { words, out, withKernel } = context;
  requireLinux(
    context,
    'prog dump jited',
    'the engine compiles programs to WebAssembly, which is not printed',
  );
  return withKernel('read', async ({ kernel }) => {
    const programs = await takePrograms(words, kernel);
    const detail = words.left > 0 ? words.keyword(['file', 'opcodes', 'linum'] as const) : undefined;
    const file = detail === 'file' ? words.take('a file') : undefined;
    words.end();
    const { jitedFunctions, LinuxProgram } = await import('../../linux/index.js');
    const answers: Json[] = [];
    for (const program of programs) {
      const functions = program instanceof LinuxProgram ? jitedFunctions(program) : [];
      if (functions.length === 0)
        throw new CommandError(`the kernel gives no machine code of program ${program.id}`, {
          hint: 'It interprets programs (net.core.bpf_jit_enable=0), or hides their code (net.core.bpf_jit_harden).',
        });
      if (file !== undefined) await writeOutput(file, joined(functions.map(({ code }) => code)));
      for (const { name, address, code } of functions) {
        answers.push({ name, address: `0x${address.toString(16)}`, code: hexArray(code) });
        if (!out.json && file === undefined) out.write(`${name}:\n${rows(code)}\n`);
      }
    }
    if (out.json && file === undefined) out.answer(answers);
    return undefined;
  });
}

/** Sixteen bytes a row, behind their offset. */
function rows(code: Uint8Array): string {
  let text = '';
  for (let at = 0; at < code.length; at += 16) {
    const row = Array.from(code.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0'));
    text += `${at.toString(16).padStart(4)}:\t${row.join(' ')}\n`;
  }
  return text;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
