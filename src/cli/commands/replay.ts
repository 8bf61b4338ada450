import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { EngineReplayOptions } from '../../engine/engine.js';
import type { ReplaySummary } from '../../engine/replay/replay.js';
import type { CaptureChunks } from '../../engine/replay/source.js';
import type { Context, Run } from '../context.js';
import { CommandError, renderFailure } from '../failure.js';
import { fileFailure } from '../files.js';
import type { Json } from '../format/json.js';
import { Progress } from '../progress.js';
import { UsageError } from '../usage.js';
import { parseNumber } from '../words.js';

const CHUNK_BYTES = 1 << 20;
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export const run: Run = async (context) => {
  const { words, out, withKernel } = context;
  if (context.kernel === 'linux') {
    throw new CommandError('captures are played to the engine, not to Linux', {
      hint: 'Leave out --kernel linux, or send the packets with tcpreplay.',
    });
  }
  const file = words.take('a capture file');
  words.end();
  const options = takeOptions(context);
  if (options.loop && file === '-') throw new UsageError('standard input cannot be played in a loop');
  const size = await sizeOf(file);
  return withKernel('own', async ({ engine }) => {
    if (engine === undefined) {
      throw new CommandError('another replay runs in this root', {
        hint: 'Wait for it, stop it with Ctrl-C, or choose another SKEP_ROOT.',
      });
    }
    const stop = new AbortController();
    const abort = (): void => stop.abort();
    for (const signal of STOP_SIGNALS) process.once(signal, abort);
    const progress = new Progress(out.showsProgress, size);
    try {
      const summary = await engine.replay(() => chunksOf(file), {
        ...options,
        signal: stop.signal,
        onProgress: (state) => progress.show(state),
      });
      progress.end();
      if (out.json) out.answer(summaryJson(summary));
      else out.write(summaryText(summary));
      if (summary.problem === undefined) return undefined;
      // What was whole is done and will be stored: only this line and the exit status tell.
      process.stderr.write(renderFailure(summary.problem, false, false));
      return 1;
    } finally {
      progress.end();
      for (const signal of STOP_SIGNALS) process.off(signal, abort);
    }
  });
};

function takeOptions({ options }: Context): EngineReplayOptions {
  const rate = options.get('rate');
  const device = options.get('dev');
  return {
    ...(typeof rate === 'string' ? { rate: parseRate(rate) } : {}),
    ...(typeof device === 'string' ? { device } : {}),
    ...(options.has('loop') ? { loop: true } : {}),
    ...(options.has('egress') ? { direction: 'egress' as const } : {}),
    ...(options.has('keep-clock') ? { clock: 'unchanged' as const } : {}),
  };
}

/** `1000`, `10k`, `2M`. */
function parseRate(word: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([kM]?)$/.exec(word) ?? [];
  const rate =
    parseNumber(digits || word, 'packets a second') * (unit === 'k' ? 1e3 : unit === 'M' ? 1e6 : 1);
  if (rate === 0) throw new UsageError('a rate of 0 packets a second would never end');
  return rate;
}

async function sizeOf(file: string): Promise<number | undefined> {
  if (file === '-') return undefined;
  try {
    const handle = await open(file);
    try {
      const stat = await handle.stat();
      if (stat.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' });
      return stat.isFile() ? stat.size : undefined;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileFailure('open', file, error);
  }
}

function chunksOf(file: string): CaptureChunks {
  return file === '-' ? process.stdin : createReadStream(file, { highWaterMark: CHUNK_BYTES });
}

function summaryText(summary: ReplaySummary): string {
  const seconds = summary.milliseconds / 1000;
  const rate = seconds > 0 ? ` (${humanRate(summary.packets / seconds)} packets a second)` : '';
  const rounds = summary.rounds > 1 ? ` in ${summary.rounds} rounds` : '';
  let text = `${summary.packets} packets, ${summary.bytes} bytes${rounds}, ${seconds.toFixed(2)} s${rate}\n`;
  for (const { reason, packets } of summary.skipped) text += `skipped ${packets}: ${reason}\n`;
  for (const { programId, point, runs, verdicts } of summary.programs) {
    const list = Object.entries(verdicts).map(([word, count]) => `${word} ${count}`);
    text += `program ${programId} at ${point}: ${runs} runs${list.length === 0 ? '' : ` (${list.join(', ')})`}\n`;
  }
  if (summary.programs.length === 0) text += 'no program is attached\n';
  return text;
}

export function humanRate(rate: number): string {
  if (rate >= 1e6) return `${(rate / 1e6).toFixed(1)} M`;
  return rate >= 1e4 ? `${(rate / 1e3).toFixed(0)} k` : rate.toFixed(0);
}

function summaryJson(summary: ReplaySummary): Json {
  return {
    format: summary.format,
    packets: summary.packets,
    bytes: summary.bytes,
    skipped: summary.skipped.map((row) => ({ ...row })),
    programs: summary.programs.map(({ programId, point, runs, verdicts }) => ({
      prog_id: programId,
      point,
      run_cnt: runs,
      verdicts: { ...verdicts },
    })),
    rounds: summary.rounds,
    milliseconds: Math.round(summary.milliseconds),
    aborted: summary.aborted,
    problem: summary.problem?.message,
  };
}
