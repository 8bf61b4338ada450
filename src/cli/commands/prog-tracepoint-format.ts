import type { Run } from '../context.js';

export const run: Run = async ({ words, out }) => {
  const name = words.take('the name of a tracepoint');
  words.end();
  const { resolveTracepoint, tracepointFormat } = await import('../../engine/world/tracepoints.js');
  if (!out.json) out.write(tracepointFormat(name));
  else {
    const { category, name: found, fields, print } = resolveTracepoint(name);
    out.answer({ category, name: found, fields: fields.map((field) => ({ ...field })), print });
  }
  return undefined;
};
