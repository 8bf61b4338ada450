import { readValue } from '../../src/btf/read-value.js';
import type { Btf } from '../../src/btf/types.js';
import type { BtfValue } from '../../src/btf/value.js';
import { writeValue } from '../../src/btf/write-value.js';
import type { LoadedObject } from '../../src/kernel/load.js';
import { parseObject } from '../../src/object/index.js';
import type { ObjectSpec } from '../../src/object/spec.js';
import { compileFile } from './c-twin.js';

type Values = Readonly<Record<string, BtfValue>>;

const KEY = new Uint8Array(4);

/** A program of test/cases/world, parsed. */
export async function worldObject(file: string): Promise<ObjectSpec> {
  return parseObject(await compileFile('test/cases/world', file));
}

/** The global variables of an object, perhaps changed first. */
export async function variables(object: LoadedObject, change: Values = {}): Promise<Values> {
  const map = object.spec.maps.find(({ section }) => section === '.bss');
  const [btf, type] = [map?.btf as Btf, map?.valueType as number];
  const { raw } = object.map('.bss');
  const value = readValue(btf, type, (await raw.lookup(KEY)) as Uint8Array) as Values;
  if (Object.keys(change).length === 0) return value;
  const next = { ...value, ...change };
  await raw.update(KEY, writeValue(btf, type, next));
  return next;
}
