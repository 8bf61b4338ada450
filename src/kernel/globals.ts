import { type Btf, type BtfTypeId, nameOf, readValue, typeAt, writeValue } from '../btf/index.js';
import type { BtfValue, Given } from '../btf/value.js';
import { SkepError } from '../errors/base.js';
import { sectionIdentifier } from '../object/names.js';
import type { MapSpec, ObjectSpec } from '../object/spec.js';
import type { TypedMap } from './typed-map.js';

/** Values for global variables, by their section's name as an identifier (`rodata`), then by their own. */
export type GlobalValues = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/**
 * The blueprint with other first values of its global variables: before loading even constants can be set.
 *
 * @throws {SkepError} `NO_SUCH_GLOBAL`; `BTF_VALUE` for a value that does not fit.
 */
export function withGlobals(spec: ObjectSpec, values: GlobalValues): ObjectSpec {
  const sections = new Map(
    spec.maps.flatMap((map) => (map.section === undefined ? [] : [[sectionIdentifier(map.section), map]])),
  );
  const changed = new Map<MapSpec, MapSpec>();
  for (const [section, variables] of Object.entries(values)) {
    if (variables === undefined) continue;
    const map = sections.get(section);
    const { btf, valueType, contents } = map ?? {};
    if (map === undefined || btf === undefined || valueType === undefined || contents === undefined)
      throw noSuch(`the object has no variables in ${section}`, section, [...sections.keys()]);
    changed.set(map, { ...map, contents: patched(btf, valueType, contents, variables, spec.littleEndian) });
  }
  return changed.size === 0 ? spec : { ...spec, maps: spec.maps.map((map) => changed.get(map) ?? map) };
}

function patched(
  btf: Btf,
  section: BtfTypeId,
  contents: Uint8Array,
  values: Readonly<Record<string, unknown>>,
  littleEndian: boolean,
): Uint8Array {
  const type = typeAt(btf, section);
  const rows = type.kind === 'datasec' ? type.vars : [];
  const named = new Map(rows.map((row) => [nameOf(typeAt(btf, row.type)), row]));
  const bytes = contents.slice();
  for (const [name, value] of Object.entries(values)) {
    const row = named.get(name);
    const variable = row && typeAt(btf, row.type);
    if (row === undefined || variable?.kind !== 'var')
      throw noSuch(`${nameOf(type)} has no variable ${name}`, name, [...named.keys()]);
    bytes.set(encoded(btf, name, variable.type, value, littleEndian), row.offset);
  }
  return bytes;
}

function encoded(btf: Btf, name: string, type: BtfTypeId, value: unknown, littleEndian: boolean): Uint8Array {
  try {
    return writeValue(btf, type, value as BtfValue, littleEndian);
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    throw new SkepError(error.code, `variable ${name}: ${error.message}`, {
      facts: { ...error.facts, variable: name },
      cause: error,
    });
  }
}

function noSuch(message: string, name: string, there: readonly string[]): SkepError {
  return new SkepError('NO_SUCH_GLOBAL', message, {
    facts: { name, there },
    hint: there.length === 0 ? 'it has none at all' : `it has ${there.join(', ')}`,
  });
}

const KEY = new Uint8Array(4);

/** The global variables of one section of a loaded object, which its programs share. */
export class Globals<T> {
  readonly #map: TypedMap;

  constructor(map: TypedMap) {
    this.#map = map;
  }

  /** All variables as they are now. */
  async read(): Promise<T> {
    const { btf, valueType } = this.#map.info;
    const bytes = await this.#bytes();
    return (btf === undefined || !valueType ? bytes : readValue(btf, valueType, bytes)) as T;
  }

  /**
   * Sets variables; those that are left out keep their values. The section is written as a whole: what a program
   * changes in it at the same time may be lost.
   *
   * @throws {KernelError} EPERM for constants, which are set before loading.
   */
  async write(values: Given<T>): Promise<void> {
    const { btf, valueType } = this.#map.info;
    if (btf === undefined || !valueType) return;
    const variables = values as Readonly<Record<string, unknown>>;
    await this.#map.raw.update(KEY, patched(btf, valueType, await this.#bytes(), variables, true));
  }

  async #bytes(): Promise<Uint8Array> {
    return (await this.#map.raw.lookup(KEY)) ?? new Uint8Array(this.#map.info.valueSize);
  }
}
