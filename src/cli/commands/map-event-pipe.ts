import type { BpfMap, Kernel } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { hexArray, hexLines } from '../format/hex.js';
import { formatJson, type Json } from '../format/json.js';
import { requireLinux } from '../only-linux.js';
import { takeMap } from '../select.js';

/** What programs send with `bpf_perf_event_output`, as it comes, until Ctrl-C. */
export const run: Run = async (context) => {
  const { words, out, withKernel } = context;
  requireLinux(context, 'map event_pipe', 'records of the engine are read by programs: engine.perfBuffer');
  return withKernel('read', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const only = words.left > 0 ? takePlace(words) : undefined;
    words.end();
    await using reader = await openReader(kernel, map);
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    let lost = 0n;
    if (out.json) await out.stream('[');
    let separator = '';
    for await (const { cpu, time, data } of reader.buffer.records({ signal: stop.signal })) {
      if (only !== undefined && cpu !== only.cpu) continue;
      const index = only?.index ?? cpu;
      const record: Json = { type: SAMPLE, cpu, index, timestamp: time, data: hexArray(data) };
      const seconds = `${time / BILLION}.${String(time % BILLION).padStart(9, '0')}`;
      const text = `== @${seconds} CPU: ${cpu} index: ${index} =====\n${hexLines(data)}\n`;
      await out.stream(out.json ? separator + formatJson(record, out.pretty) : text);
      separator = ',';
      if (!out.json && reader.buffer.lost > lost)
        await out.stream(`lost ${reader.buffer.lost - lost} events\n`);
      lost = reader.buffer.lost;
    }
    if (out.json) await out.stream(']\n');
    out.handOver();
    return undefined;
  });
};

/** PERF_RECORD_SAMPLE */
const SAMPLE = 9;
const BILLION = 1_000_000_000n;

function takePlace(words: Parameters<typeof takeMap>[0]): { readonly cpu: number; readonly index: number } {
  words.keyword(['cpu']);
  const cpu = words.number('cpu');
  words.keyword(['index']);
  return { cpu, index: words.number('index') };
}

async function openReader(kernel: Kernel, map: BpfMap) {
  const { LinuxKernel, LinuxMap } = await import('../../linux/index.js');
  const { type, id } = await map.info();
  if (type !== 'perf_event_array' || !(map instanceof LinuxMap) || !(kernel instanceof LinuxKernel))
    throw new CommandError(`map ${id} is a ${type}, not a perf event array`, {
      hint: 'Ring buffers are read by programs: kernel.ringBuffer(map).',
    });
  const buffer = kernel.perfBuffer(map);
  return { buffer, [Symbol.asyncDispose]: async () => buffer.close() };
}
