import { hookByName } from '../../hooks/index.js';
import { TypedMap } from '../../kernel/typed-map.js';
import { diffPackets } from '../../packet/index.js';
import { testError, unknownWord } from '../errors.js';
import { compareMap, type ExpectedEntries, type MapDifference } from '../maps.js';
import { isRun, type Run, returnText } from '../run.js';
import { valueText } from '../values.js';
import { type Outcome, outcome } from './outcome.js';

/** How many records or lines of a run a message shows. */
const SHOWN = 10;

function requireRun(received: unknown, matcher: string): Run {
  if (isRun(received)) return received;
  throw testError(`${matcher} is about a run`, 'await object.run(…) first');
}

function requireMap(received: unknown, matcher: string): TypedMap {
  if (received instanceof TypedMap) return received;
  throw testError(`${matcher} is about a map`, "object.map('NAME')");
}

/** The program returned a value, given as a number or by the name that its type has for it. */
function toReturn(received: unknown, expected: string | number): Outcome {
  const run = requireRun(received, 'toReturn');
  const names = Object.values(hookByName(run.type)?.verdicts ?? {});
  if (typeof expected === 'string' && !names.includes(expected))
    throw unknownWord(`return value of ${run.type} programs`, expected, names);
  const pass = expected === run.returnName || expected === run.returnValue;
  return outcome(
    pass,
    () => `${run.program} was to return ${expected}, and returned ${returnText(run)}`,
    () => `${run.program} was not to return ${expected}, and did`,
  );
}

/** The packet is this one after the run. */
function toLeavePacket(received: unknown, expected: Uint8Array): Outcome {
  const run = requireRun(received, 'toLeavePacket');
  const difference = diffPackets(expected, run.packet, run.link);
  return outcome(
    difference === undefined,
    () => `${run.program} left another packet (- expected, + found):\n${difference}`,
    () => `${run.program} was not to leave this packet, and did`,
  );
}

/** The packet is after the run what it was before. */
function toLeavePacketAlone(received: unknown): Outcome {
  return toLeavePacket(received, requireRun(received, 'toLeavePacketAlone').packetBefore);
}

/** The program sent these records through a map, in this order, and no others. */
function toSend(received: unknown, map: string, expected: readonly Uint8Array[]): Outcome {
  const run = requireRun(received, 'toSend');
  const lines = (records: readonly Uint8Array[]): string[] => records.map((data) => valueText(data));
  const sent = lines(run.events.filter((event) => event.map === map).map(({ data }) => data));
  const wanted = lines(expected);
  const pass = sent.length === wanted.length && sent.every((line, at) => line === wanted[at]);
  const shown = (sign: string, all: readonly string[]): string =>
    all
      .slice(0, SHOWN)
      .map((line) => `${sign} ${line}\n`)
      .join('') + (all.length > SHOWN ? `${sign} … ${all.length - SHOWN} more\n` : '');
  return outcome(
    pass,
    () =>
      `${run.program} sent other records to ${map} (- expected, + found):\n${shown('-', wanted)}${shown('+', sent)}`,
    () => `${run.program} was not to send these records to ${map}, and did`,
  );
}

/** The program printed a line with `bpf_printk`. */
function toPrint(received: unknown, expected: string | RegExp): Outcome {
  const run = requireRun(received, 'toPrint');
  const pass = run.trace.some((line) =>
    typeof expected === 'string' ? line === expected : expected.test(line),
  );
  const found = run.trace.slice(-SHOWN).map((line) => `  ${line}\n`);
  return outcome(
    pass,
    () =>
      `${run.program} was to print ${expected}; it printed ${found.length === 0 ? 'nothing' : `\n${found.join('')}`}`,
    () => `${run.program} was not to print ${expected}, and did`,
  );
}

/** The map has these entries and no others; of arrays, all others are 0. */
async function toHaveMap(received: unknown, expected: ExpectedEntries): Promise<Outcome> {
  const map = requireMap(received, 'toHaveMap');
  return mapOutcome(map, await compareMap(map, expected, true), 'have these entries only');
}

/** The map has these entries, and maybe others. */
async function toHaveEntries(received: unknown, expected: ExpectedEntries): Promise<Outcome> {
  const map = requireMap(received, 'toHaveEntries');
  return mapOutcome(map, await compareMap(map, expected, false), 'have these entries');
}

function mapOutcome({ info }: TypedMap, { lines, alike }: MapDifference, what: string): Outcome {
  const rest = alike === 0 ? '' : `  ${alike} more as expected\n`;
  return outcome(
    lines.length === 0,
    () =>
      `map ${info.name} (${info.type}) is not as expected (- expected, + found):\n${lines.join('\n')}\n${rest}`,
    () => `map ${info.name} (${info.type}) was not to ${what}, and does`,
  );
}

/**
 * Matchers for `expect.extend` of vitest and Jest; `check` has the same for node:test. With vitest write
 * `import 'skep/test/vitest'` once.
 */
export const matchers = {
  toReturn,
  toLeavePacket,
  toLeavePacketAlone,
  toSend,
  toPrint,
  toHaveMap,
  toHaveEntries,
} as const;
