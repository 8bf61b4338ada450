import { formatIpv4, formatIpv6 } from '../../src/index.js';
import type { SynReport, SynSource, SynStats } from './count.js';

export interface ReportOptions {
  readonly colour: boolean;
  /** Rows of the table; default all. */
  readonly top?: number;
  /** Written first: which capture this is. */
  readonly title?: string;
}

const BAR_WIDTH = 30;
/** What is said of each counter that is not zero, in this order. */
const NOTES: readonly (readonly [keyof SynStats, string])[] = [
  ['notTcp', 'not TCP'],
  ['notIp', 'not IP'],
  ['tunnels', 'tunnels (IP in IP, 6in4, GRE), whose inside is not looked at'],
  ['cut', 'cut off by the capture before the TCP flags'],
  ['malformed', 'malformed IP or TCP headers'],
];

export function addressText({ family, address }: SynSource): string {
  return family === 4 ? formatIpv4(address) : formatIpv6(address);
}

/** The ranked table and what was seen and skipped, for people. */
export function reportText(report: SynReport, { colour, top, title }: ReportOptions): string {
  const paint = (code: number, text: string): string => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  const { sources, stats, replay } = report;
  const shown = sources.slice(0, top);
  const width = shown.reduce((most, source) => Math.max(most, addressText(source).length), 7);
  const most = sources[0]?.syns ?? 0;
  const digits = Math.max(9, String(most).length);
  const lines = title === undefined ? [] : [`${title}, in skep's engine`, ''];
  lines.push(paint(1, `${'ADDRESS'.padEnd(width)}  ${'SYNS'.padStart(digits)}  ${'SHARE'.padStart(6)}`));
  for (const source of shown) {
    const share = `${((100 * source.syns) / stats.syns).toFixed(1)}%`.padStart(6);
    const bar = '█'.repeat(Math.max(1, Math.round((BAR_WIDTH * source.syns) / most)));
    const address = addressText(source).padEnd(width);
    lines.push(`${address}  ${String(source.syns).padStart(digits)}  ${share}  ${paint(36, bar)}`);
  }
  if (sources.length > shown.length)
    lines.push(`… and ${plural(sources.length - shown.length, 'more source')}`);
  if (sources.length === 0) lines.push('no SYN in this capture');
  lines.push('', `${plural(stats.syns, 'SYN')} from ${plural(sources.length, 'source')}; ${seen(report)}`);
  for (const [name, what] of NOTES) if (stats[name] > 0) lines.push(`  ${stats[name]} ${what}`);
  if (stats.fragments > 0) {
    const whole = `${stats.reassembled} of ${plural(stats.datagrams, 'datagram')} complete`;
    lines.push(`  ${plural(stats.fragments, 'IP fragment')}: ${whole}`);
  }
  for (const { reason, packets } of replay.skipped) lines.push(`  ${packets} skipped: ${reason}`);
  if (stats.full > 0) {
    const what = `${plural(stats.full, 'SYN')} of further sources not listed: the table is full, see --max-sources`;
    lines.push(paint(33, `  ${what}`));
  }
  lines.push(`${replay.milliseconds.toFixed(0)} ms, ${rateText(replay)}`, '');
  return lines.join('\n');
}

/** Packets a second, in the unit that has a digit before the point. */
function rateText({ packets, milliseconds }: SynReport['replay']): string {
  const rate = (1000 * packets) / Math.max(milliseconds, 0.001);
  return rate < 1e6 ? `${Math.round(rate / 1000)} k packets/s` : `${(rate / 1e6).toFixed(1)} M packets/s`;
}

function seen({ replay }: SynReport): string {
  const skipped = replay.skipped.reduce((sum, { packets }) => sum + packets, 0);
  const total = plural(replay.packets + skipped, 'packet');
  return `${total} seen, ${skipped} skipped`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** The same as data. */
export function reportJson({ sources, stats, replay }: SynReport): unknown {
  const { problem } = replay;
  return {
    sources: sources.map((source) => ({
      address: addressText(source),
      syns: source.syns,
      share: source.syns / stats.syns,
    })),
    stats,
    packets: replay.packets,
    skipped: replay.skipped,
    milliseconds: replay.milliseconds,
    problem: problem === undefined ? null : { code: problem.code, message: problem.message },
  };
}
