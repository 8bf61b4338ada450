import { packetText } from '../packet/index.js';
import { mapText } from './maps.js';
import type { TestObject } from './object.js';
import { type Run, returnText } from './run.js';
import { valueText } from './values.js';

/**
 * What a run did and left behind as text: its result, the packet field by field, what it sent and printed, and the
 * entries of all maps. The same in every run of the same test: for `toMatchSnapshot`.
 */
export async function snapshot(object: TestObject, run: Run): Promise<string> {
  const parts = [`${run.program} (${run.type}) returns ${returnText(run)}\n`];
  if (run.packet.length > 0) {
    const same =
      run.packet.length === run.packetBefore.length &&
      run.packet.every((byte, at) => byte === run.packetBefore[at]);
    parts.push(same ? 'packet as it was\n' : `packet\n${indented(packetText(run.packet, run.link))}`);
  }
  if (run.events.length > 0) {
    parts.push('events\n', ...run.events.map(({ map, data }) => `  ${map}: ${valueText(data)}\n`));
  }
  if (run.trace.length > 0) parts.push('printed\n', ...run.trace.map((line) => `  ${line}\n`));
  for (const [name, map] of [...object.loaded.maps].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const text = await mapText(map);
    if (text !== '') parts.push(`map ${name} (${map.info.type})\n${text}`);
  }
  return parts.join('');
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
