import type { Stop } from '../../debug/index.js';
import { hookByName } from '../../hooks/index.js';
import { type ExpectedValue, valueText } from '../../test-kit/values.js';
import { hexArray } from '../format/hex.js';
import type { Json } from '../format/json.js';
import type { Answer, DebugSession } from './session.js';
import { styleOf } from './style.js';

/** Moves so many times, as long as nothing stops it, and says where the program then stands. */
export function move(
  session: DebugSession,
  step: () => Stop,
  times = 1,
  shows: 'line' | 'insn' = 'line',
): Answer {
  const ends: number[] = [];
  let stop: Stop = { reason: 'step' };
  for (let nth = 0; nth < times && stop.reason === 'step'; nth++) {
    const moved = session.move(step);
    ends.push(...moved.ends);
    stop = moved.stop;
  }
  return whereabouts(session, stop, ends, shows);
}

/** Where the program stands, and why. */
export function whereabouts(
  session: DebugSession,
  stop: Stop,
  ends: readonly number[] = [],
  shows: 'line' | 'insn' = 'line',
): Answer {
  const texts = ends.map((value) => `returned ${returnText(session, value)}; the program runs again\n`);
  return {
    text: `${texts.join('')}${stopText(session, stop)}${placeText(session, shows)}`,
    json: { ...stopJson(stop), ...(ends.length === 0 ? {} : { ended: ends }), ...placeJson(session) },
  };
}

function stopText(session: DebugSession, stop: Stop): string {
  const style = styleOf(session.colour);
  switch (stop.reason) {
    case 'step':
      return '';
    case 'breakpoint':
      return style.stop(`breakpoint ${stop.id}\n`);
    case 'watch': {
      const { id, watch, before, after } = stop.change;
      const value = (bytes: Uint8Array | undefined): string =>
        bytes === undefined
          ? 'not there'
          : valueText(session.debug.map(watch.map).decodeValue(bytes) as ExpectedValue);
      return `${style.stop(`watch ${id}: ${watch.map}\n`)}  was ${value(before)}\n  is  ${value(after)}\n`;
    }
    case 'end': {
      const { returnValue = 0 } = session.debug.outcome ?? {};
      return style.stop(`the program returned ${returnText(session, returnValue)}\n`);
    }
    case 'start':
      return style.stop(
        stop.forgotten === 0
          ? 'this is the beginning\n'
          : `this is as far back as it goes: ${stop.forgotten} instructions before are forgotten\n`,
      );
    case 'error':
      return style.stop(`cannot go on: ${stop.error.message}\n`);
    default:
      return stop satisfies never;
  }
}

function stopJson(stop: Stop): Record<string, Json> {
  switch (stop.reason) {
    case 'step':
    case 'end':
      return { stop: stop.reason };
    case 'breakpoint':
      return { stop: stop.reason, breakpoint: stop.id };
    case 'watch': {
      const { id, watch, before, after } = stop.change;
      const bytes = (value: Uint8Array | undefined): Json => (value === undefined ? null : hexArray(value));
      return { stop: stop.reason, watch: id, map: watch.map, before: bytes(before), after: bytes(after) };
    }
    case 'start':
      return { stop: stop.reason, forgotten: stop.forgotten };
    case 'error':
      return { stop: stop.reason, error: stop.error.message };
    default:
      return stop satisfies never;
  }
}

/** `XDP_DROP (1)` */
function returnText({ type }: DebugSession, value: number): string {
  const name = hookByName(type)?.verdicts?.[value | 0];
  return name === undefined ? String(value) : `${name} (${value})`;
}

function placeText(session: DebugSession, shows: 'line' | 'insn'): string {
  const style = styleOf(session.colour);
  const { location } = session.debug;
  if (location === undefined) return '';
  const { line } = location;
  let text = '';
  if (session.lastFunction !== location.function) {
    const place = line === undefined ? '' : ` at ${line.file}:${line.line}`;
    text += `${style.strong(`${location.function}()`)}${place}\n`;
    session.lastFunction = location.function;
  }
  if (line !== undefined) text += `${style.number(String(line.line))}\t${session.sourceLine(location)}\n`;
  if (shows === 'insn' || line === undefined) text += style.dim(`=> ${location.insn}: ${location.text}\n`);
  return text;
}

function placeJson(session: DebugSession): Record<string, Json | undefined> {
  const { location, outcome } = session.debug;
  if (outcome !== undefined) {
    const name = hookByName(session.type)?.verdicts?.[outcome.returnValue | 0];
    return { retval: outcome.returnValue, retname: name, data_out: hexArray(outcome.packet) };
  }
  if (location === undefined) return {};
  const { program, insn, text, depth, line } = location;
  return {
    program,
    function: location.function,
    insn,
    disasm: text,
    depth,
    file: line?.file,
    line_num: line?.line,
    src: line === undefined ? undefined : session.sourceLine(location).trim(),
  };
}
