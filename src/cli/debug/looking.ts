import type { Variable } from '../../debug/index.js';
import { packetText } from '../../packet/index.js';
import { type ExpectedValue, valueText } from '../../test-kit/values.js';
import { CommandError } from '../failure.js';
import { hexArray, hexLines } from '../format/hex.js';
import type { Json } from '../format/json.js';
import { didYouMean } from '../usage.js';
import type { Answer, DebugSession } from './session.js';
import { styleOf } from './style.js';

/** Lines around the current one that `list` shows. */
const LIST_LINES = 10;
const hex = (value: bigint): string => `0x${value.toString(16)}`;

export function registers({ debug, colour }: DebugSession): Answer {
  const style = styleOf(colour);
  const all = debug.registers();
  const text = all.map(({ name, value, types, points }) => {
    const words = [types.join(' or '), points].filter(Boolean).join(' ');
    return `${style.number(name.padEnd(3))} ${hex(value).padEnd(18)} ${String(BigInt.asIntN(64, value)).padEnd(20)} ${style.dim(words)}`;
  });
  return {
    text: `${text.map((line) => line.trimEnd()).join('\n')}\n`,
    json: all.map(({ name, value, types, points }) => ({
      name,
      value: hex(value),
      types: [...types],
      points,
    })),
  };
}

function variableText({ name, type, value }: Variable): string {
  const shown = typeof value === 'bigint' && type.endsWith('*') ? hex(value) : valueText(value);
  return `${type}${type.endsWith('*') ? '' : ' '}${name} = ${shown}\n`;
}

const variableJson = ({ name, type, value }: Variable): Json => ({ name, type, value: jsonOf(value) });

/** A decoded value as JSON: bytes as bpftool writes them. */
export function jsonOf(value: unknown): Json {
  if (value instanceof Uint8Array) return hexArray(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOf(one)]));
  return value as Json;
}

export function args({ debug }: DebugSession): Answer {
  const all = debug.arguments();
  return {
    text: all.length === 0 ? 'no arguments are known here\n' : all.map(variableText).join(''),
    json: all.map(variableJson),
  };
}

export function globals({ debug, colour }: DebugSession): Answer {
  const style = styleOf(colour);
  const sections = [...debug.globals()];
  const text = sections.map(
    ([name, all]) => `${style.strong(name)}\n${all.map((one) => `  ${variableText(one)}`).join('')}`,
  );
  return {
    text: text.length === 0 ? 'there are no global variables\n' : text.join(''),
    json: Object.fromEntries(sections.map(([name, all]) => [name, all.map(variableJson)])),
  };
}

export function backtrace({ debug, colour }: DebugSession): Answer {
  const style = styleOf(colour);
  const frames = debug.frames();
  const text = frames.map(({ function: name, line, insn }, index) => {
    const place = line === undefined ? ` at instruction ${insn}` : ` at ${line.file}:${line.line}`;
    return `#${index} ${style.strong(`${name}()`)}${place}\n`;
  });
  return {
    text: text.length === 0 ? 'the program is over\n' : text.join(''),
    json: frames.map(({ function: name, line, insn }) => ({
      function: name,
      insn,
      file: line?.file,
      line_num: line?.line,
    })),
  };
}

/** The part of a frame's stack that is not all zero, in lines of 8 bytes. */
export function stack({ debug, colour }: DebugSession, frame: number): Answer {
  const frames = debug.frames().length;
  if (frame >= frames) throw new CommandError(`there is no frame ${frame}: ${frames} are active`);
  const style = styleOf(colour);
  const bytes = debug.stack(frame);
  const rows: { readonly offset: number; readonly row: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const row = bytes.subarray(at, at + 8);
    if (row.some((byte) => byte !== 0)) rows.push({ offset: at - bytes.length, row });
  }
  return {
    text:
      rows.length === 0
        ? 'all of it is 0\n'
        : rows
            .map(({ offset, row }) => `${style.number(`fp${offset}`.padEnd(7))} ${hexLines(row)}\n`)
            .join(''),
    json: rows.map(({ offset, row }) => ({ offset, bytes: hexArray(row) })),
  };
}

export function packet({ debug }: DebugSession): Answer {
  return { text: packetText(debug.packet), json: hexArray(debug.packet) };
}

export function memory({ debug }: DebugSession, address: bigint, size: number): Answer {
  const bytes = debug.read(address, size);
  return { text: `${hexLines(bytes)}\n`, json: hexArray(bytes) };
}

export function maps({ debug }: DebugSession): Answer {
  const all = [...debug.maps].map(([name, { info }]) => ({
    name,
    type: info.type,
    max_entries: info.maxEntries,
  }));
  return {
    text:
      all.length === 0 ? 'there are no maps\n' : all.map(({ name, type }) => `${name} (${type})\n`).join(''),
    json: all,
  };
}

export function map({ debug }: DebugSession, name: string): Answer {
  const entries = debug.entries(name);
  const text = ({ key, value }: { key: unknown; value: unknown }): string =>
    `${valueText(key as ExpectedValue)}: ${valueText(value as ExpectedValue)}\n`;
  return {
    text: entries.length === 0 ? 'it is empty\n' : entries.map(text).join(''),
    json: entries.map(({ key, value }) => ({ key: jsonOf(key), value: jsonOf(value) })),
  };
}

/** A register, an argument or a global variable. */
export function print(session: DebugSession, word: string): Answer {
  const { debug } = session;
  const name = word.replace(/^\$/, '');
  const register = debug.registers().find((one) => one.name === name);
  if (register !== undefined) {
    const { value, types, points } = register;
    const words = [types.join(' or '), points].filter(Boolean).join(' ');
    return {
      text: `${name} = ${hex(value)} (${BigInt.asIntN(64, value)})${words === '' ? '' : ` ${words}`}\n`,
      json: { name, value: hex(value), types: [...types], points },
    };
  }
  const variables = [...debug.arguments(), ...[...debug.globals().values()].flat()];
  const variable = variables.find((one) => one.name === name || one.name.endsWith(`.${name}`));
  if (variable !== undefined) return { text: variableText(variable), json: variableJson(variable) };
  const known = [...variables.map((one) => one.name), ...debug.registers().map((one) => one.name)];
  throw new CommandError(
    `there is no register, argument or global variable ${name} here`,
    didYouMean(name, known),
  );
}

/** Source lines around a line; default the current one. */
export function list(session: DebugSession, wanted: number | undefined): Answer {
  const { location } = session.debug;
  const current = location?.line;
  const file = current?.file;
  if (file === undefined) throw new CommandError('no source line is known here', { hint: 'disassemble' });
  const source = session.source(file);
  if (source === undefined) throw new CommandError(`${file} cannot be read`, { hint: 'disassemble' });
  const style = styleOf(session.colour);
  const first = Math.max(1, (wanted ?? current?.line ?? 1) - LIST_LINES / 2);
  const lines = source
    .slice(first - 1, first - 1 + LIST_LINES)
    .map((text, at) => ({ line: first + at, text }));
  return {
    text: lines
      .map(
        ({ line, text }) => `${line === current?.line ? '>' : ' '}${style.number(String(line))}\t${text}\n`,
      )
      .join(''),
    json: lines.map(({ line, text }) => ({ line_num: line, src: text })),
  };
}
