import type { Breakpoint, Place, Watch } from '../../debug/index.js';
import { encodeKey } from '../../test-kit/maps.js';
import { type ExpectedValue, valueText } from '../../test-kit/values.js';
import { CommandError } from '../failure.js';
import { takeBytes, type Words } from '../words.js';
import type { Answer, DebugSession } from './session.js';

export function breakAt({ debug }: DebugSession, place: string): Answer {
  const id = debug.break(place);
  const { stops } = debug.breakpoints.all.get(id) as Breakpoint;
  const where = stops.map(({ insn }) => insn);
  return {
    text: `breakpoint ${id} at instruction${where.length === 1 ? '' : 's'} ${where.join(', ')}\n`,
    json: { breakpoint: id, insns: where },
  };
}

/** `MAP 7`, `MAP 10.0.0.1`, `MAP key hex 0a 00 00 01`. */
export function watchEntry({ debug }: DebugSession, words: Words): Answer {
  const name = words.take('the name of a map');
  const map = debug.map(name);
  const key = words.peek() === 'key' ? takeKey(words, map.info.keySize) : encodeKey(map, words.take('a key'));
  const id = debug.watch(name, key);
  return { text: `watch ${id} on ${name}\n`, json: { watch: id, map: name } };
}

function takeKey(words: Words, size: number): Uint8Array {
  words.keyword(['key']);
  return takeBytes(words, size, 'key');
}

export function stops({ debug }: DebugSession): Answer {
  const all = [...debug.breakpoints.all];
  const text = all.map(([id, one]) =>
    'stops' in one
      ? `${id}  break ${placeText(one.place)} in ${one.program}, instruction ${one.stops.map(({ insn }) => insn).join(', ')}\n`
      : `${id}  watch ${one.map} key ${valueText(debug.map(one.map).decodeKey(one.key) as ExpectedValue)}\n`,
  );
  return {
    text: text.length === 0 ? 'there are no breakpoints and no watches\n' : text.join(''),
    json: all.map(([id, one]: [number, Breakpoint | Watch]) =>
      'stops' in one
        ? { id, break: placeText(one.place), program: one.program, insns: one.stops.map(({ insn }) => insn) }
        : { id, watch: one.map },
    ),
  };
}

export function remove({ debug }: DebugSession, id: number): Answer {
  if (!debug.breakpoints.remove(id)) throw new CommandError(`there is no breakpoint or watch ${id}`);
  return { text: `${id} is gone\n`, json: { removed: id } };
}

function placeText(place: Place): string {
  switch (place.kind) {
    case 'insn':
      return `*${place.insn}`;
    case 'line':
      return place.file === undefined ? String(place.line) : `${place.file}:${place.line}`;
    case 'function':
      return place.name;
    default:
      return place satisfies never;
  }
}
