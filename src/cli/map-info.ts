import type { MapInfo } from '../kernel/kernel.js';
import type { Json } from './format/json.js';

/** bpftool's -j shape of a map. */
export function mapJson(info: MapInfo, pins: readonly string[] | undefined): Json {
  return {
    id: info.id,
    type: info.type,
    name: info.name === '' ? undefined : info.name,
    flags: info.flags,
    bytes_key: info.keySize,
    bytes_value: info.valueSize,
    max_entries: info.maxEntries,
    bytes_memlock: info.memlock,
    frozen: info.frozen ? 1 : 0,
    btf_id: info.btfId,
    pinned: pins,
  };
}

/** bpftool's lines for a map. */
export function mapPlain(info: MapInfo, pins: readonly string[] = []): string {
  const name = info.name === '' ? '' : `name ${info.name}  `;
  const last = [info.btfId === undefined ? '' : `btf_id ${info.btfId}`, info.frozen ? 'frozen' : ''].filter(
    Boolean,
  );
  return [
    `${info.id}: ${info.type}  ${name}flags 0x${info.flags.toString(16)}`,
    `\tkey ${info.keySize}B  value ${info.valueSize}B  max_entries ${info.maxEntries}  memlock ${info.memlock}B`,
    ...pins.map((path) => `\tpinned ${path}`),
    ...(last.length === 0 ? [] : [`\t${last.join('  ')}`]),
    '',
  ].join('\n');
}
