import type { Run } from '../context.js';

export const run: Run = async ({ words, out, kernel }) => {
  const name = words.take('the name of a tracepoint');
  words.end();
  if (kernel === 'linux') {
    const { linuxTracepointFormat } = await import('../../linux/index.js');
    const format = linuxTracepointFormat(name);
    if (out.json) out.answer({ format });
    else out.write(format);
    return undefined;
  }
  const { resolveTracepoint, tracepointFormat } = await import('../../engine/world/tracepoints.js');
  if (!out.json) out.write(tracepointFormat(name));
  else {
    const { category, name: found, fields, print } = resolveTracepoint(name);
    out.answer({ category, name: found, fields: fields.map((field) => ({ ...field })), print });
  }
  return undefined;
};
