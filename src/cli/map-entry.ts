import type { MapInfo } from '../kernel/kernel.js';
import { BtfFormatter, isDataSection } from './format/btf-value.js';
import { hexArray, hexLines } from './format/hex.js';
import { formatJson, type Json } from './format/json.js';

/** How the entries of one map are printed. */
export class EntryFormat {
  private readonly info: MapInfo;
  readonly hasTypes: boolean;

  constructor(info: MapInfo) {
    this.info = info;
    this.hasTypes = info.btf !== undefined && (info.keyType ?? 0) + (info.valueType ?? 0) > 0;
  }

  /** bpftool's -j shape: bytes, and what types say under `formatted`. */
  json(key: Uint8Array, value: Uint8Array): Json {
    const bytes = { key: hexArray(key), ...this.values(value, (one) => ({ value: hexArray(one) })) };
    return this.hasTypes ? { ...bytes, formatted: this.typed(key, value, false) } : bytes;
  }

  /** For people: by types when there are any, else in hex. */
  plain(key: Uint8Array, value: Uint8Array): string {
    return this.hasTypes ? `${formatJson(this.typed(key, value, true), true)}\n` : this.hex(key, value);
  }

  typed(key: Uint8Array, value: Uint8Array, readable: boolean): Json {
    const { btf, keyType, valueType } = this.info;
    if (btf === undefined) return null;
    const format = new BtfFormatter(btf, readable);
    const isSection = valueType !== undefined && isDataSection(btf, valueType);
    return {
      ...(isSection || keyType === undefined ? {} : format.named('key', keyType, key)),
      ...(valueType === undefined ? {} : this.values(value, (one) => format.named('value', valueType, one))),
    };
  }

  private values(value: Uint8Array, one: (value: Uint8Array) => Record<string, Json>): Record<string, Json> {
    const cpus = this.perCpu(value);
    return cpus === undefined ? one(value) : { values: cpus.map((bytes, cpu) => ({ cpu, ...one(bytes) })) };
  }

  private hex(key: Uint8Array, value: Uint8Array): string {
    const cpus = this.perCpu(value);
    if (cpus !== undefined) {
      const rows = cpus.map((bytes, cpu) => {
        const title = `value (CPU ${String(cpu).padStart(2, '0')}):${bytes.length > 16 ? '\n' : ' '}`;
        return `${title}${hexLines(bytes)}\n`;
      });
      return `key:\n${hexLines(key)}\n${rows.join('')}`;
    }
    const isLong = key.length > 16 || value.length > 16;
    const gap = isLong ? '\n' : ' ';
    const between = !isLong && key.length + value.length <= 24 ? '  ' : '\n';
    return `key:${gap}${hexLines(key)}${between}value:${gap}${hexLines(value)}\n`;
  }

  /** The value of each CPU; undefined when the map has one for all. */
  private perCpu(value: Uint8Array): Uint8Array[] | undefined {
    if (!isPerCpu(this.info)) return undefined;
    const { valueSize } = this.info;
    const step = roundUp8(valueSize);
    return Array.from({ length: Math.floor(value.length / step) }, (_, cpu) =>
      value.subarray(cpu * step, cpu * step + valueSize),
    );
  }
}

export function isPerCpu(info: MapInfo): boolean {
  return info.type.includes('percpu');
}

export function roundUp8(size: number): number {
  return (size + 7) & ~7;
}
