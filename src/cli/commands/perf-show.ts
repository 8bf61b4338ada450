import type { PerfProgram } from '../../linux/index.js';
import type { Run } from '../context.js';
import type { Json } from '../format/json.js';
import { requireLinux } from '../only-linux.js';

export const run: Run = async (context) => {
  const { words, out } = context;
  words.end();
  requireLinux(context, 'perf show', 'the engine has no perf events; skep link show lists what is attached');
  const { perfPrograms } = await import('../../linux/index.js');
  const rows = perfPrograms();
  if (out.json) out.answer(rows.map(json));
  else for (const row of rows) out.write(plain(row));
  return undefined;
};

function json({ pid, fd, programId, kind, name, offset, address }: PerfProgram): Json {
  const base = { pid, fd, prog_id: programId, fd_type: kind };
  switch (kind) {
    case 'raw_tracepoint':
    case 'tracepoint':
      return { ...base, tracepoint: name };
    case 'kprobe':
    case 'kretprobe':
      return name === '' ? { ...base, addr: address } : { ...base, func: name, offset };
    case 'uprobe':
    case 'uretprobe':
      return { ...base, filename: name, offset };
  }
}

function plain({ pid, fd, programId, kind, name, offset, address }: PerfProgram): string {
  const head = `pid ${pid}  fd ${fd}: prog_id ${programId}  ${kind}  `;
  switch (kind) {
    case 'raw_tracepoint':
    case 'tracepoint':
      return `${head}${name}\n`;
    case 'kprobe':
    case 'kretprobe':
      return name === '' ? `${head}addr ${address}\n` : `${head}func ${name}  offset ${offset}\n`;
    case 'uprobe':
    case 'uretprobe':
      return `${head}filename ${name}  offset ${offset}\n`;
  }
}
