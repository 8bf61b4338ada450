import { helperById } from '../../helpers/registry.js';
import { disassemble } from '../../isa/disasm/index.js';
import type { Program } from '../../kernel/kernel.js';
import type { Answer, DebugSession } from './session.js';
import { styleOf } from './style.js';

/** The instructions of the function that runs, with their lines. */
export function disassembly(session: DebugSession, code: Awaited<ReturnType<Program['xlated']>>): Answer {
  const { location } = session.debug;
  const style = styleOf(session.colour);
  const current = location?.insn ?? 0;
  const start = code.subprograms.findLast((one) => one.start <= current)?.start ?? 0;
  const end = code.subprograms.find((one) => one.start > current)?.start ?? code.insns.length;
  const lines = new Map(code.lines.map((line) => [line.insn, line]));
  const all = disassemble(code.insns, { helperName: (id) => helperById(id)?.name });
  const shown = all.filter(({ index }) => index >= start && index < end);
  const text = shown.map(({ index, text: insn }) => {
    const line = lines.get(index);
    const above = line === undefined ? '' : style.dim(`; ${line.line}: ${line.text.trim()}\n`);
    const mark = index === location?.insn ? '=>' : '  ';
    return `${above}${mark} ${String(index).padStart(4)}: ${insn}\n`;
  });
  return {
    text: text.join(''),
    json: shown.map(({ index, text: insn }) => ({
      insn: index,
      disasm: insn,
      line_num: lines.get(index)?.line,
    })),
  };
}
